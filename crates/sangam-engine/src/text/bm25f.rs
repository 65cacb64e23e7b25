//! Ranks documents by their words: BM25F, with the title as the heavier of two fields.
//!
//! A term's frequencies in title and body are weighed, divided by the length of the field, and added
//! *before* they saturate, so that a term in both counts once, and more. (Robertson, Zaragoza, Taylor:
//! Simple BM25 extension to multiple weighted fields, CIKM 2004.) The weights are those that were best
//! on the relevance collections.
//!
//! Every match is visited, because the number of matches must be exact. So there is no skipping by
//! score, and the postings are walked term by term over windows of documents that fit in the cache.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::schema::Fields;
use crate::bits::Bits;
use crate::query::LexicalQuery;

/// How late a term's frequency saturates.
const K1: f32 = 1.5;

/// How much a field weighs, and how much its length counts.
#[derive(Clone, Copy, Debug)]
struct FieldWeight {
    boost: f32,
    /// 0: the length does not matter; 1: a field twice as long counts half.
    b: f32,
}

const TITLE: FieldWeight = FieldWeight { boost: 3.0, b: 0.5 };
const BODY: FieldWeight = FieldWeight { boost: 1.0, b: 0.75 };

/// Documents per window: 32 KiB of scores and frequencies, as much as a first-level cache holds.
const WINDOW: u32 = 4096;

/// If at most one document in this many is allowed, postings are leapt over instead of read.
const SPARSE: usize = 32;

/// Numbers about the whole index, deleted documents included until they are merged away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CorpusStats {
    n_documents: f32,
    title_length: f32,
    body_length: f32,
}

impl CorpusStats {
    pub(super) fn of(searcher: &Searcher, fields: Fields) -> tantivy::Result<Self> {
        let (mut n_documents, mut title_tokens, mut body_tokens) = (0u64, 0, 0);
        for segment in searcher.segment_readers() {
            n_documents += u64::from(segment.max_doc());
            title_tokens += segment.inverted_index(fields.title)?.total_num_tokens();
            body_tokens += segment.inverted_index(fields.body)?.total_num_tokens();
        }
        let mean = |tokens: u64| (tokens as f32 / n_documents.max(1) as f32).max(1.0);
        Ok(Self { n_documents: n_documents as f32, title_length: mean(title_tokens), body_length: mean(body_tokens) })
    }

    fn idf(&self, document_frequency: u64) -> f32 {
        let frequency = document_frequency as f32;
        debug_assert!(frequency <= self.n_documents);
        (1.0 + (self.n_documents - frequency + 0.5) / (frequency + 0.5)).ln()
    }
}

/// The terms of a query that occur in the index.
pub(super) struct Terms {
    terms: Vec<WeightedTerm>,
    title: LengthNorms,
    body: LengthNorms,
}

struct WeightedTerm {
    title: Term,
    body: Term,
    /// The query's weight times the inverse document frequency.
    weight: f32,
}

/// What a frequency is multiplied by, for each of the 256 lengths that the index tells apart.
struct LengthNorms {
    field: Field,
    factors: [f32; 256],
}

impl LengthNorms {
    fn new(field: Field, weight: FieldWeight, mean_length: f32) -> Self {
        let factor = |id: usize| {
            let length = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
            weight.boost / (1.0 - weight.b + weight.b * length / mean_length)
        };
        Self { field, factors: std::array::from_fn(factor) }
    }
}

impl Terms {
    pub(super) fn new(
        searcher: &Searcher,
        fields: Fields,
        stats: &CorpusStats,
        query: &LexicalQuery,
    ) -> tantivy::Result<Self> {
        let mut terms = Vec::new();
        for term in &query.terms {
            let title = Term::from_field_text(fields.title, &term.term);
            let body = Term::from_field_text(fields.body, &term.term);
            // The number of documents with the term in either field lies between this and the sum.
            let frequency = searcher.doc_freq(&title)?.max(searcher.doc_freq(&body)?);
            if frequency > 0 {
                let weight = term.weight * stats.idf(frequency);
                terms.push(WeightedTerm { title, body, weight });
            }
        }
        Ok(Self {
            terms,
            title: LengthNorms::new(fields.title, TITLE, stats.title_length),
            body: LengthNorms::new(fields.body, BODY, stats.body_length),
        })
    }

    /// Calls `visit` with each allowed document of the segment that has a term, and its score.
    pub(super) fn rank(
        &self,
        segment: &SegmentReader,
        allowed: &Bits,
        mut visit: impl FnMut(u32, f32),
    ) -> tantivy::Result<()> {
        let title_lengths = segment.get_fieldnorms_reader(self.title.field)?;
        let body_lengths = segment.get_fieldnorms_reader(self.body.field)?;
        let mut cursors = Vec::new();
        for term in &self.terms {
            cursors.push(TermCursor {
                title: postings(segment, self.title.field, &term.title)?,
                body: postings(segment, self.body.field, &term.body)?,
                weight: term.weight,
            });
        }
        let is_sparse = allowed.len() * SPARSE <= segment.max_doc() as usize;
        let add = if is_sparse { Window::add_few } else { Window::add };
        let mut window = Window::default();
        let mut from = 0;
        while let Some(start) = next_start(&mut cursors, allowed, from) {
            window.start = start;
            for cursor in &mut cursors {
                add(&mut window, &mut cursor.title, allowed, &title_lengths, &self.title.factors);
                add(&mut window, &mut cursor.body, allowed, &body_lengths, &self.body.factors);
                window.saturate(cursor.weight);
            }
            window.drain(&mut visit);
            from = start + WINDOW;
        }
        Ok(())
    }
}

