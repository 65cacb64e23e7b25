//! One space: its tree with restrictions, then its documents.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt, stream};
use sangam_extract::TEXT_BYTES_MAX;
use sangam_sync::{Content as Text, CrawlMode, Fact, KnownDocuments, NodeAccess, SourceError};

use super::{
    Container, Run,
    bodies::{self, FetchedBody},
    checkpoint::{Position, SpaceListing},
    restrictions,
    spaces::CrawledSpace,
    split_known,
    tree_walk::Loaded,
};
use crate::{
    client::Client,
    config::Entity,
    error::ClientError,
    map::{Fingerprint, Item, space_node},
    storage::storage_to_text,
    tree::{NodeKind, Tree, unknown},
    wire::{Content, Label},
};

/// Documents that are compared and fetched together.
const CHUNK_ITEMS: usize = 200;

/// Chunks that are fetched ahead while the job stores what it has.
const CHUNKS_AHEAD: usize = 2;

/// Follows the version of a document that could not be read for a reason that may pass: it is tried at every sync.
pub(crate) const RETRY_MARK: &str = "-retry";

/// Documents of a chunk, ready to be sent.
struct Prepared {
    same: Vec<Item>,
    changed: Vec<(Item, String, Text)>,
    last_id: String,
}

impl Run<'_> {
    /// Crawls one space. The inner error says that it could not be listed; it is in the report then, and nothing below it is deleted.
    pub(super) async fn space(&mut self, space: &CrawledSpace) -> Result<Result<(), ClientError>, SourceError> {
        let mut loaded = match self.load(space).await {
            Ok(loaded) => loaded,
            Err(error) if error.ends_the_sync() => return Err(error.into()),
            Err(error) => {
                let key = &space.space.key;
                self.outbox.warn(format!("space `{key}` could not be listed, so nothing of it is deleted: {error}"));
                self.outbox.mark_incomplete(self.anchor(&space_node(&space.space.id)));
                return Ok(Err(error));
            }
        };
        let tree = std::mem::take(&mut loaded.tree);
        if self.config.crawl_acl {
            self.nodes(space, tree, &mut loaded.searched).await?;
        }
        self.space_document(space).await?;
        let pages = self.items(Entity::Page, space, &loaded.pages, &loaded).await?;
        let blogs = self.items(Entity::Blog, space, &loaded.blogs, &loaded).await?;
        drop(loaded);
        self.contents(SpaceListing::Pages, space, pages).await?;
        self.contents(SpaceListing::Blogs, space, blogs).await?;
        Ok(Ok(()))
    }

    /// Sends the nodes of a space, complete.
    async fn nodes(
        &mut self,
        space: &CrawledSpace,
        tree: Tree,
        searched: &mut restrictions::Searched,
    ) -> Result<(), SourceError> {
        let mut accesses: HashMap<String, NodeAccess> = HashMap::new();
        let mut to_read = Vec::new();
        for node in tree.down() {
            match (node.kind, searched.lists.remove(&node.id)) {
                (NodeKind::Listed, Some(list)) if !matches!(list, crate::access::OwnList::Incomplete) => {
                    accesses.insert(node.id.clone(), restrictions::access_of(list));
                }
                (NodeKind::Listed, _) => to_read.push(node.id.clone()),
                (NodeKind::Missing, _) => {
                    accesses.insert(node.id.clone(), unknown("it is above indexed pages and could not be found"));
                }
                (NodeKind::Unlisted, _) => {}
            }
        }
        let (read, n_unknown) = restrictions::read_each(&self.client, &self.principals, to_read).await?;
        accesses.extend(read);
        if n_unknown > 0 {
            let key = &space.space.key;
            self.outbox.warn(format!(
                "space `{key}`: {n_unknown} view lists could not be read, and what they guard is hidden"
            ));
        }
        self.verify_emptied(&mut accesses).await?;
        self.folders.check(&self.client, &self.principals, space, &tree, &mut accesses).await?;
        let n_missing = tree.down().iter().filter(|node| node.kind == NodeKind::Missing).count();
        if n_missing > 0 {
            let key = &space.space.key;
            self.outbox.warn(format!(
                "space `{key}`: {n_missing} parents of pages are not visible, and what is below them is hidden"
            ));
        }
        let root = space.node();
        let fact = Fact::Nodes { root: root.id.clone(), nodes: tree.into_nodes(root, accesses) };
        self.outbox.fact(fact).await
    }

    async fn space_document(&mut self, space: &CrawledSpace) -> Result<(), SourceError> {
        let id = &space.space.id;
        let anchor = self.anchor(&space_node(id));
        let item = Item::space(&space.space, &space.facts, &self.base, anchor);
        let filters = &self.config.filters;
        if self.resume.is_past(id, SpaceListing::Space, id) || !filters.wants(Entity::Space, &item.title, &item.uri) {
            return Ok(());
        }
        self.learn_authors(std::iter::once(&item)).await?;
        let version = item.fingerprint(&self.config.mappings);
        let (same, changed) = self.split_known(vec![(item, version)]).await?;
        for item in same {
            self.outbox.unchanged(item.unchanged()).await?;
        }
        for (item, version) in changed {
            let text = match space.facts.description.trim() {
                "" => Text::None,
                description => Text::Text(description.to_owned()),
            };
            self.outbox.document(item.document(version, text, &self.config.mappings, &self.names)).await?;
        }
        self.outbox.advance(Position::Space {
            space: id.clone(),
            listing: SpaceListing::Space,
            after: Some(id.clone()),
        });
        Ok(())
    }

    /// Pages or blog posts of a space as items with their labels; each is noted as a container of comments and attachments.
    async fn items(
        &mut self,
        entity: Entity,
        space: &CrawledSpace,
        rows: &[Content],
        loaded: &Loaded,
    ) -> Result<Vec<Item>, SourceError> {
        let with_labels = self.config.mappings.maps(entity, &["labels"]);
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let mut item = Item::content(entity, row, &space.facts, &self.base, self.anchor(&row.id));
            if with_labels {
                item.labels = match loaded.searched.labels.get(&row.id) {
                    Some(labels) => labels.clone(),
                    None => labels_of(&self.client, entity, &row.id).await?,
                };
            }
            self.containers.insert(row.id.clone(), Container { entity, space: Arc::clone(&space.facts) });
            items.push(item);
        }
        Ok(items)
    }

    /// Sends the documents of a listing in order, those not sent before an interruption.
    async fn contents(
        &mut self,
        listing: SpaceListing,
        space: &CrawledSpace,
        items: Vec<Item>,
    ) -> Result<(), SourceError> {
        let space_id = &space.space.id;
        let mut chunks: Vec<Vec<Item>> = Vec::new();
        for item in items.into_iter().filter(|item| !self.resume.is_past(space_id, listing, &item.id)) {
            match chunks.last_mut() {
                Some(chunk) if chunk.len() < CHUNK_ITEMS => chunk.push(item),
                _ => chunks.push(vec![item]),
            }
        }
        let (client, mode, known, config) = (self.client.clone(), self.mode, self.known, self.config);
        let mut calls = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            let versioned = chunk.into_iter().map(|item| (item.fingerprint(&config.mappings), item));
            let versioned: Vec<_> = versioned.map(|(version, item)| (item, version)).collect();
            calls.push(prepare(client.clone(), mode, known, versioned));
        }
        let mut prepared = stream::iter(calls).buffered(CHUNKS_AHEAD);
        while let Some(prepared) = prepared.next().await {
            let Prepared { same, changed, last_id } = prepared?;
            self.learn_authors(changed.iter().map(|(item, ..)| item)).await?;
            for item in same {
                self.outbox.unchanged(item.unchanged()).await?;
            }
            for (item, version, text) in changed {
                self.outbox.document(item.document(version, text, &self.config.mappings, &self.names)).await?;
            }
            self.outbox.advance(Position::Space { space: space_id.clone(), listing, after: Some(last_id) });
        }
        Ok(())
    }
}

