//! What is asked and what is answered.

use std::ops::Range;

use sangam_access::ReaderRequest;
use sangam_engine::{AttributeValue, Facet, FacetValue, FieldFilter, SortKey};

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Whoever the request names. One that names nobody sees what is public.
    Request(ReaderRequest),
    /// All documents, whatever their access: the operator asked for Kendra's own rule and the request names nobody.
    Everything,
}

/// What to search for.
#[derive(Clone, PartialEq)]
pub struct SearchRequest {
    /// The index.
    pub index_id: String,
    /// The question; without one, everything that the filter lets through is browsed.
    pub text: String,
    /// Who is asking.
    pub audience: Audience,
    /// What the documents must satisfy beside the access.
    pub filter: Option<FieldFilter>,
    /// How many results to pass over.
    pub offset: u32,
    /// How many results to answer.
    pub limit: u32,
    /// The attributes to answer, by name; others need not be read.
    pub attributes: Vec<String>,
    /// The attributes to count the values of, over all that match.
    pub facets: Vec<Facet>,
    /// What the results are sorted by before relevance; it decides which are answered, not only their order.
    pub sort: Vec<SortKey>,
}

/// Shows no question.
impl std::fmt::Debug for SearchRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchRequest")
            .field("index_id", &self.index_id)
            .field("offset", &self.offset)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// How sure a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Almost certainly what was asked for.
    VeryHigh,
    /// Probably.
    High,
    /// Possibly.
    Medium,
    /// It shares words.
    Low,
    /// Not known in this language, or without a model.
    NotAvailable,
}

/// A part of a text to mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// Bytes of the text, on character boundaries.
    pub bytes: Range<usize>,
}

/// A text with what to mark in it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HighlightedText {
    /// The text.
    pub text: String,
    /// What to mark, in order.
    pub highlights: Vec<Highlight>,
}

/// Shows no text.
impl std::fmt::Debug for HighlightedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HighlightedText({} bytes)", self.text.len())
    }
}

/// A document that answers.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchItem {
    /// The document.
    pub document_id: String,
    /// Its title.
    pub title: HighlightedText,
    /// A piece of its text.
    pub excerpt: HighlightedText,
    /// Its address, if it has one.
    pub uri: Option<String>,
    /// Those of the requested attributes that it has.
    pub attributes: Vec<(String, AttributeValue)>,
    /// How sure this is.
    pub confidence: Confidence,
}

/// A page of documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchResponse {
    /// Documents in all.
    pub total: u64,
    /// The page, best first.
    pub items: Vec<SearchItem>,
    /// For each facet that was asked for, its values.
    pub facets: Vec<Vec<FacetValue>>,
}

/// A passage that answers.
#[derive(Clone, PartialEq)]
pub struct PassageItem {
    /// The document.
    pub document_id: String,
    /// Its title.
    pub title: String,
    /// The passage's text.
    pub text: String,
    /// The document's address, if it has one.
    pub uri: Option<String>,
    /// Those of the requested attributes that the document has.
    pub attributes: Vec<(String, AttributeValue)>,
    /// How sure this is.
    pub confidence: Confidence,
}

/// Shows no text.
impl std::fmt::Debug for PassageItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassageItem").field("document_id", &self.document_id).finish_non_exhaustive()
    }
}

/// A page of passages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PassagesResponse {
    /// The page, best first.
    pub items: Vec<PassageItem>,
}
