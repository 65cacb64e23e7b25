//! XML as events, for vocabularies of which we know the elements. Nothing is expanded and nothing is kept, so neither depth nor entities matter.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What comes next in a document.
pub(crate) enum Node<'a> {
    /// An element begins; `is_empty` says that it also ends.
    Start { element: BytesStart<'a>, is_empty: bool },
    /// An element ends.
    End,
    /// Character data.
    Text(std::borrow::Cow<'a, str>),
}

/// Calls `visit` for everything in `xml` until it returns false; returns false if the document broke off before its end.
pub(crate) fn walk(xml: &str, mut visit: impl FnMut(Node<'_>) -> bool) -> bool {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        let goes_on = match reader.read_event() {
            Ok(Event::Start(element)) => visit(Node::Start { element, is_empty: false }),
            Ok(Event::Empty(element)) => visit(Node::Start { element, is_empty: true }),
            Ok(Event::End(_)) => visit(Node::End),
            Ok(Event::Text(text)) => text.decode().is_ok_and(|text| visit(Node::Text(text))),
            Ok(Event::CData(text)) => text.decode().is_ok_and(|text| visit(Node::Text(text))),
            Ok(Event::GeneralRef(reference)) => {
                let char = match reference.resolve_char_ref() {
                    Ok(Some(char)) => Some(char),
                    _ => predefined(&reference),
                };
                char.is_none_or(|char| visit(Node::Text(char.to_string().into())))
            }
            Ok(Event::Eof) => return true,
            Ok(_) => true,
            Err(_) => return false,
        };
        if !goes_on {
            return true;
        }
    }
}

fn predefined(name: &[u8]) -> Option<char> {
    Some(match name {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        _ => return None,
    })
}

/// The value of the attribute with this local name, its references resolved.
pub(crate) fn attribute(element: &BytesStart<'_>, local_name: &[u8]) -> Option<String> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).filter_map(Result::ok);
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == local_name)?;
    let value = String::from_utf8_lossy(&found.value).into_owned();
    Some(quick_xml::escape::unescape(&value).map_or_else(|_| value.clone(), std::borrow::Cow::into_owned))
}
