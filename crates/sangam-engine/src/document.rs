//! What goes into an engine and comes out again: documents, attributes, passages, vectors.
//!
//! `Debug` shows sizes and names, never text or values: these types travel through logs.

use std::fmt;

/// The passage number of a title's own vector.
pub const TITLE_PASSAGE: u16 = u16::MAX;

/// The value of an attribute, in the four types that an index field can have.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum AttributeValue {
    /// One string.
    String(String),
    /// Several strings; their order is kept, and means nothing to a filter. An empty list is the
    /// same as no attribute.
    StringList(Vec<String>),
    /// A whole number.
    Long(i64),
    /// A moment, in milliseconds since 1970-01-01 UTC.
    Date(i64),
}

impl fmt::Debug for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(value) => write!(f, "String({} bytes)", value.len()),
            Self::StringList(values) => write!(f, "StringList({} values)", values.len()),
            Self::Long(_) => f.write_str("Long"),
            Self::Date(_) => f.write_str("Date"),
        }
    }
}

/// A piece of a document's body: a byte range on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Passage {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// One revision of a document, ready to be found.
#[derive(Clone, PartialEq, Eq)]
pub struct EngineDocument {
    /// The number this revision goes by; never used for another one.
    pub ordinal: u32,
    /// Searched with more weight than the body.
    pub title: String,
    /// The text.
    pub body: String,
    /// Its language code. A filter on language uses the attribute `_language_code`.
    pub language: String,
    /// What a filter can ask for, each name at most once.
    pub attributes: Vec<(String, AttributeValue)>,
    /// Where the passages of `body` are; the position in this list is the passage's number.
    pub passages: Vec<Passage>,
}

impl EngineDocument {
    /// Returns which rule of the contract the document breaks, if any.
    ///
    /// Passages must lie in the body on character boundaries and be fewer than
    /// [`TITLE_PASSAGE`]; attribute names must be unique and not empty.
    pub fn broken_rule(&self) -> Option<String> {
        if self.passages.len() >= usize::from(TITLE_PASSAGE) {
            return Some(format!("it has {} passages", self.passages.len()));
        }
        for (number, passage) in self.passages.iter().enumerate() {
            let range = passage.start as usize..passage.end as usize;
            if self.body.get(range).is_none() {
                return Some(format!("passage {number} is not a range of the body"));
            }
        }
        let mut names: Vec<&str> = self.attributes.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.first().is_some_and(|name| name.is_empty()) {
            return Some("an attribute has no name".to_owned());
        }
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        twice.map(|pair| format!("attribute `{}` occurs twice", pair[0]))
    }
}

impl fmt::Debug for EngineDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineDocument")
            .field("ordinal", &self.ordinal)
            .field("title_bytes", &self.title.len())
            .field("body_bytes", &self.body.len())
            .field("language", &self.language)
            .field("attributes", &self.attributes)
            .field("n_passages", &self.passages.len())
            .finish()
    }
}

/// A document as the engine gives it back: what was added, byte for byte.
pub type StoredDocument = EngineDocument;

/// The vectors of one document, or some of them.
///
/// A vector replaces an earlier one of the same ordinal and passage, so adding twice is harmless;
/// the document's other vectors stay.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentVectors {
    /// The document revision they belong to.
    pub ordinal: u32,
    /// One per passage, in any order.
    pub vectors: Vec<PassageVector>,
}

/// The vector of one passage, or of the title.
#[derive(Clone, PartialEq)]
pub struct PassageVector {
    /// The passage's number in its document, or [`TITLE_PASSAGE`].
    pub passage: u16,
    /// A hash of the text that was embedded: equal text keeps its vector in a new revision.
    pub text_hash: u64,
    /// Unit norm, as many numbers as the index has dimensions.
    pub values: Vec<f32>,
}

impl fmt::Debug for PassageVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassageVector")
            .field("passage", &self.passage)
            .field("text_hash", &self.text_hash)
            .field("dimensions", &self.values.len())
            .finish()
    }
}
