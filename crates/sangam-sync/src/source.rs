//! The contract between a sync job and a connector.
//!
//! A source walks its product and hands over [`Batch`]es in order; the job stores each one, together with its
//! checkpoint, before the next is acknowledged. The rules, which the conformance tests hold every source to:
//!
//! - Access facts come before the documents that need them: the directory, then the nodes of a space, then its documents.
//! - [`Fact::Directory`] and [`Fact::Nodes`] are complete or absent. A half list is never sent: on a failure the source
//!   leaves the fact out and reports a [`Fact::Warning`], and the last complete one stays in force.
//! - A restriction that could not be read is [`NodeAccess::Unknown`]; it is never left out.
//! - `checkpoint` says where to go on once everything up to and including this batch is stored. After a restart the source
//!   gets the last stored one, or none, and may send again what was already sent: every item is idempotent by its id.
//! - A listing that did not end cleanly ends the crawl with an error, or is named in [`CrawlEnd::incomplete`].

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sangam_access::{Layer, LayerOrigin, Principal, SourceDirectory};
use sangam_ingest::FieldValue;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{Progress, SyncHost};

/// How much of a source to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CrawlMode {
    /// List everything, fetch what changed (`FULL_CRAWL`).
    Changes,
    /// List and fetch everything again (`FORCED_FULL_CRAWL`).
    Everything,
    /// Access alone, between syncs: people, nodes and, with `reconcile`, every listing that a sync walks. No content is fetched and no
    /// document sent; what is listed and known is [`Unchanged`], whatever its version.
    Access {
        /// Walk all listings, so that what they lack can be hidden; without, only those that the nodes need.
        reconcile: bool,
    },
    /// List everything for a person who plans a sync: facts, and documents without their content (a new or changed one as a
    /// [`SourceDocument`] with [`Content::None`]). Nothing is stored.
    Preview,
}

/// What a crawl starts from.
#[derive(Debug, Clone)]
pub struct CrawlRequest {
    /// How much to fetch.
    pub mode: CrawlMode,
    /// The checkpoint of the last stored batch of this same job, if it was interrupted.
    pub checkpoint: Option<serde_json::Value>,
    /// Cancelled when the job is stopped; the source returns [`SourceError::Stopped`] soon after.
    pub stop: CancellationToken,
    /// Where the source says what it is doing.
    pub progress: Progress,
}

/// One node of the source's tree, which exists to carry access: the site, a space, a page, a folder.
///
/// The access of whatever is anchored at a node is the list of layers on the path from the root to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Unique within the data source, e.g. `site`, `space/65538`, `65802`.
    pub id: String,
    /// The node above; `None` for the root only. A parent that is not known hides everything below.
    pub parent: Option<String>,
    /// The node's own condition.
    pub access: NodeAccess,
    /// Where that condition comes from, for explanations.
    pub origin: LayerOrigin,
}

/// A node's own condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "access")]
pub enum NodeAccess {
    /// It adds no layer.
    Open,
    /// It adds this layer.
    Layer {
        /// The layer.
        layer: Layer,
    },
    /// It could not be read, so nobody passes.
    Unknown {
        /// Why, for the report.
        reason: String,
    },
}

/// Something a source learned that is not a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// All people and groups; replaces what was known of this data source.
    Directory(SourceDirectory),
    /// All nodes at and below `root`; replaces what was known there. With `root` the site's own id, `nodes` holds the site's node and
    /// the spaces' nodes only, and replaces just those.
    Nodes {
        /// The node whose subtree this is.
        root: String,
        /// The nodes, `root` included; none at all if `root` is gone, which hides everything that is anchored at it.
        nodes: Vec<Node>,
    },
    /// Something a person should read in the job's report; never holds document text or secrets.
    Warning(String),
    /// What the source wants to be reminded of at its next crawls ([`KnownDocuments::memories`]), such as answers that hold for a day.
    /// A value replaces the one of the same key; `null` forgets it. Never holds secrets or document text.
    Memories(Vec<(String, serde_json::Value)>),
}

/// A document's content, in whichever form the source has it.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// Plain text, already taken out of the source's own format.
    Text(String),
    /// A file to extract text from.
    File {
        /// The bytes.
        bytes: Vec<u8>,
        /// What the source claims it is.
        media_type: Option<String>,
        /// The file's name.
        name: String,
    },
    /// There is no text to have, by its nature (a diagram, a space): the document is found by its title.
    None,
    /// The text could not be had: the document is found by its title and counts as failed.
    Failed {
        /// Why, for the report; never holds document text or secrets.
        reason: String,
    },
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::File { bytes, .. } => write!(f, "File({} bytes)", bytes.len()),
            Self::None => write!(f, "None"),
            Self::Failed { reason } => write!(f, "Failed({reason:?})"),
        }
    }
}