/// Compares a chunk with what is known and fetches the texts of what changed.
async fn prepare(
    client: Client,
    mode: CrawlMode,
    known: &dyn KnownDocuments,
    items: Vec<(Item, String)>,
) -> Result<Prepared, SourceError> {
    let last_id = items.last().map(|(item, _)| item.id.clone()).unwrap_or_default();
    let (live, plain): (Vec<_>, Vec<_>) = items.into_iter().partition(|(item, _)| item.is_live);
    let (mut same, plain) = split_known(mode, known, plain).await?;
    let mut changed = with_texts(&client, plain).await?;
    // The version of a live doc lags behind its text, so that the text itself decides.
    let mut live_texts = HashMap::new();
    let mut live_items = Vec::new();
    for (item, version, text) in with_texts(&client, live).await? {
        live_items.push((item.clone(), text_version(&version, &text)));
        live_texts.insert(item.id, text);
    }
    let (live_same, live_changed) = split_known(mode, known, live_items).await?;
    same.extend(live_same);
    changed.extend(live_changed.into_iter().filter_map(|(item, version)| {
        let text = live_texts.remove(&item.id)?;
        Some((item, version, text))
    }));
    Ok(Prepared { same, changed, last_id })
}

fn text_version(version: &str, text: &Text) -> String {
    let Text::Text(text) = text else { return version.to_owned() };
    let mut hash = Fingerprint::default();
    hash.add(text);
    format!("{version}-{}", hash.finish())
}

