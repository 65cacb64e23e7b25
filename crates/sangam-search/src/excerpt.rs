//! Which part of a document to show, and what to highlight in it.

use std::collections::HashSet;
use std::ops::Range;

use sangam_engine::{LexicalQuery, StoredDocument, analyze};

use crate::{Highlight, HighlightedText};

/// Characters of an excerpt, as Kendra's.
const EXCERPT_CHARS: usize = 300;
/// Characters shown before the first match, so that it is read in its sentence.
const LEAD_CHARS: usize = 60;
/// Passages looked at for matches; a match behind them is shown by the best passage instead.
const PASSAGES_MAX: usize = 400;
/// What stands for the text left out.
const ELLIPSIS: &str = "...";
/// Highlights of one text.
const HIGHLIGHTS_MAX: usize = 100;

/// The terms of a query, for finding them in texts.
pub(crate) struct Terms(HashSet<String>);

impl Terms {
    pub(crate) fn new(query: &LexicalQuery) -> Self {
        Self(query.terms.iter().map(|term| term.term.clone()).collect())
    }

    /// Byte ranges of matches in `text`, in order, not overlapping.
    fn matches(&self, text: &str) -> Vec<(Range<usize>, String)> {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        for token in analyze(text) {
            let range = token.start..token.end;
            let after_last = found.last().is_none_or(|(last, _)| last.end <= range.start);
            if after_last && self.0.contains(&token.term) {
                found.push((range, token.term));
            }
        }
        found
    }

    /// `text` with its matches.
    pub(crate) fn highlight(&self, text: &str) -> HighlightedText {
        let matches = self.matches(text).into_iter().take(HIGHLIGHTS_MAX);
        let highlights = matches.map(|(bytes, _)| Highlight { bytes }).collect();
        HighlightedText { text: text.to_owned(), highlights }
    }

    /// How many different terms are in `text`.
    pub(crate) fn coverage(&self, text: &str) -> usize {
        self.matches(text).into_iter().map(|(_, term)| term).collect::<HashSet<_>>().len()
    }
}

/// About 300 characters of `document` around the best match; `closest` is the passage closest in meaning.
pub(crate) fn excerpt(document: &StoredDocument, terms: &Terms, closest: Option<u16>) -> HighlightedText {
    let Some(passage) = best_passage(document, terms, closest) else {
        return HighlightedText::default();
    };
    let range = document.passages[passage].start as usize..document.passages[passage].end as usize;
    let passage_text = document.body.get(range.clone()).unwrap_or_default();
    let first = terms.matches(passage_text).first().map_or(0, |(at, _)| at.start);
    let start = word_start(&document.body, range.start + first, LEAD_CHARS).max(range.start);
    // Near the end of a document there is room for what stands before; a short document is shown whole.
    let start = start.min(word_start(&document.body, document.body.trim_end().len(), EXCERPT_CHARS));
    let window = window(&document.body, start);
    let folded = fold_white_space(&document.body[window.clone()]);
    let mut text = String::with_capacity(folded.len() + 2 * ELLIPSIS.len());
    text.push_str(if window.start > 0 { ELLIPSIS } else { "" });
    text.push_str(&folded);
    text.push_str(if window.end < document.body.trim_end().len() { ELLIPSIS } else { "" });
    terms.highlight(&text)
}

/// The passage with most of the query's terms; the one closest in meaning counts for one more term.
fn best_passage(document: &StoredDocument, terms: &Terms, closest: Option<u16>) -> Option<usize> {
    let closest = closest.map(usize::from).filter(|number| *number < document.passages.len());
    let looked_at = (0..document.passages.len().min(PASSAGES_MAX)).chain(closest.filter(|n| *n >= PASSAGES_MAX));
    looked_at
        .map(|number| {
            let passage = document.passages[number];
            let text = document.body.get(passage.start as usize..passage.end as usize).unwrap_or_default();
            (terms.coverage(text) + usize::from(closest == Some(number)), number)
        })
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))
        .map(|(_, number)| number)
}

