//! The spaces that a walk takes.

use std::sync::Arc;

use sangam_access::LayerOrigin;
use sangam_sync::{Node, NodeAccess, SourceError};

use super::{checkpoint::id_order, outbox::Outbox, site::SITE_NODE};
use crate::{
    config::ConfluenceConfig,
    map::{SpaceFacts, space_node},
    wire::Space,
};

/// A space that is crawled.
#[derive(Debug)]
pub(crate) struct CrawledSpace {
    pub space: Space,
    pub facts: Arc<SpaceFacts>,
    /// Who may view it; open until that is read.
    pub access: NodeAccess,
}

impl CrawledSpace {
    fn of(space: Space) -> Self {
        let description = space.description.plain.clone().and_then(|plain| plain.value);
        let facts = SpaceFacts {
            key: space.key.clone(),
            name: space.name.clone(),
            kind: space.kind.clone(),
            description: description.unwrap_or_default(),
        };
        Self { space, facts: Arc::new(facts), access: NodeAccess::Open }
    }

    pub(crate) fn node(&self) -> Node {
        Node {
            id: space_node(&self.space.id),
            parent: Some(SITE_NODE.to_owned()),
            access: self.access.clone(),
            origin: LayerOrigin::Space { key: self.space.key.clone() },
        }
    }
}

/// Those of the `visible` spaces that are wanted, in the order of their ids.
///
/// # Errors
/// If not one space is visible: then nothing at all can be concluded about any of them.
pub(crate) fn wanted_spaces(
    config: &ConfluenceConfig,
    visible: Vec<Space>,
    outbox: &mut Outbox<'_>,
) -> Result<Vec<CrawledSpace>, SourceError> {
    if visible.is_empty() {
        return Err(SourceError::Unauthorized {
            message: "the account sees no space; give it access to the spaces that are to be crawled".into(),
            code: Some("CNF-5542".into()),
        });
    }
    let mut wanted: Vec<Space> = visible.into_iter().filter(|space| wants_space(config, space)).collect();
    wanted.sort_by(|left, right| id_order(&left.id).cmp(&id_order(&right.id)));
    wanted.dedup_by(|left, right| left.id == right.id);
    if wanted.is_empty() {
        outbox.warn("no space passes the filters of the configuration".into());
    }
    Ok(wanted.into_iter().map(CrawledSpace::of).collect())
}

/// True if the configuration asks for this space.
pub(crate) fn wants_space(config: &ConfluenceConfig, space: &Space) -> bool {
    let is_personal = space.kind == "personal" || space.key.starts_with('~');
    let is_wanted_status = match space.status.as_str() {
        "archived" => config.switches.archived_spaces,
        "trashed" | "deleted" => false,
        _ => true,
    };
    is_wanted_status && (!is_personal || config.switches.personal_spaces) && config.filters.wants_space(&space.key)
}
