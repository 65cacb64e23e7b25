#![doc = include_str!("../README.md")]

mod analysis;
mod document;
mod engine;
mod error;
mod filter;
mod hits;
mod options;
mod query;

pub use analysis::{Token, analyze};
pub use document::{
    AttributeValue, DocumentVectors, EngineDocument, Passage, PassageVector, StoredDocument, TITLE_PASSAGE,
};
pub use engine::{Engine, View};
pub use error::{BoxError, EngineError};
pub use filter::{FieldFilter, Filter, RangeKind};
pub use hits::{LexicalHit, LexicalHits, PassageHit, SemanticHit, ViewStats};
pub use options::{CommitHook, CommitPoint, EngineOptions, WRITER_MEMORY_BYTES};
pub use query::{LexicalQuery, MAX_QUERY_TERMS, QueryTerm};
