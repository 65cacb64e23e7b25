//! Puts documents in the order of their attributes.
//!
//! Within a segment strings compare by their place in the column's dictionary; only the best of each segment are read out and compared
//! as strings.

use std::cmp::Ordering;

use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};

use super::attributes::{Kind, column_path};
use crate::bits::Bits;
use crate::facet::{SortKey, ValueKind};

/// A document with what it is sorted by.
pub(super) struct Sorted {
    pub(super) ordinal: u32,
    /// One for each key; `None` where the document lacks it.
    values: Vec<Option<SortValue>>,
    /// Its place among equals.
    place: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum SortValue {
    Number(i64),
    String(String),
}

enum Values {
    Numbers(Column<i64>),
    Strings(StrColumn),
    /// No document of the segment has it.
    None,
}

impl Values {
    fn open(segment: &SegmentReader, key: &SortKey) -> tantivy::Result<Self> {
        let path = column_path(Kind::from(key.kind), &key.field);
        Ok(match key.kind {
            ValueKind::String => segment.fast_fields().str(&path)?.map_or(Self::None, Self::Strings),
            ValueKind::Long | ValueKind::Date => {
                segment.fast_fields().column_opt::<i64>(&path)?.map_or(Self::None, Self::Numbers)
            }
            ValueKind::StringList => Self::None,
        })
    }

    /// What stands for a document's value among those of the same segment.
    fn standing(&self, document: u32) -> Option<i64> {
        match self {
            Self::Numbers(column) => column.first(document),
            Self::Strings(column) => column.term_ords(document).next().map(|term| term as i64),
            Self::None => None,
        }
    }

    fn value(&self, standing: i64) -> tantivy::Result<SortValue> {
        match self {
            Self::Strings(column) => {
                let mut string = String::new();
                column.ord_to_str(standing as u64, &mut string)?;
                Ok(SortValue::String(string))
            }
            Self::Numbers(_) | Self::None => Ok(SortValue::Number(standing)),
        }
    }
}

/// The first `k` of a segment's documents. `place` tells an ordinal's place among equals.
pub(super) fn first_of_segment(
    segment: &SegmentReader,
    documents: &Bits,
    ordinals: &[u32],
    keys: &[SortKey],
    k: usize,
    place: &impl Fn(u32) -> usize,
) -> tantivy::Result<Vec<Sorted>> {
    let columns = keys.iter().map(|key| Values::open(segment, key)).collect::<tantivy::Result<Vec<_>>>()?;
    let mut standings: Vec<(Vec<Option<i64>>, usize, u32)> = documents
        .iter()
        .map(|document| {
            let ordinal = ordinals[document];
            let standing = columns.iter().map(|column| column.standing(document as u32)).collect();
            (standing, place(ordinal), ordinal)
        })
        .collect();
    let order = |left: &(Vec<Option<i64>>, usize, u32), right: &(Vec<Option<i64>>, usize, u32)| {
        compare(keys, &left.0, &right.0).then((left.1, left.2).cmp(&(right.1, right.2)))
    };
    if standings.len() > k {
        standings.select_nth_unstable_by(k, order);
        standings.truncate(k);
    }
    let sorted = standings.into_iter().map(|(standing, place, ordinal)| {
        let values = standing.into_iter().zip(&columns);
        let values = values.map(|(standing, column)| standing.map(|standing| column.value(standing)).transpose());
        Ok(Sorted { ordinal, values: values.collect::<tantivy::Result<_>>()?, place })
    });
    sorted.collect()
}

/// The first `k` of all segments' first ones.
pub(super) fn first_of_all(mut sorted: Vec<Sorted>, keys: &[SortKey], k: usize) -> Vec<u32> {
    sorted.sort_unstable_by(|left, right| {
        compare(keys, &left.values, &right.values).then((left.place, left.ordinal).cmp(&(right.place, right.ordinal)))
    });
    sorted.into_iter().take(k).map(|sorted| sorted.ordinal).collect()
}

/// Key by key; a document that lacks one comes after those that have it, whichever way they are sorted.
fn compare<T: Ord>(keys: &[SortKey], left: &[Option<T>], right: &[Option<T>]) -> Ordering {
    let each = keys.iter().zip(left.iter().zip(right)).map(|(key, (left, right))| match (left, right) {
        (Some(left), Some(right)) if key.descending => right.cmp(left),
        (Some(left), Some(right)) => left.cmp(right),
        (left, right) => right.is_some().cmp(&left.is_some()),
    });
    each.fold(Ordering::Equal, Ordering::then)
}
