//! Cuts text into words: runs of letters and digits, and pairs of characters where a script puts
//! no spaces between words.
//!
//! Combining accents (as macOS writes file names) belong to their letter and are dropped, so that
//! both ways to write "é" give the same word; soft hyphens are invisible, and dropped too.

use std::iter::Peekable;
use std::str::CharIndices;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// See the module's documentation.
#[derive(Clone, Default)]
pub(super) struct WordTokenizer {
    token: Token,
}

/// The words of one text.
pub(super) struct WordStream<'a> {
    chars: Peekable<CharIndices<'a>>,
    /// The last character of a run without spaces, waiting for its right neighbour.
    left: Option<Left>,
    token: &'a mut Token,
}

#[derive(Clone, Copy)]
struct Left {
    char: char,
    start: usize,
    end: usize,
    /// Whether it is in a pair already, so that it need not stand alone at the end of its run.
    paired: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Unspaced,
    /// Part of a word, not of its text.
    Silent,
    /// Part of a word that goes on, and of its text: signs that join consonants in Indic scripts.
    Joiner,
    Between,
}

fn class(char: char) -> Class {
    match u32::from(char) {
        0..0x80 => {
            if char.is_ascii_alphanumeric() {
                Class::Word
            } else {
                Class::Between
            }
        }
        0xAD | 0x300..=0x36F => Class::Silent,
        // Thai, Lao, Myanmar, Hangul letters, Khmer, kana, CJK, Hangul, and their extensions.
        0xE00..=0xEFF
        | 0x1000..=0x109F
        | 0x1100..=0x11FF
        | 0x1780..=0x17FF
        | 0x3005..=0x3007
        | 0x3040..=0x30FF
        | 0x3130..=0x318F
        | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9F
        | 0x20000..=0x323AF => {
            // Kana's middle dot and Thai's currency sign are in these blocks and no letters; vowel
            // and tone signs are not letters either, but belong to the run.
            if char == '・' || char == '฿' || char == '゠' { Class::Between } else { Class::Unspaced }
        }
        0x94D | 0x9CD | 0xA4D | 0xACD | 0xB4D | 0xBCD | 0xC4D | 0xCCD | 0xD4D | 0x200C | 0x200D => Class::Joiner,
        _ if char.is_alphanumeric() => Class::Word,
        _ => Class::Between,
    }
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { chars: text.char_indices().peekable(), left: None, token: &mut self.token }
    }
}

impl WordStream<'_> {
    /// Takes the rest of a word whose first character is in the token already.
    fn finish_word(&mut self) {
        while let Some(&(start, char)) = self.chars.peek() {
            match class(char) {
                Class::Word | Class::Joiner => self.token.text.push(char),
                Class::Silent => {}
                Class::Unspaced | Class::Between => return,
            }
            self.token.offset_to = start + char.len_utf8();
            self.chars.next();
        }
    }

    /// Goes on in a run without spaces; returns whether the token is a pair or a lone character.
    fn advance_run(&mut self, left: Left) -> bool {
        let next = self.chars.peek().copied();
        match next {
            Some((start, char)) if start == left.end && class(char) == Class::Unspaced => {
                self.chars.next();
                let end = start + char.len_utf8();
                self.token.text.push(left.char);
                self.token.text.push(char);
                self.token.offset_from = left.start;
                self.token.offset_to = end;
                self.left = Some(Left { char, start, end, paired: true });
                true
            }
            _ => {
                self.left = None;
                if left.paired {
                    return false;
                }
                self.token.text.push(left.char);
                self.token.offset_from = left.start;
                self.token.offset_to = left.end;
                true
            }
        }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.text.clear();
        self.token.position = self.token.position.wrapping_add(1);
        loop {
            if let Some(left) = self.left {
                if self.advance_run(left) {
                    return true;
                }
                continue;
            }
            let Some((start, char)) = self.chars.next() else {
                return false;
            };
            let end = start + char.len_utf8();
            match class(char) {
                Class::Word => {
                    self.token.text.push(char);
                    self.token.offset_from = start;
                    self.token.offset_to = end;
                    self.finish_word();
                    return true;
                }
                Class::Unspaced => {
                    self.left = Some(Left { char, start, end, paired: false });
                }
                Class::Silent | Class::Joiner | Class::Between => {}
            }
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::tokenizer::SimpleTokenizer;

    use super::*;

    fn tokens(text: &str) -> Vec<(String, usize, usize, usize)> {
        let mut tokenizer = WordTokenizer::default();
        let mut found = Vec::new();
        tokenizer.token_stream(text).process(&mut |token| {
            let Token { text, offset_from, offset_to, position, .. } = token.clone();
            found.push((text, offset_from, offset_to, position));
        });
        found
    }

    fn texts(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|(text, ..)| text).collect()
    }

    #[test]
    fn runs_without_spaces_become_pairs() {
        assert_eq!(texts("東京都 京 Tシャツ"), ["東京", "京都", "京", "T", "シャ", "ャツ"]);
        assert_eq!(texts("バックアップ・復元"), ["バッ", "ック", "クア", "アッ", "ップ", "復元"]);
        assert_eq!(texts("한국어 문서"), ["한국", "국어", "문서"]);
    }

    #[test]
    fn both_ways_to_write_an_accent_are_one_word() {
        assert_eq!(texts("cafe\u{301} soft\u{AD}ware"), ["cafe", "software"]);
        assert_eq!(tokens("cafe\u{301}")[0].2, "cafe\u{301}".len());
        assert_eq!(texts("हिन्दी"), ["हिन्दी"]);
    }

    proptest! {
        #[test]
        fn latin_text_is_cut_as_the_simple_tokenizer_does(text in "[a-zA-Z0-9 .,;:_/äöüßéñ-]{0,60}") {
            let mut simple = SimpleTokenizer::default();
            let mut expected = Vec::new();
            simple.token_stream(&text).process(&mut |token| {
                expected.push((token.text.clone(), token.offset_from, token.offset_to, token.position));
            });
            prop_assert_eq!(tokens(&text), expected);
        }

        #[test]
        fn any_text_gives_ordered_offsets_on_boundaries(text in ".{0,60}") {
            let mut last = 0;
            for (_, start, end, _) in tokens(&text) {
                prop_assert!(text.get(start..end).is_some_and(|word| !word.is_empty()));
                prop_assert!(start >= last);
                last = start;
            }
        }
    }
}
