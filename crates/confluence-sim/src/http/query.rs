//! The query of a URL, decoded, with repeated names and in its order.

/// The pairs of a query, and the text that they were read from.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    raw: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let raw: Vec<(String, String)> = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let pairs = raw.iter().map(|(name, value)| (decode(name), decode(value))).collect();
        Self { pairs, raw }
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a switch is on.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// All values of a name: repeated, or with commas in between.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.pairs
            .iter()
            .filter(|(key, _)| key == name)
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The text of the query without some names, everything else as it came.
    pub(crate) fn without(&self, names: &[&str]) -> String {
        self.raw
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()))
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// Undoes percent-encoding; a `+` is a space, as in forms.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (bytes[at], pair.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Percent-encodes everything but unreserved characters; a space becomes `space`.
fn encode_with(text: &str, space: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            b' ' => out.push_str(space),
            _ => {
                let hex = b"0123456789ABCDEF";
                out.extend(['%', hex[usize::from(byte >> 4)] as char, hex[usize::from(byte & 15)] as char]);
            }
        }
    }
    out
}

/// For a value in a query.
pub(crate) fn encode(text: &str) -> String {
    encode_with(text, "%20")
}

/// For a title in the path of a page, where Confluence writes `+` for a space.
pub(crate) fn encode_title(text: &str) -> String {
    encode_with(text, "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_repeat() {
        let query = Query::parse("id=1&id=2,3&cql=a%20%3D+b&odd=100%");
        assert_eq!(query.all("id"), ["1", "2", "3"]);
        assert_eq!(query.get("cql"), Some("a = b"));
        assert_eq!(query.get("odd"), Some("100%"));
    }

    #[test]
    fn the_rest_of_a_query_is_kept_as_it_came() {
        let query = Query::parse("depth=all&cursor=abc%3D&sort=id");
        assert_eq!(query.without(&["cursor"]), "depth=all&sort=id");
    }

    #[test]
    fn encoding_and_decoding_are_inverse() {
        let text = "type in (page,blogpost) & \"Größe\" + 100%";
        assert_eq!(decode(&encode(text)), text);
    }
}
