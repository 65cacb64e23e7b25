//! Evaluates a condition on attributes over a whole segment, column by column.
//!
//! The meaning is [`FieldFilter::matches`]; this is the same for many documents at once.

use std::collections::BTreeSet;
use std::ops::{Bound, RangeInclusive};

use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};

use super::attributes::{Kind, column_path};
use crate::bits::Bits;
use crate::document::AttributeValue;
use crate::filter::FieldFilter;

/// Returns the documents of the segment, deleted ones included, that satisfy the condition.
pub(super) fn evaluate(segment: &SegmentReader, condition: &FieldFilter) -> tantivy::Result<Bits> {
    match condition {
        FieldFilter::And(conditions) => {
            let mut bits = Bits::full(segment.max_doc() as usize);
            for condition in conditions {
                bits.intersect(&evaluate(segment, condition)?);
            }
            Ok(bits)
        }
        FieldFilter::Or(conditions) => {
            let mut bits = none(segment);
            for condition in conditions {
                bits.unite(&evaluate(segment, condition)?);
            }
            Ok(bits)
        }
        FieldFilter::Not(condition) => {
            let mut bits = evaluate(segment, condition)?;
            bits.invert();
            Ok(bits)
        }
        FieldFilter::Equals(name, AttributeValue::String(string)) => {
            with_string(segment, strings(segment, Kind::String, name)?.as_ref(), string)
        }
        FieldFilter::Equals(name, AttributeValue::StringList(wanted)) => equal_lists(segment, name, wanted),
        FieldFilter::Equals(name, AttributeValue::Long(number)) => {
            in_range(segment, Kind::Long, name, *number..=*number)
        }
        FieldFilter::Equals(name, AttributeValue::Date(millis)) => {
            in_range(segment, Kind::Date, name, *millis..=*millis)
        }
        FieldFilter::ContainsAll(name, wanted) => with_all(segment, name, wanted),
        FieldFilter::ContainsAny(name, wanted) => {
            let column = strings(segment, Kind::StringList, name)?;
            let mut bits = none(segment);
            for string in wanted {
                bits.unite(&with_string(segment, column.as_ref(), string)?);
            }
            Ok(bits)
        }
        FieldFilter::Range { field, lower, upper, kind } => match inclusive(*lower, *upper) {
            Some(range) => in_range(segment, (*kind).into(), field, range),
            None => Ok(none(segment)),
        },
    }
}

fn none(segment: &SegmentReader) -> Bits {
    Bits::empty(segment.max_doc() as usize)
}

/// Returns a column of strings; `None` if no document of the segment has the attribute.
fn strings(segment: &SegmentReader, kind: Kind, name: &str) -> tantivy::Result<Option<StrColumn>> {
    segment.fast_fields().str(&column_path(kind, name))
}

fn with_string(segment: &SegmentReader, column: Option<&StrColumn>, string: &str) -> tantivy::Result<Bits> {
    let Some(column) = column else {
        return Ok(none(segment));
    };
    Ok(match column.dictionary().term_ord(string)? {
        Some(term) => with_value(segment, column.ords(), term..=term),
        None => none(segment),
    })
}

fn with_all(segment: &SegmentReader, name: &str, wanted: &[String]) -> tantivy::Result<Bits> {
    if wanted.is_empty() {
        return Ok(none(segment));
    }
    let column = strings(segment, Kind::StringList, name)?;
    let mut bits = Bits::full(segment.max_doc() as usize);
    for string in wanted {
        bits.intersect(&with_string(segment, column.as_ref(), string)?);
    }
    Ok(bits)
}

/// Lists with all of the wanted strings and no other.
fn equal_lists(segment: &SegmentReader, name: &str, wanted: &[String]) -> tantivy::Result<Bits> {
    let mut bits = with_all(segment, name, wanted)?;
    if let Some(column) = strings(segment, Kind::StringList, name)? {
        let n_wanted = wanted.iter().collect::<BTreeSet<_>>().len();
        let candidates = bits.clone();
        for document in candidates.iter() {
            let terms: BTreeSet<u64> = column.term_ords(document as u32).collect();
            if terms.len() != n_wanted {
                bits.remove(document);
            }
        }
    }
    Ok(bits)
}

fn in_range(segment: &SegmentReader, kind: Kind, name: &str, range: RangeInclusive<i64>) -> tantivy::Result<Bits> {
    let column = segment.fast_fields().column_opt::<i64>(&column_path(kind, name))?;
    Ok(column.map_or_else(|| none(segment), |column| with_value(segment, &column, range)))
}

fn with_value<T>(segment: &SegmentReader, column: &Column<T>, range: RangeInclusive<T>) -> Bits
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
{
    // A column takes a range outside of its own for its nearest end, so the range is cut first.
    let start = larger(*range.start(), column.min_value());
    let end = smaller(*range.end(), column.max_value());
    let mut documents = Vec::new();
    if start <= end {
        column.get_docids_for_value_range(start..=end, 0..segment.max_doc(), &mut documents);
    }
    let mut bits = none(segment);
    for document in documents {
        bits.insert(document as usize);
    }
    bits
}

fn larger<T: PartialOrd>(left: T, right: T) -> T {
    if left < right { right } else { left }
}

fn smaller<T: PartialOrd>(left: T, right: T) -> T {
    if left > right { right } else { left }
}

/// Returns the same range with both ends included; `None` if it is empty.
fn inclusive(lower: Bound<i64>, upper: Bound<i64>) -> Option<RangeInclusive<i64>> {
    let start = match lower {
        Bound::Included(start) => start,
        Bound::Excluded(before) => before.checked_add(1)?,
        Bound::Unbounded => i64::MIN,
    };
    let end = match upper {
        Bound::Included(end) => end,
        Bound::Excluded(after) => after.checked_sub(1)?,
        Bound::Unbounded => i64::MAX,
    };
    (start <= end).then_some(start..=end)
}
