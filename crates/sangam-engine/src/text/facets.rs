//! Counts the values of an attribute over a set of documents, column by column.

use std::collections::HashMap;

use tantivy::SegmentReader;
use tantivy::columnar::StrColumn;

use super::attributes::{Kind, column_path};
use crate::bits::Bits;
use crate::document::AttributeValue;
use crate::facet::{Facet, FacetValue, ValueKind};

/// Counts of one attribute, over as many segments as were added.
pub(super) enum Counts {
    Strings(HashMap<String, u64>),
    Numbers(HashMap<i64, u64>),
}

impl Counts {
    pub(super) fn new(kind: ValueKind) -> Self {
        match kind {
            ValueKind::String | ValueKind::StringList => Self::Strings(HashMap::new()),
            ValueKind::Long | ValueKind::Date => Self::Numbers(HashMap::new()),
        }
    }

    /// Adds the values that `documents` of a segment have.
    pub(super) fn add(&mut self, segment: &SegmentReader, facet: &Facet, documents: &Bits) -> tantivy::Result<()> {
        let path = column_path(facet.kind.into(), &facet.field);
        match self {
            Self::Strings(counts) => {
                if let Some(column) = segment.fast_fields().str(&path)? {
                    count_strings(&column, documents, counts)?;
                }
            }
            Self::Numbers(counts) => {
                if let Some(column) = segment.fast_fields().column_opt::<i64>(&path)? {
                    for document in documents.iter() {
                        if let Some(number) = column.first(document as u32) {
                            *counts.entry(number).or_default() += 1;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The most frequent values, equally frequent ones in their own order.
    pub(super) fn into_values(self, facet: &Facet) -> Vec<FacetValue> {
        match self {
            Self::Strings(counts) => {
                most_frequent(counts, facet.n_values, |string| AttributeValue::String(string.clone()))
            }
            Self::Numbers(counts) => {
                let is_date = facet.kind == ValueKind::Date;
                let value = |n: &i64| if is_date { AttributeValue::Date(*n) } else { AttributeValue::Long(*n) };
                most_frequent(counts, facet.n_values, value)
            }
        }
    }
}

fn count_strings(column: &StrColumn, documents: &Bits, counts: &mut HashMap<String, u64>) -> tantivy::Result<()> {
    let mut by_term = vec![0_u64; column.num_terms()];
    let mut terms: Vec<u64> = Vec::new();
    for document in documents.iter() {
        terms.clear();
        terms.extend(column.term_ords(document as u32));
        // A list may hold a string twice.
        terms.sort_unstable();
        terms.dedup();
        for term in &terms {
            by_term[*term as usize] += 1;
        }
    }
    let mut string = String::new();
    for (term, n_documents) in by_term.into_iter().enumerate().filter(|(_, n_documents)| *n_documents > 0) {
        string.clear();
        column.ord_to_str(term as u64, &mut string)?;
        match counts.get_mut(string.as_str()) {
            Some(count) => *count += n_documents,
            None => drop(counts.insert(string.clone(), n_documents)),
        }
    }
    Ok(())
}

fn most_frequent<K: Ord>(counts: HashMap<K, u64>, n: usize, value: impl Fn(&K) -> AttributeValue) -> Vec<FacetValue> {
    let mut counts: Vec<(K, u64)> = counts.into_iter().collect();
    counts.sort_unstable_by(|(left, n_left), (right, n_right)| n_right.cmp(n_left).then_with(|| left.cmp(right)));
    counts.truncate(n);
    counts.iter().map(|(key, n_documents)| FacetValue { value: value(key), n_documents: *n_documents }).collect()
}

impl From<ValueKind> for Kind {
    fn from(kind: ValueKind) -> Self {
        match kind {
            ValueKind::String => Self::String,
            ValueKind::StringList => Self::StringList,
            ValueKind::Long => Self::Long,
            ValueKind::Date => Self::Date,
        }
    }
}
