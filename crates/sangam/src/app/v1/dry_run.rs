//! `POST indices/{id}/data-sources/{id}/dry-run`: finds out what a sync would do, and who could see it.

use sangam_api::ApiError;
use sangam_store::StoreError;
use serde_json::{Value, json};

use super::{Endpoints, internal};

impl Endpoints {
    /// Starts a dry run; answers with its job, which has the result once it has ended.
    pub(super) async fn dry_run(&self, index_id: &str, source_id: &str) -> Result<Value, ApiError> {
        self.data_source(index_id, source_id).await?;
        self.indices.get(index_id).map_err(|_| ApiError::not_found(format!("index `{index_id}` not found")))?;
        match self.sync.preview(index_id, source_id).await {
            Ok(id) => Ok(json!({ "executionId": id })),
            Err(StoreError::Exists { id, .. }) => {
                Err(ApiError::in_use(format!("data source `{source_id}` has dry run `{id}` in progress")))
            }
            Err(error) => Err(internal(error)),
        }
    }
}
