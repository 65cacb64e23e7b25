//! Who may use the site at all, and who may view each of its spaces.

use sangam_sync::{NodeAccess, SourceError};

use super::{
    Run,
    capabilities::Feature,
    permissions::Holders,
    wire::{PermissionRow, SpaceRow},
};
use crate::{error::ClientError, tree::unknown, walk::spaces::CrawledSpace};

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
        let nodes = self.site_top().nodes(spaces);
        self.outbox.fact(nodes).await
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
}
