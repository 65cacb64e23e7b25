//! `POST indices/{id}/data-sources/{id}/access-refresh`: reads access again now, without content.

use sangam_api::ApiError;
use sangam_store::StoreError;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoints, internal};

/// What to refresh; an empty body means all of the defaults.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RefreshRequest {
    /// Walk all listings too, so that what is gone is hidden.
    #[serde(default = "yes")]
    reconcile: bool,
}

fn yes() -> bool {
    true
}

impl Endpoints {
    /// Starts a refresh; answers with its job.
    pub(super) async fn refresh_access(&self, index_id: &str, source_id: &str, body: &[u8]) -> Result<Value, ApiError> {
        let body = if body.is_empty() { b"{}" } else { body };
        let wanted: RefreshRequest = serde_json::from_slice(body)
            .map_err(|error| ApiError::validation(format!("the body does not say what to refresh: {error}")))?;
        self.data_source(index_id, source_id).await?;
        self.indices.get(index_id).map_err(|_| ApiError::not_found(format!("index `{index_id}` not found")))?;
        match self.sync.refresh_access(index_id, source_id, wanted.reconcile).await {
            Ok(id) => Ok(json!({ "executionId": id })),
            Err(StoreError::Exists { id, .. }) => {
                Err(ApiError::in_use(format!("data source `{source_id}` has job `{id}` in progress")))
            }
            Err(error) => Err(internal(error)),
        }
    }
}
