#![doc = include_str!("../README.md")]

mod error;
mod excerpt;
mod explain;
mod query;
mod rank;
mod request;
mod retrieve;
mod searcher;

pub use error::SearchError;
pub use explain::{AccountFound, ReadExplanation};
pub use rank::{RankingWeights, RankingWeightsError};
pub use request::{
    Audience, Confidence, Highlight, HighlightedText, PassageItem, QueryItem, QueryResponse, RetrieveResponse,
    SearchRequest,
};
pub use searcher::Searcher;

/// Results that a query has at most over all its pages.
pub const RESULTS_MAX: usize = 100;
/// Documents taken from each ranking before they are fused.
pub const POOL: usize = 150;
