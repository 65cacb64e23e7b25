//! Answers vector queries over all segments: an approximate scan finds more candidates than wanted,
//! and the exact values of their best rows decide.

use std::ops::Range;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::dead::DeadRows;
use super::half;
use super::merge::Size;
use super::quantize::QuantizedQuery;
use super::scan::{Scorer, scan};
use super::segment::Segment;
use super::segment_writer::{NewRow, RowValues};
use crate::bits::Bits;
use crate::document::{PassageVector, TITLE_PASSAGE};
use crate::error::EngineError;
use crate::hits::{PassageHit, SemanticHit};
use crate::top::Top;

/// At least this many more candidates than wanted are scored exactly; measured on sentence
/// embeddings, 20 more make the first ten exact.
const CANDIDATES_MORE: usize = 50;

/// Rows whose approximate cosine is this close to a document's best are scored exactly: ten times
/// the standard deviation of what int8 costs at 384 dimensions.
const APPROXIMATION_ERROR: f32 = 0.01;

/// A segment and which of its rows are dead, as of one commit.
#[derive(Clone, Debug)]
pub(super) struct LiveSegment {
    pub(super) segment: Arc<Segment>,
    pub(super) dead: Arc<DeadRows>,
}

impl LiveSegment {
    pub(super) fn new(segment: Segment, dead: RoaringBitmap) -> Self {
        Self { dead: Arc::new(DeadRows::new(dead, segment.n_rows())), segment: Arc::new(segment) }
    }

    pub(super) fn size(&self) -> Size {
        let total = self.segment.n_rows();
        Size { live: total - self.dead.len(), total }
    }

    /// Returns the living rows, to be written to another segment.
    pub(super) fn rows(&self) -> impl Iterator<Item = NewRow<'_>> {
        let segment = &*self.segment;
        let rows = segment.documents().iter().enumerate();
        let rows = rows.flat_map(|(index, ordinal)| segment.rows_at(index).map(move |row| (*ordinal, row)));
        rows.filter(|(_, row)| !self.dead.contains(*row)).map(|(ordinal, row)| NewRow {
            ordinal,
            passage: segment.passage(row),
            text_hash: segment.text_hash(row),
            values: RowValues::Stored(segment, row),
        })
    }

    /// Returns whether the document has a living row of a passage here.
    fn has_passage(&self, ordinal: u32) -> bool {
        let mut rows = self.segment.rows_of(ordinal);
        rows.any(|row| !self.segment.is_title(row) && !self.dead.contains(row))
    }
}

/// The vectors as of one commit.
#[derive(Clone, Debug)]
pub(crate) struct VectorSnapshot {
    /// 0 without a model.
    dimensions: usize,
    segments: Vec<LiveSegment>,
}

impl VectorSnapshot {
    pub(super) fn new(dimensions: usize, segments: Vec<LiveSegment>) -> Self {
        Self { dimensions, segments }
    }

