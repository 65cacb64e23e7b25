//! Gets a space ready to be sent, ahead of its turn: its tree, its documents in order, and, if it is small, their texts.

use std::collections::HashMap;

use sangam_sync::{CrawlMode, KnownDocuments, SourceError};

use super::{
    expected::Expected,
    places::LearntPlaces,
    restrictions::{Searched, label_names},
    space::{Prepared, prepare},
    tree_walk::Loader,
};
use crate::{
    client::Client,
    config::Entity,
    error::ClientError,
    map::Item,
    tree::Tree,
    walk::{
        anchor,
        checkpoint::{Position, SpaceListing},
        spaces::CrawledSpace,
    },
    wire::{Content, Label},
};

/// Documents that are compared and fetched together: as many as one call gives bodies for.
const CHUNK_ITEMS: usize = 100;

/// Items of a listing whose texts are fetched before the space's turn; of more only the first chunk is.
const CHUNKS_PREPARED_AHEAD: usize = 1;

/// Documents that are compared and fetched together.
#[derive(Debug)]
pub(super) enum Chunk {
    /// Not yet compared, with their versions.
    Items(Vec<(Item, String)>),
    /// Ready to be sent.
    Prepared(Prepared),
}

/// The documents of one listing that are to be sent, in order.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// All ids of the listing, those sent before an interruption too, with the titles from the top of the tree down to their own, if those
    /// are mapped.
    pub ids: Vec<(String, Vec<String>)>,
    pub chunks: Vec<Chunk>,
}

/// A space that can be sent.
#[derive(Debug)]
pub(super) struct Ready {
    /// What is indexed, and everything above it.
    pub tree: Tree,
    /// View lists in bulk.
    pub searched: Searched,
    pub pages: Documents,
    pub blogs: Documents,
    /// Folders, whiteboards, databases and embeds of the tree.
    pub places: Vec<(Entity, Content)>,
    /// Why those that are above no page could not be found, if so.
    pub places_failed: Option<ClientError>,
    /// What is to be remembered of them, if they were looked for.
    pub learnt_places: Option<LearntPlaces>,
    /// Titles of what is above each node, if they are mapped.
    pub paths: HashMap<String, Vec<String>>,
}

/// What is known of documents besides their rows.
struct Told {
    labels: HashMap<String, Vec<String>>,
    /// Titles of what is above each node.
    paths: HashMap<String, Vec<String>>,
    maps_paths: bool,
}

impl Told {
    /// Titles from the top of the tree down to the row's own; none if they are not mapped.
    fn path_to(&self, row: &Content) -> Vec<String> {
        if !self.maps_paths {
            return Vec::new();
        }
        let above = self.paths.get(&row.id).cloned().unwrap_or_default();
        above.into_iter().chain([row.title.clone()]).collect()
    }
}

/// Why a space is not ready.
#[derive(Debug)]
pub(super) enum SpaceFailure {
    /// It could not be listed.
    OfSpace(ClientError),
    /// The sync has to end.
    OfSync(SourceError),
}

impl From<SourceError> for SpaceFailure {
    fn from(error: SourceError) -> Self {
        Self::OfSync(error)
    }
}

impl From<ClientError> for SpaceFailure {
    fn from(error: ClientError) -> Self {
        if error.ends_the_sync() { Self::OfSync(error.into()) } else { Self::OfSpace(error) }
    }
}

/// Gets spaces ready.
pub(super) struct Preparation<'a> {
    pub loader: Loader<'a>,
    pub mode: CrawlMode,
    pub known: &'a dyn KnownDocuments,
    /// What was sent before an interruption.
    pub resume: Position,
    pub expected: Expected,
}

impl Preparation<'_> {
    /// Lists a space and begins with its documents.
    pub(super) async fn ready(&self, space: &CrawledSpace) -> Result<Ready, SpaceFailure> {
        let mut loaded = self.loader.load(space).await?;
        // The space is a document itself.
        self.expected.add(1 + loaded.pages.len() + loaded.blogs.len() + loaded.places.len());
        let maps_paths =
            Entity::CONFIGURED.iter().any(|entity| self.loader.config.mappings.maps(*entity, &["ancestors", "path"]));
        let told = Told {
            labels: std::mem::take(&mut loaded.searched.labels),
            paths: if maps_paths { loaded.tree.paths() } else { HashMap::new() },
            maps_paths,
        };
        let pages = self.documents(SpaceListing::Pages, space, loaded.pages, &told).await?;
        let blogs = self.documents(SpaceListing::Blogs, space, loaded.blogs, &told).await?;
        Ok(Ready {
            tree: loaded.tree,
            searched: loaded.searched,
            pages,
            blogs,
            places: loaded.places,
            places_failed: loaded.places_failed,
            learnt_places: loaded.learnt_places,
            paths: told.paths,
        })
    }

    async fn documents(
        &self,
        listing: SpaceListing,
        space: &CrawledSpace,
        rows: Vec<Content>,
        told: &Told,
    ) -> Result<Documents, SpaceFailure> {
        let ids = rows.iter().map(|row| (row.id.clone(), told.path_to(row))).collect();
        let mut chunks: Vec<Vec<(Item, String)>> = Vec::new();
        for row in rows {
            if self.resume.is_past(&space.space.id, listing, &row.id) {
                continue;
            }
            let item = self.item(listing, space, &row, told).await?;
            let version = item.fingerprint(&self.loader.config.mappings);
            match chunks.last_mut() {
                Some(chunk) if chunk.len() < CHUNK_ITEMS => chunk.push((item, version)),
                _ => chunks.push(vec![(item, version)]),
            }
        }
        let mut documents = Documents { ids, chunks: Vec::with_capacity(chunks.len()) };
        for (nth, items) in chunks.into_iter().enumerate() {
            documents.chunks.push(if nth < CHUNKS_PREPARED_AHEAD {
                Chunk::Prepared(
                    prepare(self.loader.client.clone(), self.loader.config, self.mode, self.known, items).await?,
                )
            } else {
                Chunk::Items(items)
            });
        }
        Ok(documents)
    }

    async fn item(
        &self,
        listing: SpaceListing,
        space: &CrawledSpace,
        row: &Content,
        told: &Told,
    ) -> Result<Item, SpaceFailure> {
        let entity = if listing == SpaceListing::Blogs { Entity::Blog } else { Entity::Page };
        let config = self.loader.config;
        let mut item = Item::content(entity, row, &space.facts, &self.loader.base, anchor(config, &row.id));
        if config.mappings.maps(entity, &["labels"]) && !matches!(self.mode, CrawlMode::Access { .. }) {
            item.labels = match told.labels.get(&row.id) {
                Some(labels) => labels.clone(),
                None => labels_of(&self.loader.client, entity, &row.id).await?,
            };
        }
        item.ancestors = told.paths.get(&row.id).cloned().unwrap_or_default();
        Ok(item)
    }
}

/// Labels of one page, for those that search did not have.
async fn labels_of(client: &Client, entity: Entity, id: &str) -> Result<Vec<String>, SourceError> {
    let collection = if entity == Entity::Blog { "blogposts" } else { "pages" };
    let labels = client.list(&format!("api/v2/{collection}/{id}/labels"), &[("limit", "250")]).all::<Label>().await;
    match labels {
        Ok(labels) => Ok(label_names(&labels)),
        Err(error) if error.ends_the_sync() => Err(error.into()),
        Err(_) => Ok(Vec::new()),
    }
}
