//! The canonical request: the text over which a signature is made.

use axum::http::HeaderMap;

use super::date::AmzDate;
use super::{ALGORITHM, TERMINATOR, crypto, uri};

/// What goes into a canonical request.
#[derive(Clone, Copy)]
pub(super) struct Canonical<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    /// Lower-case, sorted.
    pub(super) signed_headers: &'a [String],
    /// Lower-case hexadecimal digits.
    pub(super) body_sha256: &'a str,
}

impl Canonical<'_> {
    /// The string that is signed: algorithm, time, scope and the hash of the canonical request, a line each.
    pub(super) fn string_to_sign(&self, date: AmzDate, region: &str, service: &str) -> String {
        let hash = crypto::sha256_hex(&self.bytes());
        format!("{ALGORITHM}\n{date}\n{}/{region}/{service}/{TERMINATOR}\n{hash}", date.day())
    }

    /// Bytes and not text, because header values may hold any byte.
    fn bytes(&self) -> Vec<u8> {
        let (path, query) = (uri::canonical_path(self.path), uri::canonical_query(self.query));
        let mut bytes = format!("{}\n{path}\n{query}\n", self.method).into_bytes();
        for name in self.signed_headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(b':');
            for (at, value) in self.headers.get_all(name).iter().enumerate() {
                if at > 0 {
                    bytes.push(b',');
                }
                fold_into(&mut bytes, value.as_bytes());
            }
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(format!("\n{}\n{}", self.signed_headers.join(";"), self.body_sha256).as_bytes());
        bytes
    }
}

/// A header value without white space at its ends, and with one space for each run of white space inside.
fn fold_into(bytes: &mut Vec<u8>, value: &[u8]) {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for (at, word) in words.enumerate() {
        if at > 0 {
            bytes.push(b' ');
        }
        bytes.extend_from_slice(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_request_has_the_documented_form() {
        let mut headers = HeaderMap::new();
        headers.append("host", "example.org".parse().unwrap());
        headers.append("x-amz-note", "  a \t b ".parse().unwrap());
        headers.append("x-amz-note", "c".parse().unwrap());
        let canonical = Canonical {
            method: "GET",
            path: "/a b",
            query: "b=1&a",
            headers: &headers,
            signed_headers: &["host".to_owned(), "x-amz-note".to_owned()],
            body_sha256: "00",
        };
        let text = String::from_utf8(canonical.bytes()).unwrap();
        assert_eq!(text, "GET\n/a%20b\na=&b=1\nhost:example.org\nx-amz-note:a b,c\n\nhost;x-amz-note\n00");
    }
}
