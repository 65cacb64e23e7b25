//! The text as of one commit.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roaring::RoaringBitmap;
use tantivy::index::SegmentId;
use tantivy::schema::Value;
use tantivy::{DocAddress, Opstamp, Searcher, SegmentReader, TantivyDocument, TantivyError};

use super::bm25f::{self, CorpusStats};
use super::facets::Counts;
use super::schema::{Fields, ORDINAL};
use super::{conditions, record, sorting, text_error};
use crate::bits::Bits;
use crate::document::{EngineDocument, StoredDocument};
use crate::error::EngineError;
use crate::facet::{Facet, FacetValue, SortKey};
use crate::filter::FieldFilter;
use crate::hits::{LexicalHit, LexicalHits};
use crate::query::LexicalQuery;
use crate::top::Top;

/// What a set of bits of a segment is valid for: the segment, and its deletions so far.
pub(crate) type SegmentIdentity = (SegmentId, Option<Opstamp>);

/// The ordinals of a segment's documents, and the way back.
#[derive(Debug)]
pub(super) struct SegmentOrdinals {
    by_document: Vec<u32>,
    /// Documents by ascending ordinal.
    by_ordinal: Vec<u32>,
}

impl SegmentOrdinals {
    pub(super) fn read(segment: &SegmentReader) -> tantivy::Result<Self> {
        let column = segment.fast_fields().u64(ORDINAL)?;
        let documents = 0..segment.max_doc();
        let ordinal = |document| column.first(document).map(|ordinal| ordinal as u32);
        let by_document: Option<Vec<u32>> = documents.clone().map(ordinal).collect();
        let by_document =
            by_document.ok_or_else(|| TantivyError::InternalError("a document has no ordinal".to_owned()))?;
        let mut by_ordinal: Vec<u32> = documents.collect();
        // Stable, so that of a replaced document's revisions the later one comes last.
        by_ordinal.sort_by_key(|document| by_document[*document as usize]);
        Ok(Self { by_document, by_ordinal })
    }

    /// Returns the documents with this ordinal; all but one of them are deleted.
    fn documents(&self, ordinal: u32) -> &[u32] {
        let key = |document: &u32| self.by_document[*document as usize];
        let start = self.by_ordinal.partition_point(|document| key(document) < ordinal);
        let rest = &self.by_ordinal[start..];
        &rest[..rest.partition_point(|document| key(document) == ordinal)]
    }
}

/// The text as of one commit.
pub(crate) struct TextSnapshot {
    dir: PathBuf,
    fields: Fields,
    searcher: Searcher,
    /// In the order of the searcher's segments.
    ordinals: Vec<Arc<SegmentOrdinals>>,
    stats: CorpusStats,
}

impl TextSnapshot {
    pub(super) fn new(
        dir: &Path,
        fields: Fields,
        searcher: Searcher,
        columns: &HashMap<SegmentId, Arc<SegmentOrdinals>>,
    ) -> Result<Self, EngineError> {
        let failed = |error| text_error(dir, "read the text index", error);
        let segments = searcher.segment_readers().iter();
        let ordinals = segments.map(|segment| Arc::clone(&columns[&segment.segment_id()]));
        Ok(Self {
            dir: dir.to_owned(),
            ordinals: ordinals.collect(),
            stats: CorpusStats::of(&searcher, fields).map_err(failed)?,
            fields,
            searcher,
        })
    }

