//! Looks up what a clean listing lacked, each by its own id: in bulk first, then singly what did not answer.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures::{StreamExt, stream};
use sangam_sync::{Presence, SourceError};

use super::{
    bodies::{ListsOfIds, by_ids, is_same},
    spaces::all_spaces,
    tree_walk::wants_content,
    wire::ContentRow,
};
use crate::{
    client::{CONCURRENT_CALLS, Client},
    config::{ConfluenceConfig, Entity},
    error::ClientError,
    map::{space_uri, uri},
    walk::spaces::wants_space,
    wire::Space,
};

/// Ids of one call.
const IDS_PER_CALL: usize = 50;

/// Comments or files above something that are followed to its page.
const DEPTH_MAX: usize = 200;

/// What a row is asked for.
const EXPAND: &str = "space,container,ancestors,version";

/// The kinds of documents that are content, a page before what is on it.
const ENTITIES: [Entity; 4] = [Entity::Page, Entity::Blog, Entity::Comment, Entity::Attachment];

/// Answers whether documents are still there.
///
/// A document that answers and that the configuration no longer asks for is as good as trashed: otherwise it would be kept for ever.
pub(crate) struct Confirmation<'a> {
    config: &'a ConfluenceConfig,
    client: Client,
    lists: ListsOfIds,
    /// All spaces that the account sees, by id, once they were needed.
    spaces: HashMap<String, Space>,
    base: String,
    /// Rows by id; `None` for those that do not answer.
    rows: HashMap<String, Option<ContentRow>>,
}

impl<'a> Confirmation<'a> {
    pub(crate) fn new(config: &'a ConfluenceConfig, client: Client) -> Self {
        let base = client.site_base();
        let (lists, spaces, rows) = (ListsOfIds::default(), HashMap::new(), HashMap::new());
        Self { config, client, lists, spaces, base, rows }
    }

    /// One answer an id, in order.
    pub(crate) async fn presences(mut self, ids: &[String]) -> Result<Vec<Presence>, SourceError> {
        // Credentials that have expired may be answered as nobody's, and then everything would look gone.
        self.client.account().await?;
        let (spaces, base) = all_spaces(&self.client, None).await?;
        if spaces.is_empty() {
            return Err(SourceError::Unauthorized {
                message: "the account sees no space; give it access to the spaces that are to be crawled".into(),
                code: Some("CNF-5542".into()),
            });
        }
        self.base = base.unwrap_or(self.base);
        self.spaces = spaces.into_iter().map(|space| (space.id.clone(), space)).collect();
        let asked: Vec<(Option<Entity>, &str)> = ids.iter().map(|id| parsed(id)).collect();
        let content = asked.iter().filter(|(entity, _)| entity.is_some_and(|entity| ENTITIES.contains(&entity)));
        let wanted: BTreeSet<String> = content.map(|(_, id)| (*id).to_owned()).collect();
        self.fetch(wanted).await?;
        self.fetch_containers().await?;
        Ok(asked.into_iter().map(|(entity, id)| self.presence(entity, id)).collect())
    }

    fn presence(&self, entity: Option<Entity>, id: &str) -> Presence {
        match entity {
            None => Presence::Unseen,
            Some(Entity::Space) => self.space_document(id),
            Some(entity) => match self.rows.get(id) {
                Some(Some(row)) if !is_current(row) => Presence::Trashed,
                Some(Some(row)) => self.content(entity, row),
                _ => Presence::Unseen,
            },
        }
    }

    /// The space's own document, which a filter may leave out.
    fn space_document(&self, id: &str) -> Presence {
        match (self.space(id), self.spaces.get(id)) {
            (Presence::Present, Some(space))
                if !self.config.filters.wants(Entity::Space, &space.name, &space_uri(space, &self.base)) =>
            {
                Presence::Excluded
            }
            (presence, _) => presence,
        }
    }

    fn space(&self, id: &str) -> Presence {
        match self.spaces.get(id) {
            None => Presence::Unseen,
            Some(space) if wants_space(self.config, space) => Presence::Present,
            Some(_) => Presence::Excluded,
        }
    }

    /// What answered is there as long as its space and page are, and as long as it is asked for.
    fn content(&self, entity: Entity, row: &ContentRow) -> Presence {
        let switches = self.config.switches;
        let is_page = matches!(entity, Entity::Page | Entity::Blog);
        if is_page {
            let is_on = if entity == Entity::Blog { switches.blogs } else { switches.pages };
            if !is_on || !wants_content(self.config, entity, row, &self.base) {
                return Presence::Excluded;
            }
            return self.space(&row.space.id);
        }
        let Some(page) = self.page_of(row) else { return Presence::Unseen };
        if !is_current(page) {
            return Presence::Trashed;
        }
        let page_entity = if page.kind == "blogpost" { Entity::Blog } else { Entity::Page };
        match self.content(page_entity, page) {
            Presence::Present if !self.wants_part(entity, page_entity, row, page) => Presence::Excluded,
            presence => presence,
        }
    }