/// The items with their texts. One that vanished meanwhile is left out: it is looked up like all that a listing lacks.
async fn with_texts(client: &Client, items: Vec<(Item, String)>) -> Result<Vec<(Item, String, Text)>, SourceError> {
    let mut texts = HashMap::new();
    for entity in [Entity::Page, Entity::Blog] {
        let ids: Vec<String> =
            items.iter().filter(|(item, _)| item.entity == entity).map(|(item, _)| item.id.clone()).collect();
        texts.extend(bodies::fetch(client, entity, &ids).await?);
    }
    // A body is parsed within milliseconds, a chunk of them is not.
    let with_texts = tokio::task::spawn_blocking(move || {
        let with_text = |(item, version): (Item, String)| {
            let body = texts.remove(&item.id)?;
            let (version, text) = text_of(version, body);
            Some((item, version, text))
        };
        items.into_iter().filter_map(with_text).collect()
    });
    with_texts.await.map_err(|_| SourceError::Unavailable {
        message: "a text could not be extracted".into(),
        code: None,
        retry_at: None,
    })
}

pub(crate) fn text_of(version: String, body: FetchedBody) -> (String, Text) {
    match body {
        FetchedBody::Storage(storage) => (version, storage_text(&storage)),
        FetchedBody::Failed(error) => {
            let version = if error.is_transient() { format!("{version}{RETRY_MARK}") } else { version };
            (version, Text::Failed { reason: error.to_string() })
        }
    }
}

/// The text of a body in storage format; a body may well have none.
pub(crate) fn storage_text(storage: &str) -> Text {
    let text = storage_to_text(storage, TEXT_BYTES_MAX).text;
    if text.is_empty() { Text::None } else { Text::Text(text) }
}

/// Labels of one page, for those that search did not have.
async fn labels_of(client: &Client, entity: Entity, id: &str) -> Result<Vec<String>, SourceError> {
    let collection = if entity == Entity::Blog { "blogposts" } else { "pages" };
    let labels = client.list(&format!("api/v2/{collection}/{id}/labels"), &[("limit", "250")]).all::<Label>().await;
    match labels {
        Ok(labels) => Ok(restrictions::label_names(&labels)),
        Err(error) if error.ends_the_sync() => Err(error.into()),
        Err(_) => Ok(Vec::new()),
    }
}
