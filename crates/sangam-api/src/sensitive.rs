//! Strings that the model calls sensitive.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A string that `Debug` does not show and that has no `Display`; on the wire it is a plain string.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sensitive(String);

impl Sensitive {
    /// The value, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The value itself.
    pub fn into_inner(self) -> String {
        self.0
    }
}

impl From<String> for Sensitive {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&str> for Sensitive {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_travels_as_a_string_and_does_not_print() {
        let value: Sensitive = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(value.expose(), "hunter2");
        assert_eq!(serde_json::to_string(&value).unwrap(), "\"hunter2\"");
        assert_eq!(format!("{value:?}"), "Sensitive(…)");
    }
}
