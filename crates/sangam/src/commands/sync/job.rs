//! What a listed job tells.

use sangam_api::kendra::{DataSourceSyncJob, DataSourceSyncJobStatus};

/// The counters of a job, which travel as strings of digits; one that is absent is zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) scanned: u64,
    pub(super) added: u64,
    pub(super) modified: u64,
    pub(super) deleted: u64,
    pub(super) failed: u64,
}

impl Counters {
    /// The counters of `job`.
    pub(super) fn of(job: &DataSourceSyncJob) -> Self {
        let Some(metrics) = &job.metrics else { return Self::default() };
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok()).unwrap_or_default();
        Self {
            scanned: number(&metrics.documents_scanned),
            added: number(&metrics.documents_added),
            modified: number(&metrics.documents_modified),
            deleted: number(&metrics.documents_deleted),
            failed: number(&metrics.documents_failed),
        }
    }
}

/// Whether a job has ended, in whatever way. One without a status has not.
pub(super) fn is_over(job: &DataSourceSyncJob) -> bool {
    use DataSourceSyncJobStatus::{Aborted, Failed, Incomplete, Stopping, Succeeded, Syncing, SyncingIndexing};
    match job.status {
        Some(Succeeded | Failed | Incomplete | Aborted) => true,
        Some(Syncing | SyncingIndexing | Stopping) | None => false,
    }
}

/// How long a job took, by the server's clock.
pub(super) fn seconds(job: &DataSourceSyncJob) -> Option<f64> {
    Some((job.end_time?.as_seconds() - job.start_time?.as_seconds()).max(0.0))
}
