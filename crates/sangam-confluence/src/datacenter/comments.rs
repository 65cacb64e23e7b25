//! Comments and replies of a space, at all locations, in bulk.
//!
//! A listing names the page of each comment. One that came by the search index may lack what is new: that is found at the next sync.

use std::collections::HashMap;

use sangam_sync::SourceError;

use super::{
    Run,
    bodies::ListsOfIds,
    listing::{self, Kind},
    tree_walk::in_order,
    wire::ContentRow,
};
use crate::{
    client::Client,
    config::Entity,
    error::ClientError,
    map::{Item, space_node},
    walk::{checkpoint::SpaceListing, spaces::CrawledSpace},
};

/// What a listing of comments is asked for.
const EXPAND: &str = "version,history,ancestors,container";

/// Comments or files above something that are followed to its page.
const DEPTH_MAX: usize = 200;

impl Run<'_> {
    /// Sends the comments of a space; returns the page of each, for the attachments on comments.
    pub(super) async fn comments(
        &mut self,
        space: &CrawledSpace,
        lists: &ListsOfIds,
    ) -> Result<HashMap<String, String>, SourceError> {
        let switches = self.config.switches;
        if !switches.page_comments && !switches.blog_comments || self.containers.is_empty() {
            return Ok(HashMap::new());
        }
        let key = &space.space.key;
        let rows = match self.comment_rows(key).await {
            Ok(rows) => in_order(rows),
            Err(error) if error.ends_the_sync() => return Err(error.into()),
            Err(error) => {
                self.outbox.warn(format!(
                    "the comments of space `{key}` could not be listed, so none of them is deleted: {error}"
                ));
                self.outbox.mark_incomplete(self.anchor(&space_node(&space.space.id)));
                return Ok(HashMap::new());
            }
        };
        let containers = containers_of(&rows);
        let mut items = Vec::new();
        for row in &rows {
            let Some(container_id) = containers.get(&row.id) else { continue };
            self.learn_author(row);
            items.extend(self.comment_item(row, container_id));
        }
        self.n_listed += items.len() as u64;
        self.progress.expect(self.n_listed);
        self.texts(SpaceListing::Comments, space, items, lists).await?;
        Ok(containers)
    }

    /// The comments of a space; page by page where the server takes no query.
    async fn comment_rows(&self, key: &str) -> Result<Vec<ContentRow>, ClientError> {
        match listing::of_space(&self.client, &self.capabilities, key, Kind::Comment, EXPAND).await {
            Err(ClientError::Rejected { .. } | ClientError::NotFound { .. }) => {
                let mut rows = Vec::new();
                for id in self.containers.keys() {
                    rows.extend(comments_of(&self.client, id).await?);
                }
                Ok(rows)
            }
            answer => answer,
        }
    }

    /// The comment as an item, if it is on something indexed and wanted itself.
    fn comment_item(&self, row: &ContentRow, container_id: &str) -> Option<Item> {
        let container = self.containers.get(container_id)?;
        let is_on = match container.entity {
            Entity::Blog => self.config.switches.blog_comments,
            _ => self.config.switches.page_comments,
        };
        let is_current = matches!(row.status.as_str(), "" | "current");
        if !is_on || !is_current {
            return None;
        }
        let anchor = self.anchor(container_id);
        let mut item = Item::comment(&row.as_comment(), container_id, &container.space, &self.base, anchor);
        item.ancestors.clone_from(&container.path);
        if !row.history.created_date.is_empty() {
            item.created_at = super::wire::instant(&row.history.created_date);
        }
        self.config.filters.wants(Entity::Comment, &item.title, &item.uri).then_some(item)
    }
}

/// The comments of one page or blog post.
async fn comments_of(client: &Client, id: &str) -> Result<Vec<ContentRow>, ClientError> {
    let query = [
        ("depth", "all"),
        ("location", "footer"),
        ("location", "inline"),
        ("location", "resolved"),
        ("expand", EXPAND),
        ("limit", "200"),
    ];
    match client.list(&format!("rest/api/content/{id}/child/comment"), &query).all::<ContentRow>().await {
        Err(ClientError::NotFound { .. }) => Ok(Vec::new()),
        rows => rows,
    }
}

/// The page or blog post of each comment: its container, through the comments above it.
fn containers_of(rows: &[ContentRow]) -> HashMap<String, String> {
    let direct: HashMap<&str, &str> =
        rows.iter().filter_map(|row| Some((row.id.as_str(), row.container_id()?))).collect();
    let mut containers = HashMap::new();
    for row in rows {
        let mut at = row.container_id();
        for _ in 0..DEPTH_MAX {
            match at.and_then(|id| direct.get(id)) {
                Some(above) => at = Some(above),
                None => break,
            }
        }
        if let Some(container) = at.filter(|id| !direct.contains_key(id)) {
            containers.insert(row.id.clone(), container.to_owned());
        }
    }
    containers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::datacenter::fixture;

    #[test]
    fn replies_belong_to_the_page_whatever_they_name_and_circles_to_none() {
        let rows: Vec<ContentRow> = serde_json::from_value(fixture("dc-comments")["results"].clone()).unwrap();
        let found = containers_of(&rows);
        assert_eq!((found["98520"].as_str(), found["98521"].as_str()), ("98501", "98501"));
        let rows: Vec<ContentRow> = serde_json::from_value(json!([
            { "id": "1", "container": { "id": "9", "type": "page" } },
            { "id": "2", "container": { "id": "1", "type": "comment" } },
            { "id": "3", "container": { "id": "4" } },
            { "id": "4", "container": { "id": "3" } },
            { "id": "5" },
        ]))
        .unwrap();
        let found = containers_of(&rows);
        assert_eq!(found["2"], "9");
        assert_eq!(found.len(), 2);
    }
}
