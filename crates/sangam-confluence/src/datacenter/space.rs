//! One space: its tree with restrictions, then its documents, their comments and their attachments.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt, stream};
use sangam_sync::{Content as Text, CrawlMode, Fact, KnownDocuments, SourceError};

use super::{
    Run, bodies,
    bodies::ListsOfIds,
    tree_walk::{self, Loaded},
    wire::ContentRow,
};
use crate::{
    client::Client,
    config::{ConfluenceConfig, Entity},
    error::ClientError,
    map::{Item, space_node},
    walk::{
        Container,
        body::read_body,
        checkpoint::{Position, SpaceListing},
        known::{lists_everything, split_known},
        spaces::CrawledSpace,
    },
};

/// Documents that are compared and fetched together.
const CHUNK_ITEMS: usize = 200;

/// Chunks that are fetched ahead while the job stores what it has.
const CHUNKS_AHEAD: usize = 2;

/// Documents of a chunk, ready to be sent.
pub(super) struct Prepared {
    pub same: Vec<Item>,
    pub changed: Vec<(Item, String, Text)>,
    pub last_id: String,
    /// Bodies that were not well-formed.
    pub n_malformed: usize,
}

impl Run<'_> {
    /// Crawls one space. The inner error says that it could not be listed; it is in the report then, and nothing below it is deleted.
    pub(super) async fn space(&mut self, space: &CrawledSpace) -> Result<Result<(), ClientError>, SourceError> {
        self.containers.clear();
        let key = space.space.key.as_str();
        let mut loaded = match self.load(space).await {
            Ok(loaded) => loaded,
            Err(error) if error.ends_the_sync() => return Err(error.into()),
            Err(error) => {
                self.outbox.warn(format!("space `{key}` could not be listed, so nothing of it is deleted: {error}"));
                self.outbox.mark_incomplete(self.anchor(&space_node(&space.space.id)));
                return Ok(Err(error));
            }
        };
        let tree = std::mem::take(&mut loaded.tree);
        let paths = if self.maps_paths() { tree.paths() } else { HashMap::new() };
        if self.config.crawl_acl {
            let verification = self.verification.of_space(&space.space.id);
            let mut accesses = self.accesses(key, &tree, &loaded.lists, &verification).await?;
            self.verify_emptied(&mut accesses).await?;
            self.rotate(key, &tree, &loaded.lists, verification, &mut accesses).await?;
            let root = space.node();
            let fact = Fact::Nodes { root: root.id.clone(), nodes: tree.into_nodes(root, accesses) };
            self.outbox.fact(fact).await?;
        }
        self.space_document(space).await?;
        let Loaded { pages, blogs, .. } = loaded;
        self.n_listed += (pages.len() + blogs.len()) as u64;
        self.progress.expect(self.n_listed);
        let lists = ListsOfIds::default();
        let pages = self.items(Entity::Page, space, pages, &paths).await?;
        let blogs = self.items(Entity::Blog, space, blogs, &paths).await?;
        self.texts(SpaceListing::Pages, space, pages, &lists).await?;
        self.texts(SpaceListing::Blogs, space, blogs, &lists).await?;
        if lists_everything(self.mode) {
            let on_comments = self.comments(space, &lists).await?;
            self.attachments(space, &on_comments).await?;
        }
        Ok(Ok(()))
    }

    async fn space_document(&mut self, space: &CrawledSpace) -> Result<(), SourceError> {
        let id = &space.space.id;
        let anchor = self.anchor(&space_node(id));
        let item = Item::space(&space.space, &space.facts, &self.base, anchor);
        let filters = &self.config.filters;
        if self.resume.is_past(id, SpaceListing::Space, id) || !filters.wants(Entity::Space, &item.title, &item.uri) {
            return Ok(());
        }
        let version = item.fingerprint(&self.config.mappings);
        let (same, changed) = split_known(self.mode, self.known, vec![(item, version)]).await?;
        let with_text = |(item, version): (Item, String)| {
            let text = match space.facts.description.trim() {
                description if description.is_empty() || self.mode == CrawlMode::Preview => Text::None,
                description => Text::Text(description.to_owned()),
            };
            (item, version, text)
        };
        let changed = changed.into_iter().map(with_text).collect();
        self.send(SpaceListing::Space, id, Prepared { same, changed, last_id: id.clone(), n_malformed: 0 }).await
    }

    /// Pages or blog posts of a space as items with their labels; each is noted as a container of comments and attachments.
    async fn items(
        &mut self,
        entity: Entity,
        space: &CrawledSpace,
        rows: Vec<ContentRow>,
        paths: &HashMap<String, Vec<String>>,
    ) -> Result<Vec<Item>, SourceError> {
        let with_labels = self.config.mappings.maps(entity, &["labels"]);
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let content = row.as_content(&space.space.id);
            let mut item = Item::content(entity, &content, &space.facts, &self.base, self.anchor(&row.id));
            if with_labels {
                item.labels = match tree_walk::labels(&row) {
                    Some(labels) => labels,
                    None => tree_walk::labels_of(&self.client, &row.id).await?,
                };
            }
            item.ancestors = paths.get(&row.id).cloned().unwrap_or_default();
            let mut path = item.ancestors.clone();
            if self.maps_paths() {
                path.push(row.title.clone());
            }
            self.learn_author(&row);
            self.containers.insert(row.id, Container { entity, space: Arc::clone(&space.facts), path });
            items.push(item);
        }
        Ok(items)
    }

    /// Notes the name of whoever wrote a row.
    pub(super) fn learn_author(&mut self, row: &ContentRow) {
        if let Some(author) = row.author().filter(|author| !author.display_name.is_empty()) {
            self.names.entry(author.user_key.clone()).or_insert_with(|| author.display_name.clone());
        }
    }

    /// Sends the documents of a listing in order, those not sent before an interruption.
    pub(super) async fn texts(
        &mut self,
        listing: SpaceListing,
        space: &CrawledSpace,
        items: Vec<Item>,
        lists: &ListsOfIds,
    ) -> Result<(), SourceError> {
        let space_id = &space.space.id;
        let (client, mode, known) = (self.client.clone(), self.mode, self.known);
        let mut calls = Vec::new();
        for chunk in self.chunks(listing, space_id, items) {
            calls.push(prepare(client.clone(), lists.clone(), self.config, mode, known, chunk));
        }
        let mut prepared = stream::iter(calls).buffered(CHUNKS_AHEAD);
        let mut n_malformed = 0;
        while let Some(prepared) = prepared.next().await {
            let prepared = prepared?;
            n_malformed += prepared.n_malformed;
            self.send(listing, space_id, prepared).await?;
        }
        if n_malformed > 0 {
            let key = &space.space.key;
            self.outbox.warn(format!(
                "space `{key}`: {n_malformed} texts are not well-formed, and were read as well as they could be"
            ));
        }
        Ok(())
    }

    /// Items with their versions, in chunks and in the order of their ids, without those that were sent before an interruption.
    pub(super) fn chunks(&self, listing: SpaceListing, space_id: &str, items: Vec<Item>) -> Vec<Vec<(Item, String)>> {
        let mut chunks: Vec<Vec<(Item, String)>> = Vec::new();
        for item in items.into_iter().filter(|item| !self.resume.is_past(space_id, listing, &item.id)) {
            let version = item.fingerprint(&self.config.mappings);
            match chunks.last_mut() {
                Some(chunk) if chunk.len() < CHUNK_ITEMS => chunk.push((item, version)),
                _ => chunks.push(vec![(item, version)]),
            }
        }
        chunks
    }

    /// Hands over the documents of a chunk.
    pub(super) async fn send(
        &mut self,
        listing: SpaceListing,
        space_id: &str,
        prepared: Prepared,
    ) -> Result<(), SourceError> {
        let Prepared { same, changed, last_id, .. } = prepared;
        for item in same {
            self.outbox.unchanged(item.unchanged()).await?;
        }
        for (item, version, text) in changed {
            self.outbox.document(item.document(version, text, &self.config.mappings, &self.names)).await?;
        }
        self.outbox.advance(Position::Space { space: space_id.to_owned(), listing, after: Some(last_id) });
        Ok(())
    }
}

