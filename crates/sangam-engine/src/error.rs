//! What can go wrong in an engine, told apart by what the caller would do about it.

use std::path::PathBuf;

/// An error of a library below, kept as the cause and never shown to a client.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why an engine could not do what it was asked.
///
/// Messages name files, ordinals and numbers, never a document's text or a query.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Another engine, in this process or another one, holds the folder. Close that one first.
    #[error("index folder `{}` is in use by another engine", dir.display())]
    Locked {
        /// The folder of the index.
        dir: PathBuf,
    },
    /// The stored vectors come from another model. Open with that model, or drop them with
    /// [`EmbeddedEngine::reset_vectors`](crate::EmbeddedEngine::reset_vectors) and embed again.
    #[error(
        "vectors were made by model `{stored}` with {stored_dimensions} dimensions, not by `{wanted}` with {wanted_dimensions}"
    )]
    FingerprintMismatch {
        /// The fingerprint in the folder.
        stored: String,
        /// The dimensions in the folder.
        stored_dimensions: usize,
        /// The fingerprint that was asked for.
        wanted: String,
        /// The dimensions that were asked for.
        wanted_dimensions: usize,
    },
    /// A file does not hold what was written to it. Restore it, or index again.
    #[error("file `{}` is damaged: {reason}", file.display())]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// The disk said no. May be retried after a look at the disk.
    #[error("could not access `{}`", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The library below failed while doing `operation`; nothing uncommitted can be relied on.
    #[error("could not {operation}")]
    Backend {
        /// What was being done, as an infinitive.
        operation: &'static str,
        /// The library's error.
        source: BoxError,
    },
    /// A document breaks the contract; it will never be accepted as it is.
    #[error("document with ordinal {ordinal} cannot be indexed: {reason}")]
    InvalidDocument {
        /// Its ordinal.
        ordinal: u32,
        /// Which rule it breaks.
        reason: String,
    },
    /// A vector does not have the index's number of dimensions, or the index has no model.
    #[error("vector has {found} dimensions, the index has {expected}")]
    Dimensions {
        /// What the index holds; 0 when it was opened without a model.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// Too much was added without a commit. Commit, then go on.
    #[error("uncommitted vectors take {bytes} bytes, over the limit of {limit_bytes}")]
    BatchFull {
        /// What would be buffered.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// An engine outside of this process cannot be reached now. May be retried.
    #[error("engine is not available")]
    Unavailable {
        /// Why not.
        source: BoxError,
    },
}

impl EngineError {
    /// Wraps a library's error, naming what was being done.
    pub fn backend(operation: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Backend { operation, source: source.into() }
    }

    /// Wraps a system error, naming the path.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}
