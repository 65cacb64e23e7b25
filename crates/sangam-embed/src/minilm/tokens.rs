//! Text to token ids.

use tokenizers::{Tokenizer, TruncationParams};

use super::load_error;
use crate::EmbedError;

/// Tokens of a text that are read, the two marks at its ends included: what the model was trained for. (The
/// published tokenizer says 128, which would lose the end of most long passages silently.)
pub const TEXT_TOKENS_MAX: usize = 256;

/// Bytes of a text that the tokenizer sees. It cuts all of its input into tokens before it drops those in
/// excess; 64 bytes a token leave nothing out of any text that people write.
const TEXT_BYTES_MAX: usize = TEXT_TOKENS_MAX * 64;

/// The model's own tokenizer, with our truncation and without padding, which is the batch's affair.
pub(super) struct TextTokenizer(Tokenizer);

impl TextTokenizer {
    pub(super) fn load(json: &[u8]) -> Result<Self, EmbedError> {
        let error = |source| load_error("tokenizer", source);
        let mut tokenizer = Tokenizer::from_bytes(json).map_err(error)?;
        let truncation = TruncationParams { max_length: TEXT_TOKENS_MAX, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(error)?;
        tokenizer.with_padding(None);
        Ok(Self(tokenizer))
    }

    /// The ids of the text's tokens, at least the two marks, at most [`TEXT_TOKENS_MAX`].
    pub(super) fn tokens(&self, text: &str) -> Result<Vec<u32>, EmbedError> {
        let head = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
        let encoding = self.0.encode_fast(head, true);
        let encoding = encoding.map_err(|source| EmbedError::Tokenize { source })?;
        Ok(encoding.get_ids().to_vec())
    }
}
