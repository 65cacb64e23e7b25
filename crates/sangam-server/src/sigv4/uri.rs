//! Percent-encoding, and the canonical forms of a path and a query string.

/// The path that is signed: dot segments resolved, empty segments removed, and then encoded *once more* (`%20` becomes `%2520`), as every
/// service but S3 has it.
pub(super) fn canonical_path(path: &str) -> String {
    let mut canonical = String::with_capacity(path.len());
    for (at, segment) in normalised_path(path).split('/').enumerate() {
        if at > 0 {
            canonical.push('/');
        }
        encode_into(&mut canonical, segment.as_bytes());
    }
    canonical
}

/// The path without `.`, `..` and empty segments, still encoded. Routing must look at this one, or what was signed is not what is done.
pub(crate) fn normalised_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let tail = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{tail}", segments.join("/"))
}

/// The query string that is signed: every name and value decoded and encoded again, sorted by name and then by value.
pub(super) fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> =
        pairs(query).map(|(name, value)| (encode(&decode(name)), encode(&decode(value)))).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Names and values of a query string, decoded, in the order sent. A `+` is a plus, as in the signature. Nothing if one is not UTF-8.
pub(crate) fn decoded_pairs(query: &str) -> Option<Vec<(String, String)>> {
    pairs(query)
        .map(|(name, value)| Some((String::from_utf8(decode(name)).ok()?, String::from_utf8(decode(value)).ok()?)))
        .collect()
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// The bytes that a percent-encoded text stands for; a `%` that starts no escape stands for itself.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some((high, low)) = digits.and_then(|pair| digit(pair[0]).zip(digit(pair[1]))) {
            decoded.push(high << 4 | low);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    decoded
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    encode_into(&mut text, bytes);
    text
}

/// RFC 3986: letters, digits and `-._~` stay, every other byte becomes `%XX`.
fn encode_into(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.extend(['%', char::from(DIGITS[usize::from(byte >> 4)]), char::from(DIGITS[usize::from(byte & 15)])]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_and_encoded_again() {
        let table = [
            ("/", "/"),
            ("", "/"),
            ("/a/b/", "/a/b/"),
            ("/a//b", "/a/b"),
            ("/a/./b/../c", "/a/c"),
            ("/../..", "/"),
            ("/a%20b", "/a%2520b"),
            ("/t~*", "/t~%2A"),
        ];
        for (path, canonical) in table {
            assert_eq!(canonical_path(path), canonical, "{path}");
        }
    }

    #[test]
    fn queries_are_sorted_and_encoded_in_one_way() {
        let table = [
            ("", ""),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1", "a=1&a=2"),
            ("flag", "flag="),
            ("a=x%2fy", "a=x%2Fy"),
            ("a=x/y", "a=x%2Fy"),
            ("a=1+2", "a=1%2B2"),
            ("a=b=c", "a=b%3Dc"),
            ("a=100%", "a=100%25"),
            ("&a=1&", "a=1"),
        ];
        for (query, canonical) in table {
            assert_eq!(canonical_query(query), canonical, "{query}");
        }
    }

    #[test]
    fn pairs_are_decoded_for_handlers() {
        assert_eq!(
            decoded_pairs("user=ada%40x&b"),
            Some(vec![("user".into(), "ada@x".into()), ("b".into(), String::new())])
        );
        assert_eq!(decoded_pairs("a=%ff"), None);
    }
}
