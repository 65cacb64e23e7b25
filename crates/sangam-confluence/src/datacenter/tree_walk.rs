//! Reads what a space has, and everything that stands above what is wanted of it.

use std::collections::{HashMap, HashSet};

use futures::{StreamExt, stream};
use sangam_sync::NodeAccess;

use super::{
    Run,
    listing::{self, Kind},
    restrictions,
    wire::{ContentRow, OperationRow},
};
use crate::{
    access::OwnList,
    client::{CONCURRENT_CALLS, Client},
    config::{ConfluenceConfig, Entity},
    error::ClientError,
    map::uri,
    tree::{NodeKind, Tree, unknown},
    walk::{checkpoint::id_order, spaces::CrawledSpace, verification::SpaceVerification, view_list::read_each},
    wire::CutList,
};

/// Levels that are climbed above a page outside the listing: deeper trees are hidden.
const LEVELS_MAX: usize = 1000;

/// What a space has.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Pages that are indexed, in the order of their ids.
    pub pages: Vec<ContentRow>,
    /// Blog posts that are indexed, likewise.
    pub blogs: Vec<ContentRow>,
    /// These, and everything above them.
    pub tree: Tree,
    /// Their view lists, as far as the listings had them whole.
    pub lists: HashMap<String, OwnList>,
}

impl Run<'_> {
    /// Lists a space.
    pub(super) async fn load(&self, space: &CrawledSpace) -> Result<Loaded, ClientError> {
        let switches = self.config.switches;
        let (pages, blogs) = futures::try_join!(
            self.list(switches.pages, space, Kind::Page, Entity::Page),
            self.list(switches.blogs, space, Kind::Blog, Entity::Blog),
        )?;
        let mut tree = Tree::default();
        let mut lists = HashMap::new();
        let wanted = |entity, rows: &[ContentRow]| -> Vec<ContentRow> {
            let is_wanted = |row: &&ContentRow| wants_content(self.config, entity, row, &self.base);
            in_order(rows.iter().filter(is_wanted).cloned().collect())
        };
        let (wanted_pages, wanted_blogs) = (wanted(Entity::Page, &pages), wanted(Entity::Blog, &blogs));
        if self.config.crawl_acl {
            for row in pages.iter().chain(&blogs) {
                let read = row.restrictions.read.as_ref();
                let list = restrictions::own_list(&self.principals, read);
                lists.insert(row.id.clone(), list);
            }
            for blog in &wanted_blogs {
                tree.add(&blog.as_content(&space.space.id), NodeKind::Listed);
            }
        }
        if self.config.crawl_acl || self.maps_paths() {
            self.climb(&mut tree, &wanted_pages, &pages, &space.space.id).await?;
        }
        Ok(Loaded { pages: wanted_pages, blogs: wanted_blogs, tree, lists })
    }

    async fn list(
        &self,
        is_on: bool,
        space: &CrawledSpace,
        kind: Kind,
        entity: Entity,
    ) -> Result<Vec<ContentRow>, ClientError> {
        if !is_on {
            return Ok(Vec::new());
        }
        let mut expand = "version,history".to_owned();
        if kind == Kind::Page {
            expand.push_str(",ancestors");
        }
        if self.config.mappings.maps(entity, &["labels"]) {
            expand.push_str(",metadata.labels");
        }
        if self.config.crawl_acl {
            expand.push(',');
            expand.push_str(restrictions::EXPAND);
        }
        listing::of_space(&self.client, &self.capabilities, &space.space.key, kind, &expand).await
    }

    /// Adds `wanted` and everything above: from the listing where it is there, else by id.
    async fn climb(
        &self,
        tree: &mut Tree,
        wanted: &[ContentRow],
        listed: &[ContentRow],
        space_id: &str,
    ) -> Result<(), ClientError> {
        let listed: HashMap<&str, &ContentRow> = listed.iter().map(|page| (page.id.as_str(), page)).collect();
        let mut above: Vec<String> = Vec::new();
        for page in wanted {
            add(tree, page, space_id);
            above.extend(page.parent_id().map(str::to_owned));
        }
        for _ in 0..LEVELS_MAX {
            let mut unlisted = HashSet::new();
            while let Some(id) = above.pop() {
                if tree.has(&id) {
                    continue;
                }
                match listed.get(id.as_str()) {
                    Some(page) => {
                        add(tree, page, space_id);
                        above.extend(page.parent_id().map(str::to_owned));
                    }
                    None => drop(unlisted.insert(id)),
                }
            }
            if unlisted.is_empty() {
                return Ok(());
            }
            above = self.fetch_above(tree, unlisted, space_id).await?;
        }
        Ok(())
    }

    /// Fetches pages by their ids, adds them, and returns what is above them.
    async fn fetch_above(
        &self,
        tree: &mut Tree,
        ids: HashSet<String>,
        space_id: &str,
    ) -> Result<Vec<String>, ClientError> {
        let mut calls = Vec::with_capacity(ids.len());
        for id in ids {
            let client = &self.client;
            calls.push(async move {
                let query = [("expand", "ancestors,space")];
                let content = client.get::<ContentRow>(&format!("rest/api/content/{id}"), &query).await;
                (id, content)
            });
        }
        let mut answers = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
        let mut above = Vec::new();
        while let Some((id, content)) = answers.next().await {
            match content {
                // A page of another space was moved while the tree was read; the next sync sees one state or the other.
                Ok(content) if content.space.id == space_id => {
                    add(tree, &content, space_id);
                    above.extend(content.parent_id().map(str::to_owned));
                }
                Ok(_) | Err(ClientError::NotFound { .. } | ClientError::Forbidden { .. }) => tree.add_missing(&id),
                Err(error) => return Err(error),
            }
        }
        Ok(above)
    }

    /// The accesses of the nodes of a space: from its listings, and one by one where those do not have them or are not believed.
    pub(super) async fn accesses(
        &mut self,
        key: &str,
        tree: &Tree,
        lists: &HashMap<String, OwnList>,
        verification: &SpaceVerification,
    ) -> Result<HashMap<String, NodeAccess>, ClientError> {
        let mut accesses: HashMap<String, NodeAccess> = HashMap::new();
        let (mut to_read, mut n_missing) = (Vec::new(), 0);
        for node in tree.down() {
            match (node.kind, verification.believed(&node.id, lists.get(&node.id))) {
                (NodeKind::Missing, _) => {
                    n_missing += 1;
                    accesses.insert(node.id.clone(), unknown("it is above indexed pages and could not be found"));
                }
                (_, Some(access)) => drop(accesses.insert(node.id.clone(), access)),
                (_, None) => to_read.push(node.id.clone()),
            }
        }
        let (read, n_unknown) = read_each::<OperationRow>(&self.client, &self.principals, to_read).await?;
        accesses.extend(read);
        if n_unknown > 0 {
            self.outbox.warn(format!(
                "space `{key}`: {n_unknown} view lists could not be read, and what they guard is hidden"
            ));
        }
        if n_missing > 0 {
            self.outbox.warn(format!(
                "space `{key}`: {n_missing} parents of pages are not visible, and what is below them is hidden"
            ));
        }
        Ok(accesses)
    }
}

