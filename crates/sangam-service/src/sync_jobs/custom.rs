//! The end of a custom data source's job: after Stop, once everything it put is found.

use std::time::Duration;

use sangam_api::ApiError;
use sangam_api::kendra::DataSourceType;
use sangam_store::{JobEnd, JobStatus, StoreError};

use crate::Service;
use crate::error::Outcome;

/// How often the inbox is looked at: a client polls by the second.
const POLL: Duration = Duration::from_millis(200);

/// Ends the job in the background once none of its documents waits in the inbox.
pub(crate) async fn finish_later(service: &Service, job_id: String, index_id: String) {
    let owned = service.clone();
    let work = async move {
        if let Err(error) = finish(&owned, &job_id, &index_id).await {
            let error = ApiError::from(error);
            tracing::error!(job.id = %job_id, %error, "job `{job_id}` could not be ended");
        }
    };
    drop(service.background().spawn(work).await);
}

async fn finish(service: &Service, job_id: &str, index_id: &str) -> Outcome<()> {
    while service.store().inbox_len_of_job(index_id, job_id).await? > 0 {
        // A shutdown does not wait for the inbox to run empty: the next start goes on.
        if service.is_stopping() {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
    let Some(job) = service.store().job(job_id).await? else { return Ok(()) };
    let status = if job.counters.failed > 0 { JobStatus::Incomplete } else { JobStatus::Succeeded };
    let end = JobEnd { status, error_code: None, error_message: None, data_source_error_code: None };
    service.store().end_job(job_id, &end).await?;
    Ok(())
}

/// Goes on with the jobs of custom data sources that were stopped before a crash.
pub(crate) async fn resume_custom(service: &Service) -> Result<(), StoreError> {
    for job in service.store().open_jobs().await? {
        let source = service.store().data_source(&job.index_id, &job.data_source_id).await?;
        let is_custom = source.is_some_and(|source| source.kind == DataSourceType::Custom.as_str());
        if is_custom && job.status == JobStatus::SyncingIndexing {
            finish_later(service, job.id, job.index_id).await;
        }
    }
    Ok(())
}
