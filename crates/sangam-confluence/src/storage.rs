//! Confluence's storage format to text.
//!
//! The format is XML, not HTML: code is in CDATA, which an HTML parser turns into comments, and empty elements of unknown
//! name close themselves. But what arrives is a fragment with undeclared prefixes, HTML's entities and the mistakes of old
//! migrations. So a pull parser reads it without checks, and where even that stops, the offending character is text and it goes on after it.
//!
//! What is kept is what a reader of the page sees; nothing of another page is (an include is not resolved: it would be
//! with the crawler's rights), and no person's name from a mention (the body holds only an id).

mod entity;
pub(crate) mod macros;
pub(crate) mod out;
mod walk;

use quick_xml::{Reader, events::Event};

use walk::Walker;

/// The text of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodyText {
    /// The text; an empty line where a new block starts.
    pub text: String,
    /// True if the body was not well-formed and was read as well as it could be.
    pub malformed: bool,
    /// True if the end is missing because of the limit.
    pub truncated: bool,
    /// Ids of the people whom it mentions, each once: account ids of Cloud, else user keys or names. They are not in the text.
    pub mentions: Vec<String>,
}

/// Times that parsing starts again behind a place where it failed. Each time may look at the whole rest, so the number
/// bounds the work; what is behind the last one is kept as it is.
const RESTARTS_MAX: usize = 100;

/// The text of `body`, at most `text_bytes_max` bytes. Never fails, whatever `body` is.
pub fn storage_to_text(body: &str, text_bytes_max: usize) -> BodyText {
    let mut walker = Walker::new(text_bytes_max);
    let mut rest = body;
    let mut restarts = 0;
    let malformed = loop {
        let Some(failed_at) = read(rest, &mut walker) else { break restarts > 0 };
        restarts += 1;
        let (literal, after) = split_failure(&rest[failed_at..]);
        walker.text(literal);
        rest = after;
        if restarts == RESTARTS_MAX {
            walker.text(rest);
            break true;
        }
    };
    walker.finish(malformed)
}

/// Reads events until the end, or until the byte position, which is returned, where that cannot go on.
fn read(body: &str, walker: &mut Walker) -> Option<usize> {
    let mut reader = Reader::from_str(body);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        let event = reader.read_event();
        if walker.is_full() {
            return None;
        }
        match event {
            Ok(Event::Eof) => return None,
            Ok(Event::Start(tag)) => walker.start(&tag),
            Ok(Event::Empty(tag)) => walker.empty(&tag),
            Ok(Event::End(tag)) => walker.end(tag.name().as_ref()),
            Ok(Event::Text(text)) => walker.text(as_text(&text)),
            Ok(Event::CData(text)) => walker.cdata(as_text(&text)),
            Ok(Event::GeneralRef(reference)) => walker.reference(as_text(&reference)),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(_) => {
                let position = reader.error_position() as usize;
                return Some(floor_char_boundary(body, position));
            }
        }
    }
}

/// The bytes of an event as text; they come from a `&str`, cut at ASCII characters.
fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// What to keep as text of the place that failed, and where to go on: behind an opener that is never closed, else behind one character.
fn split_failure(rest: &str) -> (&str, &str) {
    for opener in ["<![CDATA[", "<!--", "<?", "<!"] {
        if let Some(after) = rest.strip_prefix(opener) {
            return ("", after);
        }
    }
    let next = rest.chars().next().map_or(rest.len(), char::len_utf8);
    rest.split_at(next)
}

fn floor_char_boundary(text: &str, position: usize) -> usize {
    let mut position = position.min(text.len());
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    position
}

#[cfg(test)]
mod tests;
