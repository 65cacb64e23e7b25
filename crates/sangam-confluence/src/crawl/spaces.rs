//! The spaces of the site that are crawled, and who may view each.

use futures::{StreamExt, stream};
use sangam_sync::{NodeAccess, SourceError};

use super::Run;
use crate::{
    access::with_anonymous,
    client::CONCURRENT_CALLS,
    error::ClientError,
    tree::unknown,
    walk::spaces::{CrawledSpace, wanted_spaces},
    wire::Space,
};

/// Largest page of the second generation's listings.
pub(super) const PAGE_ROWS: &str = "250";

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
        let mut wanted = wanted_spaces(self.config, visible, &mut self.outbox)?;
        self.read_accesses(&mut wanted).await?;
        Ok(wanted)
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

    /// Reads who may view each space. A space whose permissions cannot be read is for nobody, and that is told.
    async fn read_accesses(&mut self, spaces: &mut [CrawledSpace]) -> Result<(), SourceError> {
        if !self.config.crawl_acl {
            return Ok(());
        }
        let roles = self.roles().await?;
        let calls: Vec<_> = spaces.iter().map(|space| roles.read(&self.client, &space.space.id)).collect();
        let answers: Vec<_> = stream::iter(calls).buffered(CONCURRENT_CALLS).collect().await;
        for (space, answer) in spaces.iter_mut().zip(answers) {
            let key = &space.space.key;
            space.access = match answer {
                Ok(answers) => {
                    let (found, warning) = roles.layer(&self.principals, &answers);
                    for what in found.not_understood {
                        self.outbox
                            .warn(format!("space `{key}`: the {what} lets nobody in, as its meaning is not known"));
                    }
                    if let Some(warning) = warning {
                        self.outbox.warn(format!("space `{key}`: {warning}"));
                    }
                    if found.is_anonymous {
                        self.anonymous_spaces.insert(space.space.id.clone());
                    }
                    NodeAccess::Layer { layer: found.layer }
                }
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(error) => {
                    self.outbox.warn(format!("space `{key}` is hidden, as its permissions could not be read: {error}"));
                    unknown(&format!("the permissions of the space could not be read: {error}"))
                }
            };
        }
        Ok(())
    }

    /// Sends the node of the site and those of its spaces.
    pub(super) async fn site_nodes(&mut self, spaces: &mut [CrawledSpace]) -> Result<(), SourceError> {
        if !self.config.crawl_acl {
            return Ok(());
        }
        self.is_open = self.is_open_to_the_public().await?;
        for space in spaces.iter_mut().filter(|space| self.anonymous_spaces.contains(&space.space.id)) {
            if let NodeAccess::Layer { layer } = &mut space.access {
                let guests = self.guests.iter().map(|id| self.principals.user(id));
                *layer = with_anonymous(layer.clone(), self.is_open, guests);
            }
        }
        let access = self.site_top().access();
        self.folders.set_site(&access);
        let nodes = self.site_top().nodes(spaces);
        self.outbox.fact(nodes).await
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