    /// Returns each segment's identity and its documents, ascending.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (u64, &[u32])> {
        let segments = self.segments.iter();
        segments.map(|live| (live.segment.id(), live.segment.documents()))
    }

    /// Returns the ordinals that have vectors.
    pub(crate) fn ordinals(&self) -> RoaringBitmap {
        let mut ordinals = RoaringBitmap::new();
        for live in &self.segments {
            let documents = live.segment.documents().iter().enumerate();
            let living = documents.filter(|(index, _)| {
                let mut rows = live.segment.rows_at(*index);
                rows.any(|row| !live.dead.contains(row))
            });
            ordinals.extend(living.map(|(_, ordinal)| *ordinal));
        }
        ordinals
    }

    pub(crate) fn n_vectors(&self) -> u64 {
        self.segments.iter().map(|live| live.size().live as u64).sum()
    }

    pub(crate) fn disk_bytes(&self) -> u64 {
        self.segments.iter().map(|live| live.segment.disk_bytes()).sum()
    }

    /// `None` means that there is nothing to find.
    fn query(&self, values: &[f32]) -> Result<Option<QuantizedQuery>, EngineError> {
        if self.dimensions == 0 {
            return Ok(None);
        }
        if values.len() != self.dimensions {
            return Err(EngineError::Dimensions { expected: self.dimensions, found: values.len() });
        }
        Ok(QuantizedQuery::new(values))
    }

    /// See [`View::semantic`](crate::View::semantic); `allowed` has the positions of the allowed
    /// documents of each segment.
    pub(crate) fn semantic(
        &self,
        values: &[f32],
        allowed: &[Arc<Bits>],
        k: usize,
    ) -> Result<Vec<SemanticHit>, EngineError> {
        let Some(query) = self.query(values)? else {
            return Ok(Vec::new());
        };
        let n_candidates = n_candidates(k);
        let mut candidates: Vec<(f32, u32)> = Vec::new();
        for (live, allowed) in self.segments.iter().zip(allowed) {
            let mut top = Top::new(n_candidates);
            if candidates.len() == n_candidates {
                top.require(candidates.last().map_or(f32::INFINITY, |(cosine, _)| *cosine));
            }
            scan(live, allowed, &query, |ordinal, rows, cosines| {
                let has_title = live.segment.is_title(rows.end - 1);
                let (passages, title) = cosines.split_at(cosines.len() - usize::from(has_title));
                let best = largest(passages.iter());
                if best > f32::NEG_INFINITY {
                    top.push(best, ordinal);
                } else if let [title] = title
                    && top.wants(*title)
                    && !self.has_passage(ordinal)
                {
                    // A title stands in only where there is no passage, in any segment.
                    top.push(*title, ordinal);
                }
            });
            candidates = best_of_each(candidates, top.into_sorted(), n_candidates);
        }
        let ordinals = candidates.into_iter().map(|(_, ordinal)| ordinal);
        let mut hits = self.score_documents(&query, ordinals);
        hits.sort_unstable_by(|left, right| {
            let by_cosine = right.cosine.total_cmp(&left.cosine);
            by_cosine.then_with(|| left.ordinal.cmp(&right.ordinal))
        });
        hits.truncate(k);
        Ok(hits)
    }

    /// See [`View::semantic_scores`](crate::View::semantic_scores).
    pub(crate) fn scores(&self, values: &[f32], ordinals: &RoaringBitmap) -> Result<Vec<SemanticHit>, EngineError> {
        let Some(query) = self.query(values)? else {
            return Ok(Vec::new());
        };
        Ok(self.score_documents(&query, ordinals.iter()))
    }

    /// See [`View::passages`](crate::View::passages).
    pub(crate) fn passages(
        &self,
        values: &[f32],
        allowed: &[Arc<Bits>],
        k: usize,
    ) -> Result<Vec<PassageHit>, EngineError> {
        let Some(query) = self.query(values)? else {
            return Ok(Vec::new());
        };
        let mut candidates = Top::new(n_candidates(k));
        for (index, (live, allowed)) in self.segments.iter().zip(allowed).enumerate() {
            scan(live, allowed, &query, |ordinal, rows, cosines| {
                for (row, cosine) in rows.zip(cosines) {
                    if candidates.wants(*cosine) && !live.segment.is_title(row) {
                        candidates.push(*cosine, (ordinal, live.segment.passage(row), index, row));
                    }
                }
            });
        }
        let mut top = Top::new(k);
        for (approximate, (ordinal, passage, index, row)) in candidates.into_sorted() {
            if approximate > f32::NEG_INFINITY {
                let exact = self.segments[index].segment.exact(row);
                top.push(half::dot(exact, &query.exact), (ordinal, passage));
            }
        }
        let hits = top.into_sorted().into_iter();
        Ok(hits.map(|(cosine, (ordinal, passage))| PassageHit { ordinal, passage, cosine }).collect())
    }

    /// Scores documents exactly, in the order given; those without vectors are left out.
    fn score_documents(&self, query: &QuantizedQuery, ordinals: impl Iterator<Item = u32>) -> Vec<SemanticHit> {
        let segments = self.segments.iter();
        let mut scorers: Vec<_> = segments.map(|live| (live, Scorer::new(live, query))).collect();
        let hits = ordinals.filter_map(|ordinal| {
            let (mut passage, mut title) = (None, None);
            for (live, scorer) in &mut scorers {
                let rows = live.segment.rows_of(ordinal);
                if !rows.is_empty() {
                    passage = better(passage, best_passage(live, scorer, rows.clone()));
                    title = title.or_else(|| title_cosine(live, query, rows.end - 1));
                }
            }
            let (cosine, passage) = passage.or(title.map(|cosine| (cosine, TITLE_PASSAGE)))?;
            Some(SemanticHit { ordinal, passage, cosine, title_cosine: title })
        });
        hits.collect()
    }

    fn has_passage(&self, ordinal: u32) -> bool {
        self.segments.iter().any(|live| live.has_passage(ordinal))
    }

    /// See [`View::vectors_of`](crate::View::vectors_of).
    pub(crate) fn vectors_of(&self, ordinal: u32) -> Vec<PassageVector> {
        let mut vectors = Vec::new();
        for live in &self.segments {
            let rows = live.segment.rows_of(ordinal).filter(|row| !live.dead.contains(*row));
            vectors.extend(rows.map(|row| PassageVector {
                passage: live.segment.passage(row),
                text_hash: live.segment.text_hash(row),
                values: live.segment.values(row),
            }));
        }
        vectors.sort_by_key(|vector| vector.passage);
        vectors
    }
}

