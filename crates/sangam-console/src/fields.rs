//! Values of a form or a query string, in the order in which they were sent.

use std::fmt;

/// Names and values.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`. Line ends are made `\n`, which is what everybody but browsers means.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect())
    }

    /// The last value of that name without blanks around it; empty if there is none.
    pub(crate) fn last(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The last value of that name as it was typed: blanks are part of a password.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The last value of that name if it is not empty.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.last(name)).filter(|value| !value.is_empty())
    }

    /// All values of that name.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The lines of the last value of that name, without blanks and empty ones.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        self.last(name).lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    }

    /// Whether a value of that name was sent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// A check box: whether it is on, or `default` where it was never shown.
    pub(crate) fn checked(&self, name: &str, default: bool) -> bool {
        if self.has(name) { self.last(name) == "on" } else { default }
    }

    /// Puts a value in place of all others of that name.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Adds a value.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Takes all values of that name away.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// As a query string.
    pub(crate) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

/// Names only: values may be secrets and queries.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// One segment of a path, encoded.
pub(crate) fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_order_and_a_box_remembers_that_it_was_off() {
        let fields = Fields::parse("a=1&b=+x+&a=2&on=off&on=on&off=off&lines=one%0D%0A%0D%0A+two");
        assert_eq!((fields.last("a"), fields.all("a")), ("2", vec!["1", "2"]));
        assert_eq!((fields.last("b"), fields.raw("b")), ("x", " x "));
        assert!(fields.checked("on", false) && !fields.checked("off", true) && fields.checked("none", true));
        assert_eq!(fields.lines("lines"), ["one", "two"]);
        assert_eq!(format!("{fields:?}"), r#"["a", "b", "a", "on", "on", "off", "lines"]"#);
    }

    #[test]
    fn a_segment_holds_anything() {
        assert_eq!(segment("arn:aws:s/a b%"), "arn%3Aaws%3As%2Fa%20b%25");
    }
}