/// The start of a word at most `chars` characters before `at`.
fn word_start(text: &str, at: usize, chars: usize) -> usize {
    let before = &text[..at];
    let mut start = at;
    for (place, (offset, character)) in before.char_indices().rev().enumerate() {
        if place >= chars {
            break;
        }
        if character.is_whitespace() {
            start = offset + character.len_utf8();
        }
        if offset == 0 {
            start = 0;
        }
    }
    start
}

/// The excerpt's range from `start` on, ending with a word where there is one.
fn window(text: &str, start: usize) -> Range<usize> {
    let rest = &text[start..];
    let Some((cut, _)) = rest.char_indices().nth(EXCERPT_CHARS) else {
        return start..text.trim_end().len().max(start);
    };
    let end = rest[..cut].rfind(char::is_whitespace).filter(|end| *end > cut / 2).unwrap_or(cut);
    start..start + end
}

fn fold_white_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use sangam_engine::Passage;

    use super::*;

    fn terms(text: &str) -> Terms {
        Terms::new(&LexicalQuery::from_text(text))
    }

    fn document(body: &str, cut_at: &[usize]) -> StoredDocument {
        let bounds: Vec<usize> = [0].iter().chain(cut_at).chain(&[body.len()]).copied().collect();
        let passages = bounds.windows(2).map(|pair| Passage { start: pair[0] as u32, end: pair[1] as u32 }).collect();
        StoredDocument {
            ordinal: 1,
            title: String::new(),
            body: body.into(),
            language: "en".into(),
            attributes: Vec::new(),
            passages,
        }
    }

    fn marked(text: &HighlightedText) -> Vec<String> {
        text.highlights.iter().map(|highlight| text.text[highlight.bytes.clone()].to_owned()).collect()
    }

    #[test]
    fn highlights_match_inflected_words_on_character_boundaries() {
        let text = terms("restoring a backup").highlight("Größe 😀: we restored both Backups");
        assert_eq!(marked(&text), ["restored", "Backups"]);
    }

    #[test]
    fn the_excerpt_comes_from_the_passage_with_the_query_words() {
        let filler = "Nothing of interest stands here at all. ".repeat(20);
        let body = format!("{filler}The failover of the primary takes a minute. {filler}");
        let cut = [filler.len(), body.len() - filler.len()];
        let shown = excerpt(&document(&body, &cut), &terms("how long does failover take?"), Some(0));
        assert!(shown.text.starts_with("...The failover"), "{}", shown.text);
        assert!(shown.text.ends_with("..."));
        assert!(shown.text.chars().count() <= EXCERPT_CHARS + 6);
        assert_eq!(marked(&shown)[0], "failover");
    }

    #[test]
    fn without_any_word_the_closest_passage_is_shown() {
        let body = format!("First part here. Second part there. {}", "And so on. ".repeat(40));
        let shown = excerpt(&document(&body, &[17]), &terms("zebra"), Some(1));
        assert!(shown.text.starts_with("...Second part there. And"), "{}", shown.text);
        assert!(shown.highlights.is_empty());
    }

    #[test]
    fn a_short_document_is_shown_whole_and_the_end_of_a_long_one_is_a_full_excerpt() {
        let short = format!("{} zebra.", "The word that is asked for comes last. ".repeat(4).trim_end());
        assert_eq!(excerpt(&document(&short, &[]), &terms("zebra"), None).text, short);
        let long = format!("{}zebra.\n", "The word that is asked for comes last. ".repeat(40));
        let shown = excerpt(&document(&long, &[]), &terms("zebra"), None);
        let n_chars = shown.text.chars().count();
        assert!((EXCERPT_CHARS - 20..=EXCERPT_CHARS + 3).contains(&n_chars), "{n_chars}");
        assert!(shown.text.starts_with("...") && shown.text.ends_with("zebra."), "{}", shown.text);
        let without_spaces = format!("{}斑馬", "字".repeat(400));
        assert!(
            excerpt(&document(&without_spaces, &[]), &terms("斑馬"), None).text.chars().count() <= EXCERPT_CHARS + 6
        );
    }

    #[test]
    fn an_empty_document_has_an_empty_excerpt() {
        let empty = StoredDocument { passages: Vec::new(), ..document("", &[]) };
        assert_eq!(excerpt(&empty, &terms("a"), Some(3)), HighlightedText::default());
    }
}
