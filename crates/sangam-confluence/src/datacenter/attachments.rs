//! Attachments of a space by the search index, which is the only listing of them; bytes only of files that changed and that text can be
//! taken from.

use std::collections::{HashMap, HashSet};

use futures::{StreamExt, stream};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use sangam_sync::{Content as Text, CrawlMode, SourceError};

use super::{
    Run, listing,
    space::Prepared,
    tree_walk::in_order,
    wire::{ContentRow, instant},
};
use crate::{
    client::Client,
    config::Entity,
    error::ClientError,
    map::{Item, space_node},
    walk::{
        checkpoint::SpaceListing,
        file::{has_text, with_bytes},
        known::split_known,
        spaces::CrawledSpace,
    },
};

/// What a listing of attachments is asked for.
const EXPAND: &str = "version,history,container";

/// Files that are fetched at once. Each may have 50 MB, and all of them are in memory.
const CONCURRENT_FILES: usize = 4;

/// Narrower queries that are tried after one that broke off.
const NARROWER_MAX: usize = 100;

/// Rows of a page.
const PAGE_ROWS: &str = "200";

impl Run<'_> {
    /// Sends the attachments of everything in a space that is indexed. `on_comments` has the page of each comment.
    pub(super) async fn attachments(
        &mut self,
        space: &CrawledSpace,
        on_comments: &HashMap<String, String>,
    ) -> Result<(), SourceError> {
        let switches = self.config.switches;
        if !switches.page_attachments && !switches.blog_attachments || self.containers.is_empty() {
            return Ok(());
        }
        let key = &space.space.key;
        let (rows, gap) = attachment_rows(&self.client, key).await?;
        if let Some(error) = gap {
            self.outbox.warn(format!(
                "the attachments of space `{key}` could not be listed to their end, so none of them is deleted: {error}"
            ));
            self.outbox.mark_incomplete(self.anchor(&space_node(&space.space.id)));
        }
        let mut links = HashMap::new();
        let mut items = Vec::new();
        for row in in_order(rows) {
            let Some(item) = self.attachment_item(&row, on_comments) else { continue };
            self.learn_author(&row);
            links.insert(item.id.clone(), row.links.download);
            items.push(item);
        }
        items.sort_by(|left, right| (left.id.len(), &left.id).cmp(&(right.id.len(), &right.id)));
        self.n_listed += items.len() as u64;
        self.progress.expect(self.n_listed);
        for chunk in self.chunks(SpaceListing::Attachments, &space.space.id, items) {
            self.attachment_chunk(&space.space.id, chunk, &links).await?;
        }
        Ok(())
    }

    async fn attachment_chunk(
        &mut self,
        space_id: &str,
        chunk: Vec<(Item, String)>,
        links: &HashMap<String, String>,
    ) -> Result<(), SourceError> {
        let last_id = chunk.last().map(|(item, _)| item.id.clone()).unwrap_or_default();
        let (same, changed) = split_known(self.mode, self.known, chunk).await?;
        for item in same {
            self.outbox.unchanged(item.unchanged()).await?;
        }
        let (client, bytes_max) = (self.client.clone(), self.config.filters.file_bytes_max());
        let is_preview = self.mode == CrawlMode::Preview;
        let mut calls = Vec::with_capacity(changed.len());
        for (item, version) in changed {
            let link = links.get(&item.id).filter(|link| !is_preview && !link.is_empty()).cloned();
            calls.push(fetched(&client, item, version, link, bytes_max));
        }
        let mut files = stream::iter(calls).buffered(CONCURRENT_FILES);
        while let Some(file) = files.next().await {
            let (item, version, text) = file?;
            self.outbox.document(item.document(version, text, &self.config.mappings, &self.names)).await?;
        }
        self.send(
            SpaceListing::Attachments,
            space_id,
            Prepared { same: Vec::new(), changed: Vec::new(), last_id, n_malformed: 0 },
        )
        .await
    }

    /// The attachment as an item, if it is on something indexed and wanted itself.
    fn attachment_item(&self, row: &ContentRow, on_comments: &HashMap<String, String>) -> Option<Item> {
        let named = row.container_id()?;
        let container_id = on_comments.get(named).map_or(named, String::as_str);
        let container = self.containers.get(container_id)?;
        let is_on = match container.entity {
            Entity::Blog => self.config.switches.blog_attachments,
            _ => self.config.switches.page_attachments,
        };
        let filters = &self.config.filters;
        let is_wanted = is_on
            && matches!(row.status.as_str(), "" | "current")
            && filters.wants_file(&row.title, row.extensions.file_size);
        if !is_wanted {
            return None;
        }
        let anchor = self.anchor(container_id);
        let mut item = Item::attachment(&row.as_attachment(), container_id, &container.space, &self.base, anchor);
        item.ancestors.clone_from(&container.path);
        filters.wants(Entity::Attachment, &item.title, &item.uri).then_some(item)
    }
}

/// The attachments of a space, and why they may not be all. Servers have been seen to refuse a later page: then the query is narrowed to
/// what was made since the last one that was read, a day earlier because the query's days are those of the account's time zone.
async fn attachment_rows(client: &Client, key: &str) -> Result<(Vec<ContentRow>, Option<ClientError>), ClientError> {
    let (mut rows, mut seen) = (Vec::new(), HashSet::new());
    let mut since = String::new();
    for _ in 0..NARROWER_MAX {
        let cql = format!("space=\"{}\" and type=attachment{since} order by created asc", listing::quoted(key));
        let query: Vec<_> = listing::query(&cql, EXPAND).into_iter().chain([("limit", PAGE_ROWS)]).collect();
        let mut pages = client.list("rest/api/content/search", &query);
        let n_before = rows.len();
        let error = loop {
            match pages.page::<ContentRow>().await {
                Ok(Some(page)) => rows.extend(page.rows.into_iter().filter(|row| seen.insert(row.id.clone()))),
                Ok(None) => return Ok((rows, None)),
                Err(error) if error.ends_the_sync() => return Err(error),
                Err(error) => break error,
            }
        };
        let next = rows.last().and_then(|row| day_before(&row.history.created_date));
        match next {
            Some(day) if rows.len() > n_before => since = format!(" and created >= \"{day}\""),
            _ => return Ok((rows, Some(error))),
        }
    }
    let what = "the listing broke off again and again";
    Ok((rows, Some(ClientError::Malformed { path: "rest/api/content/search".into(), what })))
}

/// The day before a time, as queries write it.
fn day_before(time: &str) -> Option<String> {
    let time: Timestamp = instant(time).parse().ok()?;
    let day = time.to_zoned(TimeZone::UTC).date().checked_sub(1.day()).ok()?;
    Some(day.to_string())
}

/// The item with its content.
async fn fetched(
    client: &Client,
    item: Item,
    version: String,
    link: Option<String>,
    bytes_max: u64,
) -> Result<(Item, String, Text), SourceError> {
    let file = item.file.clone().filter(|file| has_text(file, &item.title));
    let (Some(file), Some(link)) = (file, link) else { return Ok((item, version, Text::None)) };
    let bytes = client.linked_bytes(&link, bytes_max).await;
    with_bytes(item, version, file, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrower_query_begins_a_day_earlier() {
        assert_eq!(day_before("2026-03-01T00:30:00.000+02:00").as_deref(), Some("2026-02-27"));
        assert_eq!(day_before("soon"), None);
    }
}
