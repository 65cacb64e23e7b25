//! `StopDataSourceSyncJob`

use sangam_api::kendra::{DataSourceType, StopDataSourceSyncJobRequest};
use sangam_store::{DataSourceRecord, JobFilter, JobStatus, SyncJob};

use super::custom;
use crate::Service;
use crate::error::Outcome;

/// Jobs of one data source that can wait for their vectors at once: a sync is over before the next one may begin, so they are few.
const WAITING_MAX: u32 = 100;

/// Asks the job in progress to stop; without one there is nothing to do.
///
/// That is the job that walks its source. If none does, it is those that wait until what they brought is found by meaning: they are ABORTED
/// at once, what they brought stays, and its vectors follow all the same. For a custom data source this closes the bracket: the job is
/// complete and ends once its documents are found; closing it twice is closing it once.
pub(crate) async fn stop(service: &Service, input: StopDataSourceSyncJobRequest) -> Outcome<()> {
    service.index(&input.index_id).await?;
    let source = service.data_source(&input.index_id, &input.id).await?;
    let is_custom = source.kind == DataSourceType::Custom.as_str();
    let walking = jobs(service, &source, JobStatus::Syncing, 1).await?.into_iter().next();
    match walking {
        Some(job) if is_custom => {
            if service.store().move_job(&job.id, JobStatus::Syncing, JobStatus::SyncingIndexing).await? {
                custom::finish_later(service, job.id).await;
            }
        }
        Some(job) => {
            // It may have come to its end in this moment, and wait now.
            if !halt(service, &job, JobStatus::Syncing).await? {
                halt(service, &job, JobStatus::SyncingIndexing).await?;
            }
        }
        None if is_custom => {}
        None => {
            for job in jobs(service, &source, JobStatus::SyncingIndexing, WAITING_MAX).await? {
                halt(service, &job, JobStatus::SyncingIndexing).await?;
            }
        }
    }
    Ok(())
}

async fn jobs(service: &Service, source: &DataSourceRecord, status: JobStatus, limit: u32) -> Outcome<Vec<SyncJob>> {
    let filter = JobFilter { status: Some(status), ..JobFilter::default() };
    Ok(service.store().jobs(&source.id, &filter, 0, limit).await?)
}

/// Stops a job that is as `from` says; false if it is not.
async fn halt(service: &Service, job: &SyncJob, from: JobStatus) -> Outcome<bool> {
    let is_stopping = service.store().move_job(&job.id, from, JobStatus::Stopping).await?;
    if is_stopping {
        service.jobs().stop(&job.id).await?;
    }
    Ok(is_stopping)
}