/// A document that is new or changed.
#[derive(Clone)]
pub struct SourceDocument {
    /// The last two parts of the document's id, e.g. `page/65802`; the job puts `<connector's name>/<data source id>/` in front.
    pub id: String,
    /// The node whose access it has.
    pub anchor: String,
    /// Changes whenever text, title or attributes do; compared, never parsed.
    pub version: String,
    /// The title.
    pub title: String,
    /// The address a person opens.
    pub uri: String,
    /// The content.
    pub content: Content,
    /// Values by **index field** name, after the field mappings.
    pub attributes: Vec<(String, FieldValue)>,
}

impl std::fmt::Debug for SourceDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceDocument")
            .field("id", &self.id)
            .field("anchor", &self.anchor)
            .field("version", &self.version)
            .field("content", &self.content)
            .field("n_attributes", &self.attributes.len())
            .finish_non_exhaustive()
    }
}

/// A document that the listing showed unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchanged {
    /// As [`SourceDocument::id`].
    pub id: String,
    /// As [`SourceDocument::anchor`]; it may have moved.
    pub anchor: String,
}

/// One step of a crawl, stored as a whole.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// In order, applied before the documents.
    pub facts: Vec<Fact>,
    /// New and changed documents.
    pub documents: Vec<SourceDocument>,
    /// Documents that are still there as they were.
    pub unchanged: Vec<Unchanged>,
    /// Where to go on after this batch.
    pub checkpoint: serde_json::Value,
}

/// How a crawl ended that reached its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawlEnd {
    /// Node ids (spaces) whose listing did not end cleanly: nothing below them may be deleted.
    pub incomplete: Vec<String>,
    /// True if the source showed a place (a space) that documents could be in, and listed it to its end. Then not one document means that
    /// they are gone, and not that the crawler lost its sight.
    pub sees_places: bool,
}

/// What a lookup of a document by its own id answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It answered: it is there after all.
    Present,
    /// It answered that it is in the trash or otherwise gone for good.
    Trashed,
    /// It did not answer: gone, or out of the crawler's sight.
    Unseen,
    /// The configuration leaves it out by now: it is removed, and the deletion guard does not count it.
    Excluded,
}

/// Why a crawl ended early.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The configuration or the secret is wrong; a person must act. The message says what to do.
    #[error("{message}")]
    Configuration {
        /// What is wrong and the way out.
        message: String,
        /// The connector's error code, e.g. `CNF-5501`.
        code: Option<String>,
    },
    /// The credentials were refused.
    #[error("{message}")]
    Unauthorized {
        /// What is wrong and the way out.
        message: String,
        /// The connector's error code.
        code: Option<String>,
    },
    /// The source cannot be reached or keeps failing; trying later may help.
    #[error("{message}")]
    Unavailable {
        /// What failed.
        message: String,
        /// The connector's error code.
        code: Option<String>,
        /// Seconds since 1970 UTC at which the source said it will be welcome again.
        retry_at: Option<i64>,
    },
    /// [`CrawlRequest::stop`] was cancelled.
    #[error("the sync was stopped")]
    Stopped,
    /// The job could not store a batch; the job knows why.
    #[error("the batch was not stored")]
    SinkClosed,
}

/// Takes the batches of a crawl, in order. Bounded: `send` waits while the job is behind.
#[async_trait]
pub trait BatchSink: Send {
    /// Hands over one batch.
    ///
    /// # Errors
    /// [`SourceError::SinkClosed`] if the job has ended; the source returns it unchanged.
    async fn send(&mut self, batch: Batch) -> Result<(), SourceError>;
}

/// What the catalogue knows of documents, so that a source fetches only what changed.
#[async_trait]
pub trait KnownDocuments: Send + Sync {
    /// The stored version of each of `ids` (as [`SourceDocument::id`]) that is indexed; absent ones are left out.
    async fn versions(&self, ids: &[String]) -> Result<HashMap<String, String>, SourceError>;

    /// The nodes of this data source that add a layer as they are stored, each with the principals that its layer lets pass; none if its
    /// layer is unknown or for nobody. Lets a source tell a restriction that was lifted from one whose people are gone.
    ///
    /// # Errors
    /// [`SourceError::Unavailable`] if the catalogue does not answer.
    async fn restricted_nodes(&self) -> Result<HashMap<String, BTreeSet<Principal>>, SourceError>;

    /// What earlier crawls of this data source asked to be reminded of, by key, of the keys that begin with `prefix`.
    ///
    /// # Errors
    /// [`SourceError::Unavailable`] if the catalogue does not answer.
    async fn memories(&self, prefix: &str) -> Result<HashMap<String, Memory>, SourceError>;
}

/// Something that a source asked to be reminded of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// As it was given.
    pub value: serde_json::Value,
    /// When it was stored, in milliseconds since 1970 UTC.
    pub stored_at: i64,
}

