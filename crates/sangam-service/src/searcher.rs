//! Asking an index, as the operations see it.

use async_trait::async_trait;
use sangam_search::{PassagesResponse, SearchRequest, SearchResponse};

use crate::SeamError;

/// Searches the open indices.
#[async_trait]
pub trait Searcher: Send + Sync {
    /// Documents that fit, one item each.
    async fn search(&self, request: &SearchRequest) -> Result<SearchResponse, SeamError>;

    /// Passages that fit, several of a document perhaps.
    async fn passages(&self, request: &SearchRequest) -> Result<PassagesResponse, SeamError>;
}
