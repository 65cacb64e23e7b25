//! `ListDataSourceSyncJobs`

use sangam_api::Timestamp;
use sangam_api::kendra::{
    DataSourceSyncJob, DataSourceSyncJobMetrics, DataSourceSyncJobStatus, DataSourceType, ErrorCode,
    ListDataSourceSyncJobsRequest, ListDataSourceSyncJobsResponse,
};
use sangam_store::{JobFilter, JobKind, JobStatus, SyncJob};

use crate::Service;
use crate::error::{Outcome, invalid};
use crate::page_token::{self, Place};

/// Jobs on a page when the request does not say, which is also the most.
const PAGE: u32 = 10;

/// A page of a data source's jobs, newest first.
pub(crate) async fn list(
    service: &Service,
    input: ListDataSourceSyncJobsRequest,
) -> Outcome<ListDataSourceSyncJobsResponse> {
    service.index(&input.index_id).await?;
    let source = service.data_source(&input.index_id, &input.id).await?;
    let after = page_token::parse(input.next_token.as_deref())?;
    let offset = u32::try_from(after.map_or(0, |place| place.order))
        .map_err(|_| invalid("the value of NextToken is not a token of this operation"))?;
    let limit = page_token::limit(input.max_results, PAGE);
    let range = input.start_time_filter.unwrap_or_default();
    let filter = JobFilter {
        kind: JobKind::Sync,
        status: input.status_filter.map(job_status),
        started_from: range.start_time.map(Timestamp::as_millis),
        started_to: range.end_time.map(Timestamp::as_millis),
    };
    let rows = service.store().jobs(&source.id, &filter, offset, limit + 1).await?;
    let (rows, next_token) =
        page_token::page(rows, limit, |_| Place { order: i64::from(offset + limit), id: String::new() });
    let is_custom = source.kind == DataSourceType::Custom.as_str();
    let history = rows.into_iter().map(|job| wire(job, is_custom)).collect();
    Ok(ListDataSourceSyncJobsResponse { history: Some(history), next_token })
}

/// Counters are strings of digits on the wire; a custom data source scans nothing.
fn wire(job: SyncJob, is_custom: bool) -> DataSourceSyncJob {
    let counters = job.counters;
    let digits = |count: u64| Some(count.to_string());
    DataSourceSyncJob {
        execution_id: Some(job.id),
        start_time: Some(Timestamp::from_millis(job.started_at)),
        end_time: job.ended_at.map(Timestamp::from_millis),
        status: Some(wire_status(job.status)),
        error_message: job.error_message,
        error_code: job.error_code.and_then(|code| code.parse::<ErrorCode>().ok()),
        data_source_error_code: job.data_source_error_code,
        metrics: Some(DataSourceSyncJobMetrics {
            documents_added: digits(counters.added),
            documents_modified: digits(counters.modified),
            documents_deleted: digits(counters.deleted),
            documents_failed: digits(counters.failed),
            documents_scanned: if is_custom { None } else { digits(counters.scanned) },
        }),
    }
}

fn wire_status(status: JobStatus) -> DataSourceSyncJobStatus {
    match status {
        JobStatus::Syncing => DataSourceSyncJobStatus::Syncing,
        JobStatus::SyncingIndexing => DataSourceSyncJobStatus::SyncingIndexing,
        JobStatus::Stopping => DataSourceSyncJobStatus::Stopping,
        JobStatus::Aborted => DataSourceSyncJobStatus::Aborted,
        JobStatus::Incomplete => DataSourceSyncJobStatus::Incomplete,
        JobStatus::Failed => DataSourceSyncJobStatus::Failed,
        JobStatus::Succeeded => DataSourceSyncJobStatus::Succeeded,
    }
}

fn job_status(status: DataSourceSyncJobStatus) -> JobStatus {
    match status {
        DataSourceSyncJobStatus::Syncing => JobStatus::Syncing,
        DataSourceSyncJobStatus::SyncingIndexing => JobStatus::SyncingIndexing,
        DataSourceSyncJobStatus::Stopping => JobStatus::Stopping,
        DataSourceSyncJobStatus::Aborted => JobStatus::Aborted,
        DataSourceSyncJobStatus::Incomplete => JobStatus::Incomplete,
        DataSourceSyncJobStatus::Failed => JobStatus::Failed,
        DataSourceSyncJobStatus::Succeeded => JobStatus::Succeeded,
    }
}
