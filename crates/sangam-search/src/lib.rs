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
    Audience, Confidence, Highlight, HighlightedText, PassageItem, PassagesResponse, SearchItem, SearchRequest,
    SearchResponse,
};
pub use searcher::Searcher;

/// Results that a query has at most over all its pages: ranking deeper costs memory in proportion, and nobody reads on.
pub const RESULTS_MAX: usize = 1_000;
/// Documents taken from each ranking before they are fused.
pub const POOL: usize = 150;
