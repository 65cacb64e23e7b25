//! From an attribute filter to the engine's condition.

use std::ops::Bound;

use sangam_api::Timestamp;
use sangam_api::kendra::{AttributeFilter, DocumentAttribute, DocumentAttributeValue};
use sangam_engine::{AttributeValue, FieldFilter, RangeKind};

use crate::error::{Outcome, invalid};
use crate::indices::{FieldKind, IndexDocument};

/// Layers below the outermost filter.
const DEPTH_MAX: usize = 2;
/// Most filters in one list.
const LENGTH_MAX: usize = 10;

/// The one operator of a filter.
#[derive(Clone, Copy)]
pub(super) enum Operator<'a> {
    And(&'a [AttributeFilter]),
    Or(&'a [AttributeFilter]),
    Not(&'a AttributeFilter),
    Leaf(Comparison, &'a DocumentAttribute),
}

/// How an attribute is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    EqualsTo,
    ContainsAll,
    ContainsAny,
    GreaterThan,
    GreaterThanOrEquals,
    LessThan,
    LessThanOrEquals,
}

impl Comparison {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::EqualsTo => "EqualsTo",
            Self::ContainsAll => "ContainsAll",
            Self::ContainsAny => "ContainsAny",
            Self::GreaterThan => "GreaterThan",
            Self::GreaterThanOrEquals => "GreaterThanOrEquals",
            Self::LessThan => "LessThan",
            Self::LessThanOrEquals => "LessThanOrEquals",
        }
    }
}

/// The operator of a filter, which must have one and only one.
pub(super) fn operator(filter: &AttributeFilter) -> Outcome<Operator<'_>> {
    let operators: Vec<Operator<'_>> = [
        filter.and_all_filters.as_deref().map(Operator::And),
        filter.or_all_filters.as_deref().map(Operator::Or),
        filter.not_filter.as_deref().map(Operator::Not),
        leaf_of(Comparison::EqualsTo, filter.equals_to.as_ref()),
        leaf_of(Comparison::ContainsAll, filter.contains_all.as_ref()),
        leaf_of(Comparison::ContainsAny, filter.contains_any.as_ref()),
        leaf_of(Comparison::GreaterThan, filter.greater_than.as_ref()),
        leaf_of(Comparison::GreaterThanOrEquals, filter.greater_than_or_equals.as_ref()),
        leaf_of(Comparison::LessThan, filter.less_than.as_ref()),
        leaf_of(Comparison::LessThanOrEquals, filter.less_than_or_equals.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    match operators.as_slice() {
        [operator] => Ok(*operator),
        several => {
            let n = several.len();
            Err(invalid(format!("AttributeFilter cannot have {n} operators. It must have one and only one.")))
        }
    }
}

fn leaf_of(comparison: Comparison, attribute: Option<&DocumentAttribute>) -> Option<Operator<'_>> {
    attribute.map(|attribute| Operator::Leaf(comparison, attribute))
}

/// Checks the length of a list of filters.
pub(super) fn check_length(filters: &[AttributeFilter]) -> Outcome<()> {
    if filters.len() > LENGTH_MAX {
        return Err(invalid(format!("AttributeFilter cannot have a length of more than {LENGTH_MAX}")));
    }
    if filters.is_empty() {
        return Err(invalid("AttributeFilter cannot have an empty list of filters"));
    }
    Ok(())
}

/// Converts filters of one request.
pub(super) struct Converter<'a> {
    /// The index whose fields the filter names.
    pub(super) index: &'a IndexDocument,
    /// Most strings in one attribute.
    pub(super) strings_max: usize,
}

