//! The nodes above all content: everybody's where access is not crawled, else the site's with its spaces.

use std::collections::{BTreeSet, HashMap};

use sangam_access::{AccessClass, Layer, LayerOrigin, Principal};
use sangam_sync::{Fact, Node, NodeAccess};

use super::spaces::CrawledSpace;
use crate::{access::Principals, config::ConfluenceConfig, error::ClientError, tree::unknown};

/// The node at the top, which carries who may use the site at all.
pub(crate) const SITE_NODE: &str = "site";

/// The node of everything on a site whose access is not crawled. It is none of the site's nodes, so that it vanishes, and hides what hangs
/// there, once access is.
pub(crate) const EVERYBODY_NODE: &str = "everybody";

/// The node that everybody passes, or that there is none any more: what was anchored there while access was not crawled is hidden from
/// then on, until it is seen again.
pub(crate) fn everybody(config: &ConfluenceConfig, base: &str) -> Fact {
    let node = Node {
        id: EVERYBODY_NODE.to_owned(),
        parent: None,
        access: NodeAccess::Open,
        origin: LayerOrigin::Site { name: base.to_owned() },
    };
    let nodes = if config.crawl_acl { Vec::new() } else { vec![node] };
    Fact::Nodes { root: EVERYBODY_NODE.to_owned(), nodes }
}

/// What the site's node depends on.
pub(crate) struct SiteTop<'a> {
    pub config: &'a ConfluenceConfig,
    pub base: &'a str,
    pub principals: &'a Principals,
    /// True if people who are not signed in may use the site.
    pub is_open: bool,
    /// The nodes that were closed at the last sync, with whom they let pass.
    pub stored: &'a HashMap<String, BTreeSet<Principal>>,
}

impl SiteTop<'_> {
    /// Who may use the site: people with that right, or everyone if it is open to the public. Without memberships that cannot be told,
    /// and only the layers below count.
    pub(crate) fn access(&self) -> NodeAccess {
        if !self.config.identity_crawler {
            return NodeAccess::Open;
        }
        let layer =
            if self.is_open { Layer::everyone() } else { Layer::only([self.principals.class(AccessClass::SiteUser)]) };
        NodeAccess::Layer { layer }
    }

    /// The site's node and those of its spaces, before they are listed. A space that was lost stays so until it is, which sends its node
    /// again.
    pub(crate) fn nodes(&self, spaces: &[CrawledSpace]) -> Fact {
        self.above(spaces.iter().map(|space| {
            let mut node = space.node();
            if self.was_hidden(&node.id) && !matches!(node.access, NodeAccess::Unknown { .. }) {
                node.access = NodeAccess::Layer { layer: Layer::nobody() };
            }
            node
        }))
    }

    /// Hides the spaces that the site does not show any more, of those that could not be listed, given by their places. All that is known
    /// of them is kept. Returns the nodes to send, if any was lost.
    pub(crate) fn hide_lost(&self, spaces: &mut [CrawledSpace], failures: &[(usize, ClientError)]) -> Option<Fact> {
        let mut n_lost = 0;
        for (n, error) in failures {
            let space = &mut spaces[*n];
            if matches!(error, ClientError::NotFound { .. } | ClientError::Forbidden { .. }) {
                n_lost += 1;
                space.access = unknown(&format!("the space could not be listed: {error}"));
            } else if self.was_hidden(&space.node().id) {
                space.access = unknown("the space could not be listed at the last syncs");
            }
        }
        (self.config.crawl_acl && n_lost > 0).then(|| self.above(spaces.iter().map(CrawledSpace::node)))
    }

    fn was_hidden(&self, node_id: &str) -> bool {
        self.stored.get(node_id).is_some_and(BTreeSet::is_empty)
    }

    fn above(&self, spaces: impl Iterator<Item = Node>) -> Fact {
        let site = Node {
            id: SITE_NODE.to_owned(),
            parent: None,
            access: self.access(),
            origin: LayerOrigin::Site { name: self.base.to_owned() },
        };
        Fact::Nodes { root: SITE_NODE.to_owned(), nodes: std::iter::once(site).chain(spaces).collect() }
    }
}
