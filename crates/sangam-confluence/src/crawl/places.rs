//! Folders, whiteboards, databases and embeds: nodes of the page tree of which the API gives a title and a place, and no text.
//!
//! There is no listing of them. Those above pages are met on the way up; the others are among the descendants of a space's pages, which a
//! call gives by 250. What is learnt differs by the way, so that of each only what both ways tell is kept.

use std::collections::HashMap;

use sangam_sync::{Content as Text, SourceError};

use super::{
    Run,
    checkpoint::{SpaceListing, id_order},
    spaces::{CrawledSpace, PAGE_ROWS},
    tree_walk::Loader,
};
use crate::{
    config::Entity,
    error::ClientError,
    map::{Item, place_uri},
    wire::{Content, TreeRow},
};

/// Nodes of a space whose descendants are asked for: its topmost pages, those with children first, and where their trees go deeper than one
/// answer does. A space has few of them; one with thousands of pages side by side would cost a call for each.
const WALKS_MAX: usize = 32;

/// Levels that one answer has at most, as documented.
const DEPTH_MAX: usize = 10;

/// The kind of place that the API calls so.
pub(super) fn place_kind(kind: &str) -> Option<Entity> {
    Entity::PLACES.into_iter().find(|entity| entity.as_str() == kind)
}

impl Loader<'_> {
    /// The places below the pages of a space that no page has told of, each with its parent and that one's type.
    pub(super) async fn find_places(&self, pages: &[Content], space_id: &str) -> Result<Vec<Content>, ClientError> {
        let mut walks = tops(pages);
        let mut kinds: HashMap<String, String> =
            pages.iter().map(|page| (page.id.clone(), "page".to_owned())).collect();
        let mut found = Vec::new();
        let mut n_walks = 0;
        while let Some((id, collection)) = walks.pop() {
            n_walks += 1;
            if n_walks > WALKS_MAX {
                break;
            }
            let path = format!("api/v2/{collection}/{id}/descendants");
            let depth = DEPTH_MAX.to_string();
            let rows = match self.client.list(&path, &[("depth", &depth), ("limit", PAGE_ROWS)]).all::<TreeRow>().await
            {
                Ok(rows) => rows,
                // It was moved or removed since the pages were listed.
                Err(ClientError::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            for row in rows {
                if row.depth == DEPTH_MAX as u64
                    && let Some(collection) = collection_of(&row.kind)
                {
                    walks.push((row.id.clone(), collection));
                }
                kinds.insert(row.id.clone(), row.kind.clone());
                if place_kind(&row.kind).is_some() {
                    found.push(row);
                }
            }
        }
        Ok(found.into_iter().map(|row| row.into_content(space_id, &kinds)).collect())
    }
}

impl Run<'_> {
    /// Sends the places of a space that are wanted. They come before the position moves into the space, and are sent again after an
    /// interruption: they are few.
    pub(super) async fn places(
        &mut self,
        space: &CrawledSpace,
        places: &[(Entity, Content)],
        ancestors: &HashMap<String, Vec<String>>,
    ) -> Result<(), SourceError> {
        if self.resume.is_past(&space.space.id, SpaceListing::Space, &space.space.id) {
            return Ok(());
        }
        let mut items = Vec::new();
        for (entity, row) in places {
            let uri = place_uri(*entity, &row.id, &space.facts.key, &self.base);
            let is_current = row.status.is_empty() || row.status == "current";
            if is_current && self.config.filters.wants(*entity, &row.title, &uri) {
                let mut item = Item::place(*entity, row, &space.facts, &self.base, self.anchor(&row.id));
                item.ancestors = ancestors.get(&row.id).cloned().unwrap_or_default();
                items.push((item.fingerprint(&self.config.mappings), item));
            }
        }
        let items = items.into_iter().map(|(version, item)| (item, version)).collect();
        let (same, changed) = self.split_known(items).await?;
        for item in same {
            self.outbox.unchanged(item.unchanged()).await?;
        }
        for (item, version) in changed {
            self.outbox.document(item.document(version, Text::None, &self.config.mappings, &self.names)).await?;
        }
        Ok(())
    }
}

/// The topmost pages, the best to ask about last: those with pages below them, and the older first.
fn tops(pages: &[Content]) -> Vec<(String, &'static str)> {
    let parents: std::collections::HashSet<&str> = pages.iter().filter_map(|page| page.parent_id.as_deref()).collect();
    let is_top = |page: &&Content| page.parent_id.as_deref().unwrap_or_default().is_empty();
    let mut tops: Vec<&Content> = pages.iter().filter(is_top).filter(|page| page.status == "current").collect();
    tops.sort_by(|left, right| {
        let rank = |page: &Content| parents.contains(page.id.as_str());
        rank(left).cmp(&rank(right)).then_with(|| id_order(&right.id).cmp(&id_order(&left.id)))
    });
    tops.into_iter().map(|page| (page.id.clone(), "pages")).collect()
}

/// The collection in whose paths a node of this type is; only pages and folders are asked for what is far below them.
fn collection_of(kind: &str) -> Option<&'static str> {
    match kind {
        "page" => Some("pages"),
        "folder" => Some("folders"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_at_the_top_are_asked_with_those_that_have_children_first() {
        let page = |id: &str, parent: Option<&str>| -> Content {
            serde_json::from_value(json!({ "id": id, "status": "current", "parentId": parent })).unwrap()
        };
        let pages =
            [page("1", None), page("20", None), page("3", Some("20")), page("100", None), page("7", Some("100"))];
        let mut walks = tops(&pages);
        let mut order = Vec::new();
        while let Some((id, _)) = walks.pop() {
            order.push(id);
        }
        assert_eq!(order, ["20", "100", "1"]);
    }
}
