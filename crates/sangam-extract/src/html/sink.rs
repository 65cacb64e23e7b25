//! Tokens to text.

use std::cell::RefCell;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::elements::{Role, raw_kind, role};
use crate::extract::title_line;
use crate::writer::TextWriter;

/// Receives the tokens of a document.
pub(super) struct HtmlSink(RefCell<State>);

/// The little that has to be known about the elements that are open.
struct State {
    writer: TextWriter,
    /// The hidden element that is open, and how many of its name.
    hidden: Option<(String, usize)>,
    n_preformatted: usize,
    title: Option<String>,
    is_in_title: bool,
    heading: Option<String>,
    heading_start: Option<usize>,
}

impl HtmlSink {
    pub(super) fn new(writer: TextWriter) -> Self {
        Self(RefCell::new(State {
            writer,
            hidden: None,
            n_preformatted: 0,
            title: None,
            is_in_title: false,
            heading: None,
            heading_start: None,
        }))
    }

    pub(super) fn writer(&mut self) -> &mut TextWriter {
        &mut self.0.get_mut().writer
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.borrow().writer.is_full()
    }

    pub(super) fn finish(self) -> (Option<String>, TextWriter) {
        let state = self.0.into_inner();
        let title = state.title.as_deref().and_then(title_line);
        (title.or(state.heading), state.writer)
    }
}

impl TokenSink for HtmlSink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::TagToken(tag) => match tag.kind {
                TagKind::StartTag => {
                    state.start(&tag);
                    if &*tag.name == "plaintext" {
                        return TokenSinkResult::Plaintext;
                    }
                    if let Some(kind) = raw_kind(&tag.name) {
                        return TokenSinkResult::RawData(kind);
                    }
                }
                TagKind::EndTag => state.end(&tag.name),
            },
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.is_in_title {
            self.title.get_or_insert_default().push_str(text);
        } else if self.n_preformatted > 0 {
            self.writer.preformatted(text);
        } else {
            self.writer.words(text);
        }
    }

    fn start(&mut self, tag: &Tag) {
        let role = role(&tag.name);
        if let Some((name, n_open)) = &mut self.hidden {
            *n_open += usize::from(**name == *tag.name && !tag.self_closing);
            return;
        }
        match role {
            Role::Inline => {}
            Role::Hidden => {
                // Only foreign elements close themselves: `<script/>` is open in HTML.
                let is_closed = tag.self_closing && &*tag.name == "svg";
                self.hidden = (!is_closed).then(|| (tag.name.to_string(), 1));
            }
            Role::Title => self.is_in_title = self.title.is_none(),
            Role::Heading => {
                self.writer.block();
                self.heading_start = Some(self.writer.len());
            }
            Role::Break => self.writer.line_break(),
            Role::Image => self.alternative_text(tag),
            Role::Preformatted => {
                self.writer.block();
                self.n_preformatted += 1;
            }
            Role::Line => self.writer.line(),
            Role::Block | Role::Table => self.writer.block(),
            Role::Row => self.writer.row(),
            Role::Cell => self.writer.cell(),
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((hidden, n_open)) = &mut self.hidden {
            *n_open -= usize::from(hidden == name);
            if *n_open == 0 {
                self.hidden = None;
            }
            return;
        }
        match role(name) {
            Role::Inline | Role::Hidden | Role::Image | Role::Break | Role::Cell => {}
            Role::Title => self.is_in_title = false,
            Role::Heading => {
                if let Some(start) = self.heading_start.take() {
                    self.heading = self.heading.take().or_else(|| title_line(self.writer.since(start)));
                }
                self.writer.block();
            }
            Role::Preformatted => {
                self.n_preformatted = self.n_preformatted.saturating_sub(1);
                self.writer.block();
            }
            Role::Line => self.writer.line(),
            Role::Row => self.writer.row(),
            Role::Table => self.writer.table_end(),
            Role::Block => self.writer.block(),
        }
    }

    /// Images stand in running text as words do.
    fn alternative_text(&mut self, tag: &Tag) {
        if let Some(alt) = tag.attrs.iter().find(|attribute| &*attribute.name.local == "alt") {
            self.writer.words(" ");
            self.writer.words(&alt.value);
            self.writer.words(" ");
        }
    }
}
