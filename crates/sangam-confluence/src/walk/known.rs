//! What each kind of crawl asks for, and which documents are as they were.

use std::collections::HashMap;

use sangam_sync::{CrawlMode, KnownDocuments, SourceError};

use crate::map::Item;

/// Documents whose versions are asked for in one go.
const VERSIONS_PER_CALL: usize = 250;

/// True if a crawl fetches texts and files, and not only what listings tell.
pub(crate) const fn fetches_content(mode: CrawlMode) -> bool {
    match mode {
        CrawlMode::Changes | CrawlMode::Everything => true,
        CrawlMode::Access { .. } | CrawlMode::Preview => false,
    }
}

/// True if a crawl walks the listings that no node needs, of comments and attachments.
pub(crate) const fn lists_everything(mode: CrawlMode) -> bool {
    !matches!(mode, CrawlMode::Access { reconcile: false })
}

/// Splits items with their versions into those that are as they were and those to send: `Everything` is fetched again whatever is known
/// of it, and to `Access` what is known is as it was, and nothing else counts.
pub(crate) async fn split_known(
    mode: CrawlMode,
    known: &dyn KnownDocuments,
    items: Vec<(Item, String)>,
) -> Result<(Vec<Item>, Vec<(Item, String)>), SourceError> {
    if mode == CrawlMode::Everything {
        return Ok((Vec::new(), items));
    }
    let mut versions = HashMap::new();
    let ids: Vec<String> = items.iter().map(|(item, _)| item.document_id()).collect();
    for chunk in ids.chunks(VERSIONS_PER_CALL) {
        versions.extend(known.versions(chunk).await?);
    }
    let (mut same, mut changed) = (Vec::new(), Vec::new());
    for (item, version) in items {
        let stored = versions.get(&item.document_id());
        let is_same = match mode {
            CrawlMode::Access { .. } => stored.is_some(),
            // The text of a live doc is part of its version, and is not fetched to look.
            CrawlMode::Preview if item.is_live => stored.is_some_and(|stored| stored.starts_with(&version)),
            _ => stored == Some(&version),
        };
        match mode {
            _ if is_same => same.push(item),
            CrawlMode::Access { .. } => {}
            _ => changed.push((item, version)),
        }
    }
    Ok((same, changed))
}
