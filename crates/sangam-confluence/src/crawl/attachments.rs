//! Attachments, from the listing of the whole site; bytes only of files that changed and that text can be taken from.

use futures::{StreamExt, stream};
use sangam_extract::MediaType;
use sangam_sync::{Content as Text, SourceError};

use super::{
    Run,
    checkpoint::SiteListing,
    fetches_content,
    holder::is_current,
    space::RETRY_MARK,
    spaces::{CrawledSpace, PAGE_ROWS},
};
use crate::{
    client::{Client, Page},
    config::Entity,
    map::{FileFacts, Item},
    wire::Attachment,
};

/// Files that are fetched at once. Each may have 50 MB, and all of them are in memory.
const CONCURRENT_FILES: usize = 4;

/// The id that stands for bytes that were lost: nothing answers to it.
const LOST_FILE_ID: &str = "UNKNOWN_MEDIA_ID";

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
            changed.into_iter().map(|(item, version)| with_bytes(&client, item, version, bytes_max)).collect();
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

/// The item with its content. A file that cannot be had is found by its name all the same.
async fn with_bytes(
    client: &Client,
    item: Item,
    version: String,
    bytes_max: u64,
) -> Result<(Item, String, Text), SourceError> {
    let Some(file) = item.file.clone().filter(|file| bytes_max > 0 && has_text(file, &item.title)) else {
        return Ok((item, version, Text::None));
    };
    let (version, text) = match client.attachment_bytes(&file.container_id, &item.id, bytes_max).await {
        Ok(bytes) => (version, Text::File { bytes, media_type: file.media_type, name: item.title.clone() }),
        Err(error) if error.ends_the_sync() => return Err(error.into()),
        Err(error) => {
            let version = if error.is_transient() { format!("{version}{RETRY_MARK}") } else { version };
            (version, Text::Failed { reason: format!("the file could not be fetched: {error}") })
        }
    };
    Ok((item, version, text))
}

/// True for files that text can be taken from. What the uploader claimed is believed only if it names such a type: often it says
/// nothing, and then the name's extension decides.
pub(crate) fn has_text(file: &FileFacts, name: &str) -> bool {
    let is_text = |kind: Option<MediaType>| kind.is_some_and(|kind| !matches!(kind, MediaType::Unsupported(_)));
    let is_lost = file.file_id.as_deref() == Some(LOST_FILE_ID);
    let claimed = file.media_type.as_deref().and_then(MediaType::from_label);
    file.bytes > 0 && !is_lost && (is_text(claimed) || is_text(MediaType::from_file_name(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_text_are_fetched() {
        let file = |media_type: &str, bytes, file_id: &str| FileFacts {
            media_type: Some(media_type.to_owned()),
            bytes,
            file_id: Some(file_id.to_owned()),
            ..FileFacts::default()
        };
        assert!(has_text(&file("text/plain; charset=utf-8", 10, "f"), "a"));
        assert!(has_text(&file("application/octet-stream", 10, "f"), "notes.MD"));
        assert!(!has_text(&file("application/octet-stream", 10, "f"), "a.bin"));
        assert!(!has_text(&file("image/png", 10, "f"), "a.png"));
        assert!(!has_text(&file("text/plain", 0, "f"), "a.txt"), "an empty file has no text");
        assert!(!has_text(&file("text/plain", 10, LOST_FILE_ID), "a.txt"));
    }
}
