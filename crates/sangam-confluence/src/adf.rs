//! Atlassian's document format to text: the other form of a body, for what has no storage format.
//!
//! A body is a tree of nodes in JSON. What is kept is what [`storage_to_text`](crate::storage_to_text) keeps of the same page, and
//! it comes out alike: macros by the same rules, mentions apart from the text, unknown nodes walked and not rejected.

use jiff::Timestamp;
use serde_json::Value;

use crate::storage::{
    BodyText,
    macros::{MacroKind, is_data},
    out::{Break, Out},
};

/// The text of `body`, at most `text_bytes_max` bytes. Never fails, whatever `body` is: of what is no JSON, or is nested deeper than any
/// page, the strings that are text are kept in their order.
pub fn adf_to_text(body: &str, text_bytes_max: usize) -> BodyText {
    let mut walker = Walker { out: Out::new(text_bytes_max), n_code: 0 };
    let malformed = match serde_json::from_str::<Value>(body) {
        Ok(document) => {
            // Parsing allows no more levels than the stack has room for.
            walker.node(&document);
            false
        }
        Err(_) if body.trim().is_empty() => false,
        Err(_) => {
            walker.strings(body);
            true
        }
    };
    walker.out.finish(malformed)
}

struct Walker {
    out: Out,
    /// Open blocks of code.
    n_code: usize,
}

impl Walker {
    fn node(&mut self, node: &Value) {
        if self.out.is_full() {
            return;
        }
        let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "text" => self.text(node.get("text").and_then(Value::as_str).unwrap_or_default()),
            "hardBreak" => self.out.before(Break::Line),
            "mention" => self.out.mention(attribute(node, "id")),
            "emoji" => {
                let shown = attribute(node, "text");
                if !shown.starts_with(':') {
                    self.out.inline(shown);
                }
            }
            "date" => self.out.inline(&iso_date(attribute(node, "timestamp"))),
            "status" => self.inside(Break::Space, |walker| walker.out.inline(attribute(node, "text"))),
            "inlineCard" | "blockCard" | "embedCard" => {
                self.inside(Break::Space, |walker| walker.out.inline(attribute(node, "url")));
            }
            "media" | "mediaInline" => self.inside(Break::Space, |walker| walker.out.inline(attribute(node, "alt"))),
            "codeBlock" => self.code(node),
            "extension" | "inlineExtension" | "bodiedExtension" | "multiBodiedExtension" => self.extension(node),
            "placeholder" => {}
            _ => self.inside(break_of(kind), |walker| {
                walker.title(attribute(node, "title"));
                walker.children(node);
            }),
        }
    }

    fn children(&mut self, node: &Value) {
        for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
            self.node(child);
        }
    }

    fn inside(&mut self, kind: Break, write: impl FnOnce(&mut Self)) {
        self.out.before(kind);
        write(self);
        self.out.after(kind);
    }

    fn text(&mut self, text: &str) {
        if self.n_code > 0 {
            self.out.verbatim(text);
        } else {
            self.out.inline(text);
        }
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            self.inside(Break::Block, |walker| walker.out.inline(title));
        }
    }

    fn code(&mut self, node: &Value) {
        self.out.block();
        self.n_code += 1;
        self.children(node);
        self.n_code -= 1;
        self.out.block();
    }

    /// A macro, by the rules for the macro of its name.
    fn extension(&mut self, node: &Value) {
        let kind = MacroKind::of(attribute(node, "extensionKey"));
        if kind == MacroKind::Nothing {
            return;
        }
        let around = if kind.is_inline() { Break::Space } else { Break::Block };
        let parameters = node.pointer("/attrs/parameters/macroParams").and_then(Value::as_object);
        for (_, value) in parameters.into_iter().flatten().filter(|(name, _)| kind.keeps(name)) {
            let value = value.get("value").and_then(Value::as_str).unwrap_or_default();
            if !is_data(value) {
                self.inside(around, |walker| walker.out.inline(value));
            }
        }
        if !kind.is_inline() {
            self.inside(Break::Block, |walker| walker.children(node));
        }
    }

    /// The strings of all members called `text`, of what cannot be parsed as a whole.
    fn strings(&mut self, body: &str) {
        let mut rest = body;
        while let Some(at) = rest.find("\"text\"") {
            rest = rest[at + "\"text\"".len()..].trim_start();
            let Some(value) = rest.strip_prefix(':') else { continue };
            let mut strings = serde_json::Deserializer::from_str(value.trim_start()).into_iter::<String>();
            if let Some(Ok(text)) = strings.next() {
                self.inside(Break::Line, |walker| walker.out.inline(&text));
            }
        }
    }
}

fn break_of(kind: &str) -> Break {
    match kind {
        "paragraph" | "heading" | "blockquote" | "bulletList" | "orderedList" | "rule" | "panel" | "expand"
        | "nestedExpand" | "layoutSection" | "layoutColumn" | "table" | "taskList" | "decisionList" | "mediaSingle"
        | "mediaGroup" | "caption" | "syncBlock" | "bodiedSyncBlock" => Break::Block,
        "listItem" | "taskItem" | "decisionItem" | "blockTaskItem" => Break::Line,
        "tableRow" => Break::Row,
        "tableCell" | "tableHeader" => Break::Cell,
        _ => Break::None,
    }
}

fn attribute<'n>(node: &'n Value, name: &str) -> &'n str {
    node.get("attrs").and_then(|attributes| attributes.get(name)).and_then(Value::as_str).unwrap_or_default()
}

/// The day of milliseconds since 1970 UTC, which are given as text; nothing if they are none.
fn iso_date(timestamp: &str) -> String {
    let instant = timestamp.parse().ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    instant.map(|instant| instant.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
