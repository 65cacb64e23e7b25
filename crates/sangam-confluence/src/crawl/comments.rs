//! Comments and replies, from the listings of the whole site: a call for 250 of them instead of two for every page.
//!
//! A reply names its parent comment and not its page; the comments above it lead there.

use std::collections::HashMap;

use sangam_sync::{Content as Text, CrawlMode, SourceError};

use super::{
    Run,
    holder::{On, is_current},
    spaces::PAGE_ROWS,
};
use crate::{
    client::Page,
    config::Entity,
    error::ClientError,
    map::Item,
    walk::{body::ReadBody, checkpoint::SiteListing, known::fetches_content, spaces::CrawledSpace},
    wire::Comment,
};

/// Comments above a reply that are followed.
const DEPTH_MAX: usize = 200;

impl Run<'_> {
    /// Sends the comments of one kind.
    pub(super) async fn comments(&mut self, listing: SiteListing, spaces: &[CrawledSpace]) -> Result<(), SourceError> {
        let switches = self.config.switches;
        if !switches.page_comments && !switches.blog_comments || self.containers.is_empty() {
            return Ok(());
        }
        let path =
            if listing == SiteListing::InlineComments { "api/v2/inline-comments" } else { "api/v2/footer-comments" };
        let mut query = vec![("limit", PAGE_ROWS), ("sort", "created-date")];
        if self.mode == CrawlMode::Everything {
            query.push(("body-format", "storage"));
        }
        let Some(mut walk) = self.site_walk(listing, path, query) else { return Ok(()) };
        let mut containers = HashMap::new();
        while let Some(page) = self.site_page::<Comment>(&mut walk, spaces).await? {
            let next = page.next.as_ref().map(ToString::to_string);
            self.comment_page(page, path, &mut containers).await?;
            self.site_page_done(&walk, next);
        }
        Ok(())
    }

    /// Sends the comments of one page. `container_of` holds the page of each comment seen so far.
    async fn comment_page(
        &mut self,
        page: Page<Comment>,
        path: &str,
        container_of: &mut HashMap<String, String>,
    ) -> Result<(), SourceError> {
        for row in &page.rows {
            if let Some(On::Page(container) | On::Blog(container)) = row.on() {
                container_of.insert(row.id.clone(), container);
            }
        }
        let mut items = Vec::new();
        let mut bodies = HashMap::new();
        for row in page.rows {
            let Some(container) = self.container(&row, path, container_of).await? else { continue };
            if let Some(item) = self.comment_item(&row, &container) {
                let version = item.fingerprint(&self.config.mappings);
                items.push((item, version));
            }
            bodies.insert(row.id, row.body);
        }
        self.expected.add(items.len());
        let (same, changed) = self.split_known(items).await?;
        for item in same {
            self.outbox.unchanged(item.unchanged()).await?;
        }
        if self.mode == CrawlMode::Changes && !changed.is_empty() {
            // The same page again, this time with bodies: one call more, where something changed.
            let rows: Vec<Comment> = self.client.page_again(&page.url, "body-format", "storage").await?;
            bodies = rows.into_iter().map(|row| (row.id, row.body)).collect();
        }
        let mut read: Vec<(Item, String, Text)> = Vec::with_capacity(changed.len());
        let with_mentions = self.config.mappings.maps(Entity::Comment, &["mentions"]);
        for (mut item, version) in changed {
            // A comment that vanished between the two calls is looked up like all that a listing lacks.
            let Some(body) = bodies.remove(&item.id) else { continue };
            let body = ReadBody::of_storage(&body.into_storage());
            if with_mentions {
                item.mentions = body.mentions;
            }
            let text = if fetches_content(self.mode) { body.text } else { Text::None };
            read.push((item, version, text));
        }
        self.learn_authors(read.iter().map(|(item, ..)| item)).await?;
        for (item, version, text) in read {
            self.outbox.document(item.document(version, text, &self.config.mappings, &self.names)).await?;
        }
        Ok(())
    }

    /// The comment as an item, if it is on something indexed and wanted itself.
    fn comment_item(&self, row: &Comment, container_id: &str) -> Option<Item> {
        let container = self.containers.get(container_id)?;
        let is_on = match container.entity {
            Entity::Blog => self.config.switches.blog_comments,
            _ => self.config.switches.page_comments,
        };
        if !is_on || !is_current(&row.status) {
            return None;
        }
        let mut item = Item::comment(row, container_id, &container.space, &self.base, self.anchor(container_id));
        item.ancestors.clone_from(&container.path);
        self.config.filters.wants(Entity::Comment, &item.title, &item.uri).then_some(item)
    }

    /// The page or blog post that a comment belongs to, through the comments above it and what those are on; `None` if it leads to none.
    async fn container(
        &mut self,
        row: &Comment,
        path: &str,
        container_of: &mut HashMap<String, String>,
    ) -> Result<Option<String>, SourceError> {
        let mut chain = vec![row.id.clone()];
        let mut at = row.clone();
        let found = loop {
            let parent = match at.on() {
                Some(On::Page(id) | On::Blog(id)) => break Some(id),
                Some(On::Comment(id)) => id,
                Some(other) => break self.holder(other).await?,
                None => break None,
            };
            if let Some(container) = container_of.get(&parent) {
                break Some(container.clone());
            }
            if chain.len() >= DEPTH_MAX {
                break None;
            }
            // Older comments come first, so this is a parent from before an interruption.
            at = match self.client.get(&format!("{path}/{parent}"), &[]).await {
                Ok(comment) => comment,
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                // A comment of the other kind, or one that is gone.
                Err(ClientError::NotFound { .. }) => break self.holder(On::Comment(parent)).await?,
                Err(error) => return Err(error.into()),
            };
            chain.push(parent);
        };
        if let Some(container) = &found {
            container_of.extend(chain.into_iter().map(|id| (id, container.clone())));
        }
        Ok(found)
    }
}
