//! `StopDataSourceSyncJob`

use sangam_api::kendra::{DataSourceType, StopDataSourceSyncJobRequest};
use sangam_store::{JobFilter, JobStatus};

use super::custom;
use crate::Service;
use crate::error::Outcome;

/// Asks the job in progress to stop; without one there is nothing to do. For a custom data source this closes the bracket: the job is
/// complete and ends once its documents are found.
pub(crate) async fn stop(service: &Service, input: StopDataSourceSyncJobRequest) -> Outcome<()> {
    service.index(&input.index_id).await?;
    let source = service.data_source(&input.index_id, &input.id).await?;
    let filter = JobFilter { status: Some(JobStatus::Syncing), ..JobFilter::default() };
    let Some(job) = service.store().jobs(&source.id, &filter, 0, 1).await?.into_iter().next() else {
        return Ok(());
    };
    if source.kind == DataSourceType::Custom.as_str() {
        if service.store().move_job(&job.id, JobStatus::Syncing, JobStatus::SyncingIndexing).await? {
            custom::finish_later(service, job.id).await;
        }
    } else if service.store().move_job(&job.id, JobStatus::Syncing, JobStatus::Stopping).await? {
        service.jobs().stop(&job.id).await?;
    }
    Ok(())
}
