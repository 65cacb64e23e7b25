//! What the walks over both hostings are made of, each part once: where a walk is, what it hands over, which spaces it takes, who may use
//! the site, how a view list is read, and which lists are verified when.

pub(crate) mod body;
pub(crate) mod checkpoint;
pub(crate) mod file;
pub(crate) mod known;
pub(crate) mod outbox;
mod rotation;
pub(crate) mod site;
pub(crate) mod spaces;
pub(crate) mod verification;
pub(crate) mod view_list;

use std::sync::Arc;

use crate::{
    config::{ConfluenceConfig, Entity},
    map::{Fingerprint, SpaceFacts},
};

use site::EVERYBODY_NODE;

/// A page or blog post that is indexed, whose comments and attachments are therefore too.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub entity: Entity,
    pub space: Arc<SpaceFacts>,
    /// Titles from the top of the tree down to its own; only if they are mapped.
    pub path: Vec<String>,
}

/// What a checkpoint depends on: with another site or another way to read access, a sync starts over, so that every document is seen
/// under the configuration that is in force.
pub(crate) fn settled(config: &ConfluenceConfig) -> String {
    let mut hash = Fingerprint::default();
    hash.add(config.host_url.as_str());
    hash.add(&format!("access {}, people {}", config.crawl_acl, config.identity_crawler));
    hash.finish()
}

/// The node that a page, blog post or space is, or everybody's if access is not crawled.
pub(crate) fn anchor(config: &ConfluenceConfig, node_id: &str) -> String {
    if config.crawl_acl { node_id.to_owned() } else { EVERYBODY_NODE.to_owned() }
}

/// Minutes since 1970 UTC.
pub(crate) fn now_minutes() -> u32 {
    u32::try_from(jiff::Timestamp::now().as_second() / 60).unwrap_or_default()
}
