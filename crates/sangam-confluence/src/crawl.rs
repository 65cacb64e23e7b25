//! The order of a sync: people, the site and its spaces, then for each space its tree and its documents, then the comments
//! and attachments of the whole site.
//!
//! After an interruption people, spaces and trees are read and sent again: they are cheap, every later step needs them, and fresh
//! access is better than old. Documents go on at the checkpoint.

pub(crate) mod attachments;
pub(crate) mod bodies;
pub(crate) mod checkpoint;
mod comments;
mod confirm;
mod emptied;
mod expected;
mod folder_memory;
mod folders;
mod holder;
pub(crate) mod outbox;
mod people;
mod place_memory;
mod place_walk;
mod places;
mod ready;
mod restrictions;
mod roles;
mod rotation;
mod site_wide;
pub(crate) mod space;
mod spaces;
mod states;
mod tree_walk;
mod verify;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use futures::{StreamExt, stream};
use sangam_access::Principal;
use sangam_sync::{BatchSink, CrawlEnd, CrawlMode, CrawlRequest, KnownDocuments, Memory, SourceError};
use tokio::sync::mpsc;

use crate::{
    access::Principals,
    client::Client,
    config::{ConfluenceConfig, Entity},
    error::ClientError,
    map::{Fingerprint, Item, Names, SpaceFacts},
    settings::ConfluenceSettings,
    user_map::UserMap,
    wire::{User, Users},
};

use checkpoint::{Position, SiteListing};
use expected::Expected;
use folders::FolderChecks;
use outbox::Outbox;
use place_memory::PlaceMemory;
use ready::Preparation;
use spaces::CrawledSpace;
use tree_walk::Loader;

pub(crate) use confirm::Confirmation;

/// The node at the top, which carries who may use the site at all.
pub(crate) const SITE_NODE: &str = "site";

/// The node of everything on a site whose access is not crawled. It is none of the site's nodes, so that it vanishes, and hides what hangs
/// there, once access is.
pub(crate) const EVERYBODY_NODE: &str = "everybody";

/// Spaces that are made ready ahead of the one that is sent. A large one is in memory without its texts, with about 2 kB a page.
const SPACES_AHEAD: usize = 4;

/// Rate points that a verified view list or a question about a folder costs, about: the call, an object, and a person or two.
const CHECK_POINTS: u64 = 5;

/// What is remembered of a space is kept so long after it was stored last, in milliseconds, if the space is not crawled any more.
const FORGOTTEN_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// People asked for in one call.
const USERS_PER_CALL: usize = 100;

/// Documents whose versions are asked for in one go.
const VERSIONS_PER_CALL: usize = 250;

/// A page or blog post that is indexed, whose comments and attachments are therefore too.
#[derive(Debug, Clone)]
struct Container {
    entity: Entity,
    space: Arc<SpaceFacts>,
    /// Titles from the top of the tree down to its own; only if they are mapped.
    path: Vec<String>,
}

