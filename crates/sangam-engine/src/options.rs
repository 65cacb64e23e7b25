//! How an embedded engine is opened.

use std::fmt;
use std::sync::Arc;

/// What the text writer may hold in memory before it writes a segment. Twice tantivy's minimum and
/// some: more makes fewer, larger segments in a first sync, less makes merging dominate.
pub const WRITER_MEMORY_BYTES: usize = 64 << 20;

/// The places in a commit where a process may die, in their order. What each one leaves behind is
/// told in `embedded/commit.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommitPoint {
    /// Nothing of the batch is durable.
    BeforeTextCommit,
    /// The text is durable, the vectors are not. Passed only when there was text to commit.
    AfterTextCommit,
    /// The new vector files are written, and nothing refers to them.
    BeforeManifestRename,
    /// The batch is complete.
    AfterManifestRename,
}

impl CommitPoint {
    /// All points, in order.
    pub const ALL: [Self; 4] =
        [Self::BeforeTextCommit, Self::AfterTextCommit, Self::BeforeManifestRename, Self::AfterManifestRename];
}

/// Called at each [`CommitPoint`], on the committing thread.
pub type CommitHook = Arc<dyn Fn(CommitPoint) + Send + Sync>;

/// How an embedded engine is opened.
#[derive(Clone)]
pub struct EngineOptions {
    /// Numbers per vector. 0 says that there is no model: stored vectors stay untouched (deletions
    /// still reach them), semantic retrieval finds nothing, and new vectors are refused.
    pub dimensions: usize,
    /// Identifies the model and its precision, so that vectors of two models never meet.
    pub model_fingerprint: String,
    /// What the text writer may buffer; at least 15 MB.
    pub writer_memory_bytes: usize,
    /// For tests that kill the process in the middle of a commit.
    pub commit_hook: Option<CommitHook>,
}

impl EngineOptions {
    /// Options for vectors of a model.
    pub fn new(dimensions: usize, model_fingerprint: impl Into<String>) -> Self {
        Self {
            dimensions,
            model_fingerprint: model_fingerprint.into(),
            writer_memory_bytes: WRITER_MEMORY_BYTES,
            commit_hook: None,
        }
    }

    /// Options without a model: lexical retrieval only.
    pub fn without_model() -> Self {
        Self::new(0, "")
    }
}

impl fmt::Debug for EngineOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineOptions")
            .field("dimensions", &self.dimensions)
            .field("model_fingerprint", &self.model_fingerprint)
            .field("writer_memory_bytes", &self.writer_memory_bytes)
            .finish_non_exhaustive()
    }
}
