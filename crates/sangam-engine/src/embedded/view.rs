//! Text and vectors as of one commit, under one filter.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::cache::BitsCache;
use super::filters::{text_bits, vector_bits};
use super::ordinals::OrdinalSet;
use crate::document::{PassageVector, StoredDocument};
use crate::engine::View;
use crate::error::EngineError;
use crate::facet::{Facet, FacetValue, SortKey};
use crate::filter::Filter;
use crate::hits::{LexicalHit, LexicalHits, PassageHit, SemanticHit, ViewStats};
use crate::query::LexicalQuery;
use crate::text::TextSnapshot;
use crate::vectors::VectorSnapshot;

/// A snapshot of an embedded engine.
pub(super) struct EmbeddedView {
    text: TextSnapshot,
    vectors: VectorSnapshot,
    batch_id: Option<u64>,
    cache: Arc<BitsCache>,
}

impl EmbeddedView {
    pub(super) fn new(
        text: TextSnapshot,
        vectors: VectorSnapshot,
        batch_id: Option<u64>,
        cache: Arc<BitsCache>,
    ) -> Self {
        Self { text, vectors, batch_id, cache }
    }

    pub(super) fn batch_id(&self) -> Option<u64> {
        self.batch_id
    }

    pub(super) fn ordinals(&self) -> RoaringBitmap {
        self.text.ordinals() | self.vectors.ordinals()
    }
}

impl View for EmbeddedView {
    fn lexical(&self, query: &LexicalQuery, filter: &Filter, k: usize) -> Result<LexicalHits, EngineError> {
        let allowed = text_bits(&self.cache, &self.text, filter)?;
        self.text.lexical(query, &allowed, k)
    }

    fn count(&self, query: &LexicalQuery, filter: &Filter) -> Result<u64, EngineError> {
        Ok(self.lexical(query, filter, 0)?.n_matches)
    }

    fn matches(&self, query: Option<&LexicalQuery>, filter: &Filter) -> Result<RoaringBitmap, EngineError> {
        let allowed = text_bits(&self.cache, &self.text, filter)?;
        match query {
            Some(query) => self.text.matches(query, &allowed),
            None => Ok(self.text.ordinals_of(&allowed)),
        }
    }

    fn facets(&self, ordinals: &RoaringBitmap, facets: &[Facet]) -> Result<Vec<Vec<FacetValue>>, EngineError> {
        let set = OrdinalSet::new(ordinals);
        self.text.facets(|ordinal| set.contains(ordinal), facets)
    }

    fn sorted(
        &self,
        ordinals: &RoaringBitmap,
        keys: &[SortKey],
        ranked: &[u32],
        k: usize,
    ) -> Result<Vec<u32>, EngineError> {
        let set = OrdinalSet::new(ordinals);
        self.text.sorted(|ordinal| set.contains(ordinal), keys, ranked, k)
    }

    fn lexical_scores(&self, query: &LexicalQuery, ordinals: &RoaringBitmap) -> Result<Vec<LexicalHit>, EngineError> {
        self.text.scores(query, ordinals)
    }

    fn semantic(&self, query_vector: &[f32], filter: &Filter, k: usize) -> Result<Vec<SemanticHit>, EngineError> {
        let allowed = vector_bits(&self.cache, &self.text, &self.vectors, filter)?;
        self.vectors.semantic(query_vector, &allowed, k)
    }

    fn semantic_scores(&self, query_vector: &[f32], ordinals: &RoaringBitmap) -> Result<Vec<SemanticHit>, EngineError> {
        self.vectors.scores(query_vector, ordinals)
    }

    fn passages(&self, query_vector: &[f32], filter: &Filter, k: usize) -> Result<Vec<PassageHit>, EngineError> {
        let allowed = vector_bits(&self.cache, &self.text, &self.vectors, filter)?;
        self.vectors.passages(query_vector, &allowed, k)
    }

    fn fetch(&self, ordinals: &[u32]) -> Result<Vec<StoredDocument>, EngineError> {
        self.text.fetch(ordinals)
    }

    fn vectors_of(&self, ordinal: u32) -> Result<Vec<PassageVector>, EngineError> {
        Ok(self.vectors.vectors_of(ordinal))
    }

    fn stats(&self) -> ViewStats {
        ViewStats {
            n_documents: self.text.n_documents(),
            n_vectors: self.vectors.n_vectors(),
            disk_bytes: self.text.disk_bytes() + self.vectors.disk_bytes(),
        }
    }
}