struct TermCursor {
    title: SegmentPostings,
    body: SegmentPostings,
    weight: f32,
}

fn postings(segment: &SegmentReader, field: Field, term: &Term) -> tantivy::Result<SegmentPostings> {
    let index = segment.inverted_index(field)?;
    let postings = index.read_postings(term, IndexRecordOption::WithFreqs)?;
    Ok(postings.unwrap_or_else(SegmentPostings::empty))
}

/// Returns where the next window begins: at the first document, not below `from`, that is allowed
/// and that some cursor may stand at. Moves cursors that lag behind.
fn next_start(cursors: &mut [TermCursor], allowed: &Bits, from: u32) -> Option<u32> {
    let mut from = from;
    loop {
        let candidate = allowed.next(from as usize)? as u32;
        let mut nearest = TERMINATED;
        for postings in cursors.iter_mut().flat_map(|cursor| [&mut cursor.title, &mut cursor.body]) {
            let document = match postings.doc() {
                document if document < candidate => postings.seek(candidate),
                document => document,
            };
            nearest = nearest.min(document);
        }
        if nearest == TERMINATED {
            return None;
        }
        if nearest - candidate < WINDOW {
            return Some(candidate);
        }
        from = nearest;
    }
}

/// Scores of consecutive documents.
struct Window {
    start: u32,
    /// Sums over the terms so far.
    scores: Box<[f32; WINDOW as usize]>,
    /// The current term's weighed frequencies.
    frequencies: Box<[f32; WINDOW as usize]>,
    /// Which documents the current term is in.
    touched: [u64; WINDOW as usize / 64],
    /// Which documents have any term.
    matched: [u64; WINDOW as usize / 64],
}

impl Default for Window {
    fn default() -> Self {
        Self {
            start: 0,
            scores: Box::new([0.0; WINDOW as usize]),
            frequencies: Box::new([0.0; WINDOW as usize]),
            touched: [0; WINDOW as usize / 64],
            matched: [0; WINDOW as usize / 64],
        }
    }
}

impl Window {
    /// Adds one field's frequencies of the current term.
    fn add(&mut self, postings: &mut SegmentPostings, allowed: &Bits, lengths: &FieldNormReader, factors: &[f32; 256]) {
        let end = self.start + WINDOW;
        let mut document = postings.doc();
        while document < end {
            if allowed.contains(document as usize) {
                let factor = factors[usize::from(lengths.fieldnorm_id(document))];
                self.add_frequency(document, postings.term_freq() as f32 * factor);
            }
            document = postings.advance();
        }
    }

    /// The same, leaping from one allowed document to the next.
    fn add_few(
        &mut self,
        postings: &mut SegmentPostings,
        allowed: &Bits,
        lengths: &FieldNormReader,
        factors: &[f32; 256],
    ) {
        let end = self.start + WINDOW;
        let mut document = postings.doc();
        while document < end {
            let next = allowed.next(document as usize).map_or(TERMINATED, |next| next as u32);
            if next >= end {
                return;
            }
            if next == document {
                let factor = factors[usize::from(lengths.fieldnorm_id(document))];
                self.add_frequency(document, postings.term_freq() as f32 * factor);
                document = postings.advance();
            } else {
                document = postings.seek(next);
            }
        }
    }

    #[inline]
    fn add_frequency(&mut self, document: u32, frequency: f32) {
        let at = (document - self.start) as usize;
        self.frequencies[at] += frequency;
        self.touched[at / 64] |= 1 << (at % 64);
    }

    /// Turns the current term's frequencies into scores.
    fn saturate(&mut self, weight: f32) {
        let words = self.touched.iter_mut().zip(&mut self.matched);
        for (at, (touched, matched)) in words.enumerate() {
            *matched |= *touched;
            let mut rest = std::mem::take(touched);
            while rest != 0 {
                let document = 64 * at + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let frequency = std::mem::take(&mut self.frequencies[document]);
                self.scores[document] += weight * frequency * (K1 + 1.0) / (frequency + K1);
            }
        }
    }

    /// Hands the scores out and clears them.
    fn drain(&mut self, visit: &mut impl FnMut(u32, f32)) {
        for (at, matched) in self.matched.iter_mut().enumerate() {
            let mut rest = std::mem::take(matched);
            while rest != 0 {
                let document = 64 * at + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let score = std::mem::take(&mut self.scores[document]);
                visit(self.start + document as u32, score);
            }
        }
    }
}