/// Adds a page. One whose place was not told hangs on nothing that is known, which hides it.
fn add(tree: &mut Tree, row: &ContentRow, space_id: &str) {
    let mut content = row.as_content(space_id);
    if row.ancestors.is_none() {
        content.parent_id = Some(format!("?{}", row.id));
    }
    tree.add(&content, NodeKind::Listed);
}

/// True if the configuration asks for this page or blog post.
pub(super) fn wants_content(config: &ConfluenceConfig, entity: Entity, row: &ContentRow, base: &str) -> bool {
    matches!(row.status.as_str(), "" | "current")
        && config.filters.wants(entity, &row.title, &uri(base, &row.links.webui, &row.id))
}

/// Names of a row's labels for everybody, if they came whole.
pub(super) fn labels(row: &ContentRow) -> Option<Vec<String>> {
    let labels = row.metadata.labels.as_ref().filter(|labels| !labels.is_cut())?;
    Some(label_names(labels))
}

fn label_names(labels: &CutList<crate::wire::Label>) -> Vec<String> {
    labels.results.iter().filter(|label| label.prefix != "my").map(|label| label.name.clone()).collect()
}

/// The labels of one page, for those that came cut; none if they cannot be read.
pub(super) async fn labels_of(client: &Client, id: &str) -> Result<Vec<String>, ClientError> {
    let listing = client.list(&format!("rest/api/content/{id}/label"), &[("limit", "200")]);
    match listing.all::<crate::wire::Label>().await {
        Ok(labels) => Ok(labels.into_iter().filter(|label| label.prefix != "my").map(|label| label.name).collect()),
        Err(error) if error.ends_the_sync() => Err(error),
        Err(_) => Ok(Vec::new()),
    }
}

pub(super) fn in_order(mut rows: Vec<ContentRow>) -> Vec<ContentRow> {
    rows.sort_by(|left, right| id_order(&left.id).cmp(&id_order(&right.id)));
    rows
}
