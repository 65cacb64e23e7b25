//! Searching, as the operations see it.

use async_trait::async_trait;
use sangam_search::{PassagesResponse, SearchError, SearchRequest, SearchResponse, Searcher as Domain};
use sangam_service::{SeamError, Searcher};
use sangam_store::Store;

use super::host::seam;

/// Asks the open indices.
pub(super) struct IndexSearcher {
    pub(super) searcher: Domain,
    pub(super) store: Store,
}

#[async_trait]
impl Searcher for IndexSearcher {
    async fn search(&self, request: &SearchRequest) -> Result<SearchResponse, SeamError> {
        self.searcher.query(&self.store, request).await.map_err(failed)
    }

    async fn passages(&self, request: &SearchRequest) -> Result<PassagesResponse, SeamError> {
        self.searcher.retrieve(&self.store, request).await.map_err(failed)
    }
}

fn failed(error: SearchError) -> SeamError {
    match error {
        SearchError::Index(error) => seam(error),
        SearchError::Embed(sangam_embed::EmbedError::Busy) => SeamError::Busy,
        error => SeamError::failed(error),
    }
}
