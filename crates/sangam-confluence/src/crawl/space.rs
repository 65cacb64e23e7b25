//! One space: its tree with restrictions, then its documents.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt, stream};
use sangam_sync::{Content as Text, CrawlMode, Fact, KnownDocuments, NodeAccess, SourceError};
use tokio::sync::mpsc;

use super::{
    Run, bodies,
    ready::{Chunk, Ready, SpaceFailure},
    restrictions,
};
use crate::{
    client::Client,
    config::{ConfluenceConfig, Entity},
    error::ClientError,
    map::{Fingerprint, Item, space_node},
    tree::{NodeKind, Tree, unknown},
    walk::{
        Container,
        body::read_body,
        checkpoint::{Position, SpaceListing},
        known::{fetches_content, split_known},
        spaces::CrawledSpace,
        view_list::read_each,
    },
    wire::Restriction,
};

/// Chunks that are fetched ahead while the job stores what it has: 16 MiB each at most.
const CHUNKS_AHEAD: usize = 4;

/// Nodes that a message names.
const NAMED_MAX: usize = 20;

/// Documents of a chunk, ready to be sent.
#[derive(Debug)]
pub(super) struct Prepared {
    same: Vec<Item>,
    changed: Vec<(Item, String, Text)>,
    last_id: String,
    /// Bodies that were not well-formed.
    n_malformed: usize,
}

