//! Looks at the view lists that are due ([`super::rotation`]), each by a call of its own. Where that and the bulk answer disagree, what
//! is closed counts, and the bulk answer is not believed about this page until it is right again.

use std::collections::{BTreeSet, HashMap};

use sangam_sync::{CrawlMode, NodeAccess, SourceError};

use super::{
    Run,
    restrictions::{Searched, access_of},
    rotation::{Due, Place, Rotation},
    spaces::CrawledSpace,
    states::{State, states},
};
use crate::{
    access::OwnList,
    tree::{NodeKind, Tree, unknown},
};

/// Under this key and a space's id its rotation is remembered.
pub(super) const ROTATION_KEY: &str = "rotation/";

impl Run<'_> {
    /// The rotation of a space as the last run left it.
    pub(super) fn rotation(&self, space: &CrawledSpace) -> Rotation {
        let remembered = self.rotations.get(&format!("{ROTATION_KEY}{}", space.space.id));
        remembered.and_then(|memory| Rotation::read(&memory.value)).unwrap_or_default()
    }

    /// Verifies what is due of a space, as far as the run's limit goes, and corrects `accesses`.
    pub(super) async fn rotate(
        &mut self,
        space: &CrawledSpace,
        tree: &Tree,
        searched: &Searched,
        mut rotation: Rotation,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> Result<(), SourceError> {
        if self.mode == CrawlMode::Preview {
            return Ok(());
        }
        let before = rotation.clone();
        let nodes = tree.down();
        let listed = nodes.iter().filter(|node| node.kind == NodeKind::Listed);
        let places: Vec<Place<'_>> =
            listed.map(|node| Place { id: &node.id, parent: node.parent.as_deref() }).collect();
        let due = rotation.due(&places, now_minutes(), self.recheck_minutes);
        let (buckets, ids) = self.affordable(tree, &due);
        if !ids.is_empty() {
            let states = states(&self.client, &self.principals, &ids).await?;
            let open = accesses.iter().filter(|(_, access)| matches!(access, NodeAccess::Open));
            let never_closed = open.map(|(id, _)| id.clone()).filter(|id| !self.stored.contains_key(id)).collect();
            self.learn_empty_hash(never_closed, &states).await?;
            let mut n_corrected = 0;
            for (id, state) in &states {
                let Some(state) = state else { continue };
                n_corrected += usize::from(self.correct(id, state, searched, &mut rotation, accesses));
            }
            if n_corrected > 0 {
                self.outbox.warn(format!(
                    "space `{}`: {n_corrected} view lists were not what the bulk answer said, and the closed ones count",
                    space.space.key
                ));
            }
            for nth in buckets {
                let pages = due.buckets.iter().find(|(bucket, _)| *bucket == nth).map_or(&[][..], |(_, pages)| pages);
                if pages.iter().all(|id| states.get(*id).is_some_and(Option::is_some)) {
                    rotation.verified(nth, &due, now_minutes());
                }
            }
        }
        if rotation != before {
            self.outbox.remember(format!("{ROTATION_KEY}{}", space.space.id), rotation.write());
        }
        Ok(())
    }

    /// The buckets that the run's limit leaves room for, with the pages to verify: those of the buckets, and what is above what changed.
    fn affordable<'n>(&mut self, tree: &'n Tree, due: &Due<'n>) -> (Vec<usize>, Vec<&'n str>) {
        let (mut buckets, mut ids) = (Vec::new(), BTreeSet::new());
        for (nth, pages) in &due.buckets {
            let mut more: BTreeSet<&str> = pages.iter().copied().collect();
            if due.changed.contains(nth) {
                more.extend(pages.iter().flat_map(|id| tree.listed_above(id)));
            }
            more.retain(|id| !ids.contains(id));
            if more.len() > self.checks_left {
                break;
            }
            self.checks_left -= more.len();
            ids.extend(more);
            buckets.push(*nth);
        }
        (buckets, ids.into_iter().collect())
    }

    /// Corrects the access of one page by what was read of it alone. True if the bulk answer was wrong and is not believed from now on.
    fn correct(
        &self,
        id: &str,
        state: &State,
        searched: &Searched,
        rotation: &mut Rotation,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> bool {
        let Some(access) = accesses.get_mut(id) else { return false };
        let in_bulk = searched.lists.get(id);
        match &state.read {
            OwnList::Only(layer) => {
                *access = NodeAccess::Layer { layer: layer.clone() };
                let is_wrong = in_bulk.is_some_and(|list| !matches!(list, OwnList::Incomplete) && *list != state.read);
                if is_wrong {
                    rotation.distrusted.insert(id.to_owned());
                } else {
                    rotation.distrusted.remove(id);
                }
                is_wrong
            }
            OwnList::Open => {
                if in_bulk.is_none_or(|list| *list == OwnList::Open) {
                    rotation.distrusted.remove(id);
                }
                let is_proven = !state.reads_empty || self.empty_hash.as_ref().is_none_or(|hash| *hash == state.hash);
                if matches!(access, NodeAccess::Open) && !is_proven {
                    *access = unknown("its view list reads empty, and the site says that somebody is on it");
                    return true;
                }
                false
            }
            OwnList::Incomplete => false,
        }
    }
}

/// The access that a bulk answer makes, `None` if it is to be read by itself.
pub(super) fn believed(id: &str, searched: &Searched, rotation: &Rotation) -> Option<NodeAccess> {
    let list = searched.lists.get(id).filter(|list| !matches!(list, OwnList::Incomplete))?;
    (!rotation.distrusted.contains(id)).then(|| access_of(list.clone()))
}

/// Minutes since 1970 UTC.
pub(super) fn now_minutes() -> u32 {
    u32::try_from(jiff::Timestamp::now().as_second() / 60).unwrap_or_default()
}
