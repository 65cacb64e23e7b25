//! A body in storage format as a tree, read with patience: what is broken becomes text or ends
//! where its parent ends.

/// Elements within elements, no deeper than this; what is deeper moves up, so that a walk of the
/// tree does not run out of stack.
const DEPTH_MAX: usize = 200;

/// A piece of a body.
#[derive(Debug)]
pub(super) enum Node {
    /// Without entities.
    Text(String),
    /// With all that is in it.
    Element(Element),
}

/// An element with its prefix in its name, `ac:link`, and what is in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.name == name)
    }

    /// The text at any depth.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.collect(&mut out);
        out
    }

    fn collect(&self, out: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => element.collect(out),
            }
        }
    }
}

/// The tree of a body.
pub(super) fn parse(body: &str) -> Vec<Node> {
    let mut open = vec![Element::default()];
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        add_text(&mut open, &decode(&rest[..at]));
        rest = &rest[at..];
        let after = |rest: &'_ str, end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let end = data.find("]]>").unwrap_or(data.len());
            add_text(&mut open, &data[..end]);
            rest = data.get(end + 3..).unwrap_or_default();
        } else if rest.starts_with("<!--") {
            rest = &rest[after(rest, "-->")..];
        } else if let Some(name) = rest.strip_prefix("</") {
            let end = name.find('>').unwrap_or(name.len());
            close(&mut open, name[..end].trim());
            rest = name.get(end + 1..).unwrap_or_default();
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            let end = end_of_tag(rest);
            start(&mut open, &rest[1..end]);
            rest = rest.get(end + 1..).unwrap_or_default();
        } else {
            add_text(&mut open, "<");
            rest = &rest[1..];
        }
    }
    add_text(&mut open, &decode(rest));
    while open.len() > 1 {
        close_last(&mut open);
    }
    open.pop().map(|root| root.children).unwrap_or_default()
}

/// Where a tag ends: at the first `>` that is not within quotes.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn start(open: &mut Vec<Element>, tag: &str) {
    let empty = tag.ends_with('/');
    let tag = tag.trim_end_matches('/');
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let Some((value, after)) = after[1..].split_once(quote) else { break };
        attributes.push((key.trim().to_owned(), decode(value)));
        rest = after;
    }
    open.push(Element { name: name.to_owned(), attributes, children: Vec::new() });
    if empty || open.len() > DEPTH_MAX {
        close_last(open);
    }
}

fn close(open: &mut Vec<Element>, name: &str) {
    let Some(at) = open.iter().rposition(|element| element.name == name) else { return };
    while open.len() > at.max(1) {
        close_last(open);
    }
}

fn close_last(open: &mut Vec<Element>) {
    if let Some(closed) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(Node::Element(closed));
    }
}

fn add_text(open: &mut [Element], text: &str) {
    let Some(at) = open.last_mut().filter(|_| !text.is_empty()) else { return };
    if let Some(Node::Text(before)) = at.children.last_mut() {
        before.push_str(text);
    } else {
        at.children.push(Node::Text(text.to_owned()));
    }
}

/// Text with its entities resolved; those that nobody knows stay as they are.
fn decode(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let found = part.split_once(';').and_then(|(name, rest)| entity(name).map(|c| (c, rest)));
        if let Some((c, rest)) = found {
            out.push(c);
            out.push_str(rest);
        } else {
            out.push('&');
            out.push_str(part);
        }
    }
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    let table = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("rarr", '→'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("auml", 'ä'),
        ("ouml", 'ö'),
        ("uuml", 'ü'),
        ("szlig", 'ß'),
        ("eacute", 'é'),
    ];
    table.into_iter().find(|(known, _)| *known == name).map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(body: &str) -> Element {
        Element { children: parse(body), ..Element::default() }
    }

    #[test]
    fn attributes_entities_and_data_are_read() {
        let root = root(
            "<p>a &lt;b&gt; &amp;nbsp; &unknown; &#x41;</p><ri:page ri:content-title=\"A > B &amp; C\"/><x><![CDATA[<y> & z]]]]><![CDATA[>]]></x>",
        );
        assert_eq!(root.child("p").unwrap().text(), "a <b> &nbsp; &unknown; A");
        assert_eq!(root.child("ri:page").unwrap().attribute("ri:content-title"), Some("A > B & C"));
        assert_eq!(root.child("x").unwrap().text(), "<y> & z]]>");
    }

    #[test]
    fn what_is_broken_is_read_all_the_same() {
        for (body, text) in [
            ("<p>one<b>two</p>three</b>", "onetwothree"),
            ("a < b && c", "a < b && c"),
            ("<p", ""),
            ("</p>x", "x"),
            ("<p a=>y", "y"),
            ("<![CDATA[open", "open"),
            ("<!-- no", ""),
        ] {
            assert_eq!(root(body).text(), text, "{body}");
        }
        let deep = "<div>".repeat(100_000) + "deep";
        assert_eq!(root(&deep).text(), "deep");
    }
}
