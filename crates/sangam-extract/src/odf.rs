//! OpenDocument text, presentations and spreadsheets: the content, and the headers and footers that are kept with the styles.
//!
//! Source: OpenDocument 1.3, part 3.

use crate::decode::decode;
use crate::package::{Package, corrupt};
use crate::writer::TextWriter;
use crate::xml_events::{Node, attribute, walk};
use crate::{ExtractError, MediaType};

/// Writes the document's text and returns its title.
pub(crate) fn write(
    bytes: &[u8],
    media_type: MediaType,
    writer: &mut TextWriter,
) -> Result<Option<String>, ExtractError> {
    let mut package = Package::open(bytes, media_type)?;
    let manifest = package.read("META-INF/manifest.xml").ok().flatten().unwrap_or_default();
    let is_encrypted = manifest.windows(ENCRYPTED.len()).any(|window| window == ENCRYPTED);
    if is_encrypted {
        return Err(package.encrypted());
    }
    let content = package.read("content.xml")?.ok_or_else(|| corrupt(media_type))?;
    let start = writer.len();
    let is_whole = Walker::new(writer, Part::Content).walk(&decode(&content));
    if !is_whole && writer.len() == start {
        return Err(corrupt(media_type));
    }
    drop(content);
    writer.block();
    if let Ok(Some(styles)) = package.read("styles.xml") {
        Walker::new(writer, Part::Styles).walk(&decode(&styles));
    }
    let meta = package.read("meta.xml").ok().flatten().unwrap_or_default();
    Ok(title(&decode(&meta)))
}

/// The element of the manifest that says how a member is encrypted.
const ENCRYPTED: &[u8] = b"encryption-data";

/// The title in the metadata, or the first text of any other element of that name.
pub(crate) fn title(meta: &str) -> Option<String> {
    let (mut title, mut is_title) = (None::<String>, false);
    walk(meta, |node| {
        match node {
            Node::Start { element, is_empty } => {
                is_title = element.local_name().as_ref() == b"title" && !is_empty && title.is_none();
            }
            Node::Text(text) if is_title => title.get_or_insert_default().push_str(&text),
            Node::Text(_) => {}
            Node::End => is_title = false,
        }
        title.is_none() || is_title
    });
    title
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Content,
    Styles,
}

/// What the end of an open element means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Nothing,
    Block,
    Cell,
    Row,
    Table,
}

/// Deepest element whose end is known; the ends of deeper ones mean nothing.
const DEPTH_MAX: usize = 1024;

struct Walker<'a> {
    writer: &'a mut TextWriter,
    part: Part,
    open: Vec<End>,
    n_beyond: usize,
    /// Elements open within one in which nothing is text, that one included.
    n_skipping: usize,
    /// Open elements down from the header or footer that is read.
    n_kept: usize,
}

impl<'a> Walker<'a> {
    fn new(writer: &'a mut TextWriter, part: Part) -> Self {
        Self { writer, part, open: Vec::new(), n_beyond: 0, n_skipping: 0, n_kept: 0 }
    }

    fn walk(mut self, xml: &str) -> bool {
        walk(xml, |node| {
            match node {
                Node::Start { element, is_empty } => {
                    let name = element.local_name();
                    let title = if name.as_ref() == b"table" { attribute(&element, b"name") } else { None };
                    self.start(name.as_ref(), title.as_deref());
                    if is_empty {
                        self.end();
                    }
                }
                Node::End => self.end(),
                Node::Text(text) if self.is_text() => self.writer.words(&text),
                Node::Text(_) => {}
            }
            !self.writer.is_full()
        })
    }

    fn is_text(&self) -> bool {
        self.n_skipping == 0 && (self.part == Part::Content || self.n_kept > 0)
    }

    fn start(&mut self, name: &[u8], title: Option<&str>) {
        if self.n_skipping > 0 || NO_TEXT.contains(&name) {
            self.n_skipping += 1;
            return;
        }
        let is_kept = self.part == Part::Styles && (name.starts_with(b"header") || name.starts_with(b"footer"));
        if self.n_kept > 0 || is_kept && !name.ends_with(b"style") {
            self.n_kept += 1;
        }
        let end = if self.is_text() { self.begin(name, title) } else { End::Nothing };
        if self.open.len() < DEPTH_MAX {
            self.open.push(end);
        } else {
            self.n_beyond += 1;
        }
    }

