//! Follows the elements and decides what of them is text.

use quick_xml::events::BytesStart;
use sangam_extract::{Limits, MediaType, extract};

use super::{
    BodyText,
    entity::{self, Reference},
    macros::{MacroKind, is_data},
    out::{Break, Out},
};

/// Elements that are followed inside each other. Deeper ones are read as if their tags were not there.
const DEPTH_MAX: usize = 512;

/// What an open element means for the text in it.
#[derive(Debug)]
enum Frame {
    /// Text as it comes; the element itself makes breaks, or none.
    Plain(Break),
    /// Nothing in it is text.
    Skip,
    /// White space counts.
    Verbatim,
    /// A macro.
    Macro(MacroKind),
    /// A macro's `ac:plain-text-body`, collected: whether it is text shows at its end.
    PlainBody(MacroKind, String),
    /// A parameter that is kept.
    Parameter(Break),
    /// `ac:link`: what stands for it if it has no body: the name of what it leads to, or else the anchor.
    Link { resource: Option<String>, anchor: Option<String> },
    /// `ac:image`: what it refers to is not text.
    Image,
    /// `ac:adf-extension`: the fallback is text only if the content was not.
    Extension { shown: bool },
}

/// The state of a walk.
pub(super) struct Walker {
    out: Out,
    open: Vec<(String, Frame, usize)>,
    /// Elements open beyond the deepest one that is followed.
    beyond: usize,
    /// Open frames in which nothing is text.
    n_skipping: usize,
    n_verbatim: usize,
    high_surrogate: Option<u32>,
}

impl Walker {
    pub(super) fn new(text_bytes_max: usize) -> Self {
        Self {
            out: Out::new(text_bytes_max),
            open: Vec::new(),
            beyond: 0,
            n_skipping: 0,
            n_verbatim: 0,
            high_surrogate: None,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.out.is_full()
    }

    /// Closes what is open.
    pub(super) fn finish(mut self, malformed: bool) -> BodyText {
        while let Some((_, frame, written)) = self.open.pop() {
            self.close(frame, written);
        }
        self.out.finish(malformed)
    }

    /// Running text.
    pub(super) fn text(&mut self, text: &str) {
        self.high_surrogate = None;
        if self.n_skipping > 0 {
            return;
        }
        if let Some((_, Frame::PlainBody(_, body), _)) = self.open.last_mut() {
            body.push_str(text);
        } else if self.n_verbatim > 0 {
            self.out.verbatim(text);
        } else if !self.is_between_blocks() {
            self.out.inline(text);
        }
    }

    /// A CDATA section; adjacent ones continue each other.
    pub(super) fn cdata(&mut self, text: &str) {
        self.text(text);
    }

    /// An entity or character reference.
    pub(super) fn reference(&mut self, name: &str) {
        match entity::resolve(name) {
            Reference::Text(text) => self.text(&text),
            Reference::HighSurrogate(code) => self.high_surrogate = Some(code),
            Reference::LowSurrogate(low) => {
                let joined = self.high_surrogate.take().and_then(|high| entity::join(high, low));
                if let Some(character) = joined {
                    self.text(character.encode_utf8(&mut [0; 4]));
                }
            }
            Reference::Unknown => self.text(&format!("&{name};")),
        }
    }

    /// A tag that opens and closes.
    pub(super) fn empty(&mut self, tag: &BytesStart<'_>) {
        self.start(tag);
        self.end(tag.name().as_ref());
    }

    /// An opening tag.
    pub(super) fn start(&mut self, tag: &BytesStart<'_>) {
        self.high_surrogate = None;
        let name = String::from_utf8_lossy(tag.name().as_ref()).to_ascii_lowercase();
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            // "a < b and c > d" is no tag.
            let raw: &[u8] = tag;
            self.text(&format!("<{}>", String::from_utf8_lossy(raw)));
            return;
        }
        if self.open.len() >= DEPTH_MAX {
            self.beyond += 1;
            return;
        }
        let written = self.out.len();
        let frame = if self.n_skipping > 0 { Frame::Plain(Break::None) } else { self.frame_of(&name, tag) };
        match &frame {
            Frame::Skip => self.n_skipping += 1,
            Frame::Verbatim => {
                self.out.block();
                self.n_verbatim += 1;
            }
            Frame::Plain(kind) | Frame::Parameter(kind) => {
                self.out.before(*kind);
            }
            _ => {}
        }
        self.open.push((name, frame, written));
    }

