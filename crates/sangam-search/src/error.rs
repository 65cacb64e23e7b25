//! Why a query was not answered.

use sangam_embed::EmbedError;
use sangam_engine::EngineError;
use sangam_ingest::IngestError;
use sangam_store::StoreError;

/// What can go wrong with a query. None of these carries any of the query.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index is not open or its state failed.
    #[error(transparent)]
    Index(#[from] IngestError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The model failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The state failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A background step ended without an answer.
    #[error("the query was cut off")]
    CutOff,
}
