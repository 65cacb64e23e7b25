//! What a retrieval may return: readable ordinals, and conditions on attributes.

use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::document::AttributeValue;

/// The documents that a retrieval is about. Applied before ranking: what is outside is neither
/// scored nor counted.
#[derive(Clone)]
pub struct Filter {
    /// The ordinals that the reader may see. An engine may keep what it derives from this set and
    /// recognises the set by the identity of the `Arc`: keep one per reader and generation, and
    /// clone the `Arc`, not the bitmap.
    pub readable: Arc<RoaringBitmap>,
    /// What the documents' attributes must satisfy.
    pub fields: Option<FieldFilter>,
}

impl Filter {
    /// A filter of readable ordinals alone.
    pub fn readable(readable: impl Into<Arc<RoaringBitmap>>) -> Self {
        Self { readable: readable.into(), fields: None }
    }

    /// The same readers' set, and a condition on attributes.
    #[must_use]
    pub fn with_fields(mut self, fields: FieldFilter) -> Self {
        self.fields = Some(fields);
        self
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("n_readable", &self.readable.len()).field("fields", &self.fields).finish()
    }
}

/// A type of number that a range can be asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RangeKind {
    /// [`AttributeValue::Long`].
    Long,
    /// [`AttributeValue::Date`], in milliseconds.
    Date,
}

/// A condition on attributes. A document without the attribute satisfies no condition on it, and
/// therefore every [`Not`](Self::Not) of one; so does a value of another type.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum FieldFilter {
    /// Every condition holds; true when there is none.
    And(Vec<Self>),
    /// At least one condition holds; false when there is none.
    Or(Vec<Self>),
    /// The condition does not hold.
    Not(Box<Self>),
    /// The attribute has this value. Lists are equal when they hold the same strings in any order,
    /// however often; nothing equals the empty list.
    Equals(String, AttributeValue),
    /// The string list holds all of these; an empty list of wishes matches nothing.
    ContainsAll(String, Vec<String>),
    /// The string list holds one of these.
    ContainsAny(String, Vec<String>),
    /// The number lies between the bounds.
    Range {
        /// The attribute.
        field: String,
        /// Where the range begins.
        lower: Bound<i64>,
        /// Where it ends.
        upper: Bound<i64>,
        /// Which type of number is meant.
        kind: RangeKind,
    },
}

impl FieldFilter {
    /// Returns whether a document with these attributes satisfies the condition.
    ///
    /// This is the definition that every engine's faster evaluation is tested against.
    pub fn matches(&self, attributes: &[(String, AttributeValue)]) -> bool {
        let value = |name: &str| {
            let found = attributes.iter().find(|(other, _)| other == name);
            found.map(|(_, value)| value)
        };
        match self {
            Self::And(filters) => filters.iter().all(|filter| filter.matches(attributes)),
            Self::Or(filters) => filters.iter().any(|filter| filter.matches(attributes)),
            Self::Not(filter) => !filter.matches(attributes),
            Self::Equals(name, wanted) => value(name).is_some_and(|found| equal(found, wanted)),
            Self::ContainsAll(name, wanted) => {
                list(value(name)).is_some_and(|found| !wanted.is_empty() && subset(wanted, found))
            }
            Self::ContainsAny(name, wanted) => {
                list(value(name)).is_some_and(|found| wanted.iter().any(|string| found.contains(string)))
            }
            Self::Range { field, lower, upper, kind } => match (kind, value(field)) {
                (RangeKind::Long, Some(AttributeValue::Long(number)))
                | (RangeKind::Date, Some(AttributeValue::Date(number))) => (*lower, *upper).contains(number),
                _ => false,
            },
        }
    }
}

fn list(value: Option<&AttributeValue>) -> Option<&[String]> {
    match value {
        Some(AttributeValue::StringList(strings)) => Some(strings),
        _ => None,
    }
}

fn equal(found: &AttributeValue, wanted: &AttributeValue) -> bool {
    match (found, wanted) {
        (AttributeValue::StringList(found), AttributeValue::StringList(wanted)) => {
            !wanted.is_empty() && subset(found, wanted) && subset(wanted, found)
        }
        (found, wanted) => found == wanted,
    }
}

fn subset(part: &[String], whole: &[String]) -> bool {
    part.iter().all(|string| whole.contains(string))
}

impl fmt::Debug for FieldFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(filters) => f.debug_tuple("And").field(filters).finish(),
            Self::Or(filters) => f.debug_tuple("Or").field(filters).finish(),
            Self::Not(filter) => f.debug_tuple("Not").field(filter).finish(),
            Self::Equals(name, value) => write!(f, "Equals({name}, {value:?})"),
            Self::ContainsAll(name, values) => write!(f, "ContainsAll({name}, {})", values.len()),
            Self::ContainsAny(name, values) => write!(f, "ContainsAny({name}, {})", values.len()),
            Self::Range { field, kind, .. } => write!(f, "Range({field}, {kind:?})"),
        }
    }
}
