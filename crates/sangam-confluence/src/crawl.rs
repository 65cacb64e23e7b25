//! The order of a sync: people, the site and its spaces, then for each space its tree and its documents, then the comments
//! and attachments of the whole site.
//!
//! After an interruption people, spaces and trees are read and sent again: they are cheap, every later step needs them, and fresh
//! access is better than old. Documents go on at the checkpoint.

mod attachments;
mod bodies;
mod comments;
mod confirm;
mod emptied;
mod expected;
mod folder_memory;
mod folders;
mod holder;
mod people;
mod place_memory;
mod place_search;
mod place_walk;
mod places;
mod ready;
mod restrictions;
mod roles;
mod site_wide;
mod space;
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
use sangam_sync::{BatchSink, CrawlEnd, CrawlMode, CrawlRequest, KnownDocuments, SourceError};
use tokio::sync::mpsc;

use crate::{
    access::Principals,
    client::Client,
    config::ConfluenceConfig,
    error::ClientError,
    map::{Item, Names},
    settings::ConfluenceSettings,
    user_map::UserMap,
    walk::{
        Container, anchor,
        checkpoint::{self, Position, SiteListing},
        known::{fetches_content, lists_everything, split_known},
        outbox::Outbox,
        settled,
        site::{SiteTop, everybody},
        spaces::CrawledSpace,
        verification::{ROTATION_KEY, Verification, forget_spaces},
    },
    wire::{User, Users},
};

use expected::Expected;
use folders::FolderChecks;
use place_memory::PlaceMemory;
use ready::Preparation;
use tree_walk::Loader;

pub(crate) use confirm::Confirmation;

/// Spaces that are made ready ahead of the one that is sent. A large one is in memory without its texts, with about 2 kB a page.
const SPACES_AHEAD: usize = 4;

/// Rate points that a verified view list or a question about a folder costs, about: the call, an object, and a person or two.
const CHECK_POINTS: u64 = 5;

/// People asked for in one call.
const USERS_PER_CALL: usize = 100;

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
    /// Which view lists are verified.
    verification: Verification,
    /// What they remembered of the places of spaces, by the spaces' ids.
    place_memories: HashMap<String, PlaceMemory>,
    /// Document ids of places that are in another space now, with that one's id.
    moved_places: Vec<(String, String)>,
    /// Documents that there will be.
    expected: Expected,
    /// Ids of the spaces with a row for people who are not signed in.
    anonymous_spaces: HashSet<String>,
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
        let verification = Verification::new(settings);
        let folders = FolderChecks::new(data_source_id, settings.folder_checks_max, verification.recheck_minutes);
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
            verification,
            place_memories: HashMap::new(),
            moved_places: Vec::new(),
            expected: Expected::new(request.progress.clone()),
            anonymous_spaces: HashSet::new(),
            is_open: false,
            empty_hash: None,
            folders,
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
        self.outbox.fact(everybody(self.config, &self.base)).await?;
        if self.config.crawl_acl {
            self.stored = self.known.restricted_nodes().await?;
            self.folders.set_stored(self.known.memories(folder_memory::FOLDER_KEY).await?);
            self.verification.set_remembered(self.known.memories(ROTATION_KEY).await?);
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
        if let Some(hidden) = self.site_top().hide_lost(&mut spaces, &failures) {
            self.outbox.fact(hidden).await?;
        }
        self.folders.report(&mut self.outbox);
        self.folders.store(failures.is_empty(), &mut self.outbox);
        self.hand_over_places();
        self.verification.forget(&spaces, &mut self.outbox);
        forget_spaces(places::PLACES_KEY, &placed, &spaces, &mut self.outbox);
        if lists_everything(self.mode) {
            for listing in [SiteListing::FooterComments, SiteListing::InlineComments] {
                self.comments(listing, &spaces).await?;
            }
            self.attachments(&spaces).await?;
        }
        tracing::info!(calls = self.client.n_calls(), "confluence: the site was crawled");
        let sees_places = spaces.len() > failures.len();
        Ok(CrawlEnd { incomplete: self.outbox.finish().await?, sees_places })
    }

    /// What the site's node is made of.
    fn site_top(&self) -> SiteTop<'_> {
        SiteTop {
            config: self.config,
            base: &self.base,
            principals: &self.principals,
            is_open: self.is_open,
            stored: &self.stored,
        }
    }

    /// Leaves the better part of the site's rate points to the listings, where the site counts them: no more than a quarter goes into
    /// verified view lists, and a quarter into questions about folders.
    fn spare_points(&mut self) {
        if let Some(points) = self.client.points_left() {
            let affordable = usize::try_from(points / 4 / CHECK_POINTS).unwrap_or(usize::MAX);
            self.verification.checks_left = self.verification.checks_left.min(affordable);
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

/// The accounts with these ids; those that do not exist are left out.
async fn users_by_id(client: &Client, ids: &[String]) -> Result<Vec<User>, ClientError> {
    let body = serde_json::json!({ "accountIds": ids });
    let answer: Users = client.ask("api/v2/users-bulk", &body).await?;
    Ok(answer.results)
}
