//! English words that say nothing about what a document is about.

/// Left out of bodies: the list that Lucene's English analyzer uses, sorted.
pub(super) const STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of",
    "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
];

/// Left out of queries: question words, auxiliaries, pronouns, and what an apostrophe leaves of
/// them, sorted. "Must" and "need" stay, since people search for requirements.
const FILLERS: [&str; 61] = [
    "about", "am", "any", "been", "being", "can", "cannot", "could", "d", "did", "didn", "do", "does", "doesn",
    "doing", "don", "done", "from", "had", "has", "have", "having", "he", "her", "his", "how", "i", "its", "ll", "m",
    "many", "may", "me", "might", "much", "my", "our", "re", "s", "shall", "she", "should", "so", "t", "than", "them",
    "us", "ve", "we", "were", "what", "when", "where", "which", "who", "whom", "whose", "why", "would", "you", "your",
];

pub(super) fn is_stop(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_so_that_binary_search_finds_all() {
        assert!(STOP_WORDS.is_sorted());
        assert!(FILLERS.is_sorted());
        assert!(FILLERS.iter().all(|word| !is_stop(word)));
    }
}
