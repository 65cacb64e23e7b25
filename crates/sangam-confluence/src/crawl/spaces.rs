//! The spaces of the site that are crawled, and who may view each.

use std::{collections::BTreeSet, sync::Arc};

use futures::{StreamExt, stream};
use sangam_access::{AccessClass, Layer, LayerOrigin};
use sangam_sync::{Fact, Node, NodeAccess, SourceError};

use super::{EVERYBODY_NODE, Run, SITE_NODE, checkpoint::id_order};
use crate::{
    access::with_anonymous,
    client::CONCURRENT_CALLS,
    error::ClientError,
    map::{SpaceFacts, space_node},
    tree::unknown,
    wire::{Representation, Space},
};

/// Largest page of the second generation's listings.
pub(super) const PAGE_ROWS: &str = "250";

/// A space that is crawled.
#[derive(Debug)]
pub(super) struct CrawledSpace {
    pub space: Space,
    pub facts: Arc<SpaceFacts>,
    /// Who may view it.
    pub access: NodeAccess,
    /// It has a row for people who are not signed in.
    is_anonymous: bool,
}

impl CrawledSpace {
    pub(super) fn node(&self) -> Node {
        Node {
            id: space_node(&self.space.id),
            parent: Some(SITE_NODE.to_owned()),
            access: self.access.clone(),
            origin: LayerOrigin::Space { key: self.space.key.clone() },
        }
    }
}

