//! Reads what a space has, and everything that stands above what is wanted of it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use futures::{StreamExt, stream};

use super::{
    place_memory::PlaceMemory,
    place_search::searched_places,
    place_walk::{FoundPlaces, collection_of, find_places},
    places::{LearntPlaces, place_kind},
    restrictions,
    spaces::PAGE_ROWS,
};
use crate::{
    access::Principals,
    client::{CONCURRENT_CALLS, Client},
    config::{ConfluenceConfig, Entity},
    error::ClientError,
    map::uri,
    tree::{NodeKind, Tree, kind_of},
    walk::{checkpoint::id_order, spaces::CrawledSpace},
    wire::{Content, Space},
};

/// Levels that are climbed above a page outside the listing: deeper trees are hidden.
const LEVELS_MAX: usize = 1000;

/// What a space has.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Pages that are indexed, in the order of their ids, without their bodies.
    pub pages: Vec<Content>,
    /// Blog posts that are indexed, likewise.
    pub blogs: Vec<Content>,
    /// These, and everything above them.
    pub tree: Tree,
    /// View lists and labels in bulk.
    pub searched: restrictions::Searched,
    /// Folders, whiteboards, databases and embeds of the tree.
    pub places: Vec<(Entity, Content)>,
    /// Why those that are above no page could not be found, if so.
    pub places_failed: Option<ClientError>,
    /// What is to be remembered of them, if they were looked for.
    pub learnt_places: Option<LearntPlaces>,
}

/// Lists spaces, several at once and ahead of the space that is sent: it holds nothing that changes.
#[derive(Clone)]
pub(super) struct Loader<'a> {
    pub config: &'a ConfluenceConfig,
    pub client: Client,
    pub principals: Principals,
    /// The site's base for people, without a final slash.
    pub base: String,
    /// What the last runs remembered of the places of spaces, by the spaces' ids.
    pub place_memories: Arc<HashMap<String, PlaceMemory>>,
}