/// One crawl of a site.
pub(crate) struct Run<'a> {
    config: &'a ConfluenceConfig,
    client: Client,
    mode: CrawlMode,
    known: &'a dyn KnownDocuments,
    outbox: Outbox<'a>,
    resume: Position,
    principals: Principals,
    /// The nodes that were closed at the last sync, with whom they let pass.
    stored: HashMap<String, BTreeSet<Principal>>,
    /// E-mail addresses that people hide and the configuration tells.
    user_map: Arc<UserMap>,
    /// What the last runs remembered of the verification of view lists, by key.
    rotations: HashMap<String, Memory>,
    /// What they remembered of the places of spaces, by the spaces' ids.
    place_memories: HashMap<String, PlaceMemory>,
    /// Document ids of places that are in another space now, with that one's id.
    moved_places: Vec<(String, String)>,
    /// Documents that there will be.
    expected: Expected,
    /// View lists that may still be verified by calls of their own.
    checks_left: usize,
    /// After so many minutes a list is verified again.
    recheck_minutes: u32,
    /// True if people who are not signed in may use the site.
    is_open: bool,
    /// The site's hash of view lists that are empty, once it was needed.
    empty_hash: Option<String>,
    folders: FolderChecks,
    /// Account ids of guests.
    guests: Vec<String>,
    /// Display names of authors.
    names: Names,
    /// Authors that were asked for, found or not.
    asked_names: HashSet<String>,
    /// The site's base for people, without a final slash.
    base: String,
    /// What is indexed so far, by content id.
    containers: HashMap<String, Container>,
    /// The page or blog post above attachments and custom content that something is on, by their ids, as far as it was asked for.
    holders: HashMap<String, Option<String>>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        data_source_id: &str,
        config: &'a ConfluenceConfig,
        settings: &ConfluenceSettings,
        client: Client,
        request: &CrawlRequest,
        known: &'a dyn KnownDocuments,
        sink: &'a mut dyn BatchSink,
    ) -> Self {
        let settled = settled(config);
        let recheck_minutes = u32::try_from(settings.recheck_after.as_secs() / 60).unwrap_or(u32::MAX);
        let (resume, incomplete) = checkpoint::read(request.checkpoint.as_ref(), &settled);
        Self {
            config,
            base: client.site_base(),
            client,
            mode: request.mode,
            known,
            outbox: Outbox::new(sink, settled, resume.clone(), incomplete),
            resume,
            principals: Principals::new(data_source_id),
            stored: HashMap::new(),
            user_map: Arc::default(),
            rotations: HashMap::new(),
            place_memories: HashMap::new(),
            moved_places: Vec::new(),
            expected: Expected::new(request.progress.clone()),
            checks_left: settings.restriction_checks_max,
            recheck_minutes,
            is_open: false,
            empty_hash: None,
            folders: FolderChecks::new(data_source_id, settings.folder_checks_max, recheck_minutes),
            guests: Vec::new(),
            names: Names::new(),
            asked_names: HashSet::new(),
            containers: HashMap::new(),
            holders: HashMap::new(),
        }
    }

    /// The same with e-mail addresses that people hide.
    pub(crate) fn with_user_map(self, user_map: Arc<UserMap>) -> Self {
        Self { user_map, ..self }
    }

    /// Walks the site.
    pub(crate) async fn crawl(mut self) -> Result<CrawlEnd, SourceError> {
        self.client.account().await?;
        self.everybody_node().await?;
        if self.config.crawl_acl {
            self.stored = self.known.restricted_nodes().await?;
            self.folders.set_stored(self.known.memories(folder_memory::FOLDER_KEY).await?);
            self.rotations = self.known.memories(verify::ROTATION_KEY).await?;
        }
        let placed = self.known.memories(places::PLACES_KEY).await?;
        let space_of = |key: &str| key.strip_prefix(places::PLACES_KEY).unwrap_or_default().to_owned();
        self.place_memories =
            placed.iter().map(|(key, memory)| (space_of(key), PlaceMemory::read(&memory.value))).collect();
        let mut spaces = self.spaces().await?;
        self.people(&spaces).await?;
        self.site_nodes(&mut spaces).await?;
        self.spare_points();
        let mut failures = self.all_spaces(&spaces).await?;
        if failures.len() == spaces.len()
            && let Some((_, error)) = failures.pop()
        {
            // Not one space could be listed: that says nothing about any of them.
            return Err(error.into());
        }
        self.hide_lost(&mut spaces, &failures).await?;
        self.folders.report(&mut self.outbox);
        self.folders.store(failures.is_empty(), &mut self.outbox);
        self.hand_over_places();
        self.forget_spaces(&spaces, &placed);
        if lists_everything(self.mode) {
            for listing in [SiteListing::FooterComments, SiteListing::InlineComments] {
                self.comments(listing, &spaces).await?;
            }
            self.attachments(&spaces).await?;
        }
        tracing::info!(calls = self.client.n_calls(), "confluence: the site was crawled");
        Ok(CrawlEnd { incomplete: self.outbox.finish().await? })
    }

    /// Forgets what was remembered of spaces that the site lists no more, or that are not asked for any more, after a month: one that is
    /// back by then goes on where it was.
    fn forget_spaces(&mut self, spaces: &[CrawledSpace], placed: &HashMap<String, Memory>) {
        let crawled: HashSet<&str> = spaces.iter().map(|space| space.space.id.as_str()).collect();
        let now_ms = jiff::Timestamp::now().as_millisecond();
        for (prefix, memories) in [(verify::ROTATION_KEY, &self.rotations), (places::PLACES_KEY, placed)] {
            for (key, memory) in memories {
                let is_crawled = key.strip_prefix(prefix).is_none_or(|id| crawled.contains(id));
                if !is_crawled && now_ms - memory.stored_at > FORGOTTEN_AFTER_MS {
                    self.outbox.remember(key.clone(), serde_json::Value::Null);
                }
            }
        }
    }

    /// Leaves the better part of the site's rate points to the listings, where the site counts them: no more than a quarter goes into
    /// verified view lists, and a quarter into questions about folders.
    fn spare_points(&mut self) {
        if let Some(points) = self.client.points_left() {
            let affordable = usize::try_from(points / 4 / CHECK_POINTS).unwrap_or(usize::MAX);
            self.checks_left = self.checks_left.min(affordable);
            self.folders.limit_checks(affordable);
        }
    }

    /// Sends the spaces in their order, while those that follow are made ready. Returns those that could not be listed, by their places.
    async fn all_spaces(&mut self, spaces: &[CrawledSpace]) -> Result<Vec<(usize, ClientError)>, SourceError> {
        let preparation = Preparation {
            loader: Loader {
                config: self.config,
                client: self.client.clone(),
                principals: self.principals.clone(),
                base: self.base.clone(),
                place_memories: Arc::new(self.place_memories.clone()),
            },
            expected: self.expected.clone(),
            mode: self.mode,
            known: self.known,
            resume: self.resume.clone(),
        };
        let mut calls = Vec::with_capacity(spaces.len());
        for space in spaces {
            calls.push(preparation.ready(space));
        }
        let (sender, mut receiver) = mpsc::channel(1);
        let preparing = async move {
            let mut ready = stream::iter(calls).buffered(SPACES_AHEAD);
            while let Some(space) = ready.next().await {
                if sender.send(space).await.is_err() {
                    break;
                }
            }
            Ok::<(), SourceError>(())
        };
        let sending = async {
            let mut failures = Vec::new();
            for (n, space) in spaces.iter().enumerate() {
                let Some(ready) = receiver.recv().await else { break };
                if let Err(error) = self.space(space, ready).await? {
                    failures.push((n, error));
                }
            }
            Ok(failures)
        };
        // The one that fails ends both.
        let ((), failures) = futures::try_join!(preparing, sending)?;
        Ok(failures)
    }

    /// The node that a page, blog post or space is, or everybody's if access is not crawled.
    fn anchor(&self, node_id: &str) -> String {
        anchor(self.config, node_id)
    }

    /// Splits items into those that are as they were and those that are new or changed.
    async fn split_known(&self, items: Vec<(Item, String)>) -> Result<(Vec<Item>, Vec<(Item, String)>), SourceError> {
        split_known(self.mode, self.known, items).await
    }

    /// Learns the names of the authors of `items` and of whom their texts mention, as far as they are mapped.
    async fn learn_authors<'i>(&mut self, items: impl Iterator<Item = &'i Item>) -> Result<(), SourceError> {
        if !fetches_content(self.mode) {
            return Ok(());
        }
        let mappings = &self.config.mappings;
        let asked = &mut self.asked_names;
        let mut unknown: Vec<String> = items
            .flat_map(|item| {
                let author = item.author_id.iter().filter(|_| mappings.maps(item.entity, &["author", "authors"]));
                author.chain(&item.mentions)
            })
            .filter(|id| !self.names.contains_key(*id) && asked.insert((*id).clone()))
            .cloned()
            .collect();
        unknown.sort_unstable();
        for chunk in unknown.chunks(USERS_PER_CALL) {
            match users_by_id(&self.client, chunk).await {
                Ok(users) => self.learn_names(&users),
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(error) => self.outbox.warn(format!("authors are shown by their account ids: {error}")),
            }
        }
        Ok(())
    }

    /// The page or blog post above attachments and custom content; each is asked for once.
    async fn holder(&mut self, on: holder::On) -> Result<Option<String>, SourceError> {
        let key = match &on {
            holder::On::Page(id) | holder::On::Blog(id) => return Ok(Some(id.clone())),
            holder::On::Comment(id) | holder::On::Attachment(id) | holder::On::CustomContent(id) => id.clone(),
        };
        if let Some(known) = self.holders.get(&key) {
            return Ok(known.clone());
        }
        let found = holder::holder(&self.client, on).await?.map(|(_, id)| id);
        self.holders.insert(key, found.clone());
        Ok(found)
    }

    fn learn_names<'u>(&mut self, users: impl IntoIterator<Item = &'u User>) {
        let named = users.into_iter().filter(|user| !user.display_name.is_empty());
        self.names.extend(named.filter_map(|user| Some((user.account_id.clone()?, user.display_name.clone()))));
    }
}