impl Run<'_> {
    /// The spaces that are wanted, in the order of their ids, with their permissions.
    ///
    /// # Errors
    /// If the listing fails, or if not one space is visible: then nothing at all can be concluded about any of them.
    pub(super) async fn spaces(&mut self) -> Result<Vec<CrawledSpace>, SourceError> {
        let mut visible = self.spaces_of_status("current").await?;
        if self.config.switches.archived_spaces {
            visible.extend(self.spaces_of_status("archived").await?);
        }
        if visible.is_empty() {
            return Err(SourceError::Unauthorized {
                message: "the account sees no space; give it access to the spaces that are to be crawled".into(),
                code: Some("CNF-5542".into()),
            });
        }
        let mut wanted: Vec<Space> = visible.into_iter().filter(|space| self.wants(space)).collect();
        wanted.sort_by(|left, right| id_order(&left.id).cmp(&id_order(&right.id)));
        wanted.dedup_by(|left, right| left.id == right.id);
        if wanted.is_empty() {
            self.outbox.warn("no space passes the filters of the configuration".into());
        }
        let accesses = self.space_accesses(&wanted).await?;
        let crawled = wanted.into_iter().zip(accesses).map(|(space, (access, is_anonymous))| {
            let description = space.description.plain.clone().and_then(|plain: Representation| plain.value);
            let facts = SpaceFacts {
                key: space.key.clone(),
                name: space.name.clone(),
                kind: space.kind.clone(),
                description: description.unwrap_or_default(),
            };
            CrawledSpace { space, facts: Arc::new(facts), access, is_anonymous }
        });
        Ok(crawled.collect())
    }

    async fn spaces_of_status(&mut self, status: &str) -> Result<Vec<Space>, ClientError> {
        let query = [("status", status), ("limit", PAGE_ROWS), ("sort", "id"), ("description-format", "plain")];
        let mut listing = self.client.list("api/v2/spaces", &query);
        let mut spaces = Vec::new();
        while let Some(page) = listing.page::<Space>().await? {
            if let Some(base) = page.base {
                base.trim_end_matches('/').clone_into(&mut self.base);
            }
            spaces.extend(page.rows);
        }
        Ok(spaces)
    }

    fn wants(&self, space: &Space) -> bool {
        wants_space(self.config, space)
    }

    /// Who may view each space, in order. A space whose permissions cannot be read is for nobody, and that is told.
    async fn space_accesses(&mut self, spaces: &[Space]) -> Result<Vec<(NodeAccess, bool)>, SourceError> {
        if !self.config.crawl_acl {
            return Ok(vec![(NodeAccess::Open, false); spaces.len()]);
        }
        let roles = self.roles().await?;
        let calls: Vec<_> = spaces.iter().map(|space| roles.read(&self.client, &space.id)).collect();
        let answers: Vec<_> = stream::iter(calls).buffered(CONCURRENT_CALLS).collect().await;
        let mut accesses = Vec::with_capacity(spaces.len());
        for (space, answer) in spaces.iter().zip(answers) {
            accesses.push(match answer {
                Ok(answers) => {
                    let (found, warning) = roles.layer(&self.principals, &answers);
                    for what in found.not_understood {
                        self.outbox.warn(format!(
                            "space `{}`: the {what} lets nobody in, as its meaning is not known",
                            space.key
                        ));
                    }
                    if let Some(warning) = warning {
                        self.outbox.warn(format!("space `{}`: {warning}", space.key));
                    }
                    (NodeAccess::Layer { layer: found.layer }, found.is_anonymous)
                }
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(error) => {
                    self.outbox.warn(format!(
                        "space `{}` is hidden, as its permissions could not be read: {error}",
                        space.key
                    ));
                    (unknown(&format!("the permissions of the space could not be read: {error}")), false)
                }
            });
        }
        Ok(accesses)
    }

    /// Sends the node that everybody passes, or that there is none any more: what was anchored there while access was not crawled is
    /// hidden from then on, until it is seen again.
    pub(super) async fn everybody_node(&mut self) -> Result<(), SourceError> {
        let everybody = Node {
            id: EVERYBODY_NODE.to_owned(),
            parent: None,
            access: NodeAccess::Open,
            origin: LayerOrigin::Site { name: self.base.clone() },
        };
        let nodes = if self.config.crawl_acl { Vec::new() } else { vec![everybody] };
        self.outbox.fact(Fact::Nodes { root: EVERYBODY_NODE.to_owned(), nodes }).await
    }

    /// Sends the node of the site and those of its spaces.
    pub(super) async fn site_nodes(&mut self, spaces: &mut [CrawledSpace]) -> Result<(), SourceError> {
        if !self.config.crawl_acl {
            return Ok(());
        }
        self.is_open = self.is_open_to_the_public().await?;
        for space in spaces.iter_mut().filter(|space| space.is_anonymous) {
            if let NodeAccess::Layer { layer } = &mut space.access {
                let guests = self.guests.iter().map(|id| self.principals.user(id));
                *layer = with_anonymous(layer.clone(), self.is_open, guests);
            }
        }
        let site = self.site_node();
        self.folders.set_site(&site.access);
        // A space that was lost stays so until it is listed, which sends its node again.
        let nodes = spaces.iter().map(|space| {
            let mut node = space.node();
            if self.stored.get(&node.id).is_some_and(BTreeSet::is_empty)
                && !matches!(node.access, NodeAccess::Unknown { .. })
            {
                node.access = NodeAccess::Layer { layer: Layer::nobody() };
            }
            node
        });
        let nodes = std::iter::once(site).chain(nodes).collect();
        self.outbox.fact(Fact::Nodes { root: SITE_NODE.to_owned(), nodes }).await
    }

    /// Hides the spaces that the site does not show any more, of those that could not be listed. All that is known of them is kept.
    pub(super) async fn hide_lost(
        &mut self,
        spaces: &mut [CrawledSpace],
        failures: &[(usize, ClientError)],
    ) -> Result<(), SourceError> {
        let is_lost =
            |error: &ClientError| matches!(error, ClientError::NotFound { .. } | ClientError::Forbidden { .. });
        let was_hidden = |space: &CrawledSpace| self.stored.get(&space.node().id).is_some_and(BTreeSet::is_empty);
        let mut n_lost = 0;
        for (n, error) in failures {
            let space = &mut spaces[*n];
            if is_lost(error) {
                n_lost += 1;
                space.access = unknown(&format!("the space could not be listed: {error}"));
            } else if was_hidden(space) {
                space.access = unknown("the space could not be listed at the last syncs");
            }
        }
        if !self.config.crawl_acl || n_lost == 0 {
            return Ok(());
        }
        let nodes = std::iter::once(self.site_node()).chain(spaces.iter().map(CrawledSpace::node)).collect();
        self.outbox.fact(Fact::Nodes { root: SITE_NODE.to_owned(), nodes }).await
    }

    fn site_node(&self) -> Node {
        Node {
            id: SITE_NODE.to_owned(),
            parent: None,
            access: self.site_access(self.is_open),
            origin: LayerOrigin::Site { name: self.base.clone() },
        }
    }

    /// Who may use the site: people with access to the product, or everyone if it is open to the public. Without memberships that
    /// cannot be told, and only the layers below count.
    fn site_access(&self, is_open: bool) -> NodeAccess {
        if !self.config.identity_crawler {
            return NodeAccess::Open;
        }
        let layer =
            if is_open { Layer::everyone() } else { Layer::only([self.principals.class(AccessClass::SiteUser)]) };
        NodeAccess::Layer { layer }
    }

    /// True if somebody who is not signed in sees a space. There is no call that tells the switch, so it is tried.
    async fn is_open_to_the_public(&self) -> Result<bool, SourceError> {
        let mut listing = self.client.anonymous().list("api/v2/spaces", &[("limit", PAGE_ROWS)]);
        loop {
            match listing.page::<Space>().await {
                Ok(Some(page)) if page.rows.is_empty() => {}
                Ok(page) => return Ok(page.is_some()),
                Err(ClientError::Stopped) => return Err(SourceError::Stopped),
                Err(_) => return Ok(false),
            }
        }
    }
}

/// True if the configuration asks for this space.
pub(super) fn wants_space(config: &crate::config::ConfluenceConfig, space: &Space) -> bool {
    let is_personal = space.kind == "personal" || space.key.starts_with('~');
    let is_wanted_status = match space.status.as_str() {
        "archived" => config.switches.archived_spaces,
        "trashed" | "deleted" => false,
        _ => true,
    };
    is_wanted_status && (!is_personal || config.switches.personal_spaces) && config.filters.wants_space(&space.key)
}