    /// A closing tag; one that closes nothing is ignored, and one that closes several closes them all.
    pub(super) fn end(&mut self, name: &[u8]) {
        self.high_surrogate = None;
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let Some(position) = self.open.iter().rposition(|(open, ..)| *open == name) else { return };
        while self.open.len() > position {
            let (_, frame, written) = self.open.pop().expect("its length is over `position`");
            self.close(frame, written);
        }
    }

    fn close(&mut self, frame: Frame, written: usize) {
        match frame {
            Frame::Skip => self.n_skipping -= 1,
            Frame::Verbatim => {
                self.n_verbatim -= 1;
                self.out.block();
            }
            Frame::Plain(kind) | Frame::Parameter(kind) => {
                self.out.after(kind);
            }
            Frame::PlainBody(kind, body) => self.plain_body(kind, &body),
            Frame::Link { resource, anchor } => {
                if self.out.len() == written {
                    self.shown_attribute(resource.or(anchor));
                }
            }
            Frame::Image | Frame::Extension { .. } | Frame::Macro(_) => {}
        }
        if self.out.len() > written {
            self.mark_shown();
        }
    }

    /// Tells the innermost extension, if its content just ended, that its fallback is not needed.
    fn mark_shown(&mut self) {
        if let Some((_, Frame::Extension { shown }, _)) = self.open.last_mut() {
            *shown = true;
        }
    }

    fn plain_body(&mut self, kind: MacroKind, body: &str) {
        match kind {
            MacroKind::Html => {
                if let Ok(extracted) = extract(body.as_bytes(), MediaType::Html, &Limits::default()) {
                    self.out.block();
                    self.out.verbatim(&extracted.text);
                    self.out.block();
                }
            }
            MacroKind::Nothing | MacroKind::Reference(_) | MacroKind::Inline(_) => {}
            MacroKind::Body | MacroKind::Formula if is_data(body) => {}
            MacroKind::Code | MacroKind::Body => {
                self.out.block();
                self.out.verbatim(body);
                self.out.block();
            }
            MacroKind::Formula => {
                self.out.space();
                self.out.inline(body);
                self.out.space();
            }
        }
    }