/// What a checkpoint depends on: with another site or another way to read access, a sync starts over, so that every document is seen
/// under the configuration that is in force.
pub(crate) fn settled(config: &ConfluenceConfig) -> String {
    let mut hash = Fingerprint::default();
    hash.add(config.host_url.as_str());
    hash.add(&format!("access {}, people {}", config.crawl_acl, config.identity_crawler));
    hash.finish()
}

/// The node that a page, blog post or space is, or everybody's if access is not crawled.
fn anchor(config: &ConfluenceConfig, node_id: &str) -> String {
    if config.crawl_acl { node_id.to_owned() } else { EVERYBODY_NODE.to_owned() }
}

/// True if a crawl fetches texts and files, and not only what listings tell.
pub(crate) const fn fetches_content(mode: CrawlMode) -> bool {
    match mode {
        CrawlMode::Changes | CrawlMode::Everything => true,
        CrawlMode::Access { .. } | CrawlMode::Preview => false,
    }
}

/// True if a crawl walks the listings that no node needs, of comments and attachments.
pub(crate) const fn lists_everything(mode: CrawlMode) -> bool {
    !matches!(mode, CrawlMode::Access { reconcile: false })
}

/// Splits items with their versions into those that are as they were and those to send: `Everything` is fetched again whatever is known
/// of it, and to `Access` what is known is as it was, and nothing else counts.
pub(crate) async fn split_known(
    mode: CrawlMode,
    known: &dyn KnownDocuments,
    items: Vec<(Item, String)>,
) -> Result<(Vec<Item>, Vec<(Item, String)>), SourceError> {
    if mode == CrawlMode::Everything {
        return Ok((Vec::new(), items));
    }
    let mut versions = HashMap::new();
    let ids: Vec<String> = items.iter().map(|(item, _)| item.document_id()).collect();
    for chunk in ids.chunks(VERSIONS_PER_CALL) {
        versions.extend(known.versions(chunk).await?);
    }
    let (mut same, mut changed) = (Vec::new(), Vec::new());
    for (item, version) in items {
        let stored = versions.get(&item.document_id());
        let is_same = match mode {
            CrawlMode::Access { .. } => stored.is_some(),
            // The text of a live doc is part of its version, and is not fetched to look.
            CrawlMode::Preview if item.is_live => stored.is_some_and(|stored| stored.starts_with(&version)),
            _ => stored == Some(&version),
        };
        match mode {
            _ if is_same => same.push(item),
            CrawlMode::Access { .. } => {}
            _ => changed.push((item, version)),
        }
    }
    Ok((same, changed))
}

/// The accounts with these ids; those that do not exist are left out.
async fn users_by_id(client: &Client, ids: &[String]) -> Result<Vec<User>, ClientError> {
    let body = serde_json::json!({ "accountIds": ids });
    let answer: Users = client.ask("api/v2/users-bulk", &body).await?;
    Ok(answer.results)
}