impl Converter<'_> {
    /// The condition that `filter`, `depth` layers below the outermost one, means.
    ///
    /// # Errors
    /// `ValidationException` in the original's words.
    pub(super) fn convert(&self, filter: &AttributeFilter, depth: usize) -> Outcome<FieldFilter> {
        if depth > DEPTH_MAX {
            return Err(invalid(format!("AttributeFilter cannot have a depth of more than {DEPTH_MAX}.")));
        }
        match operator(filter)? {
            Operator::And(filters) => Ok(FieldFilter::And(self.convert_all(filters, depth + 1)?)),
            Operator::Or(filters) => Ok(FieldFilter::Or(self.convert_all(filters, depth + 1)?)),
            Operator::Not(filter) => Ok(FieldFilter::Not(Box::new(self.convert(filter, depth + 1)?))),
            Operator::Leaf(comparison, attribute) => self.leaf(comparison, attribute),
        }
    }

    pub(super) fn convert_all(&self, filters: &[AttributeFilter], depth: usize) -> Outcome<Vec<FieldFilter>> {
        check_length(filters)?;
        filters.iter().map(|filter| self.convert(filter, depth)).collect()
    }

    fn leaf(&self, comparison: Comparison, attribute: &DocumentAttribute) -> Outcome<FieldFilter> {
        let key = attribute.key.clone();
        let Some(field) = self.index.field(&key) else {
            return Err(invalid(format!("Attribute {key} is not defined at the index level")));
        };
        let is_for_lists = matches!(comparison, Comparison::ContainsAll | Comparison::ContainsAny);
        if is_for_lists && field.kind != FieldKind::StringList {
            return Err(refused(comparison, &key, field.kind));
        }
        let value = value(attribute)?;
        if kind(&value) != field.kind {
            let expected = field.kind.wire();
            return Err(invalid(format!("the value of attribute {key} must be of type {expected}")));
        }
        if let AttributeValue::StringList(strings) = &value
            && strings.len() > self.strings_max
        {
            let max = self.strings_max;
            return Err(invalid(format!("the value of attribute {key} cannot have more than {max} strings")));
        }
        let range = |lower, upper, kind| Ok(FieldFilter::Range { field: key.clone(), lower, upper, kind });
        let of_number = |number: i64, kind| match comparison {
            Comparison::GreaterThan => range(Bound::Excluded(number), Bound::Unbounded, kind),
            Comparison::GreaterThanOrEquals => range(Bound::Included(number), Bound::Unbounded, kind),
            Comparison::LessThan => range(Bound::Unbounded, Bound::Excluded(number), kind),
            Comparison::LessThanOrEquals => range(Bound::Unbounded, Bound::Included(number), kind),
            Comparison::EqualsTo | Comparison::ContainsAll | Comparison::ContainsAny => {
                Err(refused(comparison, &key, field.kind))
            }
        };
        match (comparison, value) {
            (Comparison::EqualsTo, value) => Ok(FieldFilter::Equals(key.clone(), value)),
            (Comparison::ContainsAll, AttributeValue::StringList(strings)) => {
                Ok(FieldFilter::ContainsAll(key.clone(), strings))
            }
            (Comparison::ContainsAny, AttributeValue::StringList(strings)) => {
                Ok(FieldFilter::ContainsAny(key.clone(), strings))
            }
            (_, AttributeValue::Long(number)) => of_number(number, RangeKind::Long),
            (_, AttributeValue::Date(date_ms)) => of_number(date_ms, RangeKind::Date),
            (comparison, _) => Err(refused(comparison, &key, field.kind)),
        }
    }
}

fn refused(comparison: Comparison, key: &str, kind: FieldKind) -> crate::ServiceError {
    invalid(format!("{} cannot be used with attribute {key} of type {}", comparison.name(), kind.wire()))
}

/// The one value of an attribute in a filter.
pub(super) fn value(attribute: &DocumentAttribute) -> Outcome<AttributeValue> {
    let DocumentAttributeValue { string_value, string_list_value, long_value, date_value } = &attribute.value;
    let values = [
        string_value.clone().map(AttributeValue::String),
        string_list_value.clone().map(AttributeValue::StringList),
        long_value.map(AttributeValue::Long),
        date_value.map(Timestamp::as_millis).map(AttributeValue::Date),
    ];
    let mut values = values.into_iter().flatten();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(invalid(format!("attribute {} must have one and only one value", attribute.key))),
    }
}

fn kind(value: &AttributeValue) -> FieldKind {
    match value {
        AttributeValue::String(_) => FieldKind::String,
        AttributeValue::StringList(_) => FieldKind::StringList,
        AttributeValue::Long(_) => FieldKind::Long,
        AttributeValue::Date(_) => FieldKind::Date,
    }
}
