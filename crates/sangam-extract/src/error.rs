//! Why bytes did not become text. None of these carries any of the document's content.

use serde::{Deserialize, Serialize};

/// Why a document could not be turned into text.
///
/// It can be written down because workers tell it to their pool; the form is theirs and may change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ExtractError {
    /// The type has no extractor. Trying again changes nothing.
    #[error("media type `{media_type}` is not supported")]
    Unsupported {
        /// The type as a MIME type, such as `image/png`.
        media_type: String,
    },
    /// The document is over the input limit. Trying again changes nothing.
    #[error("document is {size_bytes} bytes, over the limit of {limit_bytes}")]
    TooLarge {
        /// Bytes of the document.
        size_bytes: usize,
        /// Bytes that are allowed.
        limit_bytes: usize,
    },
    /// Only a password opens it. Trying again changes nothing.
    #[error("the file is encrypted: a password is needed to read it as `{media_type}`")]
    Encrypted {
        /// The type of what is encrypted.
        media_type: String,
    },
    /// Nothing could be read. Trying again changes nothing.
    #[error("the file is damaged: nothing of it could be read as `{media_type}`")]
    Corrupt {
        /// The type that it was taken for.
        media_type: String,
    },
    /// Unpacked it would be over a limit. Trying again changes nothing.
    #[error("the file unpacks to more than `{media_type}` may: {limit}")]
    Expands {
        /// The type that it was taken for.
        media_type: String,
        /// The limit, in words.
        limit: String,
    },
    /// Its extraction did not end by itself. Trying again changes nothing.
    #[error("the file made the extractor {death}")]
    Died {
        /// How it ended.
        death: Death,
    },
    /// The extractor could not be asked; it says nothing about the document, and may be tried again.
    #[error("the extractor is not available: {reason}")]
    Unavailable {
        /// What was missing.
        reason: String,
    },
}

/// How an extraction ended that gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Death {
    /// It wanted more memory than a worker has.
    #[error("run out of memory")]
    Memory,
    /// It took longer than a document may.
    #[error("run out of time")]
    Time,
    /// It nests deeper than a stack is.
    #[error("run out of stack")]
    Stack,
    /// A defect of the extractor.
    #[error("crash")]
    Crash,
}

impl ExtractError {
    /// True if the error is about the extractor, not about the document, so that another try makes sense.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
