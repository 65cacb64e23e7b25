//! XML to text: its character data, whatever the vocabulary and however broken.

use crate::writer::TextWriter;

/// Longest entity reference that is looked for, in bytes; a lone `&` is text.
const REFERENCE_BYTES_MAX: usize = 12;

/// Writes the character data of `xml`; tags part words, comments and declarations are left out.
pub(crate) fn write(xml: &str, writer: &mut TextWriter) {
    let mut rest = xml;
    while let Some((text, markup)) = rest.split_once('<') {
        write_text(text, writer);
        if writer.is_full() {
            return;
        }
        rest = match markup.strip_prefix("![CDATA[") {
            Some(data) => {
                let (data, after) = data.split_once("]]>").unwrap_or((data, ""));
                writer.lines(data);
                after
            }
            None => skip_markup(markup),
        };
        writer.words(" ");
    }
    write_text(rest, writer);
}

/// What follows the comment, instruction, declaration or tag that starts behind a `<`.
fn skip_markup(markup: &str) -> &str {
    let after = |text: &'static str| markup.split_once(text).map_or("", |(_, after)| after);
    if let Some(comment) = markup.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, after)| after);
    }
    if markup.starts_with('?') {
        return after("?>");
    }
    if markup.starts_with("!DOCTYPE") {
        let end = markup.find(['[', '>']).unwrap_or(markup.len());
        // An internal subset holds declarations with `>` of their own.
        return if markup[end..].starts_with('[') {
            after("]").split_once('>').map_or("", |(_, after)| after)
        } else {
            after(">")
        };
    }
    skip_tag(markup)
}

/// A `>` in a quoted attribute value does not end the tag.
fn skip_tag(markup: &str) -> &str {
    let mut quote = None;
    for (at, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return &markup[at + 1..],
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    // No end: the quote was not one. At worst a tag's rest is read as text.
    markup.split_once('>').map_or("", |(_, after)| after)
}

fn write_text(text: &str, writer: &mut TextWriter) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        writer.lines(&rest[..at]);
        rest = &rest[at..];
        let head = &rest[..rest.floor_char_boundary(REFERENCE_BYTES_MAX)];
        let reference = head.split_once(';').and_then(|(name, _)| Some((name.len() + 1, resolve(&name[1..])?)));
        let (n_bytes, char) = reference.unwrap_or((1, '&'));
        writer.lines(char.encode_utf8(&mut [0; 4]));
        rest = &rest[n_bytes..];
    }
    writer.lines(rest);
}

/// The character that an entity of XML itself, or a number, stands for.
fn resolve(name: &str) -> Option<char> {
    let number = name.strip_prefix('#');
    let code = match number {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => match name {
            "amp" => u32::from(b'&'),
            "lt" => u32::from(b'<'),
            "gt" => u32::from(b'>'),
            "quot" => u32::from(b'"'),
            "apos" => u32::from(b'\''),
            "nbsp" => 0xA0,
            _ => return None,
        },
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(xml: &str) -> String {
        let mut writer = TextWriter::new(10_000);
        write(xml, &mut writer);
        writer.finish().0
    }

    #[test]
    fn character_data_is_kept_and_markup_is_not() {
        let xml = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b '>'>]><a x='1 > 2'>\n <b>one</b><b>two &amp; &#x33;</b>\n\n<!-- no -->\
                   <![CDATA[<four> & five]]></a>";
        assert_eq!(text(xml), "one two & 3\n\n<four> & five");
    }

    #[test]
    fn broken_xml_is_read_as_far_as_it_goes() {
        assert_eq!(text("<a b='c>one</a> & two &unknown; &#xD800; <"), "one & two &unknown; &#xD800;");
        assert_eq!(text("<![CDATA[open"), "open");
        assert_eq!(text("<!-- open"), "");
    }
}
