//! Entities and character references: HTML's names, and surrogate pairs written as two references.

use quick_xml::escape::resolve_html5_entity;

/// What a reference stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// This text.
    Text(String),
    /// The first half of a surrogate pair; the second half should follow.
    HighSurrogate(u32),
    /// The second half of a surrogate pair.
    LowSurrogate(u32),
    /// Nothing that is known.
    Unknown,
}

/// Resolves the name between `&` and `;`.
pub(super) fn resolve(name: &str) -> Reference {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map_or(Reference::Unknown, |text| Reference::Text(text.to_owned()));
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    match code {
        Ok(code @ 0xD800..=0xDBFF) => Reference::HighSurrogate(code),
        Ok(code @ 0xDC00..=0xDFFF) => Reference::LowSurrogate(code),
        Ok(code) => char::from_u32(code).map_or(Reference::Unknown, |found| Reference::Text(found.to_string())),
        Err(_) => Reference::Unknown,
    }
}

/// The character of a surrogate pair.
pub(super) fn join(high: u32, low: u32) -> Option<char> {
    char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
}

/// Replaces references in an attribute's value; unknown ones stay as they are.
pub(super) fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    let mut high = None;
    while let Some(start) = rest.find('&') {
        text.push_str(&rest[..start]);
        let reference = rest[start + 1..].split_once(';').filter(|(name, _)| name.len() <= NAME_BYTES_MAX);
        let Some((name, after)) = reference else {
            text.push('&');
            rest = &rest[start + 1..];
            continue;
        };
        match (resolve(name), high.take()) {
            (Reference::Text(resolved), _) => text.push_str(&resolved),
            (Reference::HighSurrogate(code), _) => high = Some(code),
            (Reference::LowSurrogate(low), Some(high)) => text.extend(join(high, low)),
            (Reference::LowSurrogate(_), None) => {}
            (Reference::Unknown, _) => {
                text.push('&');
                rest = &rest[start + 1..];
                continue;
            }
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Longer than any entity's name; what is longer is an ampersand with a far semicolon.
const NAME_BYTES_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_pairs_are_resolved_and_the_rest_is_kept() {
        assert_eq!(unescape("a &amp; b &auml;&#228;&#xE4; &rsquo;"), "a & b äää ’");
        assert_eq!(unescape("&#55357;&#56832;"), "😀");
        assert_eq!(unescape("R&D; x & y &nosuchname; &#55357;"), "R&D; x & y &nosuchname; ");
    }
}
