//! What a word is: one answer for the index, for queries and for highlights.
//!
//! Text is cut into words (`tokenizer`), which are lower-cased, folded to ASCII and stemmed (English
//! Snowball). The index of bodies leaves stop words out. The index of titles keeps them: titles are
//! short, so this costs nothing, and a page called "IT" or "The Who" can be found.

mod tokenizer;
mod words;

use std::cell::RefCell;
use std::fmt;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, StopWordFilter, TextAnalyzer,
};

use tokenizer::WordTokenizer;

/// The name under which titles' analyzer is registered; part of the stored schema.
pub(crate) const TITLE_ANALYZER: &str = "sangam_title";

/// The name under which bodies' analyzer is registered; part of the stored schema.
pub(crate) const BODY_ANALYZER: &str = "sangam_body";

/// Longer words are left out: they are encoded data, which nobody types. Hashes and identifiers
/// (64 to 128 characters) are kept.
const WORD_BYTES_MAX: usize = 128;

/// A word of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// Its first byte in the text.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
    /// The term that it is in the index.
    pub term: String,
    /// Whether it is a stop word, which bodies are not searched for.
    pub stop: bool,
    /// Whether it is a question word or an auxiliary, which a query does without.
    pub filler: bool,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}..{})", self.start, self.end)
    }
}

/// Returns the words of a text in order, with byte offsets on character boundaries.
///
/// Runs of scripts without spaces between words (Chinese, Japanese, Korean, Thai …) give
/// overlapping pairs of characters.
pub fn analyze(text: &str) -> Vec<Token> {
    thread_local! {
        static ANALYZERS: RefCell<(TextAnalyzer, TextAnalyzer)> =
            RefCell::new((plain_analyzer(), title_analyzer()));
    }
    ANALYZERS.with_borrow_mut(|(plain, stemmed)| {
        let mut tokens = Vec::new();
        // Neither analyzer leaves out what the other keeps, so the streams run in step.
        let mut plain = plain.token_stream(text);
        let mut stemmed = stemmed.token_stream(text);
        while plain.advance() && stemmed.advance() {
            let word = plain.token().text.as_str();
            tokens.push(Token {
                start: plain.token().offset_from,
                end: plain.token().offset_to,
                term: stemmed.token().text.clone(),
                stop: words::is_stop(word),
                filler: words::is_filler(word),
            });
        }
        tokens
    })
}

/// Words as they are, folded but not stemmed.
fn plain_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(WordTokenizer::default())
        .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

pub(crate) fn title_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(WordTokenizer::default())
        .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

pub(crate) fn body_analyzer() -> TextAnalyzer {
    let stop_words = words::STOP_WORDS.iter().map(|&word| word.to_owned());
    TextAnalyzer::builder(WordTokenizer::default())
        .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(StopWordFilter::remove(stop_words))
        .filter(Stemmer::new(Language::English))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        analyze(text).into_iter().map(|token| token.term).collect()
    }

    fn body_terms(text: &str) -> Vec<String> {
        let mut analyzer = body_analyzer();
        let mut stream = analyzer.token_stream(text);
        let mut terms = Vec::new();
        stream.process(&mut |token| terms.push(token.text.clone()));
        terms
    }

    #[test]
    fn words_are_folded_and_stemmed() {
        assert_eq!(terms("Résumés, RUNNING!"), ["resum", "run"]);
        assert_eq!(terms("fail over.pdf"), ["fail", "over", "pdf"]);
        assert_eq!(terms("snake_case E-1234"), ["snake", "case", "e", "1234"]);
    }

    #[test]
    fn bodies_lose_stop_words_and_titles_keep_them() {
        assert_eq!(body_terms("The backup of IT"), ["backup"]);
        assert_eq!(terms("The backup of IT"), ["the", "backup", "of", "it"]);
        assert!(analyze("the")[0].stop);
        assert!(analyze("how")[0].filler);
    }

    #[test]
    fn queries_and_bodies_agree_on_every_word_that_tells() {
        let text = "Über naïve clusters' 東京都 fail-over ﬁles, İstanbul & ΑΘΗΝΑ ins ons";
        let kept = analyze(text).into_iter().filter(|token| !token.stop);
        assert_eq!(kept.map(|token| token.term).collect::<Vec<_>>(), body_terms(text));
    }

    #[test]
    fn offsets_point_at_the_word() {
        let text = "a “naïve” 東京都";
        let found: Vec<&str> = analyze(text).iter().map(|token| &text[token.start..token.end]).collect();
        assert_eq!(found, ["a", "naïve", "東京", "京都"]);
    }

    #[test]
    fn endless_words_are_left_out_and_hashes_kept() {
        let hash = "0123456789abcdef".repeat(4);
        assert_eq!(terms(&format!("{hash} {}", "x".repeat(200))), [hash]);
    }
}
