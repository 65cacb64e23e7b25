//! What stands in a line: text with its marks, links, mentions, states and dates.

use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::Writer;
use super::blocks::{MACRO_APP, parameter};
use super::markup::{Element, Node};
use crate::content::{Content, Kind};
use crate::ids::ContentId;
use crate::people::User;

impl Writer<'_> {
    pub(super) fn inline_run(&mut self, nodes: &[Node]) -> Vec<Value> {
        let mut out = Vec::new();
        self.run(nodes, &[], &mut out);
        out
    }

    fn run(&mut self, nodes: &[Node], marks: &[Value], out: &mut Vec<Value>) {
        for it in nodes {
            self.inline(it, marks, out);
        }
    }

    pub(super) fn inline(&mut self, inline: &Node, marks: &[Value], out: &mut Vec<Value>) {
        let element = match inline {
            Node::Text(words) => return out.extend(text(&collapsed(words), marks)),
            Node::Element(element) => element,
        };
        let children = &element.children;
        match element.name.as_str() {
            "br" => out.push(json!({"type": "hardBreak"})),
            "time" => out.push(date(element.attribute("datetime").unwrap_or_default())),
            "ac:link" => self.link(element, marks, out),
            "ac:structured-macro" => {
                let name = element.attribute("ac:name").unwrap_or_default();
                if name != "status" {
                    return out.push(
                        json!({"type": "inlineExtension", "attrs": {"extensionType": MACRO_APP, "extensionKey": name}}),
                    );
                }
                let colour = parameter(element, "colour").unwrap_or_default().to_lowercase();
                let colour = if colour.is_empty() || colour == "grey" { "neutral" } else { colour.as_str() };
                let words = parameter(element, "title").unwrap_or_default();
                let attributes = json!({"text": words, "color": colour, "localId": self.local_id(), "style": ""});
                out.push(json!({"type": "status", "attrs": attributes}));
            }
            "ac:emoticon" => {
                let attribute = |name| element.attribute(name).unwrap_or_default();
                let (name, fallback) = (attribute("ac:emoji-shortname"), attribute("ac:emoji-fallback"));
                let attributes = json!({"shortName": name, "id": attribute("ac:emoji-id"), "text": fallback});
                out.push(json!({"type": "emoji", "attrs": attributes}));
            }
            "a" => {
                let href = element.attribute("href").unwrap_or_default();
                if element.attribute("data-card-appearance").is_some() {
                    out.push(json!({"type": "inlineCard", "attrs": {"url": href}}));
                } else {
                    self.run(children, &with(marks, json!({"type": "link", "attrs": {"href": href}})), out);
                }
            }
            name => {
                let marks = mark(name, element).map_or_else(|| marks.to_vec(), |mark| with(marks, mark));
                self.run(children, &marks, out);
            }
        }
    }

    /// A mention, or text that leads somewhere.
    fn link(&mut self, element: &Element, marks: &[Value], out: &mut Vec<Value>) {
        if let Some(id) = element.child("ri:user").and_then(|user| user.attribute("ri:account-id")) {
            let name = self.site.find_user(id).map(User::shown_name).unwrap_or_default();
            let attributes =
                json!({"id": id, "localId": self.local_id(), "text": format!("@{name}"), "accessLevel": ""});
            return out.push(json!({"type": "mention", "attrs": attributes}));
        }
        let (name, href) = self.target(element);
        let marks =
            href.map_or_else(|| marks.to_vec(), |href| with(marks, json!({"type": "link", "attrs": {"href": href}})));
        if let Some(body) = element.child("ac:link-body") {
            return self.run(&body.children, &marks, out);
        }
        let words = element.child("ac:plain-text-link-body").map(Element::text);
        out.extend(text(&words.unwrap_or(name), &marks));
    }

    /// What a link shows when it has no words of its own, and where it leads, if that exists.
    fn target(&self, element: &Element) -> (String, Option<String>) {
        let attribute = |element: &Element, name: &str| element.attribute(name).unwrap_or_default().to_owned();
        for target in element.elements() {
            match target.name.as_str() {
                "ri:page" | "ri:blog-post" => {
                    let title = attribute(target, "ri:content-title");
                    let found = self.titled(&title, target.attribute("ri:space-key"));
                    return (title, found.map(|it| self.address(it)));
                }
                "ri:content-entity" => {
                    let id = target.attribute("ri:content-id").and_then(|id| id.parse::<ContentId>().ok());
                    let found = id.and_then(|id| self.site.content(id));
                    return (found.map(|it| it.title.clone()).unwrap_or_default(), found.map(|it| self.address(it)));
                }
                "ri:space" => {
                    let space = self.site.find_space(&attribute(target, "ri:space-key"));
                    let href = space.map(|space| format!("{}/wiki/spaces/{}", self.origin, space.key));
                    return (space.map(|space| space.name.clone()).unwrap_or_default(), href);
                }
                "ri:url" => {
                    let url = attribute(target, "ri:value");
                    return (url.clone(), Some(url));
                }
                "ri:attachment" => return (attribute(target, "ri:filename"), None),
                _ => {}
            }
        }
        let anchor = attribute(element, "ac:anchor");
        let href = format!("#{anchor}");
        (anchor, Some(href))
    }

    /// The page or blog post that a link means, in the space of the page that it is on if it does
    /// not say.
    fn titled(&self, title: &str, key: Option<&str>) -> Option<&Content> {
        let space = match key {
            Some(key) => self.site.find_space(key)?.id,
            None => self.content.space,
        };
        let is_page = |it: &&Content| matches!(it.kind, Kind::Page { .. } | Kind::BlogPost);
        self.site.contents().filter(is_page).find(|it| it.space == space && it.title.eq_ignore_ascii_case(title))
    }

    fn address(&self, content: &Content) -> String {
        let key = self.site.space(content.space).map_or("", |space| space.key.as_str());
        let section = if matches!(content.kind, Kind::BlogPost) { "blog" } else { "pages" };
        format!("{}/wiki/spaces/{key}/{section}/{}", self.origin, content.id)
    }
}

/// The mark that an element puts on its text.
fn mark(name: &str, element: &Element) -> Option<Value> {
    let kind = match name {
        "strong" | "b" => "strong",
        "em" | "i" => "em",
        "u" => "underline",
        "s" | "del" => "strike",
        "code" => "code",
        "sub" | "sup" => return Some(json!({"type": "subsup", "attrs": {"type": name}})),
        "ac:inline-comment-marker" => {
            let id = element.attribute("ac:ref").unwrap_or_default();
            return Some(json!({"type": "annotation", "attrs": {"id": id, "annotationType": "inlineComment"}}));
        }
        _ => return None,
    };
    Some(json!({"type": kind}))
}

fn with(marks: &[Value], one: Value) -> Vec<Value> {
    marks.iter().cloned().chain([one]).collect()
}

/// A text node; nothing for no text.
fn text(words: &str, marks: &[Value]) -> Option<Value> {
    let mut node = json!({"type": "text", "text": words});
    if !marks.is_empty() {
        node["marks"] = json!(marks);
    }
    (!words.is_empty()).then_some(node)
}

/// One space for any run of white space; spaces that do not break stay.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | '\n' | '\t' | '\r' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// A day in milliseconds, as text.
fn date(day: &str) -> Value {
    let at = day.parse::<Date>().ok().and_then(|day| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
    let timestamp = at.map(|at| at.as_millisecond().to_string()).unwrap_or_default();
    json!({"type": "date", "attrs": {"timestamp": timestamp}})
}
