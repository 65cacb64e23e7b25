//! What stands by itself: paragraphs, lists, tables, code, panels.

use serde_json::{Value, json};

use super::markup::{Element, Node};
use super::{Writer, node};
use crate::content::Kind;

/// What ADF calls the app that macros without a node of their own come from.
pub(super) const MACRO_APP: &str = "com.atlassian.confluence.macro.core";

impl Writer<'_> {
    /// The blocks of a run of nodes; what is inline among them becomes paragraphs.
    pub(super) fn blocks(&mut self, nodes: &[Node]) -> Vec<Value> {
        let mut blocks = Vec::new();
        let mut run: Vec<Value> = Vec::new();
        for child in nodes {
            match child {
                Node::Element(element) if is_block(element) => {
                    flush(&mut run, &mut blocks);
                    self.block(element, &mut blocks);
                }
                inline => self.inline(inline, &[], &mut run),
            }
        }
        flush(&mut run, &mut blocks);
        blocks
    }

    fn block(&mut self, element: &Element, out: &mut Vec<Value>) {
        let children = &element.children;
        match element.name.as_str() {
            "p" => {
                let blocks = self.blocks(children);
                if blocks.is_empty() { out.push(node("paragraph", blocks)) } else { out.extend(blocks) }
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level: u8 = element.name[1..].parse().unwrap_or(1);
                let content = self.inline_run(children);
                out.push(json!({"type": "heading", "attrs": {"level": level}, "content": content}));
            }
            "ul" => out.push(self.list("bulletList", element)),
            "ol" => out.push(self.list("orderedList", element)),
            "blockquote" => {
                let blocks = self.blocks(children);
                out.push(node("blockquote", blocks));
            }
            "hr" => out.push(json!({"type": "rule"})),
            "pre" => out.push(code(&element.text(), None)),
            "table" => out.push(self.table(element)),
            "ac:task-list" => out.push(self.tasks(element)),
            "ac:image" => out.push(self.image(element)),
            "ac:layout-section" => out.push(self.layout(element)),
            "ac:structured-macro" => out.push(self.block_macro(element)),
            "ac:adf-extension" => self.extension(element, out),
            // Without a node of their own: `div`, `ac:layout` and what is none of our business.
            _ => out.extend(self.blocks(children)),
        }
    }

    fn list(&mut self, kind: &str, element: &Element) -> Value {
        let items = element.elements().filter(|it| it.name == "li").map(|it| {
            let blocks = self.blocks(&it.children);
            node("listItem", blocks)
        });
        node(kind, items.collect())
    }

    fn table(&mut self, element: &Element) -> Value {
        let mut rows = Vec::new();
        self.rows(element, &mut rows);
        let local_id = self.local_id();
        let attributes = json!({"layout": "default", "localId": local_id});
        json!({"type": "table", "attrs": attributes, "content": rows})
    }

    /// Rows stand in the table, or in a part of it.
    fn rows(&mut self, element: &Element, out: &mut Vec<Value>) {
        for part in element.elements() {
            if part.name != "tr" {
                self.rows(part, out);
                continue;
            }
            let mut cells = Vec::new();
            for cell in part.elements().filter(|it| matches!(it.name.as_str(), "th" | "td")) {
                let kind = if cell.name == "th" { "tableHeader" } else { "tableCell" };
                let blocks = self.blocks(&cell.children);
                cells.push(json!({"type": kind, "attrs": {}, "content": blocks}));
            }
            out.push(node("tableRow", cells));
        }
    }

    fn tasks(&mut self, element: &Element) -> Value {
        let list_id = self.local_id();
        let mut items = Vec::new();
        for task in element.elements().filter(|it| it.name == "ac:task") {
            let done = task.child("ac:task-status").is_some_and(|status| status.text().trim() == "complete");
            let content = task.child("ac:task-body").map(|body| self.inline_run(&body.children)).unwrap_or_default();
            let attributes = json!({"localId": self.local_id(), "state": if done { "DONE" } else { "TODO" }});
            items.push(json!({"type": "taskItem", "attrs": attributes, "content": content}));
        }
        json!({"type": "taskList", "attrs": {"localId": list_id}, "content": items})
    }

    fn image(&mut self, element: &Element) -> Value {
        let alt = element.attribute("ac:alt").unwrap_or_default();
        let attributes = if let Some(url) = element.child("ri:url").and_then(|it| it.attribute("ri:value")) {
            json!({"type": "external", "url": url, "alt": alt})
        } else {
            let name = element.child("ri:attachment").and_then(|it| it.attribute("ri:filename")).unwrap_or_default();
            let file = self.site.children_of(self.content.id).find(|it| it.title == name).map(|it| &it.kind);
            let id = if let Some(Kind::Attachment(file)) = file { file.file_id.as_str() } else { "UNKNOWN_MEDIA_ID" };
            json!({"type": "file", "id": id, "collection": format!("contentId-{}", self.content.id), "alt": alt})
        };
        let mut content = vec![json!({"type": "media", "attrs": attributes})];
        if let Some(caption) = element.child("ac:caption") {
            let inline = self.inline_run(&caption.children);
            content.push(node("caption", inline));
        }
        json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": content})
    }

    fn layout(&mut self, element: &Element) -> Value {
        let cells: Vec<&Element> = element.elements().filter(|it| it.name == "ac:layout-cell").collect();
        let width = 100.0 / cells.len().max(1) as f64;
        let columns = cells.iter().map(|cell| {
            let blocks = self.blocks(&cell.children);
            json!({"type": "layoutColumn", "attrs": {"width": width}, "content": blocks})
        });
        node("layoutSection", columns.collect())
    }

    fn block_macro(&mut self, element: &Element) -> Value {
        let name = element.attribute("ac:name").unwrap_or_default();
        let rich = element.child("ac:rich-text-body");
        let plain = element.child("ac:plain-text-body").map(Element::text);
        let title = parameter(element, "title");
        match name {
            "code" | "noformat" => code(&plain.unwrap_or_default(), parameter(element, "language").as_deref()),
            "info" | "note" | "tip" | "warning" | "panel" => {
                let mut content = Vec::new();
                if let Some(title) = title {
                    let title = json!({"type": "text", "text": title, "marks": [{"type": "strong"}]});
                    content.push(node("paragraph", vec![title]));
                }
                content.extend(rich.map(|body| self.blocks(&body.children)).unwrap_or_default());
                // A tip is a success in the new editor.
                let kind = if name == "tip" { "success" } else { name };
                json!({"type": "panel", "attrs": {"panelType": kind.replace("panel", "info")}, "content": content})
            }
            "expand" | "ui-expand" => {
                let content = rich.map(|body| self.blocks(&body.children)).unwrap_or_default();
                json!({"type": "expand", "attrs": {"title": title.unwrap_or_default()}, "content": content})
            }
            _ => {
                let mut parameters = serde_json::Map::new();
                for it in element.elements().filter(|it| it.name == "ac:parameter") {
                    parameters
                        .insert(it.attribute("ac:name").unwrap_or_default().to_owned(), json!({"value": it.text()}));
                }
                if let Some(plain) = plain {
                    parameters.insert("__bodyContent".to_owned(), json!({"value": plain}));
                }
                let attributes = json!({
                    "extensionType": MACRO_APP,
                    "extensionKey": name,
                    "parameters": {"macroParams": parameters},
                    "layout": "default",
                    "localId": self.local_id(),
                });
                match rich.map(|body| self.blocks(&body.children)) {
                    Some(content) => json!({"type": "bodiedExtension", "attrs": attributes, "content": content}),
                    None => json!({"type": "extension", "attrs": attributes}),
                }
            }
        }
    }

    /// A node that storage format only wraps. Its fallback says the same again.
    fn extension(&mut self, element: &Element, out: &mut Vec<Value>) {
        for wrapped in element.elements().filter(|it| it.name == "ac:adf-node") {
            let attribute = |key: &str| {
                let mut all = wrapped.elements().filter(|it| it.name == "ac:adf-attribute");
                all.find(|it| it.attribute("key") == Some(key)).map(|it| it.text().trim().to_owned())
            };
            let content = wrapped.child("ac:adf-content").map(|it| self.blocks(&it.children)).unwrap_or_default();
            if wrapped.attribute("type") == Some("panel") {
                let kind = attribute("panel-type").unwrap_or_else(|| "info".to_owned());
                out.push(json!({"type": "panel", "attrs": {"panelType": kind}, "content": content}));
            } else {
                out.extend(content);
            }
        }
    }
}

