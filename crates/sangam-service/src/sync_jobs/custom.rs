//! The end of a custom data source's job: after Stop, once everything it put is found by its words and, with a model, by its meaning.

use std::time::Duration;

use sangam_api::ApiError;
use sangam_api::kendra::DataSourceType;
use sangam_store::{JobEnd, JobStatus, StoreError, SyncJob};

use crate::Service;
use crate::error::Outcome;

/// How often the queues are looked at: a client polls by the second.
const POLL: Duration = Duration::from_millis(200);

/// The API's code for documents that cannot be indexed as they were put.
const INVALID_REQUEST: &str = "InvalidRequest";

/// Ends the job in the background once none of its documents waits any more.
pub(crate) async fn finish_later(service: &Service, job_id: String) {
    let owned = service.clone();
    let work = async move {
        if let Err(error) = finish(&owned, &job_id).await {
            let error = ApiError::from(error);
            tracing::error!(job.id = %job_id, %error, "job `{job_id}` could not be ended");
        }
    };
    drop(service.background().spawn(work).await);
}

async fn finish(service: &Service, job_id: &str) -> Outcome<()> {
    let job = loop {
        // Gone: its data source or index was deleted.
        let Some(job) = service.store().job(job_id).await? else { return Ok(()) };
        if n_waiting(service, &job).await? == 0 {
            break job;
        }
        // A shutdown does not wait for the queues to run empty: the next start goes on.
        if service.is_stopping() {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    };
    let failures = service.store().failures_told(&job).await?;
    let status = if failures.is_some() { JobStatus::Incomplete } else { JobStatus::Succeeded };
    let error_code = failures.is_some().then(|| INVALID_REQUEST.to_owned());
    let end = JobEnd { status, error_code, error_message: failures, data_source_error_code: None };
    service.store().end_job(job_id, &end).await?;
    Ok(())
}

/// What the job still waits for: documents in the inbox first, then vectors, if there is a model to make them.
async fn n_waiting(service: &Service, job: &SyncJob) -> Outcome<u64> {
    let n_documents = service.store().inbox_len_of_job(&job.index_id, &job.id).await?;
    if n_documents > 0 || !service.host().has_model(&job.index_id) {
        return Ok(n_documents);
    }
    Ok(service.store().vectors_pending_of(&job.index_id, &job.data_source_id).await?)
}

/// Goes on with the jobs of custom data sources that were stopped before a crash.
pub(crate) async fn resume_custom(service: &Service) -> Result<(), StoreError> {
    for job in service.store().open_jobs().await? {
        let source = service.store().data_source(&job.index_id, &job.data_source_id).await?;
        let is_custom = source.is_some_and(|source| source.kind == DataSourceType::Custom.as_str());
        if is_custom && job.status == JobStatus::SyncingIndexing {
            finish_later(service, job.id).await;
        }
    }
    Ok(())
}