/// Compares a chunk with what is known and fetches the texts of what changed.
async fn prepare(
    client: Client,
    lists: ListsOfIds,
    config: &ConfluenceConfig,
    mode: CrawlMode,
    known: &dyn KnownDocuments,
    items: Vec<(Item, String)>,
) -> Result<Prepared, SourceError> {
    let last_id = items.last().map(|(item, _)| item.id.clone()).unwrap_or_default();
    let (same, changed) = split_known(mode, known, items).await?;
    let (changed, n_malformed) = if mode == CrawlMode::Preview {
        (changed.into_iter().map(|(item, version)| (item, version, Text::None)).collect(), 0)
    } else {
        with_texts(&client, &lists, config, changed).await?
    };
    Ok(Prepared { same, changed, last_id, n_malformed })
}

/// The items with their texts, and how many of those were not well-formed. One that vanished meanwhile is left out: it is looked up like all that a listing lacks.
async fn with_texts(
    client: &Client,
    lists: &ListsOfIds,
    config: &ConfluenceConfig,
    items: Vec<(Item, String)>,
) -> Result<(Vec<(Item, String, Text)>, usize), SourceError> {
    let ids: Vec<String> = items.iter().map(|(item, _)| item.id.clone()).collect();
    let mut texts: HashMap<_, _> = bodies::fetch(client, lists, &ids).await?;
    let entities = [Entity::Page, Entity::Blog, Entity::Comment];
    let with_mentions: Vec<Entity> =
        entities.into_iter().filter(|entity| config.mappings.maps(*entity, &["mentions"])).collect();
    // A body is parsed within milliseconds, a chunk of them is not.
    let with_texts = tokio::task::spawn_blocking(move || {
        let mut n_malformed = 0;
        let with_text = |(mut item, version): (Item, String)| {
            let body = texts.remove(&item.id)?;
            let (version, body) = read_body(version, body);
            n_malformed += usize::from(body.is_malformed);
            if with_mentions.contains(&item.entity) {
                item.mentions = body.mentions;
            }
            Some((item, version, body.text))
        };
        let with_texts = items.into_iter().filter_map(with_text).collect();
        (with_texts, n_malformed)
    });
    with_texts.await.map_err(|_| SourceError::Unavailable {
        message: "a text could not be extracted".into(),
        code: None,
        retry_at: None,
    })
}
