//! How jobs end, and what their owners are told.

use sangam_ingest::IngestError;
use sangam_store::{JobEnd, JobStatus, SyncJob};

use crate::SourceError;

/// The API's code for a job whose configuration, secret or permissions are wrong.
const INVALID_REQUEST: &str = "InvalidRequest";
/// The API's code for a job that failed through no fault of its owner.
const INTERNAL_ERROR: &str = "InternalError";

/// Why a step was the last.
pub(crate) enum Ending {
    /// The job has ended.
    Job(JobEnd),
    /// The process is ending; the job goes on after the next start.
    Later,
}

/// The end of a job that was asked to stop.
pub(crate) fn aborted() -> JobEnd {
    JobEnd { status: JobStatus::Aborted, error_code: None, error_message: None, data_source_error_code: None }
}

/// How a job that did its work ends; `failures` says what could not be indexed.
pub(crate) fn end_of(job: &SyncJob, failures: Option<String>) -> JobEnd {
    let counters = job.counters;
    let mut told: Vec<String> = failures.into_iter().collect();
    if counters.protected > 0 {
        told.push(format!(
            "Protected from deletion: {}. If they are really gone, raise deletionProtectionThreshold or set \
             enableDeletionProtection to false, and sync again.",
            counters.protected
        ));
    }
    let cut_off = job.warnings.iter().find(|warning| warning.contains("did not end cleanly"));
    told.extend(cut_off.map(|warning| format!("{warning}.")));
    if told.is_empty() {
        return JobEnd {
            status: JobStatus::Succeeded,
            error_code: None,
            error_message: None,
            data_source_error_code: None,
        };
    }
    JobEnd {
        status: JobStatus::Incomplete,
        error_code: Some(INVALID_REQUEST.into()),
        error_message: Some(told.join(" ")),
        data_source_error_code: None,
    }
}

/// How a job ends whose source could not go on.
pub(crate) fn source_ending(error: SourceError) -> Ending {
    match error {
        SourceError::Configuration { message, code } | SourceError::Unauthorized { message, code } => {
            failed(message, code)
        }
        SourceError::Unavailable { message, code, retry_at: None } => failed(message, code),
        SourceError::Unavailable { message, code, retry_at: Some(_) } => Ending::Job(JobEnd {
            status: JobStatus::Incomplete,
            error_code: Some(INVALID_REQUEST.into()),
            error_message: Some(message),
            data_source_error_code: code,
        }),
        SourceError::Stopped => Ending::Job(aborted()),
        SourceError::SinkClosed => Ending::Later,
    }
}

/// A job that could not do its work; the message says what to do.
pub(crate) fn failed(message: String, code: Option<String>) -> Ending {
    Ending::Job(JobEnd {
        status: JobStatus::Failed,
        error_code: Some(INVALID_REQUEST.into()),
        error_message: Some(message),
        data_source_error_code: code,
    })
}

/// A job that failed through no fault of its owner.
pub(crate) fn internal(error: impl Into<IngestError>) -> Ending {
    let error = error.into();
    tracing::error!(%error, "a sync job failed");
    Ending::Job(JobEnd {
        status: JobStatus::Failed,
        error_code: Some(INTERNAL_ERROR.into()),
        error_message: Some(format!("The index could not be written: {error}. Start the sync again.")),
        data_source_error_code: None,
    })
}