/// A connector's implementation of one product, opened for one data source.
#[async_trait]
pub trait Source: Send + Sync {
    /// Walks the source and sends what it finds to `sink`, from `request.checkpoint` on if there is one.
    async fn crawl(
        &self,
        request: &CrawlRequest,
        known: &dyn KnownDocuments,
        sink: &mut dyn BatchSink,
    ) -> Result<CrawlEnd, SourceError>;

    /// Looks up documents that a clean listing lacked, each by its own id; one answer an id, in order.
    ///
    /// # Errors
    /// On an error nothing is deleted.
    async fn confirm(&self, ids: &[String]) -> Result<Vec<Presence>, SourceError>;

    /// Tries the connection and tells what the account is, what it may see and what it lacks.
    ///
    /// # Errors
    /// Only if nothing could be learnt: the site cannot be reached or refuses the credentials.
    async fn probe(&self) -> Result<Probe, SourceError>;
}

/// What a connection can do, for a person who sets it up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// The product and its version, e.g. `Confluence Data Center 9.2.1`.
    pub product: String,
    /// The site's address for people.
    pub site: String,
    /// Whom the credentials act as, as the site names them.
    pub account: String,
    /// How many spaces the account sees.
    pub n_spaces: u64,
    /// What works, each a sentence.
    pub abilities: Vec<String>,
    /// What the account cannot do, what that hides, and the way out; each a sentence.
    pub lacks: Vec<String>,
}

/// What a connector needs to open a data source.
#[derive(Clone)]
pub struct OpenRequest {
    /// The data source's id, which scopes its principals.
    pub data_source_id: String,
    /// The configuration as the user gave it (`TemplateConfiguration.Template`).
    pub configuration: serde_json::Value,
    /// The secret's string that the configuration names.
    pub secret: secrecy::SecretString,
    /// What the installation gives: the secret's lock for tokens that rotate, files in S3.
    pub host: Arc<dyn SyncHost>,
}

impl std::fmt::Debug for OpenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenRequest").field("data_source_id", &self.data_source_id).finish_non_exhaustive()
    }
}

/// Opens sources of one kind.
#[async_trait]
pub trait Connector: Send + Sync {
    /// The first part of its documents' ids, e.g. `confluence`.
    fn name(&self) -> &'static str;

    /// True if documents of `configuration` carry access; false if everybody may read them.
    fn crawls_access(&self, configuration: &serde_json::Value) -> bool;

    /// True if `configuration` is for this connector.
    fn handles(&self, configuration: &serde_json::Value) -> bool;

    /// Checks a configuration as far as that goes without the secret or the network: all violations, each naming the member.
    fn validate(&self, configuration: &serde_json::Value) -> Vec<String>;

    /// The ARN or name of the secret that `configuration` names.
    fn secret_id(&self, configuration: &serde_json::Value) -> Option<String>;

    /// Where `configuration` has the secret sent to, the same text for the same place; `None` if nothing can be said, such as when a second
    /// secret goes elsewhere.
    fn destination(&self, _configuration: &serde_json::Value) -> Option<String> {
        None
    }

    /// True if `secret` names the place that it is for, so that [`Connector::open`] refuses every other.
    fn is_bound(&self, _secret: &secrecy::SecretString) -> bool {
        false
    }

    /// How much a sync of `configuration` fetches.
    fn crawl_mode(&self, configuration: &serde_json::Value) -> CrawlMode;

    /// How often the access of a data source with a schedule is refreshed between its syncs, unless somebody decides otherwise.
    fn access_refresh_every(&self, _configuration: &serde_json::Value) -> Duration {
        Duration::from_mins(10)
    }

    /// How removals are guarded: the threshold in percent, or `None` if the guard is off.
    fn deletion_threshold_percent(&self, configuration: &serde_json::Value) -> Option<u8>;

    /// Opens the source: parses configuration and secret, and reads the files that the configuration names. Does not use the network.
    async fn open(&self, request: OpenRequest) -> Result<Box<dyn Source>, SourceError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_shown_for_debugging_holds_neither_text_nor_title_nor_values() {
        let document = SourceDocument {
            id: "page/7".into(),
            anchor: "7".into(),
            version: "1".into(),
            title: "Layoffs".into(),
            uri: "https://acme.example/7/Layoffs".into(),
            content: Content::Text("in May".into()),
            attributes: vec![("_authors".into(), FieldValue::StringList(vec!["Ada".into()]))],
        };
        let shown = format!("{:?}", Batch { documents: vec![document], ..Batch::default() });
        assert!(shown.contains("page/7") && shown.contains("6 bytes"), "{shown}");
        assert!(!["Layoffs", "May", "Ada"].iter().any(|secret| shown.contains(secret)), "{shown}");
    }
}
