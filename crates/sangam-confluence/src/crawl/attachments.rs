//! Attachments, from the listing of the whole site; bytes only of files that changed and that text can be taken from.

use futures::{StreamExt, stream};
use sangam_sync::{Content as Text, SourceError};

use super::{Run, holder::is_current, spaces::PAGE_ROWS};
use crate::{
    client::{Client, Page},
    config::Entity,
    map::Item,
    walk::{
        checkpoint::SiteListing,
        file::{has_text, with_bytes},
        known::fetches_content,
        spaces::CrawledSpace,
    },
    wire::Attachment,
};

/// Files that are fetched at once. Each may have 50 MB, and all of them are in memory.
const CONCURRENT_FILES: usize = 4;

impl Run<'_> {
    /// Sends the attachments of everything that is indexed.
    pub(super) async fn attachments(&mut self, spaces: &[CrawledSpace]) -> Result<(), SourceError> {
        let switches = self.config.switches;
        if !switches.page_attachments && !switches.blog_attachments || self.containers.is_empty() {
            return Ok(());
        }
        let query = vec![("status", "current"), ("limit", PAGE_ROWS), ("sort", "created-date")];
        let Some(mut walk) = self.site_walk(SiteListing::Attachments, "api/v2/attachments", query) else {
            return Ok(());
        };
        while let Some(page) = self.site_page::<Attachment>(&mut walk, spaces).await? {
            let next = page.next.as_ref().map(ToString::to_string);
            self.attachment_page(page).await?;
            self.site_page_done(&walk, next);
        }
        Ok(())
    }

    async fn attachment_page(&mut self, page: Page<Attachment>) -> Result<(), SourceError> {
        let mut items = Vec::with_capacity(page.rows.len());
        for row in &page.rows {
            let holder = match row.on() {
                Some(on) => self.holder(on).await?,
                None => None,
            };
            let item = holder.and_then(|container_id| self.attachment_item(row, &container_id));
            items.extend(item.map(|item| (item.fingerprint(&self.config.mappings), item)));
        }
        self.expected.add(items.len());
        let (same, changed) =
            self.split_known(items.into_iter().map(|(version, item)| (item, version)).collect()).await?;
        for item in same {
            self.outbox.unchanged(item.unchanged()).await?;
        }
        self.learn_authors(changed.iter().map(|(item, _)| item)).await?;
        // No file has so few bytes: its name is all that is wanted.
        let bytes_max = if fetches_content(self.mode) { self.config.filters.file_bytes_max() } else { 0 };
        let client = self.client.clone();
        let calls: Vec<_> =
            changed.into_iter().map(|(item, version)| fetched(&client, item, version, bytes_max)).collect();
        let mut files = stream::iter(calls).buffered(CONCURRENT_FILES);
        while let Some(file) = files.next().await {
            let (item, version, text) = file?;
            self.outbox.document(item.document(version, text, &self.config.mappings, &self.names)).await?;
        }
        Ok(())
    }

    /// The attachment as an item, if it is on something indexed and wanted itself.
    fn attachment_item(&self, row: &Attachment, container_id: &str) -> Option<Item> {
        let container = self.containers.get(container_id)?;
        let is_on = match container.entity {
            Entity::Blog => self.config.switches.blog_attachments,
            _ => self.config.switches.page_attachments,
        };
        let filters = &self.config.filters;
        if !is_on || !is_current(&row.status) || !filters.wants_file(&row.title, row.file_size) {
            return None;
        }
        let mut item = Item::attachment(row, container_id, &container.space, &self.base, self.anchor(container_id));
        item.ancestors.clone_from(&container.path);
        filters.wants(Entity::Attachment, &item.title, &item.uri).then_some(item)
    }
}

/// The item with its content.
async fn fetched(
    client: &Client,
    item: Item,
    version: String,
    bytes_max: u64,
) -> Result<(Item, String, Text), SourceError> {
    let Some(file) = item.file.clone().filter(|file| bytes_max > 0 && has_text(file, &item.title)) else {
        return Ok((item, version, Text::None));
    };
    let bytes = client.attachment_bytes(&file.container_id, &item.id, bytes_max).await;
    with_bytes(item, version, file, bytes)
}
