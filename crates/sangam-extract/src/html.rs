//! HTML to text, in one pass and in linear time.
//!
//! html5ever's tokenizer is used without its tree builder: text needs no tree, and building one is quadratic in the nesting of
//! elements (40,000 nested `<div>` take seconds). What is left of that kind, many attributes on one tag, is cut off before parsing, see [`guard`].

mod elements;
mod guard;
mod sink;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};

use crate::writer::TextWriter;
use sink::HtmlSink;

/// Bytes that are parsed before it is looked whether the text is full.
const PIECE_BYTES: usize = 64 * 1024;

/// Most attributes of a tag: the tokenizer compares each with all before it. A document is cut at a tag with more, which no program writes.
const ATTRIBUTES_MAX: usize = 256;

/// HTML that comes in one piece or, between Markdown, in many.
pub(crate) struct HtmlText {
    sink: HtmlSink,
}

impl HtmlText {
    pub(crate) fn new(writer: TextWriter) -> Self {
        Self { sink: HtmlSink::new(writer) }
    }

    /// Writes the text of `html`. An element that it leaves open is open in the next piece, a tag is not.
    pub(crate) fn feed(self, html: &str) -> Self {
        let overfull = guard::find_overfull_tag(html, ATTRIBUTES_MAX);
        let mut rest = &html[..overfull.unwrap_or(html.len())];
        let tokenizer = Tokenizer::new(self.sink, TokenizerOpts::default());
        let queue = BufferQueue::default();
        while !rest.is_empty() && !tokenizer.sink.is_full() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
            queue.push_back(StrTendril::from(piece));
            // The sink never suspends the tokenizer, which it could do at a script.
            let _ = tokenizer.feed(&queue);
            rest = after;
        }
        tokenizer.end();
        let mut sink = tokenizer.sink;
        if overfull.is_some() {
            sink.writer().cut();
        }
        Self { sink }
    }

    /// Where text that is not HTML goes in between.
    pub(crate) fn writer(&mut self) -> &mut TextWriter {
        self.sink.writer()
    }

    /// The `<title>`, or else the first `<h1>`, and the writer.
    pub(crate) fn finish(self) -> (Option<String>, TextWriter) {
        self.sink.finish()
    }
}

#[cfg(test)]
mod tests;
