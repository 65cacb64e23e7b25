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
    adf::adf_to_text,
    client::Client,
    config::{ConfluenceConfig, Entity},
    error::ClientError,
    map::{Fingerprint, Item, space_node},
    storage::{BodyText, storage_to_text},
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
    /// Bodies that were not well-formed.
    n_malformed: usize,
}

/// What a body says.
#[derive(Debug)]
pub(crate) struct ReadBody {
    /// Its text, if it has any.
    pub text: Text,
    /// Ids of the people whom it mentions.
    pub mentions: Vec<String>,
    /// It was not well-formed, and read as well as it could be.
    pub is_malformed: bool,
}

impl ReadBody {
    /// Of a body in storage format.
    pub(crate) fn of_storage(storage: &str) -> Self {
        Self::of(storage_to_text(storage, TEXT_BYTES_MAX))
    }

    /// Of a body in Atlassian's document format.
    pub(crate) fn of_adf(document: &str) -> Self {
        Self::of(adf_to_text(document, TEXT_BYTES_MAX))
    }

    fn of(body: BodyText) -> Self {
        let text = if body.text.is_empty() { Text::None } else { Text::Text(body.text) };
        Self { text, mentions: body.mentions, is_malformed: body.malformed }
    }
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
        if self.maps_paths() {
            loaded.paths = tree.paths();
        }
        if self.config.crawl_acl {
            self.nodes(space, tree, &mut loaded.searched).await?;
        }
        if let Some(error) = &loaded.places_failed {
            let key = &space.space.key;
            self.outbox
                .warn(format!("space `{key}`: folders and whiteboards without pages below were not found: {error}"));
        }
        self.places(space, &loaded.places, &loaded.paths).await?;
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

    /// True if the titles of what is above a document are a field of the index.
    fn maps_paths(&self) -> bool {
        Entity::CONFIGURED.iter().any(|entity| self.config.mappings.maps(*entity, &["ancestors", "path"]))
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
            item.ancestors = loaded.paths.get(&row.id).cloned().unwrap_or_default();
            let mut path = item.ancestors.clone();
            if self.maps_paths() {
                path.push(row.title.clone());
            }
            self.containers.insert(row.id.clone(), Container { entity, space: Arc::clone(&space.facts), path });
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
            calls.push(prepare(client.clone(), config, mode, known, versioned));
        }
        let mut prepared = stream::iter(calls).buffered(CHUNKS_AHEAD);
        let mut n_malformed = 0;
        while let Some(prepared) = prepared.next().await {
            let Prepared { same, changed, last_id, n_malformed: n_of_chunk } = prepared?;
            n_malformed += n_of_chunk;
            self.learn_authors(changed.iter().map(|(item, ..)| item)).await?;
            for item in same {
                self.outbox.unchanged(item.unchanged()).await?;
            }
            for (item, version, text) in changed {
                self.outbox.document(item.document(version, text, &self.config.mappings, &self.names)).await?;
            }
            self.outbox.advance(Position::Space { space: space_id.clone(), listing, after: Some(last_id) });
        }
        if n_malformed > 0 {
            let key = &space.space.key;
            self.outbox.warn(format!(
                "space `{key}`: {n_malformed} texts are not well-formed, and were read as well as they could be"
            ));
        }
        Ok(())
    }
}

/// Compares a chunk with what is known and fetches the texts of what changed.
async fn prepare(
    client: Client,
    config: &ConfluenceConfig,
    mode: CrawlMode,
    known: &dyn KnownDocuments,
    items: Vec<(Item, String)>,
) -> Result<Prepared, SourceError> {
    let last_id = items.last().map(|(item, _)| item.id.clone()).unwrap_or_default();
    let (live, plain): (Vec<_>, Vec<_>) = items.into_iter().partition(|(item, _)| item.is_live);
    let (mut same, plain) = split_known(mode, known, plain).await?;
    let (mut changed, n_of_plain) = with_texts(&client, config, plain).await?;
    // The version of a live doc lags behind its text, so that the text itself decides.
    let mut live_texts = HashMap::new();
    let mut live_items = Vec::new();
    let (live, n_of_live) = with_texts(&client, config, live).await?;
    for (item, version, text) in live {
        live_items.push((item.clone(), text_version(&version, &text)));
        live_texts.insert(item.id, text);
    }
    let (live_same, live_changed) = split_known(mode, known, live_items).await?;
    same.extend(live_same);
    changed.extend(live_changed.into_iter().filter_map(|(item, version)| {
        let text = live_texts.remove(&item.id)?;
        Some((item, version, text))
    }));
    Ok(Prepared { same, changed, last_id, n_malformed: n_of_plain + n_of_live })
}

fn text_version(version: &str, text: &Text) -> String {
    let Text::Text(text) = text else { return version.to_owned() };
    let mut hash = Fingerprint::default();
    hash.add(text);
    format!("{version}-{}", hash.finish())
}

/// The items with their texts, and how many of those were not well-formed. One that vanished meanwhile is left out: it is looked up like
/// all that a listing lacks.
async fn with_texts(
    client: &Client,
    config: &ConfluenceConfig,
    items: Vec<(Item, String)>,
) -> Result<(Vec<(Item, String, Text)>, usize), SourceError> {
    let mut texts = HashMap::new();
    for entity in [Entity::Page, Entity::Blog] {
        let ids: Vec<String> =
            items.iter().filter(|(item, _)| item.entity == entity).map(|(item, _)| item.id.clone()).collect();
        texts.extend(bodies::fetch(client, entity, &ids).await?);
    }
    // A body is parsed within milliseconds, a chunk of them is not.
    let maps_mentions = [Entity::Page, Entity::Blog].map(|entity| config.mappings.maps(entity, &["mentions"]));
    let with_texts = tokio::task::spawn_blocking(move || {
        let mut n_malformed = 0;
        let with_text = |(mut item, version): (Item, String)| {
            let body = texts.remove(&item.id)?;
            let (version, body) = read_body(version, body);
            n_malformed += usize::from(body.is_malformed);
            if maps_mentions[usize::from(item.entity == Entity::Blog)] {
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

/// What a fetched body says, with the version that the document has then.
pub(crate) fn read_body(version: String, body: FetchedBody) -> (String, ReadBody) {
    match body {
        FetchedBody::Storage(storage) => (version, ReadBody::of_storage(&storage)),
        FetchedBody::Adf(document) => (version, ReadBody::of_adf(&document)),
        FetchedBody::Failed(error) => {
            let version = if error.is_transient() { format!("{version}{RETRY_MARK}") } else { version };
            let text = Text::Failed { reason: error.to_string() };
            (version, ReadBody { text, mentions: Vec::new(), is_malformed: false })
        }
    }
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
