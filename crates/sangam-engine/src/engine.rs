//! The contract of every engine. [`conformance`](crate::conformance) is this page as code.

use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::document::{DocumentVectors, EngineDocument, PassageVector, StoredDocument};
use crate::error::EngineError;
use crate::facet::{Facet, FacetValue, SortKey};
use crate::filter::Filter;
use crate::hits::{LexicalHit, LexicalHits, PassageHit, SemanticHit, ViewStats};
use crate::query::LexicalQuery;

/// Stores documents and hands out views of them.
///
/// Calls block. Writes are taken in order and buffered; [`commit`](Self::commit) makes them durable
/// and visible to views that are taken afterwards. What was not committed is lost with the process,
/// what was committed is not. After an error of a write, drop the engine and open it again.
pub trait Engine: Send + Sync {
    /// Adds documents. A document whose ordinal is already there is replaced.
    ///
    /// # Errors
    /// [`EngineError::InvalidDocument`] if one breaks its contract; then none of them is added.
    fn add(&self, documents: Vec<EngineDocument>) -> Result<(), EngineError>;

    /// Adds vectors, also of documents whose text is already committed or not there yet. A vector
    /// replaces the one of the same ordinal and passage.
    ///
    /// # Errors
    /// [`EngineError::Dimensions`] if one has the wrong size, and [`EngineError::BatchFull`]; then
    /// none of them is added.
    fn add_vectors(&self, vectors: Vec<DocumentVectors>) -> Result<(), EngineError>;

    /// Deletes documents with their vectors. Ordinals that are not there are no error.
    fn delete(&self, ordinals: &RoaringBitmap) -> Result<(), EngineError>;

    /// Makes everything since the last commit durable, under the caller's number for it.
    ///
    /// When this returns, the batch survives a crash, and a view taken from now on shows it. A crash
    /// before that leaves a state in which parts of the batch may be there; the caller compares
    /// [`ordinals`](Self::ordinals) with what it knows, and repeats or deletes.
    fn commit(&self, batch_id: u64) -> Result<(), EngineError>;

    /// Returns the number of the last batch that was committed completely, `None` before the first.
    fn last_batch_id(&self) -> Option<u64>;

    /// Returns every ordinal of which the last commit holds text or vectors, to find orphans by.
    fn ordinals(&self) -> Result<RoaringBitmap, EngineError>;

    /// Returns the state of the last commit, which does not change while it is held.
    ///
    /// Text and vectors of one view may differ by a commit that a crash cut in two. That is
    /// harmless: a filter lets through only ordinals whose batch is known to be complete.
    fn view(&self) -> Result<Arc<dyn View>, EngineError>;
}

/// A snapshot of an engine: the same question has the same answer for as long as it is held.
///
/// Take the catalogue's view first and the engine's second; then everything readable is there.
pub trait View: Send + Sync {
    /// Returns the `k` documents that fit the words best, and the exact number of documents with
    /// at least one of them, both under the filter. A query without terms finds nothing.
    fn lexical(&self, query: &LexicalQuery, filter: &Filter, k: usize) -> Result<LexicalHits, EngineError>;

    /// Returns how many documents [`lexical`](Self::lexical) would match.
    fn count(&self, query: &LexicalQuery, filter: &Filter) -> Result<u64, EngineError>;

    /// Returns the ordinals of all documents with text that match under the filter; without a query, of all that the filter lets through.
    fn matches(&self, query: Option<&LexicalQuery>, filter: &Filter) -> Result<RoaringBitmap, EngineError>;

    /// Counts the values of attributes over the documents with text among `ordinals`: an answer for each facet, the most frequent value
    /// first, equally frequent ones by value. The caller vouches that the reader may see them.
    fn facets(&self, ordinals: &RoaringBitmap, facets: &[Facet]) -> Result<Vec<Vec<FacetValue>>, EngineError>;

    /// Returns the first `k` of the documents with text among `ordinals`, sorted by `keys` in their order; what lacks a key comes after
    /// what has it. Equal ones come in the order of `ranked`, behind them those that it lacks, by ordinal. The caller vouches that the
    /// reader may see them.
    fn sorted(
        &self,
        ordinals: &RoaringBitmap,
        keys: &[SortKey],
        ranked: &[u32],
        k: usize,
    ) -> Result<Vec<u32>, EngineError>;

    /// Returns the scores of those of `ordinals` that match, in ascending order of ordinals. The
    /// caller vouches that the reader may see them.
    fn lexical_scores(&self, query: &LexicalQuery, ordinals: &RoaringBitmap) -> Result<Vec<LexicalHit>, EngineError>;

    /// Returns the `k` documents whose best passage is closest to the query, best first, equal
    /// ones by ordinal. Of a document that has nothing but a title's vector, that one counts.
    /// Without vectors the answer is empty.
    ///
    /// # Errors
    /// [`EngineError::Dimensions`] if the query has the wrong size.
    fn semantic(&self, query_vector: &[f32], filter: &Filter, k: usize) -> Result<Vec<SemanticHit>, EngineError>;

    /// Returns how close those of `ordinals` that have vectors are to the query, in ascending
    /// order of ordinals. The caller vouches that the reader may see them.
    fn semantic_scores(&self, query_vector: &[f32], ordinals: &RoaringBitmap) -> Result<Vec<SemanticHit>, EngineError>;

    /// Returns the `k` passages closest to the query, best first, several of one document among
    /// them; titles are left out.
    fn passages(&self, query_vector: &[f32], filter: &Filter, k: usize) -> Result<Vec<PassageHit>, EngineError>;

    /// Returns the documents with these ordinals in the order asked for; those that are not there
    /// are left out. The caller vouches that the reader may see them.
    fn fetch(&self, ordinals: &[u32]) -> Result<Vec<StoredDocument>, EngineError>;

    /// Returns the vectors of a document by ascending passage, as far as the storage's precision
    /// goes: adding them to another ordinal stores the same bits.
    fn vectors_of(&self, ordinal: u32) -> Result<Vec<PassageVector>, EngineError>;

    /// Returns how much there is.
    fn stats(&self) -> ViewStats;
}
