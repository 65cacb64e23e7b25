//! What works in the background or holds an engine, as the operations see it.

use async_trait::async_trait;
use sangam_store::{AcceptedDocument, SyncJob};

/// Why something behind a seam did not answer.
#[derive(Debug, thiserror::Error)]
pub enum SeamError {
    /// The index is being made or deleted.
    #[error("index `{index_id}` is not open")]
    NotOpen {
        /// The index.
        index_id: String,
    },
    /// There is too much to do; the same call will succeed later.
    #[error("the server is busy; try again later")]
    Busy,
    /// It failed; a person must read the log.
    #[error("a step inside the server failed")]
    Failed {
        /// What failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl SeamError {
    /// Wraps what failed.
    pub fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed { source: source.into() }
    }
}

/// Holds the open indices: their folders, engines and inboxes. Every call may be repeated after a crash.
#[async_trait]
pub trait IndexHost: Send + Sync {
    /// Whether documents of the index get vectors, so that a job waits for those too. A host without a model need not say so.
    fn has_model(&self, _index_id: &str) -> bool {
        false
    }

    /// Makes what the index needs on disk, if it is not there, and opens it.
    async fn create(&self, index_id: &str) -> Result<(), SeamError>;

    /// Closes the index and removes what it has on disk; its rows are still there and go afterwards.
    async fn remove(&self, index_id: &str) -> Result<(), SeamError>;

    /// Accepts documents: durable in the store on return, indexed later.
    async fn accept(&self, index_id: &str, documents: Vec<AcceptedDocument>) -> Result<(), SeamError>;

    /// Removes documents, those that wait in the inbox too: nobody finds them once this returns. Unknown ids are passed over.
    /// `job_id` is the job of a custom data source that the deletions count for.
    async fn delete(&self, index_id: &str, document_ids: &[String], job_id: Option<&str>) -> Result<(), SeamError>;

    /// Removes all documents of a data source.
    async fn remove_documents_of(&self, index_id: &str, data_source_id: &str) -> Result<(), SeamError>;

    /// Returns once queries see everything that the store held when this was called. Without it a status read from the store could say
    /// more than a query finds, for as long as it takes to show a commit.
    async fn shown(&self, index_id: &str);

    /// Group mappings or directories changed in the store: the next query must obey.
    async fn access_changed(&self, index_id: &str) -> Result<(), SeamError>;
}

/// Works on the sync jobs of connectors. Jobs of custom data sources never come here.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// A job was inserted in state SYNCING: work on it. Returns at once.
    async fn start(&self, job: &SyncJob) -> Result<(), SeamError>;

    /// A job was moved to STOPPING: end it. Returns at once.
    async fn stop(&self, job_id: &str) -> Result<(), SeamError>;

    /// Ends whatever runs for a data source and returns once nothing of it writes any more. New jobs cannot begin: the data
    /// source, or its index, is DELETING.
    async fn quiesce(&self, index_id: &str, data_source_id: &str) -> Result<(), SeamError>;
}
