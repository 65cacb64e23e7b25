//! Sync jobs, as the operations see them.

use std::sync::Arc;

use async_trait::async_trait;
use sangam_service::{Jobs, SeamError};
use sangam_store::SyncJob;
use sangam_sync::SyncService;

/// Hands jobs to the service that works on them.
pub(super) struct SyncJobs(pub(super) Arc<SyncService>);

#[async_trait]
impl Jobs for SyncJobs {
    async fn start(&self, job: &SyncJob) -> Result<(), SeamError> {
        self.0.work_on(job.clone());
        Ok(())
    }

    async fn stop(&self, job_id: &str) -> Result<(), SeamError> {
        self.0.stop(job_id).await.map_err(SeamError::failed)
    }

    async fn quiesce(&self, _index_id: &str, data_source_id: &str) -> Result<(), SeamError> {
        self.0.quiesce(data_source_id).await;
        Ok(())
    }
}
