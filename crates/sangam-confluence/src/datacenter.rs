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
    crawl::{
        EVERYBODY_NODE,
        checkpoint::{self, Position},
        outbox::Outbox,
        settled, split_known,
    },
    map::{Item, Names, SpaceFacts},
    user_map::UserMap,
};

use capabilities::Capabilities;
use directory::People;

pub(crate) use capabilities::{abilities, encoded};
pub(crate) use confirm::Confirmation;

/// A page or blog post that is indexed, whose comments and attachments are therefore too.
#[derive(Debug, Clone)]
struct Container {
    entity: Entity,
    space: Arc<SpaceFacts>,
    /// Titles from the top of the tree down to its own; only if they are mapped.
    path: Vec<String>,
}

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
        self.everybody_node().await?;
        if self.config.crawl_acl {
            self.stored = self.known.restricted_nodes().await?;
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
        self.hide_lost(&mut spaces, &failures).await?;
        // Credentials that expired meanwhile may have been answered as nobody's, with less than there is.
        self.client.account().await?;
        tracing::info!(calls = self.client.n_calls(), "confluence: the site was crawled");
        Ok(CrawlEnd { incomplete: self.outbox.finish().await? })
    }

    /// The node that a page, blog post or space is, or everybody's if access is not crawled.
    fn anchor(&self, node_id: &str) -> String {
        if self.config.crawl_acl { node_id.to_owned() } else { EVERYBODY_NODE.to_owned() }
    }

    /// True if the titles of what is above a document are a field of the index.
    fn maps_paths(&self) -> bool {
        Entity::CONFIGURED.iter().any(|entity| self.config.mappings.maps(*entity, &["ancestors", "path"]))
    }

    /// True if this walk lists what is on pages too, and not only what carries access.
    fn lists_everything(&self) -> bool {
        self.mode != CrawlMode::Access { reconcile: false }
    }
}

/// Splits items into those that are as they were and those to send. An access pass sends no document, and all that is known is as it was.
async fn split(
    mode: CrawlMode,
    known: &dyn KnownDocuments,
    items: Vec<(Item, String)>,
) -> Result<(Vec<Item>, Vec<(Item, String)>), SourceError> {
    if !matches!(mode, CrawlMode::Access { .. }) {
        return split_known(mode, known, items).await;
    }
    let mut same = Vec::new();
    for chunk in items.chunks(IDS_PER_CALL) {
        let ids: Vec<String> = chunk.iter().map(|(item, _)| item.document_id()).collect();
        let versions = known.versions(&ids).await?;
        let is_known = chunk.iter().filter(|(item, _)| versions.contains_key(&item.document_id()));
        same.extend(is_known.map(|(item, _)| item.clone()));
    }
    Ok((same, Vec::new()))
}

/// Documents whose versions are asked for in one go.
const IDS_PER_CALL: usize = 250;

#[cfg(test)]
fn fixture(name: &str) -> serde_json::Value {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/confluence");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let recorded: serde_json::Value = serde_json::from_str(&text).unwrap();
    recorded["response"]["body"].clone()
}
