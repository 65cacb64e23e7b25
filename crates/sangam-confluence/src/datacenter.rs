//! The walk over a Data Center: who the account is and what this server offers, the spaces and who may view each, the people, then for
//! each space its tree, its documents, their comments and their attachments.
//!
//! Features are detected, never looked up by version. After an interruption everything but documents is read and sent again, as on Cloud.

mod attachments;
mod bodies;
mod capabilities;
mod comments;
mod confirm;
mod directory;
mod emptied;
mod listing;
mod memory;
mod people;
mod permissions;
mod restrictions;
mod site;
mod space;
mod spaces;
mod tree_walk;
mod verify;
mod wire;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use sangam_access::Principal;
use sangam_sync::{BatchSink, CrawlEnd, CrawlMode, CrawlRequest, KnownDocuments, Progress, SourceError};

use crate::{
    access::Principals,
    client::Client,
    config::{ConfluenceConfig, Entity},
    map::Names,
    settings::ConfluenceSettings,
    user_map::UserMap,
    walk::{
        Container, anchor,
        checkpoint::{self, Position},
        outbox::Outbox,
        settled,
        site::{SiteTop, everybody},
        verification::{ROTATION_KEY, Verification},
    },
};

use capabilities::Capabilities;
use directory::People;

pub(crate) use capabilities::{abilities, encoded};
pub(crate) use confirm::Confirmation;

/// One crawl of a Data Center.
pub(crate) struct Run<'a> {
    config: &'a ConfluenceConfig,
    client: Client,
    mode: CrawlMode,
    known: &'a dyn KnownDocuments,
    progress: Progress,
    outbox: Outbox<'a>,
    resume: Position,
    principals: Principals,
    capabilities: Capabilities,
    /// The nodes that were closed at the last sync, with whom they let pass.
    stored: HashMap<String, BTreeSet<Principal>>,
    /// Which view lists are verified.
    verification: Verification,
    /// True if people who are not signed in may use the site.
    is_open: bool,
    /// Who is there; `None` if that could not be read.
    people: Option<People>,
    /// E-mail addresses that people hide and the configuration tells.
    user_map: Arc<UserMap>,
    /// Keys of accounts that no listing of people had and that are there all the same.
    accounts_elsewhere: BTreeSet<String>,
    /// Display names by user key.
    names: Names,
    /// The site's base for people, without a final slash.
    base: String,
    /// What is indexed of the space that is walked, by content id.
    containers: HashMap<String, Container>,
    /// Documents listed so far.
    n_listed: u64,
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
        let (resume, incomplete) = checkpoint::read(request.checkpoint.as_ref(), &settled);
        Self {
            config,
            base: client.site_base(),
            client,
            mode: request.mode,
            known,
            progress: request.progress.clone(),
            outbox: Outbox::new(sink, settled, resume.clone(), incomplete),
            resume,
            principals: Principals::new(data_source_id),
            capabilities: Capabilities::default(),
            stored: HashMap::new(),
            verification: Verification::new(settings),
            is_open: false,
            people: None,
            user_map: Arc::default(),
            accounts_elsewhere: BTreeSet::new(),
            names: Names::new(),
            containers: HashMap::new(),
            n_listed: 0,
        }
    }

    /// The same with e-mail addresses that people hide.
    pub(crate) fn with_user_map(self, user_map: Arc<UserMap>) -> Self {
        Self { user_map, ..self }
    }

    /// Walks the site.
    pub(crate) async fn crawl(mut self) -> Result<CrawlEnd, SourceError> {
        let account = self.client.account().await?;
        self.outbox.fact(everybody(self.config, &self.base)).await?;
        if self.config.crawl_acl {
            self.stored = self.known.restricted_nodes().await?;
            self.verification.set_remembered(self.known.memories(ROTATION_KEY).await?);
        }
        let mut spaces = self.spaces().await?;
        self.learn_capabilities(&spaces, account.username.as_deref().unwrap_or_default()).await?;
        let holders = self.space_holders(&spaces).await?;
        let site = self.site_rights().await?;
        self.people(&holders, &site).await?;
        self.site_nodes(&mut spaces, holders).await?;
        let mut failures = Vec::new();
        for (n, space) in spaces.iter().enumerate() {
            if let Err(error) = self.space(space).await? {
                failures.push((n, error));
            }
        }
        if failures.len() == spaces.len()
            && let Some((_, error)) = failures.pop()
        {
            // Not one space could be listed: that says nothing about any of them.
            return Err(error.into());
        }
        if let Some(hidden) = self.site_top().hide_lost(&mut spaces, &failures) {
            self.outbox.fact(hidden).await?;
        }
        self.verification.forget(&spaces, &mut self.outbox);
        // Credentials that expired meanwhile may have been answered as nobody's, with less than there is.
        self.client.account().await?;
        tracing::info!(calls = self.client.n_calls(), "confluence: the site was crawled");
        let sees_places = spaces.len() > failures.len();
        Ok(CrawlEnd { incomplete: self.outbox.finish().await?, sees_places })
    }

    /// The node that a page, blog post or space is, or everybody's if access is not crawled.
    fn anchor(&self, node_id: &str) -> String {
        anchor(self.config, node_id)
    }

    /// True if the titles of what is above a document are a field of the index.
    fn maps_paths(&self) -> bool {
        Entity::CONFIGURED.iter().any(|entity| self.config.mappings.maps(*entity, &["ancestors", "path"]))
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
}

#[cfg(test)]
fn fixture(name: &str) -> serde_json::Value {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/confluence");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let recorded: serde_json::Value = serde_json::from_str(&text).unwrap();
    recorded["response"]["body"].clone()
}