    fn frame_of(&mut self, name: &str, tag: &BytesStart<'_>) -> Frame {
        if let Some(prefixed) = name.strip_prefix("ac:") {
            return self.confluence_frame(prefixed, tag);
        }
        if name.starts_with("ri:") {
            self.resource(name, tag);
            return Frame::Plain(Break::None);
        }
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "ul" | "ol" | "dl" | "table" | "div"
            | "hr" | "section" | "article" | "header" | "footer" | "figure" => Frame::Plain(Break::Block),
            "li" | "dt" | "dd" | "br" | "caption" | "figcaption" => Frame::Plain(Break::Line),
            "tr" => Frame::Plain(Break::Row),
            "td" | "th" => Frame::Plain(Break::Cell),
            "pre" => Frame::Verbatim,
            "script" | "style" | "head" | "at:var" => Frame::Skip,
            "time" => {
                self.attribute_text(tag, "datetime");
                Frame::Plain(Break::None)
            }
            "img" => {
                self.attribute_text(tag, "alt");
                Frame::Plain(Break::None)
            }
            _ => Frame::Plain(Break::None),
        }
    }

    /// Elements of the `ac:` prefix.
    fn confluence_frame(&mut self, name: &str, tag: &BytesStart<'_>) -> Frame {
        match name {
            "structured-macro" | "macro" => {
                let kind = MacroKind::of(&attribute(tag, "ac:name").unwrap_or_default());
                if kind == MacroKind::Nothing { Frame::Skip } else { Frame::Macro(kind) }
            }
            "parameter" => self.parameter_frame(&attribute(tag, "ac:name").unwrap_or_default()),
            "plain-text-body" => Frame::PlainBody(self.innermost_macro().unwrap_or(MacroKind::Body), String::new()),
            "rich-text-body" if self.innermost_macro().is_some_and(MacroKind::is_inline) => Frame::Skip,
            "task" => Frame::Plain(Break::Line),
            "link" => Frame::Link { resource: None, anchor: attribute(tag, "ac:anchor") },
            "image" => {
                let (alt, title) = (attribute(tag, "ac:alt"), attribute(tag, "ac:title"));
                let title = title.filter(|title| alt.as_ref() != Some(title));
                self.shown_attribute(alt);
                self.out.space();
                self.shown_attribute(title);
                Frame::Image
            }
            "emoticon" => {
                let fallback = attribute(tag, "ac:emoji-fallback").filter(|text| !text.starts_with(':'));
                self.shown_attribute(fallback);
                Frame::Skip
            }
            "adf-extension" => Frame::Extension { shown: false },
            "adf-fallback" if matches!(self.open.last(), Some((_, Frame::Extension { shown: true }, _))) => Frame::Skip,
            "rich-text-body" | "layout" | "layout-section" | "layout-cell" | "task-list" | "adf-node"
            | "adf-content" | "adf-fallback" | "caption" => Frame::Plain(Break::Block),
            "default-parameter" | "task-id" | "task-uuid" | "task-status" | "adf-attribute" | "adf-parameter"
            | "placeholder" | "adf-mark" => Frame::Skip,
            name if name.starts_with("template-") => Frame::Skip,
            _ => Frame::Plain(Break::None),
        }
    }

    fn parameter_frame(&self, name: &str) -> Frame {
        match self.innermost_macro() {
            Some(kind) if kind.keeps(name) => {
                Frame::Parameter(if kind.is_inline() { Break::Space } else { Break::Block })
            }
            _ => Frame::Skip,
        }
    }

    /// `ri:` elements name what a link, an image or a parameter refers to.
    fn resource(&mut self, name: &str, tag: &BytesStart<'_>) {
        if name == "ri:user" {
            let id = ["ri:account-id", "ri:userkey", "ri:username"].into_iter().find_map(|name| attribute(tag, name));
            self.out.mention(&id.unwrap_or_default());
            return;
        }
        let shown = match name {
            "ri:page" | "ri:blog-post" => attribute(tag, "ri:content-title"),
            "ri:attachment" => attribute(tag, "ri:filename"),
            "ri:space" => attribute(tag, "ri:space-key"),
            "ri:shortcut" => attribute(tag, "ri:parameter"),
            "ri:url" => attribute(tag, "ri:value"),
            _ => None,
        };
        for (_, frame, _) in self.open.iter_mut().rev() {
            match frame {
                Frame::Image | Frame::Skip => return,
                Frame::Link { resource, .. } => {
                    // The first one counts: the page inside a link to a file only says where the file is.
                    *resource = resource.take().or(shown);
                    return;
                }
                Frame::Parameter(_) => {
                    self.shown_attribute(shown);
                    return;
                }
                _ => {}
            }
        }
    }

    fn innermost_macro(&self) -> Option<MacroKind> {
        self.open.iter().rev().find_map(|(_, frame, _)| match frame {
            Frame::Macro(kind) => Some(*kind),
            _ => None,
        })
    }

    fn attribute_text(&mut self, tag: &BytesStart<'_>, name: &str) {
        self.shown_attribute(attribute(tag, name));
    }

    fn shown_attribute(&mut self, value: Option<String>) {
        if let Some(value) = value
            && self.n_skipping == 0
        {
            self.out.inline(&value);
        }
    }

    /// True directly inside an element that holds only other elements, where white space and stray text mean nothing.
    fn is_between_blocks(&self) -> bool {
        matches!(self.open.last(), Some((_, Frame::Macro(_) | Frame::Extension { .. } | Frame::Link { .. }, _)))
    }
}

/// The value of the attribute `name`, entities resolved.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.html_attributes().with_checks(false).flatten().find_map(|attribute| {
        let is_it = attribute.key.as_ref().eq_ignore_ascii_case(name.as_bytes());
        is_it.then(|| entity::unescape(&String::from_utf8_lossy(&attribute.value)))
    })
}