    fn failed(&self, operation: &'static str) -> impl Fn(TantivyError) -> EngineError + '_ {
        move |error| text_error(&self.dir, operation, error)
    }

    pub(crate) fn n_documents(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Returns the size of the files, 0 where it cannot be told. Looks at every column.
    pub(crate) fn disk_bytes(&self) -> u64 {
        self.searcher.space_usage().map_or(0, |usage| usage.total().get_bytes())
    }

    /// Returns the number of segments.
    pub(crate) fn n_segments(&self) -> usize {
        self.ordinals.len()
    }

    /// Returns what bits of the segment are valid for.
    pub(crate) fn identity(&self, segment: usize) -> SegmentIdentity {
        let reader = self.segment(segment);
        (reader.segment_id(), reader.delete_opstamp())
    }

    fn segment(&self, index: usize) -> &SegmentReader {
        &self.searcher.segment_readers()[index]
    }

    /// Returns the ordinals of a segment's documents, by document.
    pub(crate) fn segment_ordinals(&self, segment: usize) -> &[u32] {
        &self.ordinals[segment].by_document
    }

    /// Returns the documents of a segment that are not deleted and whose ordinal passes.
    pub(crate) fn documents(&self, segment: usize, mut pass: impl FnMut(u32) -> bool) -> Bits {
        let ordinals = &self.ordinals[segment].by_document;
        match self.segment(segment).alive_bitset() {
            None => Bits::filtered(ordinals.len(), |document| pass(ordinals[document])),
            Some(alive) => {
                Bits::filtered(ordinals.len(), |document| alive.is_alive(document as u32) && pass(ordinals[document]))
            }
        }
    }

    /// Returns the documents of a segment that satisfy a condition on attributes.
    pub(crate) fn satisfying(&self, segment: usize, condition: &FieldFilter) -> Result<Bits, EngineError> {
        conditions::evaluate(self.segment(segment), condition).map_err(self.failed("evaluate a filter"))
    }

    /// Returns the ordinals of all documents that are not deleted.
    pub(crate) fn ordinals(&self) -> RoaringBitmap {
        let mut ordinals = RoaringBitmap::new();
        for segment in 0..self.n_segments() {
            let documents = self.documents(segment, |_| true);
            let by_document = &self.ordinals[segment].by_document;
            ordinals.extend(documents.iter().map(|document| by_document[document]));
        }
        ordinals
    }

    /// Returns where a document is.
    fn find(&self, ordinal: u32) -> Option<(usize, u32)> {
        self.ordinals.iter().enumerate().find_map(|(index, ordinals)| {
            let documents = ordinals.documents(ordinal).iter();
            let mut alive = documents.filter(|document| !self.segment(index).is_deleted(**document));
            alive.next().map(|document| (index, *document))
        })
    }

    /// Ranks the documents that `allowed` has of each segment.
    pub(crate) fn lexical(
        &self,
        query: &LexicalQuery,
        allowed: &[Arc<Bits>],
        k: usize,
    ) -> Result<LexicalHits, EngineError> {
        let (mut top, mut n_matches) = (Top::new(k), 0);
        self.rank(
            query,
            |segment| Some(&*allowed[segment]),
            |ordinal, score| {
                n_matches += 1;
                top.push(score, ordinal);
            },
        )?;
        let hits = top.into_sorted().into_iter();
        Ok(LexicalHits { hits: hits.map(|(score, ordinal)| LexicalHit { ordinal, score }).collect(), n_matches })
    }

    /// Returns the ordinals of all matches among the documents that `allowed` has of each segment.
    pub(crate) fn matches(&self, query: &LexicalQuery, allowed: &[Arc<Bits>]) -> Result<RoaringBitmap, EngineError> {
        let mut ordinals = RoaringBitmap::new();
        self.rank(
            query,
            |segment| Some(&*allowed[segment]),
            |ordinal, _| {
                ordinals.insert(ordinal);
            },
        )?;
        Ok(ordinals)
    }

    /// Returns the ordinals of the documents that `allowed` has of each segment.
    pub(crate) fn ordinals_of(&self, allowed: &[Arc<Bits>]) -> RoaringBitmap {
        let mut ordinals = RoaringBitmap::new();
        for (segment, documents) in allowed.iter().enumerate() {
            let by_document = &self.ordinals[segment].by_document;
            ordinals.extend(documents.iter().map(|document| by_document[document]));
        }
        ordinals
    }

    /// Counts the values of attributes over the documents whose ordinal passes.
    pub(crate) fn facets(
        &self,
        mut pass: impl FnMut(u32) -> bool,
        facets: &[Facet],
    ) -> Result<Vec<Vec<FacetValue>>, EngineError> {
        let mut counts: Vec<Counts> = facets.iter().map(|facet| Counts::new(facet.kind)).collect();
        for segment in 0..self.n_segments() {
            let documents = self.documents(segment, &mut pass);
            for (counts, facet) in counts.iter_mut().zip(facets) {
                let added = counts.add(self.segment(segment), facet, &documents);
                added.map_err(self.failed("count the values of an attribute"))?;
            }
        }
        Ok(counts.into_iter().zip(facets).map(|(counts, facet)| counts.into_values(facet)).collect())
    }

    /// Sorts the documents whose ordinal passes; see [`View::sorted`](crate::View::sorted).
    pub(crate) fn sorted(
        &self,
        mut pass: impl FnMut(u32) -> bool,
        keys: &[SortKey],
        ranked: &[u32],
        k: usize,
    ) -> Result<Vec<u32>, EngineError> {
        let places: HashMap<u32, usize> = ranked.iter().enumerate().map(|(place, ordinal)| (*ordinal, place)).collect();
        let place = |ordinal: u32| places.get(&ordinal).copied().unwrap_or(usize::MAX);
        let mut first = Vec::new();
        for segment in 0..self.n_segments() {
            let documents = self.documents(segment, &mut pass);
            let by_document = &self.ordinals[segment].by_document;
            let of_segment = sorting::first_of_segment(self.segment(segment), &documents, by_document, keys, k, &place);
            first.extend(of_segment.map_err(self.failed("sort by an attribute"))?);
        }
        Ok(sorting::first_of_all(first, keys, k))
    }

    /// Scores those of the ordinals that match, in ascending order of ordinals.
    pub(crate) fn scores(
        &self,
        query: &LexicalQuery,
        ordinals: &RoaringBitmap,
    ) -> Result<Vec<LexicalHit>, EngineError> {
        let mut wanted: Vec<Option<Bits>> = vec![None; self.n_segments()];
        for (segment, document) in ordinals.iter().filter_map(|ordinal| self.find(ordinal)) {
            let len = self.ordinals[segment].by_document.len();
            let bits = wanted[segment].get_or_insert_with(|| Bits::empty(len));
            bits.insert(document as usize);
        }
        let mut hits = Vec::new();
        self.rank(
            query,
            |segment| wanted[segment].as_ref(),
            |ordinal, score| {
                hits.push(LexicalHit { ordinal, score });
            },
        )?;
        hits.sort_unstable_by_key(|hit| hit.ordinal);
        Ok(hits)
    }

    /// Calls `visit` with every match among the allowed documents; `None` allows nothing.
    fn rank<'a>(
        &self,
        query: &LexicalQuery,
        allowed: impl Fn(usize) -> Option<&'a Bits>,
        mut visit: impl FnMut(u32, f32),
    ) -> Result<(), EngineError> {
        if query.is_empty() {
            return Ok(());
        }
        let failed = self.failed("search the text index");
        let terms = bm25f::Terms::new(&self.searcher, self.fields, &self.stats, query);
        let terms = terms.map_err(&failed)?;
        for (index, reader) in self.searcher.segment_readers().iter().enumerate() {
            if let Some(allowed) = allowed(index) {
                let ordinals = &self.ordinals[index].by_document;
                let visit = |document: u32, score| visit(ordinals[document as usize], score);
                terms.rank(reader, allowed, visit).map_err(&failed)?;
            }
        }
        Ok(())
    }

    /// See [`View::fetch`](crate::View::fetch).
    pub(crate) fn fetch(&self, ordinals: &[u32]) -> Result<Vec<StoredDocument>, EngineError> {
        let found = ordinals.iter().filter_map(|ordinal| Some((*ordinal, self.find(*ordinal)?)));
        found.map(|(ordinal, place)| self.read(ordinal, place)).collect()
    }

    fn read(&self, ordinal: u32, place: (usize, u32)) -> Result<EngineDocument, EngineError> {
        let address = DocAddress::new(place.0 as u32, place.1);
        let document = self.searcher.doc::<TantivyDocument>(address);
        let document = document.map_err(self.failed("read a stored document"))?;
        let text = |field| {
            let value = document.get_first(field);
            value.and_then(|value| value.as_str()).unwrap_or_default().to_owned()
        };
        let stored = document.get_first(self.fields.record);
        let stored = stored.and_then(|value| value.as_bytes()).unwrap_or_default();
        record::decode(ordinal, text(self.fields.title), text(self.fields.body), stored)
            .map_err(|error| EngineError::backend("read a stored document", error))
    }
}
