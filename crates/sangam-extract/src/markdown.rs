//! Markdown to text: the GitHub flavour, code and the HTML in between included.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::extract::title_line;
use crate::html::HtmlText;
use crate::writer::TextWriter;

/// Writes the text of `markdown`; returns its title, which is the first heading of the first level, or an HTML one.
pub(crate) fn write(markdown: &str, writer: TextWriter) -> (Option<String>, TextWriter) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut text = MarkdownText {
        html: HtmlText::new(writer),
        title: None,
        title_start: None,
        is_code: false,
        is_metadata: false,
    };
    for event in Parser::new_ext(markdown, options) {
        if text.html.writer().is_full() {
            break;
        }
        text = text.event(event);
    }
    let (html_title, writer) = text.html.finish();
    (text.title.or(html_title), writer)
}

struct MarkdownText {
    html: HtmlText,
    title: Option<String>,
    title_start: Option<usize>,
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
            Tag::Item => writer.line(),
            Tag::TableHead | Tag::TableRow => writer.row(),
            Tag::TableCell => writer.cell(),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Superscript | Tag::Subscript => {
            }
            Tag::Image { .. } => writer.words(" "),
            // A paragraph in an item belongs to its item's line.
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
}