impl Loader<'_> {
    /// Lists a space.
    pub(super) async fn load(&self, space: &CrawledSpace) -> Result<Loaded, ClientError> {
        let switches = self.config.switches;
        let id = &space.space.id;
        let (pages, blogs, searched) = futures::try_join!(
            list(&self.client, switches.pages, format!("api/v2/spaces/{id}/pages"), &["current", "archived"]),
            list(&self.client, switches.blogs, format!("api/v2/spaces/{id}/blogposts"), &["current"]),
            self.search(space),
        )?;
        let wants = |entity: Entity| move |row: &Content| wants_content(self.config, entity, row, &self.base);
        let blogs: Vec<Content> = blogs.into_iter().filter(wants(Entity::Blog)).collect();
        let mut tree = Tree::default();
        for blog in &blogs {
            tree.add(blog, NodeKind::Listed);
        }
        let is_wanted = wants(Entity::Page);
        let mut above = Vec::new();
        for page in pages.iter().filter(|row| is_wanted(row)) {
            tree.add(page, NodeKind::Listed);
            above.extend(parent_of(page));
        }
        let (mut found, mut places_failed) = (None, None);
        match self.places(&pages, &space.space).await {
            Ok(places) => found = places,
            Err(error) if error.ends_the_sync() => return Err(error),
            Err(error) => places_failed = Some(error),
        }
        let mut places = found.as_mut().map(|found| std::mem::take(&mut found.places)).unwrap_or_default();
        for place in &places {
            tree.add(place, NodeKind::Unlisted);
            above.extend(parent_of(place));
        }
        places.extend(self.climb(&mut tree, above, &pages, id).await?);
        let learnt_places = found.map(|mut found| {
            found.remember(&places);
            found.learnt
        });
        let places = places.into_iter().filter_map(|place| Some((place_kind(&place.kind)?, place))).collect();
        let pages = in_order(pages.into_iter().filter(is_wanted).collect());
        Ok(Loaded { pages, blogs: in_order(blogs), tree, searched, places, places_failed, learnt_places })
    }

    /// The places of a space; `None` if they are not asked for.
    async fn places(&self, pages: &[Content], space: &Space) -> Result<Option<FoundPlaces>, ClientError> {
        if !self.config.switches.pages {
            return Ok(None);
        }
        let memory = self.place_memories.get(&space.id).cloned().unwrap_or_default();
        let hints = searched_places(&self.client, space).await?;
        find_places(&self.client, pages, &space.id, memory, hints).await.map(Some)
    }

    /// Searches for view lists and labels, as far as either is needed. A search that the site refuses to make is no obstacle: all is read
    /// one by one then.
    async fn search(&self, space: &CrawledSpace) -> Result<restrictions::Searched, ClientError> {
        let mappings = &self.config.mappings;
        let with_labels = [Entity::Page, Entity::Blog].iter().any(|entity| mappings.maps(*entity, &["labels"]));
        if !self.config.crawl_acl && !with_labels {
            return Ok(restrictions::Searched::default());
        }
        match restrictions::search(&self.client, &self.principals, &space.space, with_labels).await {
            Err(ClientError::Rejected { .. } | ClientError::NotFound { .. }) => Ok(restrictions::Searched::default()),
            result => result,
        }
    }

    /// Adds the nodes `above` and everything above them: from the listing where it is there, else by id. Returns what had to be fetched.
    async fn climb(
        &self,
        tree: &mut Tree,
        mut above: Vec<(String, String)>,
        listed: &[Content],
        space_id: &str,
    ) -> Result<Vec<Content>, ClientError> {
        let listed: HashMap<&str, &Content> = listed.iter().map(|page| (page.id.as_str(), page)).collect();
        let mut fetched = Vec::new();
        for _ in 0..LEVELS_MAX {
            let mut unlisted = HashSet::new();
            while let Some((id, kind)) = above.pop() {
                if tree.has(&id) {
                    continue;
                }
                match listed.get(id.as_str()) {
                    Some(page) => {
                        tree.add(page, NodeKind::Listed);
                        above.extend(parent_of(page));
                    }
                    None => drop(unlisted.insert((id, kind))),
                }
            }
            if unlisted.is_empty() {
                break;
            }
            let n_before = fetched.len();
            self.fetch_above(tree, unlisted, space_id, &mut fetched).await?;
            above = fetched[n_before..].iter().filter_map(parent_of).collect();
        }
        Ok(fetched)
    }

    /// Fetches nodes by their ids and adds them.
    async fn fetch_above(
        &self,
        tree: &mut Tree,
        nodes: HashSet<(String, String)>,
        space_id: &str,
        fetched: &mut Vec<Content>,
    ) -> Result<(), ClientError> {
        let mut calls = Vec::with_capacity(nodes.len());
        for (id, kind) in nodes {
            let client = &self.client;
            calls.push(async move {
                let content = fetch_node(client, &id, &kind).await;
                (id, kind, content)
            });
        }
        let mut answers = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
        while let Some((id, kind, content)) = answers.next().await {
            match content {
                // A node of another space was moved while the tree was read; the next sync sees one state or the other.
                Ok(mut content) if content.space_id == space_id => {
                    tree.add(&content, kind_of(&kind));
                    content.kind = kind;
                    fetched.push(content);
                }
                Ok(_) | Err(ClientError::NotFound { .. } | ClientError::Forbidden { .. }) => tree.add_missing(&id),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The id and type of what is above a page.
fn parent_of(content: &Content) -> Option<(String, String)> {
    let id = content.parent_id.clone().filter(|id| !id.is_empty())?;
    Some((id, content.parent_type.clone().unwrap_or_default()))
}

/// True if the configuration asks for this page or blog post.
pub(super) fn wants_content(config: &ConfluenceConfig, entity: Entity, row: &Content, base: &str) -> bool {
    let is_wanted_status = match row.status.as_str() {
        "current" => true,
        "archived" => entity == Entity::Page && config.switches.archived_pages,
        _ => false,
    };
    is_wanted_status && config.filters.wants(entity, &row.title, &uri(base, &row.links.webui, &row.id))
}

async fn list(client: &Client, is_on: bool, path: String, statuses: &[&str]) -> Result<Vec<Content>, ClientError> {
    if !is_on {
        return Ok(Vec::new());
    }
    let statuses = statuses.iter().map(|status| ("status", *status));
    let query: Vec<(&str, &str)> = statuses.chain([("limit", PAGE_ROWS), ("sort", "id")]).collect();
    client.list(&path, &query).all().await
}

/// A node by its id and type.
pub(super) async fn fetch_node(client: &Client, id: &str, kind: &str) -> Result<Content, ClientError> {
    match collection_of(kind) {
        Some(collection) => client.get(&format!("api/v2/{collection}/{id}"), &[]).await,
        None => Err(ClientError::NotFound { path: format!("{kind}/{id}") }),
    }
}

fn in_order(mut contents: Vec<Content>) -> Vec<Content> {
    contents.sort_by(|left, right| id_order(&left.id).cmp(&id_order(&right.id)));
    contents
}
