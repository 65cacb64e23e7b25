//! `GET indices/{id}/data-sources/{id}/jobs…`: jobs of all kinds, with their progress.

use sangam_api::ApiError;
use sangam_store::{JobFilter, JobKind, JobStatus, SyncJob, now_ms};
use serde_json::{Value, json};

use super::{Endpoints, given, internal, limit};

/// Jobs in one answer.
const JOBS_MAX: u32 = 100;

impl Endpoints {
    /// The latest jobs of one kind, newest first.
    pub(super) async fn jobs(
        &self,
        index_id: &str,
        source_id: &str,
        query: &[(String, String)],
    ) -> Result<Value, ApiError> {
        self.data_source(index_id, source_id).await?;
        let kind = given(query, "kind").map_or(Some(JobKind::Sync), JobKind::parse);
        let kind = kind.ok_or_else(|| ApiError::validation("`kind` must be `sync`, `access` or `preview`"))?;
        let filter = JobFilter { kind, ..JobFilter::default() };
        let jobs = self.store.jobs(source_id, &filter, 0, limit(query, JOBS_MAX)?).await.map_err(internal)?;
        Ok(json!({ "jobs": jobs.iter().map(|job| job_json(job, None)).collect::<Vec<_>>() }))
    }

    /// One job, with how far it is.
    pub(super) async fn describe_job(&self, index_id: &str, source_id: &str, id: &str) -> Result<Value, ApiError> {
        let job = self.job(index_id, source_id, id).await?;
        let succeeded = JobFilter { status: Some(JobStatus::Succeeded), ..JobFilter::default() };
        let before = self.store.jobs(source_id, &succeeded, 0, 1).await.map_err(internal)?.into_iter().next();
        Ok(job_json(&job, before.map(|before| before.counters.scanned).filter(|scanned| *scanned > 0)))
    }

    pub(super) async fn job(&self, index_id: &str, source_id: &str, id: &str) -> Result<SyncJob, ApiError> {
        let job = self.store.job(id).await.map_err(internal)?;
        job.filter(|job| job.index_id == index_id && job.data_source_id == source_id)
            .ok_or_else(|| ApiError::not_found(format!("sync job `{id}` not found")))
    }
}

/// A job as it is told; `n_before` is how many documents the last one saw, should its source not say how many to expect.
fn job_json(job: &SyncJob, n_before: Option<u64>) -> Value {
    let counters = job.counters;
    let seconds = (job.ended_at.unwrap_or_else(now_ms) - job.started_at).max(1) as f64 / 1_000.0;
    let rate = counters.scanned as f64 / seconds;
    let expected = job.n_expected.or(n_before).filter(|expected| *expected >= counters.scanned);
    let left = expected.filter(|_| job.status == JobStatus::Syncing && rate > 0.0);
    let left = left.map(|expected| ((expected - counters.scanned) as f64 / rate).ceil() as u64);
    json!({
        "executionId": job.id,
        "kind": job.kind.as_str(),
        "status": job.status.as_str(),
        "startedAt": job.started_at,
        "endedAt": job.ended_at,
        "errorCode": job.error_code,
        "errorMessage": job.error_message,
        "dataSourceErrorCode": job.data_source_error_code,
        "note": job.note,
        "retryAt": job.retry_at,
        "calls": job.n_calls,
        "documentsExpected": expected,
        "documentsPerSecond": (rate * 10.0).round() / 10.0,
        "secondsLeft": left,
        "warnings": job.warnings,
        "documentsAdded": counters.added,
        "documentsModified": counters.modified,
        "documentsDeleted": counters.deleted,
        "documentsFailed": counters.failed,
        "documentsScanned": counters.scanned,
        "accessChanged": counters.access_changed,
        "protectedFromDeletion": counters.protected,
    })
}
