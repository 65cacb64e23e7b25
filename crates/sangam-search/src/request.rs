//! What is asked and what is answered.

use sangam_access::ReaderRequest;
use sangam_engine::{AttributeValue, FieldFilter};

/// For whom a query is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everything, whatever the access lists say: Kendra's rule for requests that name nobody, by setting only.
    Everything,
    /// What this reader may read; an empty request reads what is public.
    Reader(ReaderRequest),
}

/// One query.
#[derive(Clone)]
pub struct SearchRequest {
    /// The question.
    pub text: String,
    /// For whom.
    pub audience: Audience,
    /// Conditions on attributes.
    pub filter: Option<FieldFilter>,
    /// From 1.
    pub page: usize,
    /// Results on a page.
    pub page_size: usize,
}

impl std::fmt::Debug for SearchRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchRequest")
            .field("page", &self.page)
            .field("page_size", &self.page_size)
            .finish_non_exhaustive()
    }
}

/// How sure the ranking is of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The index has no model, or the document no vectors yet.
    NotAvailable,
    /// Hardly related.
    Low,
    /// Related.
    Medium,
    /// Close.
    High,
    /// Very close.
    VeryHigh,
}

/// A part of a text, in Unicode code points of that text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Highlight {
    /// The first one.
    pub begin: usize,
    /// The one after the last.
    pub end: usize,
}

/// A text and what matched in it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HighlightedText {
    /// The text.
    pub text: String,
    /// What matched, in order, not overlapping.
    pub highlights: Vec<Highlight>,
}

impl std::fmt::Debug for HighlightedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HighlightedText({} bytes, {} highlights)", self.text.len(), self.highlights.len())
    }
}

/// One document that a query found.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryItem {
    /// The document.
    pub document_id: String,
    /// Its title.
    pub title: HighlightedText,
    /// The part of it that answers best.
    pub excerpt: HighlightedText,
    /// Its attributes by index field name.
    pub attributes: Vec<(String, AttributeValue)>,
    /// The fused score; comparable within one answer only.
    pub score: f32,
    /// How sure the ranking is.
    pub confidence: Confidence,
}

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryResponse {
    /// Readable documents that match by words, or are among the closest by meaning.
    pub total: u64,
    /// The page's results, best first.
    pub items: Vec<QueryItem>,
}

/// One passage that was retrieved.
#[derive(Clone, PartialEq)]
pub struct PassageItem {
    /// The document.
    pub document_id: String,
    /// The number of the passage in it.
    pub passage: u16,
    /// Its title.
    pub title: String,
    /// The passage with its neighbours.
    pub content: String,
    /// Its attributes by index field name.
    pub attributes: Vec<(String, AttributeValue)>,
    /// The fused score; comparable within one answer only.
    pub score: f32,
    /// How sure the ranking is.
    pub confidence: Confidence,
}

impl std::fmt::Debug for PassageItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassageItem")
            .field("document_id", &self.document_id)
            .field("passage", &self.passage)
            .field("score", &self.score)
            .finish_non_exhaustive()
    }
}

/// The passages retrieved for a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RetrieveResponse {
    /// The page's passages, best first.
    pub items: Vec<PassageItem>,
}
