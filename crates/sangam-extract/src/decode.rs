//! Bytes to characters, when nobody can be trusted to say which encoding it is.

use std::borrow::Cow;

/// The characters of `bytes`; never fails.
///
/// A byte-order mark decides between UTF-8 and the two UTF-16; without one, valid UTF-8 is UTF-8. The rest is read as UTF-8 with U+FFFD for what is
/// broken if most of its sequences are whole, and else as windows-1252, in which every byte is a character. Older Asian and
/// Cyrillic encodings are not recognised.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode_8bit(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(decode_utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(decode_utf16(rest, u16::from_be_bytes)),
        _ => decode_8bit(bytes),
    }
}

fn decode_8bit(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let (mut n_whole, mut n_broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        n_whole += chunk.valid().chars().filter(|char| !char.is_ascii()).count();
        n_broken += usize::from(!chunk.invalid().is_empty());
    }
    if n_whole > n_broken {
        return String::from_utf8_lossy(bytes);
    }
    Cow::Owned(bytes.iter().map(|&byte| windows_1252(byte)).collect())
}

fn decode_utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let chars = char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER));
    let half = (!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER);
    chars.chain(half).collect()
}

/// 0x80 to 0x9F; the other bytes are the code points of the same number, and so are the five that have no character.
///
/// Source: the WHATWG encoding standard, index windows-1252.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(decode("naïve – 日本".as_bytes()), "naïve – 日本");
        assert_eq!(decode(b"\xEF\xBB\xBFa"), "a");
        assert_eq!(decode(b"\xFF\xFEa\0\xAC\x20"), "a€");
        assert_eq!(decode(b"\xFE\xFF\0a\x20\xAC"), "a€");
        assert_eq!(decode(b"na\xEFve \x96 \x80 5"), "naïve – € 5");
    }

    #[test]
    fn a_broken_byte_in_utf8_stays_one_broken_byte() {
        assert_eq!(decode(b"\xC3\xA9\xC3\xA9\xC3\xA9 \xFF"), "ééé \u{FFFD}");
        assert_eq!(decode(b"\xFF\xFEa\0\x01"), "a\u{FFFD}");
        assert_eq!(decode(b"\xFF\xFE\x00\xD8"), "\u{FFFD}");
    }
}
