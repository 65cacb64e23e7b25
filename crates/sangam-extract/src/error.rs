//! Why bytes did not become text. None of these carries any of the document's content.

/// Why a document could not be turned into text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The type is known, or recognised as binary, and has no extractor. Trying again changes nothing.
    #[error("media type `{media_type}` is not supported")]
    Unsupported {
        /// The type as a MIME type, such as `application/pdf`.
        media_type: &'static str,
    },
    /// The document is over the input limit. Trying again changes nothing.
    #[error("document is {size_bytes} bytes, over the limit of {limit_bytes}")]
    TooLarge {
        /// Bytes of the document.
        size_bytes: usize,
        /// Bytes that are allowed.
        limit_bytes: usize,
    },
}
