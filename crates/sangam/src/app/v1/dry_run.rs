//! `POST indices/{id}/data-sources/{id}/dry-run`: finds out what a sync would do, and who could see it.

use sangam_api::ApiError;
use sangam_store::{JobKind, StoreError};
use serde_json::{Value, json};

use super::{Endpoints, internal};

impl Endpoints {
    /// Starts a dry run; answers with its job, whose result can be asked for once it has ended.
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

    /// What a dry run found; `null` until it has ended. Apart from the job: it names people and what each could read, and who may watch
    /// jobs need not know that.
    pub(super) async fn dry_run_result(&self, index_id: &str, source_id: &str, id: &str) -> Result<Value, ApiError> {
        let job = self.job(index_id, source_id, id).await?;
        if job.kind != JobKind::Preview {
            return Err(ApiError::not_found(format!("job `{id}` is no dry run")));
        }
        let found = self.store.job_result(id).await.map_err(internal)?.filter(|_| job.status.is_final());
        found.map_or(Ok(Value::Null), |text| serde_json::from_str(&text).map_err(internal))
    }
}
