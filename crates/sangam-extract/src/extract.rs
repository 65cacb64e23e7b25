//! The one door: bytes of a known type in, text out.

use crate::{ExtractError, Limits, MediaType};

/// What a document says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extracted {
    /// The title that the document gives itself, in one line; most types have none.
    pub title: Option<String>,
    /// The text. Blocks (paragraphs, headings, cells' rows) are on lines of their own, with an empty line where a new block starts.
    pub text: String,
    /// Whether the end of the text is missing because of a limit.
    pub truncated: bool,
}

/// The text of `bytes`, read as `media_type`.
///
/// Never panics, whatever the bytes are. Anything that is malformed is read as a browser or an editor would read it.
///
/// # Errors
/// [`ExtractError::Unsupported`] for a type without an extractor, [`ExtractError::TooLarge`] over the input limit; neither may be retried.
pub fn extract(bytes: &[u8], media_type: MediaType, limits: &Limits) -> Result<Extracted, ExtractError> {
    if let MediaType::Unsupported(media_type) = media_type {
        return Err(ExtractError::Unsupported { media_type });
    }
    if bytes.len() > limits.input_bytes_max {
        return Err(ExtractError::TooLarge { size_bytes: bytes.len(), limit_bytes: limits.input_bytes_max });
    }
    Ok(Extracted { title: None, text: String::from_utf8_lossy(bytes).into_owned(), truncated: false })
}
