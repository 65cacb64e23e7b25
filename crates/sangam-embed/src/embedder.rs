//! The seam between the product and whatever turns text into vectors.

use crate::EmbedError;

/// Turns text into vectors of one fixed length, so that near meanings have near directions.
pub trait Embedder: Send + Sync {
    /// Numbers in each vector.
    fn dimensions(&self) -> usize;

    /// The model and its precision, in one line, such as `all-MiniLM-L6-v2/int8/sha256:…`.
    ///
    /// Two embedders with the same fingerprint give vectors that may be compared with each other; an
    /// index keeps it, because vectors of two models in one index rank at random.
    fn fingerprint(&self) -> &str;

    /// Tokens of a text that are read; the rest of a longer text is not part of its vector.
    fn max_tokens(&self) -> usize;

    /// Embeds `texts`: one vector per text, in the same order, each of [`Self::dimensions`] numbers and unit L2 norm, so that
    /// a dot product is the cosine. `effort` says how many cores it may take, and nothing about the result.
    ///
    /// # Errors
    /// [`EmbedError::Tokenize`] and [`EmbedError::Run`]; trying the same texts again changes neither.
    fn embed_with(&self, texts: &[&str], effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError>;

    /// Embeds `texts` as fast as the machine allows; see [`Self::embed_with`].
    ///
    /// # Errors
    /// As [`Self::embed_with`].
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.embed_with(texts, Effort::AllCores)
    }
}

/// How much of the machine one call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Somebody waits for the answer: threads that no other effort uses.
    Query,
    /// Somebody may be asking meanwhile: one core.
    OneCore,
    /// Nobody is waiting: all cores.
    AllCores,
}
