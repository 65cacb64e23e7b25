//! Why a text has no vector. None of these carries any of the text.

use std::path::PathBuf;

/// The cause of an error in a library that is not ours.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a model is not there, or a text could not be embedded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// The program was built without the feature `model`. Search by words still works.
    #[error("no embedding model is compiled in; name a model folder, or build with the feature `model`")]
    NoModel,
    /// A folder lacks a file of a model.
    #[error("model folder `{folder}` has no `{file}`")]
    MissingFile {
        /// The folder that was named.
        folder: PathBuf,
        /// The file that was looked for.
        file: &'static str,
    },
    /// A file of the model could not be read or understood.
    #[error("could not load the model's {part}")]
    Load {
        /// Which part of the model.
        part: &'static str,
        /// What the reader of the part said.
        source: BoxError,
    },
    /// The network is not of the kind that is known here.
    #[error("model is not a sentence encoder: {reason}")]
    NotAnEncoder {
        /// What is missing or in excess.
        reason: String,
    },
    /// The tokenizer failed; the same text fails again.
    #[error("could not cut text into tokens")]
    Tokenize {
        /// What the tokenizer said.
        source: BoxError,
    },
    /// The network failed; the same texts fail again.
    #[error("could not run the embedding model")]
    Run {
        /// What the runtime said.
        source: BoxError,
    },
    /// More queries are waiting than [`QUERY_JOBS_MAX`](crate::QUERY_JOBS_MAX). May be retried.
    #[error("too many queries are waiting to be embedded")]
    Busy,
    /// The service is stopping, or its thread could not be started. May be retried with a new service.
    #[error("embedding service has stopped")]
    Stopped,
}
