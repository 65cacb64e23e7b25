//! Turns a filter into bits, per segment of text and of vectors.
//!
//! A reader's set is of ordinals, a segment counts its documents from zero: the translation walks all
//! documents of a segment once and is remembered in the [cache](super::cache). After that a filter
//! costs one bit's look-up per posting, whatever it says.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::cache::{BitsCache, FilterKey, Key};
use super::ordinals::OrdinalSet;
use crate::bits::Bits;
use crate::error::EngineError;
use crate::filter::Filter;
use crate::text::TextSnapshot;
use crate::vectors::VectorSnapshot;

/// Returns the documents that the filter lets through, of each text segment.
pub(super) fn text_bits(
    cache: &BitsCache,
    text: &TextSnapshot,
    filter: &Filter,
) -> Result<Vec<Arc<Bits>>, EngineError> {
    let mut readable = None;
    let segments = (0..text.n_segments()).map(|segment| {
        let identity = text.identity(segment);
        cache.get(Key::Text(identity, FilterKey::new(filter)), || {
            let readable = readable.get_or_insert_with(|| OrdinalSet::new(&filter.readable));
            let mut bits = text.documents(segment, |ordinal| readable.contains(ordinal));
            if let Some(condition) = &filter.fields {
                let key = Key::Condition(identity, condition.clone());
                bits.intersect(&*cache.get(key, || text.satisfying(segment, condition))?);
            }
            Ok(bits)
        })
    });
    segments.collect()
}

/// Returns the documents that the filter lets through, of each vector segment.
pub(super) fn vector_bits(
    cache: &BitsCache,
    text: &TextSnapshot,
    vectors: &VectorSnapshot,
    filter: &Filter,
) -> Result<Vec<Arc<Bits>>, EngineError> {
    let identities = filter.fields.as_ref().map(|_| {
        let segments = 0..text.n_segments();
        segments.map(|segment| text.identity(segment)).collect::<Vec<_>>()
    });
    let mut passing = None;
    let segments = vectors.documents().map(|(id, documents)| {
        let key = Key::Vectors(id, identities.clone(), FilterKey::new(filter));
        cache.get(key, || {
            let passing: &RoaringBitmap = match &mut passing {
                Some(passing) => passing,
                None => passing.insert(passing_ordinals(cache, text, filter)?),
            };
            let passing = OrdinalSet::new(passing);
            Ok(Bits::filtered(documents.len(), |index| passing.contains(documents[index])))
        })
    });
    segments.collect()
}

/// Returns the readable ordinals; if there is a condition, those whose text satisfies it.
fn passing_ordinals(cache: &BitsCache, text: &TextSnapshot, filter: &Filter) -> Result<RoaringBitmap, EngineError> {
    if filter.fields.is_none() {
        return Ok((*filter.readable).clone());
    }
    let mut ordinals = RoaringBitmap::new();
    for (segment, bits) in text_bits(cache, text, filter)?.iter().enumerate() {
        let by_document = text.segment_ordinals(segment);
        ordinals.extend(bits.iter().map(|document| by_document[document]));
    }
    Ok(ordinals)
}