/// Makes a paragraph of what is inline so far; white space alone makes none.
fn flush(run: &mut Vec<Value>, blocks: &mut Vec<Value>) {
    let blank = |it: &Value| it["text"].as_str().is_some_and(|text| text.trim_matches([' ', '\n']).is_empty());
    if !run.iter().all(blank) {
        blocks.push(node("paragraph", std::mem::take(run)));
    }
    run.clear();
}

/// Elements that stand by themselves; macros do too, besides states.
const BLOCKS: [&str; 20] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "blockquote",
    "hr",
    "pre",
    "table",
    "div",
    "ac:task-list",
    "ac:image",
    "ac:layout",
    "ac:layout-section",
    "ac:layout-cell",
    "ac:adf-extension",
];

fn is_block(element: &Element) -> bool {
    let name = element.name.as_str();
    BLOCKS.contains(&name) || (name == "ac:structured-macro" && element.attribute("ac:name") != Some("status"))
}

/// The value of a macro's parameter, if there is one.
pub(super) fn parameter(element: &Element, name: &str) -> Option<String> {
    let mut all = element.elements().filter(|it| it.name == "ac:parameter");
    all.find(|it| it.attribute("ac:name") == Some(name)).map(|it| it.text().trim().to_owned())
}

fn code(text: &str, language: Option<&str>) -> Value {
    let content = if text.is_empty() { Vec::new() } else { vec![json!({"type": "text", "text": text})] };
    let attributes = language.map_or_else(|| json!({}), |language| json!({"language": language}));
    json!({"type": "codeBlock", "attrs": attributes, "content": content})
}
