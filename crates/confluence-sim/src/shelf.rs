//! Which content there is of each kind in each space, so that a listing of a large site does not
//! look at all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::content::{Content, Kind};
use crate::ids::{ContentId, SpaceId};

/// What listings tell apart. It never changes for a piece of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Page,
    Blog,
    Node,
    Footer,
    Inline,
    Attachment,
    Custom,
}

impl Sort {
    pub(crate) const ALL: [Self; 7] =
        [Self::Page, Self::Blog, Self::Node, Self::Footer, Self::Inline, Self::Attachment, Self::Custom];

    pub(crate) fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Page { .. } => Self::Page,
            Kind::BlogPost => Self::Blog,
            Kind::Folder | Kind::Whiteboard | Kind::Database | Kind::Embed { .. } => Self::Node,
            Kind::FooterComment => Self::Footer,
            Kind::InlineComment { .. } => Self::Inline,
            Kind::Attachment(_) => Self::Attachment,
            Kind::Custom { .. } => Self::Custom,
        }
    }
}

/// Ids in their order, by kind and by kind and space.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf {
    by_kind: BTreeMap<Sort, BTreeSet<ContentId>>,
    by_space: BTreeMap<(SpaceId, Sort), BTreeSet<ContentId>>,
}

impl Shelf {
    pub(crate) fn add(&mut self, content: &Content) {
        let sort = Sort::of(&content.kind);
        self.by_kind.entry(sort).or_default().insert(content.id);
        self.by_space.entry((content.space, sort)).or_default().insert(content.id);
    }

    pub(crate) fn remove(&mut self, content: &Content) {
        let sort = Sort::of(&content.kind);
        if let Some(ids) = self.by_kind.get_mut(&sort) {
            ids.remove(&content.id);
        }
        if let Some(ids) = self.by_space.get_mut(&(content.space, sort)) {
            ids.remove(&content.id);
        }
    }

    /// The ids of a kind, in one space or in all, that come after `after`.
    pub(crate) fn ids(
        &self,
        sort: Sort,
        space: Option<SpaceId>,
        after: Option<ContentId>,
    ) -> impl Iterator<Item = ContentId> + '_ {
        let ids = match space {
            Some(space) => self.by_space.get(&(space, sort)),
            None => self.by_kind.get(&sort),
        };
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        ids.into_iter().flat_map(move |ids| ids.range((from, Bound::Unbounded))).copied()
    }
}
