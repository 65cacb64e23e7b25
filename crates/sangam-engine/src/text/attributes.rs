//! How attributes become columns.
//!
//! Each attribute and type has a column of its own, `<type>:<name>`: so a string that looks like a
//! date is a string, a list of one string is not that string, and a document under an attribute whose
//! type was once another one is not confused with its neighbours. Characters that mean something in
//! a column's path (dots, backslashes, controls) are escaped.

use std::fmt::Write;

use tantivy::schema::OwnedValue;

use super::schema::ATTRIBUTES;
use crate::document::AttributeValue;
use crate::filter::RangeKind;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    StringList,
    Long,
    Date,
}

impl Kind {
    fn letter(self) -> char {
        match self {
            Self::String => 's',
            Self::StringList => 't',
            Self::Long => 'l',
            Self::Date => 'd',
        }
    }
}

impl From<RangeKind> for Kind {
    fn from(kind: RangeKind) -> Self {
        match kind {
            RangeKind::Long => Self::Long,
            RangeKind::Date => Self::Date,
        }
    }
}

/// Returns the path that a column is opened by.
pub(super) fn column_path(kind: Kind, name: &str) -> String {
    format!("{ATTRIBUTES}.{}", column_key(kind, name))
}

/// Returns the key of a column in the JSON field.
fn column_key(kind: Kind, name: &str) -> String {
    let mut key = format!("{}:", kind.letter());
    for char in name.chars() {
        if char.is_ascii_alphanumeric() || char == '_' || char == '-' {
            key.push(char);
        } else {
            // Writing to a string does not fail.
            let _ = write!(key, "~{:x}~", u32::from(char));
        }
    }
    key
}

/// Returns the columns' values of a document.
pub(super) fn columns(attributes: &[(String, AttributeValue)]) -> OwnedValue {
    let columns = attributes.iter().map(|(name, value)| {
        let (kind, value) = match value {
            AttributeValue::String(string) => (Kind::String, OwnedValue::Str(string.clone())),
            AttributeValue::StringList(strings) => {
                let strings = strings.iter().cloned().map(OwnedValue::Str);
                (Kind::StringList, OwnedValue::Array(strings.collect()))
            }
            AttributeValue::Long(number) => (Kind::Long, OwnedValue::I64(*number)),
            AttributeValue::Date(millis) => (Kind::Date, OwnedValue::I64(*millis)),
        };
        (column_key(kind, name), value)
    });
    OwnedValue::Object(columns.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_plain_and_distinct() {
        assert_eq!(column_key(Kind::String, "_category"), "s:_category");
        assert_eq!(column_key(Kind::Long, "cf-x"), "l:cf-x");
        assert_eq!(column_key(Kind::Date, "a.b"), "d:a~2e~b");
        assert_ne!(column_key(Kind::String, "a~2e~b"), column_key(Kind::String, "a.b"));
    }
}
