//! What a lexical retrieval looks for.

use std::fmt;

use crate::analysis;

/// No more terms of a query are looked up; a person's query has 30 words at the most, expansion by
/// feedback adds tens. Each term costs a walk over its postings.
pub const MAX_QUERY_TERMS: usize = 256;

/// One term of a query, as the index has it.
#[derive(Clone, PartialEq)]
pub struct QueryTerm {
    /// The analysed term: lower case, folded, stemmed.
    pub term: String,
    /// What its score is multiplied by; above zero.
    pub weight: f32,
}

/// Terms of which a document must have at least one, in the title or in the body.
#[derive(Clone, Default, PartialEq)]
pub struct LexicalQuery {
    /// The terms, each at most once.
    pub terms: Vec<QueryTerm>,
}

impl LexicalQuery {
    /// Returns the query for what a person typed.
    ///
    /// Stop words, question words and auxiliaries are dropped, because they match everything and
    /// say nothing; if no other word is left, all are kept, so that a page called "How to" can be
    /// found. A word that occurs twice weighs twice.
    pub fn from_text(text: &str) -> Self {
        let words = analysis::analyze(text);
        let telling = words.iter().filter(|word| !word.stop && !word.filler);
        let mut query = Self::default();
        for word in telling {
            query.add(&word.term, 1.0);
        }
        if query.terms.is_empty() {
            for word in &words {
                query.add(&word.term, 1.0);
            }
        }
        query
    }

    /// Adds an analysed term, or weight to a term that is already there. Does nothing beyond
    /// [`MAX_QUERY_TERMS`].
    pub fn add(&mut self, term: &str, weight: f32) {
        if let Some(known) = self.terms.iter_mut().find(|known| known.term == term) {
            known.weight += weight;
        } else if self.terms.len() < MAX_QUERY_TERMS {
            self.terms.push(QueryTerm { term: term.to_owned(), weight });
        }
    }

    /// Returns whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

impl fmt::Debug for QueryTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueryTerm({} bytes, {})", self.term.len(), self.weight)
    }
}

impl fmt::Debug for LexicalQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LexicalQuery({} terms)", self.terms.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let query = LexicalQuery::from_text(text);
        query.terms.into_iter().map(|term| term.term).collect()
    }

    #[test]
    fn questions_keep_the_words_that_tell() {
        assert_eq!(terms("How can I restore the deleted backups?"), ["restor", "delet", "backup"]);
        assert_eq!(terms("what's the VPN gateway"), ["vpn", "gateway"]);
    }

    #[test]
    fn a_query_of_nothing_but_fillers_keeps_them() {
        assert_eq!(terms("How to"), ["how", "to"]);
        assert_eq!(terms(" ?! "), Vec::<String>::new());
    }

    #[test]
    fn a_repeated_word_weighs_more() {
        let query = LexicalQuery::from_text("error after error");
        assert_eq!(query.terms.len(), 2);
        assert!((query.terms[0].weight - 2.0).abs() < f32::EPSILON);
    }

    #[test]
    fn the_number_of_terms_is_limited() {
        let text: Vec<String> = (0..2 * MAX_QUERY_TERMS).map(|n| format!("w{n}")).collect();
        assert_eq!(terms(&text.join(" ")).len(), MAX_QUERY_TERMS);
    }

    #[test]
    fn debug_tells_nothing_of_the_query() {
        let shown = format!("{:?}", LexicalQuery::from_text("layoffs"));
        assert!(!shown.contains("layoff"), "{shown}");
    }
}
