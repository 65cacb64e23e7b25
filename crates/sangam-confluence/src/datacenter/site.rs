//! Who may use the site at all, and the nodes of the site and its spaces.

use std::collections::BTreeSet;

use sangam_access::{AccessClass, Layer, LayerOrigin};
use sangam_sync::{Fact, Node, NodeAccess, SourceError};

use super::{
    Run,
    capabilities::Feature,
    permissions::Holders,
    spaces::CrawledSpace,
    wire::{PermissionRow, SpaceRow},
};
use crate::{
    crawl::{EVERYBODY_NODE, SITE_NODE},
    error::ClientError,
    tree::unknown,
};

/// The groups that Confluence itself gives the right to use it, for servers that do not tell which groups have it.
const DEFAULT_USERS: [&str; 2] = ["confluence-users", "confluence-administrators"];

/// Who may use the site.
#[derive(Debug, Default)]
pub(super) struct SiteRights {
    pub holders: Holders,
    /// False if the server did not tell, and the holders are those whom Confluence lets in by default.
    pub is_told: bool,
}

impl Run<'_> {
    /// Reads who may use the site. Where the server does not tell, the groups count that Confluence itself gives that right, and nobody
    /// else: others read what is public.
    pub(super) async fn site_rights(&mut self) -> Result<SiteRights, SourceError> {
        if !self.config.crawl_acl {
            return Ok(SiteRights::default());
        }
        let told = self.told_rights().await?;
        let is_told = told.is_some();
        let mut holders =
            told.unwrap_or_else(|| Holders { groups: DEFAULT_USERS.map(str::to_owned).into(), ..Holders::default() });
        if is_told {
            for what in std::mem::take(&mut holders.not_understood) {
                self.outbox.warn(format!("the site's {what} lets nobody in, as its meaning is not known"));
            }
            self.is_open = holders.anonymous;
        } else {
            self.is_open = self.is_open_to_the_public().await?;
        }
        Ok(SiteRights { holders, is_told })
    }

    async fn told_rights(&self) -> Result<Option<Holders>, SourceError> {
        let second = self.client.with_second_token();
        let clients = self.capabilities.has(Feature::GlobalPermissions).then(|| self.client.clone());
        for client in clients.into_iter().chain(second) {
            match client.optional().get::<Vec<PermissionRow>>("rest/api/permissions", &[]).await {
                Ok(rows) => return Ok(Holders::using(&rows)),
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(_) => {}
            }
        }
        Ok(None)
    }

    /// True if somebody who is not signed in sees a space. Older servers have no call that tells the switch, so it is tried.
    async fn is_open_to_the_public(&self) -> Result<bool, SourceError> {
        let mut listing = self.client.anonymous().list("rest/api/space", &[("limit", "200")]);
        loop {
            match listing.page::<SpaceRow>().await {
                Ok(Some(page)) if page.rows.is_empty() => {}
                Ok(page) => return Ok(page.is_some()),
                Err(ClientError::Stopped) => return Err(SourceError::Stopped),
                Err(_) => return Ok(false),
            }
        }
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

    /// Sends the node of the site and those of its spaces, whose accesses are known from now on.
    pub(super) async fn site_nodes(
        &mut self,
        spaces: &mut [CrawledSpace],
        holders: Vec<Result<Holders, ClientError>>,
    ) -> Result<(), SourceError> {
        if !self.config.crawl_acl {
            return Ok(());
        }
        for (space, holders) in spaces.iter_mut().zip(holders) {
            space.access = self.space_access(&space.space.key, holders);
        }
        // A space that was lost stays so until it is listed, which sends its node again.
        let nodes = spaces.iter().map(|space| {
            let mut node = space.node();
            let was_closed = self.stored.get(&node.id).is_some_and(BTreeSet::is_empty);
            if was_closed && !matches!(node.access, NodeAccess::Unknown { .. }) {
                node.access = NodeAccess::Layer { layer: Layer::nobody() };
            }
            node
        });
        let nodes = std::iter::once(self.site_node()).chain(nodes).collect();
        self.outbox.fact(Fact::Nodes { root: SITE_NODE.to_owned(), nodes }).await
    }

    /// Who may view a space. One whose rows could not be read is for nobody, and that is told.
    fn space_access(&mut self, key: &str, holders: Result<Holders, ClientError>) -> NodeAccess {
        let holders = match holders {
            Ok(holders) => holders,
            Err(error) => {
                self.outbox.warn(format!(
                    "space `{key}` is hidden, as its permissions could not be read: {error}; let the account administer \
                     Confluence, with OAuth 2.0 add a `patToken` to the secret, or before version 9.1 switch on the Remote API"
                ));
                return unknown(&format!("the permissions of the space could not be read: {error}"));
            }
        };
        for what in &holders.not_understood {
            self.outbox.warn(format!("space `{key}`: the {what} lets nobody in, as its meaning is not known"));
        }
        let people = self.people.as_ref();
        let layer = holders.layer(&self.principals, self.is_open, |name| people.and_then(|people| people.key_of(name)));
        NodeAccess::Layer { layer }
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
            access: self.site_access(),
            origin: LayerOrigin::Site { name: self.base.clone() },
        }
    }

    /// Who may use the site: people with that right, or everyone if it is open to the public. Without memberships that cannot be told,
    /// and only the layers below count.
    fn site_access(&self) -> NodeAccess {
        if !self.config.identity_crawler {
            return NodeAccess::Open;
        }
        let layer =
            if self.is_open { Layer::everyone() } else { Layer::only([self.principals.class(AccessClass::SiteUser)]) };
        NodeAccess::Layer { layer }
    }
}
