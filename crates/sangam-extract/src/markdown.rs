//! Markdown to text: the GitHub flavour, code and the HTML in between included.

use std::borrow::Cow;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::extract::title_line;
use crate::html::HtmlText;
use crate::writer::TextWriter;

/// Most bytes of quote signs, list markers and indentation at the start of a line. The parser looks at every open container for
/// each line, which makes deep nesting quadratic: 160,000 list markers and as many short lines took four minutes. Nobody reads the
/// thirtieth level.
const PREFIX_BYTES_MAX: usize = 64;

/// How much longer than the text that it may give a Markdown document is read: markup is rarely longer than text, and the parser
/// goes through all of its input before it tells anything.
const SOURCE_PER_TEXT: usize = 4;

/// Writes the text of `markdown`; returns its title, which is the first heading of the first level, or an HTML one.
pub(crate) fn write(markdown: &str, writer: TextWriter) -> (Option<String>, TextWriter) {
    let source_bytes_max = writer.bytes_max().saturating_mul(SOURCE_PER_TEXT);
    let is_cut = markdown.len() > source_bytes_max;
    let markdown = limit_nesting(&markdown[..markdown.floor_char_boundary(source_bytes_max)]);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut text = MarkdownText {
        html: HtmlText::new(writer),
        title: None,
        title_start: None,
        n_lists: 0,
        is_code: false,
        is_metadata: false,
    };
    for event in Parser::new_ext(&markdown, options) {
        if text.html.writer().is_full() {
            break;
        }
        text = text.event(event);
    }
    if is_cut {
        text.html.writer().cut();
    }
    let (html_title, writer) = text.html.finish();
    (text.title.or(html_title), writer)
}

/// `markdown` without the container markers and indentation that are beyond [`PREFIX_BYTES_MAX`].
fn limit_nesting(markdown: &str) -> Cow<'_, str> {
    let is_deep = |line: &str| prefix_bytes(line) > PREFIX_BYTES_MAX;
    if !markdown.lines().any(is_deep) {
        return Cow::Borrowed(markdown);
    }
    let mut limited = String::with_capacity(markdown.len());
    for line in markdown.split_inclusive(['\n', '\r']) {
        let n_prefix = prefix_bytes(line);
        limited.push_str(&line[..n_prefix.min(PREFIX_BYTES_MAX)]);
        limited.push_str(&line[n_prefix..]);
    }
    Cow::Owned(limited)
}

/// Bytes of all that could open a container at the start of `line`, all of them ASCII.
fn prefix_bytes(line: &str) -> usize {
    let bytes = line.as_bytes();
    let is_marker_end = |at: usize| bytes.get(at).is_none_or(u8::is_ascii_whitespace);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'>' => at += 1,
            b'-' | b'*' | b'+' if is_marker_end(at + 1) => at += 1,
            b'0'..=b'9' => {
                let n_digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                if !matches!(bytes.get(at + n_digits), Some(b'.' | b')')) || !is_marker_end(at + n_digits + 1) {
                    break;
                }
                at += n_digits + 1;
            }
            _ => break,
        }
    }
    at
}

struct MarkdownText {
    html: HtmlText,
    title: Option<String>,
    title_start: Option<usize>,
    n_lists: usize,
    is_code: bool,
    is_metadata: bool,
}

impl MarkdownText {
    fn event(mut self, event: Event<'_>) -> Self {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => return Self { html: self.html.feed(&html), ..self },
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => self.html.writer().preformatted(&text),
            Event::Text(text) if self.is_metadata => self.metadata(&text),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.html.writer().words(&text);
            }
            Event::SoftBreak => self.html.writer().words(" "),
            Event::HardBreak => self.html.writer().line(),
            Event::Rule => self.html.writer().block(),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
        self
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let writer = self.html.writer();
        match tag {
            Tag::Heading { level, .. } => {
                writer.block();
                if *level == HeadingLevel::H1 && self.title.is_none() {
                    self.title_start = Some(writer.len());
                }
            }
            Tag::CodeBlock(_) => {
                writer.block();
                self.is_code = true;
            }
            Tag::MetadataBlock(_) => self.is_metadata = true,
            Tag::List(_) => {
                // A list in a list goes on with it.
                if self.n_lists > 0 {
                    writer.line();
                } else {
                    writer.block();
                }
                self.n_lists += 1;
            }
            Tag::Item => writer.line(),
            Tag::TableHead | Tag::TableRow => writer.row(),
            Tag::TableCell => writer.cell(),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Superscript | Tag::Subscript => {
            }
            Tag::Image { .. } => writer.words(" "),
            _ => writer.block(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let writer = self.html.writer();
        match tag {
            TagEnd::Heading(_) => {
                if let Some(start) = self.title_start.take() {
                    self.title = title_line(writer.since(start));
                }
                writer.block();
            }
            TagEnd::CodeBlock => {
                self.is_code = false;
                writer.block();
            }
            TagEnd::MetadataBlock(_) => self.is_metadata = false,
            TagEnd::List(_) => {
                self.n_lists = self.n_lists.saturating_sub(1);
                if self.n_lists > 0 { writer.line() } else { writer.block() }
            }
            TagEnd::Item => writer.line(),
            TagEnd::TableHead | TagEnd::TableRow => writer.row(),
            TagEnd::Table => writer.table_end(),
            TagEnd::Image => writer.words(" "),
            TagEnd::TableCell
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Superscript
            | TagEnd::Subscript => {}
            _ => writer.block(),
        }
    }

    /// Front matter says what the title is, and is no text.
    fn metadata(&mut self, yaml: &str) {
        let line = yaml.lines().find_map(|line| line.strip_prefix("title:"));
        let line = line.map(|line| line.trim().trim_matches(['"', '\'']));
        self.title = self.title.take().or_else(|| line.and_then(title_line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(markdown: &str) -> (Option<String>, String) {
        let (title, writer) = write(markdown, TextWriter::new(10_000));
        (title, writer.finish().0)
    }

    #[test]
    fn blocks_code_tables_and_html_become_text() {
        let markdown = "# Key *rotation*\n\nRotate\nit [now](https://x.example). ![A key](k.png)\n\n- one\n- two\n\n```sh\nrotate  --now\n\n# done\n```\n\n\
                        | a | b |\n|---|---|\n| 1 | `2` |\n\n<div>in <b>HTML</b><br>too</div>\n\nend<script>\n";
        let expected = "Key rotation\n\nRotate it now. A key\n\none\ntwo\n\nrotate  --now\n\n# done\n\na\tb\n1\t2\n\nin HTML\ntoo\n\nend";
        assert_eq!(text(markdown), (Some("Key rotation".to_owned()), expected.to_owned()));
    }

    #[test]
    fn front_matter_is_title_and_not_text() {
        let markdown = "---\ntitle: \"Rotation\"\ntags: x\n---\n\n# Other\n\ntext";
        assert_eq!(text(markdown), (Some("Rotation".to_owned()), "Other\n\ntext".to_owned()));
    }

    #[test]
    fn nesting_beyond_reading_is_flattened() {
        let n = 100_000;
        for marker in ["> ", "- ", "1. ", ">", "\t"] {
            let markdown = marker.repeat(n) + "a\n" + &"b\n".repeat(n);
            assert!(limit_nesting(&markdown).len() <= PREFIX_BYTES_MAX + 2 + 2 * n);
        }
        assert_eq!(prefix_bytes("> - 12) * [x] a"), 10);
        assert_eq!(prefix_bytes("12.5 **a** -b"), 0);
        assert_eq!(text("- a\n  - b\n- c").1, "a\nb\nc");
    }
}
