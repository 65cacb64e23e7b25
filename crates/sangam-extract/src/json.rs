//! JSON to text: keys, strings and numbers, each member on a line of its own, without the punctuation.

use std::iter::Peekable;
use std::str::Chars;

use crate::writer::TextWriter;

/// Writes what `json` says. Nothing is parsed into a tree, so that neither depth nor an error matters, and several documents may follow each other.
pub(crate) fn write(json: &str, writer: &mut TextWriter) {
    let mut chars = json.chars().peekable();
    while let Some(char) = chars.next() {
        if writer.is_full() {
            return;
        }
        match char {
            '"' => write_string(&mut chars, writer),
            '{' | '}' | '[' | ']' => writer.block(),
            ',' => writer.line(),
            ':' => writer.words(": "),
            _ => writer.words(char.encode_utf8(&mut [0; 4])),
        }
    }
}

/// From behind a quote to behind the closing one.
fn write_string(chars: &mut Peekable<Chars<'_>>, writer: &mut TextWriter) {
    let mut text = String::new();
    while let Some(char) = chars.next() {
        match char {
            '"' => break,
            '\\' => text.extend(escaped(chars)),
            _ => text.push(char),
        }
    }
    writer.lines(&text);
}

fn escaped(chars: &mut Peekable<Chars<'_>>) -> Option<char> {
    Some(match chars.next()? {
        'n' => '\n',
        't' => '\t',
        'r' | 'b' | 'f' => ' ',
        'u' => unicode(chars),
        other => other,
    })
}

/// The character of a `\u`, of which some come as two halves.
fn unicode(chars: &mut Peekable<Chars<'_>>) -> char {
    let unit = hex4(chars);
    if !(0xD800..0xDC00).contains(&unit) {
        return char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    let mut ahead = chars.clone();
    if ahead.next() != Some('\\') || ahead.next() != Some('u') {
        return char::REPLACEMENT_CHARACTER;
    }
    let low = hex4(&mut ahead);
    if !(0xDC00..0xE000).contains(&low) {
        return char::REPLACEMENT_CHARACTER;
    }
    *chars = ahead;
    char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Up to four hexadecimal digits; U+FFFD's number if there is none.
fn hex4(chars: &mut Peekable<Chars<'_>>) -> u32 {
    let digits = std::iter::from_fn(|| chars.next_if(char::is_ascii_hexdigit)).take(4);
    let number: String = digits.collect();
    u32::from_str_radix(&number, 16).unwrap_or(u32::from(char::REPLACEMENT_CHARACTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        let mut writer = TextWriter::new(10_000);
        write(json, &mut writer);
        writer.finish().0
    }

    #[test]
    fn keys_and_values_are_kept_and_punctuation_is_not() {
        let json =
            r#"{"name": "Ann \"A\" Lee", "age": 7, "tags": ["x", true, null], "note": "one\ntwo \u00e9 \ud83d\ude00"}"#;
        assert_eq!(text(json), "name: Ann \"A\" Lee\nage: 7\ntags:\n\nx\ntrue\nnull\n\nnote: one\ntwo é 😀");
    }

    #[test]
    fn documents_in_lines_and_broken_ones_are_read() {
        assert_eq!(text("{\"a\": 1}\n{\"a\": 2}"), "a: 1\n\na: 2");
        assert_eq!(text("{\"a\": \"open \\ud83d \\u"), "a: open \u{FFFD} \u{FFFD}");
        assert_eq!(text(&"[".repeat(100_000)), "");
    }
}