    fn begin(&mut self, name: &[u8], title: Option<&str>) -> End {
        match name {
            b"p" | b"h" | b"page" | b"notes" | b"annotation" | b"note-body" | b"title" | b"desc" => self.writer.block(),
            b"line-break" => {
                self.writer.line();
                return End::Nothing;
            }
            b"s" | b"tab" => {
                self.writer.words(" ");
                return End::Nothing;
            }
            b"table-row" => {
                self.writer.row();
                return End::Row;
            }
            b"table-cell" | b"covered-table-cell" => {
                self.writer.cell();
                return End::Cell;
            }
            b"table" => {
                self.writer.block();
                self.writer.words(title.unwrap_or_default());
                self.writer.block();
                return End::Table;
            }
            _ => return End::Nothing,
        }
        End::Block
    }

    fn end(&mut self) {
        if self.n_skipping > 0 {
            self.n_skipping -= 1;
            return;
        }
        self.n_kept = self.n_kept.saturating_sub(1);
        if self.n_beyond > 0 {
            self.n_beyond -= 1;
            return;
        }
        match self.open.pop() {
            Some(End::Block) => self.writer.block(),
            Some(End::Row) => self.writer.row(),
            Some(End::Table) => self.writer.table_end(),
            Some(End::Cell | End::Nothing) | None => {}
        }
    }
}

/// Elements in which nothing is text of the document: styles, what was deleted, who wrote a note and when, and fields that a reader's
/// program fills in.
const NO_TEXT: [&[u8]; 20] = [
    b"automatic-styles",
    b"styles",
    b"font-face-decls",
    b"scripts",
    b"settings",
    b"forms",
    b"tracked-changes",
    b"note-citation",
    b"creator",
    b"date",
    b"time",
    b"page-number",
    b"page-count",
    b"sheet-name",
    b"file-name",
    b"title-placeholder",
    b"binary-data",
    b"calculation-settings",
    b"content-validations",
    b"event-listeners",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(xml: &str, part: Part) -> String {
        let mut writer = TextWriter::new(10_000);
        Walker::new(&mut writer, part).walk(xml);
        writer.finish().0
    }

    #[test]
    fn content_is_read_and_its_styles_are_not() {
        let xml = "<o:c><o:automatic-styles>no</o:automatic-styles><t:h>Head</t:h><t:p>one<t:s/>two<t:line-break/>three &amp; &#x34;</t:p>\
                   <t:tracked-changes><t:p>no</t:p></t:tracked-changes><o:annotation><d:creator>Ann</d:creator><t:p>note</t:p></o:annotation>\
                   <b:table b:name='S &lt; 1'><b:table-row><b:table-cell><t:p>a</t:p></b:table-cell><b:table-cell><t:p>b</t:p>\
                   </b:table-cell></b:table-row></b:table><t:p>end</t:p></o:c>";
        assert_eq!(text(xml, Part::Content), "Head\n\none two\nthree & 4\n\nnote\n\nS < 1\n\na\tb\n\nend");
    }

    #[test]
    fn of_the_styles_headers_and_footers_are_read() {
        let xml = "<o><s:header-style>no</s:header-style><s:master-page><s:header><t:p>top</t:p></s:header><d:p>no</d:p>\
                   <s:footer><t:p>page <t:page-number>1</t:page-number></t:p></s:footer></s:master-page></o>";
        assert_eq!(text(xml, Part::Styles), "top\n\npage");
    }

    #[test]
    fn depth_costs_nothing() {
        assert_eq!(text(&("<p>".repeat(100_000) + "deep"), Part::Content), "deep");
        assert_eq!(title("<a><b>no</b><d:title>A &amp; b</d:title><title>c</title></a>").as_deref(), Some("A & b"));
    }
}
