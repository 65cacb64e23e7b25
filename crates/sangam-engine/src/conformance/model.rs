//! An engine as a plain list: slow, short, and right.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use crate::analysis::analyze;
use crate::document::{DocumentVectors, EngineDocument, PassageVector, TITLE_PASSAGE};
use crate::filter::Filter;
use crate::query::LexicalQuery;

/// What an engine should hold.
#[derive(Clone, Default)]
pub(super) struct Model {
    pub(super) documents: BTreeMap<u32, EngineDocument>,
    pub(super) vectors: BTreeMap<(u32, u16), PassageVector>,
}

impl Model {
    pub(super) fn add(&mut self, document: EngineDocument) {
        self.documents.insert(document.ordinal, document);
    }

    pub(super) fn add_vectors(&mut self, vectors: DocumentVectors) {
        for vector in vectors.vectors {
            self.vectors.insert((vectors.ordinal, vector.passage), vector);
        }
    }

    pub(super) fn delete(&mut self, ordinals: &RoaringBitmap) {
        self.documents.retain(|ordinal, _| !ordinals.contains(*ordinal));
        self.vectors.retain(|(ordinal, _), _| !ordinals.contains(*ordinal));
    }

    pub(super) fn ordinals(&self) -> RoaringBitmap {
        let vectors = self.vectors.keys().map(|(ordinal, _)| *ordinal);
        self.documents.keys().copied().chain(vectors).collect()
    }

    /// Returns whether the filter lets a document through. Without a condition, vectors need no text.
    fn passes(&self, ordinal: u32, filter: &Filter) -> bool {
        let satisfied = filter.fields.as_ref().is_none_or(|condition| {
            let document = self.documents.get(&ordinal);
            document.is_some_and(|document| condition.matches(&document.attributes))
        });
        filter.readable.contains(ordinal) && satisfied
    }

    /// Returns the documents that match, ascending.
    pub(super) fn lexical(&self, query: &LexicalQuery, filter: &Filter) -> Vec<u32> {
        let wanted: BTreeSet<&str> = query.terms.iter().map(|term| term.term.as_str()).collect();
        let matching = self.documents.values().filter(|document| {
            let mut title = analyze(&document.title).into_iter();
            let mut body = analyze(&document.body).into_iter();
            self.passes(document.ordinal, filter)
                && (title.any(|token| wanted.contains(token.term.as_str()))
                    || body.any(|token| !token.stop && wanted.contains(token.term.as_str())))
        });
        matching.map(|document| document.ordinal).collect()
    }

    /// Returns the cosine of every passage that passes; titles where `titles` says so.
    pub(super) fn passages(&self, query: &[f32], filter: &Filter) -> Vec<((u32, u16), f32)> {
        let passing = self
            .vectors
            .iter()
            .filter(|((ordinal, passage), _)| *passage != TITLE_PASSAGE && self.passes(*ordinal, filter));
        passing.map(|(key, vector)| (*key, cosine(&vector.values, query))).collect()
    }

    /// Returns the cosine of every document's best passage, or of its title if it has none.
    pub(super) fn semantic(&self, query: &[f32], filter: &Filter) -> BTreeMap<u32, f32> {
        let mut best = BTreeMap::<u32, f32>::new();
        for ((ordinal, _), cosine) in self.passages(query, filter) {
            let known = best.entry(ordinal).or_insert(cosine);
            *known = known.max(cosine);
        }
        for ((ordinal, passage), vector) in &self.vectors {
            if *passage == TITLE_PASSAGE && self.passes(*ordinal, filter) {
                best.entry(*ordinal).or_insert_with(|| cosine(&vector.values, query));
            }
        }
        best
    }
}

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
