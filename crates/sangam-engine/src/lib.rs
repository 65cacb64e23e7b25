#![doc = include_str!("../README.md")]

pub mod conformance;

mod analysis;
mod bits;
mod document;
mod embedded;
mod engine;
mod error;
mod facet;
mod filter;
mod hits;
mod options;
mod query;
mod text;
mod top;
mod vectors;

pub use analysis::{Token, analyze};
pub use document::{
    AttributeValue, DocumentVectors, EngineDocument, Passage, PassageVector, StoredDocument, TITLE_PASSAGE,
};
pub use embedded::EmbeddedEngine;
pub use engine::{Engine, View};
pub use error::{BoxError, EngineError};
pub use facet::{Facet, FacetValue, SortKey, ValueKind};
pub use filter::{FieldFilter, Filter, RangeKind};
pub use hits::{LexicalHit, LexicalHits, PassageHit, SemanticHit, ViewStats};
pub use options::{CommitHook, CommitPoint, EngineOptions, WRITER_MEMORY_BYTES};
pub use query::{LexicalQuery, MAX_QUERY_TERMS, QueryTerm};
