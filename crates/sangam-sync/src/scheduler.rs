//! The one task that starts jobs by themselves: syncs when their schedules are due, refreshes of access in between, and the hiding of what
//! lost its sight.
//!
//! Once a minute it reads all data sources and decides for each by what the store holds; nothing is remembered but the time of the last
//! look, so that a data source which is made, changed or deleted needs nobody to tell. As with EventBridge there is no catching up: what
//! was due while the server was down is not started, and nothing starts because a data source was made.

use std::sync::Arc;
use std::time::Duration;

use sangam_store::{JobFilter, JobKind, JobStatus, StoreError, SyncJob, now_ms};
use tokio_util::sync::CancellationToken;

use crate::{AccessRefresh, Agenda, HostError, PlannedSource, Schedule, SyncService};

const MINUTE_MS: i64 = 60_000;
/// A job starts at most this late, after a look that took long or a machine that slept; what was due before is not caught up.
const LATE_MAX_MS: i64 = 15 * MINUTE_MS;

/// Why a look could not be finished.
#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error("the data sources are not known: {0}")]
    Agenda(#[from] HostError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ingest(#[from] sangam_ingest::IngestError),
}

/// Starts jobs by themselves.
pub struct Scheduler {
    service: Arc<SyncService>,
    agenda: Arc<dyn Agenda>,
    /// Everything that was due until then was started or passed over.
    looked_at: i64,
}

impl Scheduler {
    /// A scheduler that starts what becomes due after `now_ms`.
    pub fn new(service: Arc<SyncService>, agenda: Arc<dyn Agenda>, now_ms: i64) -> Self {
        Self { service, agenda, looked_at: now_ms }
    }

    /// Looks once a minute, until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let until_next = MINUTE_MS - now_ms().rem_euclid(MINUTE_MS);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_millis(until_next.unsigned_abs())) => {}
            }
            self.look(now_ms()).await;
        }
    }

    /// Starts what became due since the last look and until `now_ms`.
    pub async fn look(&mut self, now_ms: i64) {
        // A clock that was set back begins anew; one that leapt leaves out what is long gone.
        let since = self.looked_at.clamp(now_ms - LATE_MAX_MS, now_ms);
        self.looked_at = now_ms;
        if let Err(error) = self.hide_what_lost_sight(now_ms).await {
            tracing::error!(%error, "data sources that lost their sight were not hidden");
        }
        let sources = match self.agenda.sources().await.map_err(LookError::from) {
            Ok(sources) => sources,
            Err(error) => {
                tracing::error!(%error, "schedules were not looked at");
                return;
            }
        };
        for source in &sources {
            if let Err(error) = self.look_at(source, since, now_ms).await {
                let id = &source.data_source_id;
                tracing::error!(data_source.id = %id, %error, "the schedule of data source `{id}` was not looked at");
            }
        }
    }

    async fn look_at(&self, source: &PlannedSource, since: i64, now_ms: i64) -> Result<(), LookError> {
        if is_due(source, since, now_ms) {
            return self.start_sync(source, now_ms).await;
        }
        let Some(every) = self.refresh_every(source) else { return Ok(()) };
        let last = (self.last(source, JobKind::Sync).await?, self.last(source, JobKind::Access).await?);
        let started = [&last.0, &last.1].into_iter().flatten().map(|job| job.started_at).max();
        let retry_at = [&last.0, &last.1].into_iter().flatten().filter_map(|job| job.retry_at).max();
        // Nothing was ever synced: there is nothing whose access could change.
        let Some(started) = started else { return Ok(()) };
        let is_syncing = last.0.is_some_and(|job| matches!(job.status, JobStatus::Syncing | JobStatus::Stopping));
        if is_syncing || now_ms - started < every.as_millis() as i64 || retry_at.is_some_and(|at| at > now_ms) {
            return Ok(());
        }
        self.start_refresh(source, now_ms).await
    }

    async fn last(&self, source: &PlannedSource, kind: JobKind) -> Result<Option<SyncJob>, StoreError> {
        let filter = JobFilter { kind, ..JobFilter::default() };
        let jobs = self.service.store().jobs(&source.data_source_id, &filter, 0, 1).await?;
        Ok(jobs.into_iter().next())
    }

    async fn start_sync(&self, source: &PlannedSource, now_ms: i64) -> Result<(), LookError> {
        let id = source.data_source_id.as_str();
        let last = self.last(source, JobKind::Sync).await?;
        if last.and_then(|job| job.retry_at).is_some_and(|at| at > now_ms) {
            tracing::info!(data_source.id = id, "a scheduled sync of `{id}` is left out: its source wants none yet");
            return Ok(());
        }
        match self.service.start(&source.index_id, id).await {
            Ok(job) => tracing::info!(data_source.id = id, job.id = job, "a scheduled sync of `{id}` started"),
            Err(StoreError::Exists { .. }) => {
                tracing::info!(data_source.id = id, "a scheduled sync of `{id}` is left out: one is under way");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn start_refresh(&self, source: &PlannedSource, now_ms: i64) -> Result<(), LookError> {
        let id = source.data_source_id.as_str();
        let sight = self.service.store().sight(id).await?;
        let every = self.service.policy().reconcile_every.as_millis() as i64;
        let reconcile = sight.reconciled_at.is_none_or(|at| now_ms - at >= every);
        match self.service.refresh_access(&source.index_id, id, reconcile).await {
            Ok(job) => tracing::debug!(data_source.id = id, job.id = job, "the access of `{id}` is refreshed"),
            Err(StoreError::Exists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// How often the access of `source` is refreshed; `None` for never.
    fn refresh_every(&self, source: &PlannedSource) -> Option<Duration> {
        let connector = self.service.connector(&source.configuration)?;
        let tag = source.access_refresh.as_deref().and_then(AccessRefresh::parse);
        match (tag, self.service.policy().access_refresh) {
            (Some(AccessRefresh::Every(every)), _) => Some(every),
            (Some(AccessRefresh::Off), _) | (_, AccessRefresh::Off) => None,
            _ if source.schedule.is_none() => None,
            (_, AccessRefresh::Every(every)) => Some(every),
            (_, AccessRefresh::Default) => Some(connector.access_refresh_every(&source.configuration)),
        }
    }

    async fn hide_what_lost_sight(&self, now_ms: i64) -> Result<(), LookError> {
        for sight in self.service.store().lost_sights().await? {
            self.service.hide_if_too_old(&sight, now_ms).await?;
        }
        Ok(())
    }
}

/// True if the schedule of `source` was due after `since`, and after its last change, and until `now_ms`.
fn is_due(source: &PlannedSource, since: i64, now_ms: i64) -> bool {
    let Some(schedule) = source.schedule.as_deref() else { return false };
    let Ok(schedule) = Schedule::parse(schedule) else {
        let id = &source.data_source_id;
        tracing::error!(data_source.id = %id, "the schedule of data source `{id}` cannot be read by this version");
        return false;
    };
    schedule.next_after(since.max(source.updated_at)).is_some_and(|due| due <= now_ms)
}