impl Run<'_> {
    /// Sends one space. The inner error says that it could not be listed; it is in the report then, and nothing below it is deleted.
    pub(super) async fn space(
        &mut self,
        space: &CrawledSpace,
        ready: Result<Ready, SpaceFailure>,
    ) -> Result<Result<(), ClientError>, SourceError> {
        let mut ready = match ready {
            Ok(ready) => ready,
            Err(SpaceFailure::OfSync(error)) => return Err(error),
            Err(SpaceFailure::OfSpace(error)) => {
                let key = &space.space.key;
                self.outbox.warn(format!("space `{key}` could not be listed, so nothing of it is deleted: {error}"));
                self.outbox.mark_incomplete(self.anchor(&space_node(&space.space.id)));
                return Ok(Err(error));
            }
        };
        let (tree, searched) = (std::mem::take(&mut ready.tree), std::mem::take(&mut ready.searched));
        if self.config.crawl_acl {
            self.nodes(space, tree, &searched).await?;
        }
        drop(searched);
        if let Some(error) = &ready.places_failed {
            let key = &space.space.key;
            self.outbox
                .warn(format!("space `{key}`: folders and whiteboards without pages below were not found: {error}"));
        }
        if let Some(learnt) = ready.learnt_places.take() {
            self.learn_places(space, learnt);
        }
        self.places(space, &ready.places, &ready.paths).await?;
        self.space_document(space).await?;
        for (listing, documents) in [(SpaceListing::Pages, ready.pages), (SpaceListing::Blogs, ready.blogs)] {
            let entity = if listing == SpaceListing::Blogs { Entity::Blog } else { Entity::Page };
            for (id, path) in documents.ids {
                self.containers.insert(id, Container { entity, space: Arc::clone(&space.facts), path });
            }
            self.contents(listing, space, documents.chunks).await?;
        }
        Ok(Ok(()))
    }

    /// Sends the nodes of a space, complete.
    async fn nodes(
        &mut self,
        space: &CrawledSpace,
        tree: Tree,
        searched: &restrictions::Searched,
    ) -> Result<(), SourceError> {
        let verification = self.verification.of_space(&space.space.id);
        let mut accesses: HashMap<String, NodeAccess> = HashMap::new();
        let mut to_read = Vec::new();
        for node in tree.down() {
            match node.kind {
                NodeKind::Listed => match verification.believed(&node.id, searched.lists.get(&node.id)) {
                    Some(access) => drop(accesses.insert(node.id.clone(), access)),
                    None => to_read.push(node.id.clone()),
                },
                NodeKind::Missing => {
                    accesses.insert(node.id.clone(), unknown("it is above indexed pages and could not be found"));
                }
                NodeKind::Unlisted => {}
            }
        }
        let (read, n_unknown) = read_each::<Restriction>(&self.client, &self.principals, to_read).await?;
        accesses.extend(read);
        if n_unknown > 0 {
            let key = &space.space.key;
            self.outbox.warn(format!(
                "space `{key}`: {n_unknown} view lists could not be read, and what they guard is hidden"
            ));
        }
        self.verify_emptied(&mut accesses).await?;
        self.rotate(space, &tree, searched, verification, &mut accesses).await?;
        self.folders.check(&self.client, &self.principals, space, &tree, &mut accesses).await?;
        self.report_missing(space, &tree);
        let root = space.node();
        let fact = Fact::Nodes { root: root.id.clone(), nodes: tree.into_nodes(root, accesses) };
        self.outbox.fact(fact).await
    }

    /// Names the parents of pages that are not visible: what is below them is hidden, and nothing of it is deleted.
    fn report_missing(&mut self, space: &CrawledSpace, tree: &Tree) {
        let missing = tree.down().into_iter().filter(|node| node.kind == NodeKind::Missing);
        let missing: Vec<&str> = missing.map(|node| node.id.as_str()).collect();
        if missing.is_empty() {
            return;
        }
        let named: Vec<String> = missing.iter().take(NAMED_MAX).map(|id| format!("`{id}`")).collect();
        let more = if missing.len() > NAMED_MAX { " and others" } else { "" };
        self.outbox.warn(format!(
            "space `{}`: {} parents of pages are not visible, and what is below them is hidden: {}{more}",
            space.space.key,
            missing.len(),
            named.join(", ")
        ));
        for id in missing.into_iter().take(NAMED_MAX) {
            self.outbox.mark_incomplete(id.to_owned());
        }
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
                _ if !fetches_content(self.mode) => Text::None,
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

    /// Sends the documents of a listing in order, while the texts of those that follow are fetched.
    async fn contents(
        &mut self,
        listing: SpaceListing,
        space: &CrawledSpace,
        chunks: Vec<Chunk>,
    ) -> Result<(), SourceError> {
        let (client, config, mode, known) = (self.client.clone(), self.config, self.mode, self.known);
        let mut calls = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            calls.push(prepared(client.clone(), config, mode, known, chunk));
        }
        let (sender, mut receiver) = mpsc::channel(1);
        let fetching = async move {
            let mut prepared = stream::iter(calls).buffered(CHUNKS_AHEAD);
            while let Some(chunk) = prepared.next().await {
                if sender.send(chunk).await.is_err() {
                    break;
                }
            }
            Ok::<(), SourceError>(())
        };
        let sending = async {
            let mut n_malformed = 0;
            while let Some(chunk) = receiver.recv().await {
                let chunk = chunk?;
                n_malformed += chunk.n_malformed;
                self.send_chunk(listing, space, chunk).await?;
            }
            Ok(n_malformed)
        };
        // The one that fails ends both.
        let ((), n_malformed) = futures::try_join!(fetching, sending)?;
        if n_malformed > 0 {
            let key = &space.space.key;
            self.outbox.warn(format!(
                "space `{key}`: {n_malformed} texts are not well-formed, and were read as well as they could be"
            ));
        }
        Ok(())
    }

    async fn send_chunk(
        &mut self,
        listing: SpaceListing,
        space: &CrawledSpace,
        chunk: Prepared,
    ) -> Result<(), SourceError> {
        let Prepared { same, changed, last_id, .. } = chunk;
        self.learn_authors(changed.iter().map(|(item, ..)| item)).await?;
        for item in same {
            self.outbox.unchanged(item.unchanged()).await?;
        }
        for (item, version, text) in changed {
            self.outbox.document(item.document(version, text, &self.config.mappings, &self.names)).await?;
        }
        self.outbox.advance(Position::Space { space: space.space.id.clone(), listing, after: Some(last_id) });
        Ok(())
    }
}

/// Compares a chunk with what is known and fetches the texts of what changed, unless that was done ahead.
async fn prepared(
    client: Client,
    config: &ConfluenceConfig,
    mode: CrawlMode,
    known: &dyn KnownDocuments,
    chunk: Chunk,
) -> Result<Prepared, SourceError> {
    match chunk {
        Chunk::Prepared(prepared) => Ok(prepared),
        Chunk::Items(items) => prepare(client, config, mode, known, items).await,
    }
}

/// Compares a chunk with what is known and fetches the texts of what changed.
pub(super) async fn prepare(
    client: Client,
    config: &ConfluenceConfig,
    mode: CrawlMode,
    known: &dyn KnownDocuments,
    items: Vec<(Item, String)>,
) -> Result<Prepared, SourceError> {
    let last_id = items.last().map(|(item, _)| item.id.clone()).unwrap_or_default();
    if !fetches_content(mode) {
        let (same, changed) = split_known(mode, known, items).await?;
        let changed = changed.into_iter().map(|(item, version)| (item, version, Text::None)).collect();
        return Ok(Prepared { same, changed, last_id, n_malformed: 0 });
    }
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
