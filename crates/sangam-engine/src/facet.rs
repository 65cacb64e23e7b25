//! What is counted and sorted by: the values of one attribute.

use crate::document::AttributeValue;

/// The type of an attribute, as the index declares it. Values of another type under the same name do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// [`AttributeValue::String`].
    String,
    /// [`AttributeValue::StringList`]; each of its strings is a value.
    StringList,
    /// [`AttributeValue::Long`].
    Long,
    /// [`AttributeValue::Date`].
    Date,
}

/// An attribute whose values are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Facet {
    /// The attribute.
    pub field: String,
    /// Its type.
    pub kind: ValueKind,
    /// How many values to answer, the most frequent ones.
    pub n_values: usize,
}

/// A value, and how many documents have it.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetValue {
    /// The value; of a string list, one of its strings as [`AttributeValue::String`].
    pub value: AttributeValue,
    /// How many documents have it, each counted once.
    pub n_documents: u64,
}

/// What documents are sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The attribute.
    pub field: String,
    /// Its type; string lists cannot be sorted by, and every document counts as lacking them.
    pub kind: ValueKind,
    /// The largest value first.
    pub descending: bool,
}
