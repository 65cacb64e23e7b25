//! An embedder without a model, for the tests of other crates.

use crate::{Effort, EmbedError, Embedder};

/// Numbers in the vector of a [`HashEmbedder`].
const DIMENSIONS: usize = 64;

/// A bag of hashed words: deterministic, instant, and knowing nothing of meaning.
///
/// For tests only. Texts that share words are near each other, texts that share none have a cosine near
/// zero unless two words meet in one of the 64 places. Upper and lower case are the same word, punctuation is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct HashEmbedder;

impl Embedder for HashEmbedder {
    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn fingerprint(&self) -> &'static str {
        "hash/64"
    }

    fn max_tokens(&self) -> usize {
        usize::MAX
    }

    fn embed_with(&self, texts: &[&str], _effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|text| hashed_bag(text)).collect())
    }
}

fn hashed_bag(text: &str) -> Vec<f32> {
    let mut bag = vec![0.0_f32; DIMENSIONS];
    for word in text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()) {
        bag[(hash(&word.to_lowercase()) % DIMENSIONS as u64) as usize] += 1.0;
    }
    let norm = bag.iter().map(|x| x * x).sum::<f32>().sqrt();
    if norm == 0.0 {
        // A text without words has a direction too, so that every vector has unit norm.
        bag[0] = 1.0;
        return bag;
    }
    bag.iter().map(|x| x / norm).collect()
}

/// FNV-1a, folded, because its low bits alone repeat for words that differ in one letter.
fn hash(word: &str) -> u64 {
    let hash = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        let vectors = HashEmbedder.embed(&[a, b]).unwrap();
        vectors[0].iter().zip(&vectors[1]).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn shared_words_are_near_and_others_far() {
        assert!((cosine("Rotate the key", "the KEY: rotate!") - 1.0).abs() < 1e-6);
        assert!(cosine("rotate the key", "rotate the log") > cosine("rotate the key", "lunch menu friday"));
        assert!((cosine("", "...") - 1.0).abs() < 1e-6);
    }
}