fn n_candidates(k: usize) -> usize {
    match k {
        0 => 0,
        _ => k + CANDIDATES_MORE.max(k / 2),
    }
}

fn largest<'a>(cosines: impl Iterator<Item = &'a f32>) -> f32 {
    cosines.fold(f32::NEG_INFINITY, |best, cosine| best.max(*cosine))
}

/// Merges two lists of candidates; of a document in both, the better score counts. Best first.
fn best_of_each(left: Vec<(f32, u32)>, right: Vec<(f32, u32)>, n: usize) -> Vec<(f32, u32)> {
    let mut all = left;
    all.extend(right);
    all.sort_unstable_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.total_cmp(&a.0)));
    all.dedup_by_key(|(_, ordinal)| *ordinal);
    all.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    all.truncate(n);
    all
}

/// Returns the exact cosine and number of the best passage among one document's rows.
fn best_passage(live: &LiveSegment, scorer: &mut Scorer<'_>, rows: Range<usize>) -> Option<(f32, u16)> {
    let query = scorer.query();
    let cosines = scorer.cosines(rows.clone());
    let passages = rows.zip(cosines).filter(|(row, _)| !live.segment.is_title(*row));
    let threshold = largest(passages.clone().map(|(_, cosine)| cosine)) - APPROXIMATION_ERROR;
    let close = passages.filter(|(_, cosine)| **cosine >= threshold && cosine.is_finite());
    let exact = close.map(|(row, _)| {
        let cosine = half::dot(live.segment.exact(row), &query.exact);
        Some((cosine, live.segment.passage(row)))
    });
    exact.fold(None, better)
}

/// Returns the better of two passages; of equal ones the earlier.
fn better(left: Option<(f32, u16)>, right: Option<(f32, u16)>) -> Option<(f32, u16)> {
    let (Some(a), Some(b)) = (left, right) else {
        return left.or(right);
    };
    let order = a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1));
    if order.is_lt() { right } else { left }
}

fn title_cosine(live: &LiveSegment, query: &QuantizedQuery, row: usize) -> Option<f32> {
    let is_title = live.segment.is_title(row) && !live.dead.contains(row);
    is_title.then(|| half::dot(live.segment.exact(row), &query.exact))
}