    /// True if the configuration asks for a comment or attachment on a page or blog post that is there.
    fn wants_part(&self, entity: Entity, page_entity: Entity, row: &ContentRow, page: &ContentRow) -> bool {
        let (switches, filters) = (self.config.switches, &self.config.filters);
        let is_on = match (entity, page_entity) {
            (Entity::Attachment, Entity::Blog) => switches.blog_attachments,
            (Entity::Attachment, _) => switches.page_attachments,
            (_, Entity::Blog) => switches.blog_comments,
            _ => switches.page_comments,
        };
        let is_wanted_file = entity != Entity::Attachment || filters.wants_file(&row.title, row.extensions.file_size);
        is_on && is_wanted_file && filters.wants(entity, &row.title, &uri(&self.base, &row.links.webui, &page.id))
    }

    /// The page or blog post that a comment or attachment is on, if it answered.
    fn page_of<'r>(&'r self, row: &'r ContentRow) -> Option<&'r ContentRow> {
        let mut at = row;
        for _ in 0..DEPTH_MAX {
            if matches!(at.kind.as_str(), "page" | "blogpost") {
                return Some(at);
            }
            at = self.rows.get(at.container_id()?)?.as_ref()?;
        }
        None
    }

    /// Fetches what the rows so far are in, until nothing new is named.
    async fn fetch_containers(&mut self) -> Result<(), SourceError> {
        for _ in 0..DEPTH_MAX {
            let named =
                self.rows.values().flatten().filter(|row| matches!(row.kind.as_str(), "comment" | "attachment"));
            let named = named.filter_map(ContentRow::container_id).map(str::to_owned);
            let open: BTreeSet<String> = named.filter(|id| !self.rows.contains_key(id)).collect();
            if open.is_empty() {
                break;
            }
            self.fetch(open).await?;
        }
        Ok(())
    }

    async fn fetch(&mut self, ids: BTreeSet<String>) -> Result<(), SourceError> {
        let ids: Vec<String> = ids.into_iter().collect();
        let mut found: Vec<ContentRow> = Vec::new();
        for chunk in ids.chunks(IDS_PER_CALL) {
            // Servers that read ids as numbers reject the prefix of attachments; the number alone means the same.
            let bare: Vec<String> = chunk.iter().map(|id| id.strip_prefix("att").unwrap_or(id).to_owned()).collect();
            found.extend(by_ids(&self.client, &self.lists, &bare, EXPAND, "any").await?);
        }
        let answered: HashSet<&str> = found.iter().map(|row| row.id.strip_prefix("att").unwrap_or(&row.id)).collect();
        let singly: Vec<String> =
            ids.iter().filter(|id| !answered.contains(id.strip_prefix("att").unwrap_or(id))).cloned().collect();
        let calls: Vec<_> = singly.into_iter().map(|id| one(self.client.clone(), id)).collect();
        let mut answers = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
        while let Some(answer) = answers.next().await {
            found.extend(answer?);
        }
        for id in ids {
            let row = found.iter().find(|row| is_same(&row.id, &id)).cloned();
            self.rows.insert(id, row);
        }
        Ok(())
    }
}

/// The kind of a document and the id that the site calls it by.
fn parsed(document_id: &str) -> (Option<Entity>, &str) {
    let Some((kind, id)) = document_id.split_once('/') else { return (None, document_id) };
    let entity = ENTITIES.into_iter().chain([Entity::Space]).find(|entity| entity.as_str() == kind);
    (entity, id)
}

fn is_current(row: &ContentRow) -> bool {
    matches!(row.status.as_str(), "" | "current")
}

/// One row by its id, in whichever form the server knows it; `None` for "not found", which may as well mean "not visible".
async fn one(client: Client, id: String) -> Result<Option<ContentRow>, ClientError> {
    let bare = id.strip_prefix("att").map(str::to_owned);
    for id in [Some(id), bare].into_iter().flatten() {
        let query = [("status", "any"), ("expand", EXPAND)];
        match client.get::<ContentRow>(&format!("rest/api/content/{id}"), &query).await {
            Ok(row) => return Ok(Some(row)),
            Err(ClientError::NotFound { .. } | ClientError::Forbidden { .. } | ClientError::Rejected { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
