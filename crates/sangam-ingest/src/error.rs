//! Why something could not be indexed or shown.

use sangam_embed::EmbedError;
use sangam_engine::EngineError;
use sangam_extract::ExtractError;
use sangam_store::StoreError;

/// What can go wrong between accepting a document and finding it.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The state failed; retrying may help.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine failed; retrying may help.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The model failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// Files could not be turned into text, none of them; retrying may help.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// The index is not open here: it does not exist, or is being made or deleted.
    #[error("index `{index_id}` is not open")]
    NotOpen {
        /// The index.
        index_id: String,
    },
    /// The folder of an index could not be made or removed.
    #[error("folder `{path}` could not be {action}: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// `made` or `removed`.
        action: &'static str,
        /// What failed.
        source: std::io::Error,
    },
    /// A background step ended without an answer, because the process is stopping or it panicked.
    #[error("the step was cut off")]
    CutOff,
}
