//! Finding a tag that would take too long to parse, before it is parsed.
//!
//! This walks the same states as the tokenizer (WHATWG HTML, section 13.2.5), as far as they decide where a tag starts, where it ends, and
//! how many attributes it has. A property test holds the two against each other.

use super::elements::raw_kind;

/// The offset of the first tag in `html` with more than `attributes_max` attributes, duplicates counted.
pub(super) fn find_overfull_tag(html: &str, attributes_max: usize) -> Option<usize> {
    let mut walk = Walk { bytes: html.as_bytes(), at: 0 };
    while walk.skip_past(|byte| byte == b'<') {
        let tag = walk.at - 1;
        match walk.bytes.get(walk.at..).unwrap_or_default() {
            [b'!', b'-', b'-', ..] => walk.comment(),
            [b'!' | b'?', ..] | [b'/', b'>', ..] => _ = walk.skip_past(|byte| byte == b'>'),
            [b'/', next, ..] => {
                walk.at += 1;
                if !next.is_ascii_alphabetic() {
                    walk.skip_past(|byte| byte == b'>');
                } else if walk.tag() > attributes_max {
                    return Some(tag);
                }
            }
            [next, ..] if next.is_ascii_alphabetic() => {
                let name = walk.tag_name();
                if walk.tag() > attributes_max {
                    return Some(tag);
                }
                walk.raw_text(&name);
            }
            _ => {}
        }
    }
    None
}

/// A place in a document.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    /// Moves behind the next byte that fits, or to the end, which is `false`.
    fn skip_past(&mut self, fits: impl Fn(u8) -> bool) -> bool {
        let found = self.bytes[self.at..].iter().position(|&byte| fits(byte));
        self.at = found.map_or(self.bytes.len(), |found| self.at + found + 1);
        found.is_some()
    }

    /// From behind `<` over a comment: `-->` or `--!>` ends it, and right at its start so do `>` and `->`.
    fn comment(&mut self) {
        self.at += 3;
        let body = &self.bytes[self.at..];
        if body.starts_with(b">") || body.starts_with(b"->") {
            self.skip_past(|byte| byte == b'>');
            return;
        }
        while self.skip_past(|byte| byte == b'-') {
            let rest = &self.bytes[self.at..];
            if rest.starts_with(b"->") || rest.starts_with(b"-!>") {
                self.skip_past(|byte| byte == b'>');
                return;
            }
        }
    }

    /// The name of the tag that starts here, in lower case.
    fn tag_name(&self) -> String {
        let name = self.bytes[self.at..].iter().take_while(|byte| !ends_name(**byte));
        name.map(|byte| char::from(byte.to_ascii_lowercase())).collect()
    }

    /// From a tag's name over the tag; returns how many attributes it has.
    fn tag(&mut self) -> usize {
        let mut n_attributes = 0;
        self.skip_name();
        loop {
            match self.next() {
                None | Some(b'>') => return n_attributes,
                Some(b'/') => {}
                Some(byte) if is_space(byte) => {}
                Some(_) => {
                    n_attributes += 1;
                    self.attribute();
                }
            }
        }
    }

    /// From behind the first byte of an attribute's name over its value, if it has one. (An `=` there is part of the name.)
    fn attribute(&mut self) {
        while self.bytes.get(self.at).is_some_and(|&byte| byte != b'=' && !ends_name(byte)) {
            self.at += 1;
        }
        self.skip_space();
        if self.bytes.get(self.at) != Some(&b'=') {
            return;
        }
        self.at += 1;
        self.skip_space();
        match self.bytes.get(self.at) {
            Some(&quote @ (b'"' | b'\'')) => {
                self.at += 1;
                self.skip_past(|byte| byte == quote);
            }
            // In an unquoted value a solidus is part of it.
            _ => self.skip_while(|byte| byte != b'>' && !is_space(byte)),
        }
    }

    fn skip_name(&mut self) {
        self.skip_while(|byte| !ends_name(byte));
    }

    fn skip_space(&mut self) {
        self.skip_while(is_space);
    }

    fn skip_while(&mut self, fits: impl Fn(u8) -> bool) {
        let found = self.bytes[self.at..].iter().position(|&byte| !fits(byte));
        self.at = found.map_or(self.bytes.len(), |found| self.at + found);
    }

    /// From behind the start tag `name` to its end tag, if what is between is not HTML.
    fn raw_text(&mut self, name: &str) {
        if name == "plaintext" {
            self.at = self.bytes.len();
        }
        if raw_kind(name).is_none() {
            return;
        }
        while self.skip_past(|byte| byte == b'<') {
            let Some(rest) = self.bytes[self.at..].strip_prefix(b"/") else { continue };
            let is_name = rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
            if is_name && rest.get(name.len()).is_some_and(|&byte| ends_name(byte)) {
                // The walk goes on with this end tag, attributes and all.
                self.at -= 1;
                return;
            }
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0C' | b' ')
}

fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use html5ever::tendril::StrTendril;
    use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
    use proptest::prelude::*;

    use super::*;

    /// Remembers the most attributes that a tag had, as html5ever sees it.
    #[derive(Default)]
    struct Counter(Cell<usize>);

    impl TokenSink for Counter {
        type Handle = ();

        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
            self.0.set(self.0.get().max(tag.attrs.len()));
            match (tag.kind, raw_kind(&tag.name)) {
                (TagKind::StartTag, _) if &*tag.name == "plaintext" => TokenSinkResult::Plaintext,
                (TagKind::StartTag, Some(kind)) => TokenSinkResult::RawData(kind),
                _ => TokenSinkResult::Continue,
            }
        }
    }

    fn most_attributes(html: &str) -> usize {
        let tokenizer = Tokenizer::new(Counter::default(), TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from(html));
        let _ = tokenizer.feed(&queue);
        tokenizer.end();
        tokenizer.sink.0.get()
    }

    #[test]
    fn counts_as_a_browser_does() {
        for (html, n) in [
            ("<a b c=d e='f g' h=\"i > j\"k>", 5),
            ("<a b/c/d=/e f>", 4),
            ("</a b c>", 2),
            ("<!-- <a b> --><p>", 0),
            ("<!--><a b>", 1),
            ("<script><a b c></script><p q>", 1),
            ("<title><a b c></titles></TITLE x y>", 2),
            ("<a =b ==c =d>", 2),
            ("a < b c d e", 0),
        ] {
            assert!(find_overfull_tag(html, n).is_none(), "{html}");
            assert!(n == 0 || find_overfull_tag(html, n - 1).is_some(), "{html}");
            assert_eq!(most_attributes(html), n, "{html}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// The guard may count duplicates and a tag that never ends; it must never count less than the tokenizer.
        #[test]
        fn never_counts_less_than_the_tokenizer(
            parts in prop::collection::vec(prop::sample::select(PARTS), 0..40),
        ) {
            let html = parts.concat();
            let n = most_attributes(&html);
            prop_assert!(n == 0 || find_overfull_tag(&html, n - 1).is_some(), "{html}");
        }
    }

    const PARTS: &[&str] = &[
        "<",
        ">",
        "/",
        "!",
        "?",
        "-",
        "--",
        "=",
        "\"",
        "'",
        " ",
        "\r",
        "&",
        "&gt",
        ";",
        "a",
        "b",
        "c",
        "d",
        "é",
        "\0",
        "<a ",
        "</a ",
        "<!--",
        "-->",
        "<script",
        "</script",
        "<title",
        "</title",
        "<textarea>",
        "</textarea>",
        "<plaintext",
        "<!doctype ",
        "<![CDATA[",
        "]]>",
    ];
}
