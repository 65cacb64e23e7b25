//! Starting, stopping and resuming jobs: one owned task each.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use sangam_ingest::IndexRegistry;
use sangam_store::{DataSourceState, JobEnd, JobKind, JobStatus, Store, StoreError, SyncJob};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ending::aborted;
use crate::{Connector, CrawlMode, SyncHost, SyncPolicy, job};

/// What jobs run with.
#[derive(Clone)]
pub struct SyncOptions {
    /// The SQL state.
    pub store: Store,
    /// The open indices.
    pub indices: Arc<IndexRegistry>,
    /// The connectors there are.
    pub connectors: Vec<Arc<dyn Connector>>,
    /// Configuration, secrets and fields.
    pub host: Arc<dyn SyncHost>,
    /// The rules that jobs keep.
    pub policy: SyncPolicy,
}

/// The API's type of data sources whose jobs only bracket their callers' own puts and deletes.
const CUSTOM: &str = "CUSTOM";
/// How often a waiter looks again, should it have missed a job's end.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// A job that a task works on.
struct Running {
    data_source_id: String,
    kind: JobKind,
    /// False once it only waits for vectors.
    is_walking: Arc<AtomicBool>,
    stop: CancellationToken,
}

/// Owns the running jobs of a process.
pub struct SyncService {
    options: SyncOptions,
    running: Mutex<HashMap<String, Running>>,
    ended: Notify,
    /// Cancelled when the process ends: jobs stop where they are and go on after the next start.
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl SyncService {
    /// A service with no job running yet.
    pub fn new(options: SyncOptions) -> Arc<Self> {
        Arc::new(Self {
            options,
            running: Mutex::default(),
            ended: Notify::new(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Goes on with every connector's job that had not ended when the process before this one did. To be called once, after the
    /// active indices are open.
    pub async fn resume(self: &Arc<Self>) -> Result<(), StoreError> {
        for job in self.options.store.open_jobs().await? {
            let source = self.options.store.data_source(&job.index_id, &job.data_source_id).await?;
            if source.is_none_or(|source| source.kind == CUSTOM || source.state == DataSourceState::Deleting) {
                continue;
            }
            if job.status == JobStatus::Stopping {
                self.options.store.end_job(&job.id, &aborted()).await?;
            } else {
                tracing::info!(job.id, data_source.id = job.data_source_id, "sync job `{}` goes on", job.id);
                self.work_on(job);
            }
        }
        Ok(())
    }

    /// Starts a sync of a data source; returns the job's id.
    ///
    /// # Errors
    /// [`StoreError::Exists`] with the id of the sync in progress, [`StoreError::NotFound`] if there is no such data source.
    pub async fn start(self: &Arc<Self>, index_id: &str, data_source_id: &str) -> Result<String, StoreError> {
        self.start_of(JobKind::Sync, index_id, data_source_id, None).await
    }

    /// Starts a refresh of a data source's access, with `reconcile` one that walks all listings; returns the job's id. It gives way to a
    /// sync that starts.
    ///
    /// # Errors
    /// [`StoreError::Exists`] with the id of the sync or refresh in progress, [`StoreError::NotFound`] if there is no such data source.
    pub async fn refresh_access(
        self: &Arc<Self>,
        index_id: &str,
        data_source_id: &str,
        reconcile: bool,
    ) -> Result<String, StoreError> {
        let mode = CrawlMode::Access { reconcile };
        self.start_of(JobKind::Access, index_id, data_source_id, Some(mode)).await
    }

    /// Starts a dry run of a data source's sync, which stores nothing but its result; returns the job's id.
    ///
    /// # Errors
    /// [`StoreError::Exists`] with the id of the dry run in progress, [`StoreError::NotFound`] if there is no such data source.
    pub async fn preview(self: &Arc<Self>, index_id: &str, data_source_id: &str) -> Result<String, StoreError> {
        self.start_of(JobKind::Preview, index_id, data_source_id, Some(CrawlMode::Preview)).await
    }

    async fn start_of(
        self: &Arc<Self>,
        kind: JobKind,
        index_id: &str,
        data_source_id: &str,
        mode: Option<CrawlMode>,
    ) -> Result<String, StoreError> {
        let id = uuid::Uuid::new_v4().to_string();
        let mode = mode.map(job::mode_text);
        self.options.store.insert_job_of(kind, &id, index_id, data_source_id, mode.as_deref()).await?;
        if let Some(job) = self.options.store.job(&id).await? {
            self.work_on(job);
        }
        Ok(id)
    }

    /// Works on `job`, which is SYNCING, until it ends. Returns at once.
    pub fn work_on(self: &Arc<Self>, job: SyncJob) {
        let stop = self.shutdown.child_token();
        let is_walking = Arc::new(AtomicBool::new(true));
        let gives_way = self.enter(&job, &is_walking, &stop);
        let service = Arc::clone(self);
        self.tasks.spawn(async move {
            let id = job.id.clone();
            let end = if gives_way {
                Some(aborted())
            } else {
                if job.kind == JobKind::Sync {
                    service.refreshes_ended(&job.data_source_id).await;
                }
                job::run(&service, job, &is_walking, &stop).await
            };
            if let Some(end) = end.filter(|_| !service.shutdown.is_cancelled()) {
                service.end(&id, &end).await;
            }
            service.running.lock().remove(&id);
            service.ended.notify_waiters();
        });
    }

    /// Notes that `job` runs. A sync cancels a refresh of the same data source; a refresh gives way to a sync that walks: then true.
    fn enter(&self, job: &SyncJob, is_walking: &Arc<AtomicBool>, stop: &CancellationToken) -> bool {
        let mut running = self.running.lock();
        let of_source = running.values().filter(|other| other.data_source_id == job.data_source_id);
        let mut gives_way = false;
        for other in of_source {
            match (job.kind, other.kind) {
                (JobKind::Sync, JobKind::Access) => other.stop.cancel(),
                (JobKind::Access, JobKind::Sync) => gives_way |= other.is_walking.load(Ordering::Relaxed),
                _ => {}
            }
        }
        let entry = Running {
            data_source_id: job.data_source_id.clone(),
            kind: job.kind,
            is_walking: Arc::clone(is_walking),
            stop: stop.clone(),
        };
        running.insert(job.id.clone(), entry);
        gives_way
    }

    /// Returns once no refresh of a data source writes any more; those that there were are cancelled.
    async fn refreshes_ended(&self, data_source_id: &str) {
        self.none_runs(|running| running.data_source_id == data_source_id && running.kind == JobKind::Access).await;
    }

    /// Ends the job `job_id`, which is STOPPING. Returns at once.
    pub async fn stop(&self, job_id: &str) -> Result<(), StoreError> {
        let token = self.running.lock().get(job_id).map(|running| running.stop.clone());
        match token {
            Some(token) => token.cancel(),
            // Nobody works on it: it ends here.
            None => self.options.store.end_job(job_id, &aborted()).await?,
        }
        Ok(())
    }

    /// Ends whatever runs for a data source and returns once nothing of it writes any more.
    pub async fn quiesce(&self, data_source_id: &str) {
        self.none_runs(|running| running.data_source_id == data_source_id).await;
    }

    /// Cancels the jobs that `is_meant` and returns once none of them runs.
    async fn none_runs(&self, is_meant: impl Fn(&Running) -> bool) {
        loop {
            let ended = self.ended.notified();
            let tokens: Vec<CancellationToken> = {
                let running = self.running.lock();
                running.values().filter(|running| is_meant(running)).map(|running| running.stop.clone()).collect()
            };
            if tokens.is_empty() {
                return;
            }
            tokens.iter().for_each(CancellationToken::cancel);
            tokio::select! {
                () = ended => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// The connector for a configuration, if there is one.
    pub(crate) fn connector(&self, configuration: &serde_json::Value) -> Option<&Arc<dyn Connector>> {
        self.options.connectors.iter().find(|connector| connector.handles(configuration))
    }

    pub(crate) fn store(&self) -> &Store {
        &self.options.store
    }

    pub(crate) fn indices(&self) -> &IndexRegistry {
        &self.options.indices
    }

    pub(crate) fn host(&self) -> &Arc<dyn SyncHost> {
        &self.options.host
    }

    pub(crate) fn policy(&self) -> &SyncPolicy {
        &self.options.policy
    }

    /// Stops all jobs where they are and waits for their tasks; they go on after the next start.
    pub async fn shut_down(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn end(&self, id: &str, end: &JobEnd) {
        let status = end.status.as_str();
        tracing::info!(job.id = id, status, "sync job `{id}` ended {status}");
        if let Err(error) = self.options.store.end_job(id, end).await {
            tracing::error!(job.id = id, %error, "the end of sync job `{id}` was not stored; it goes on after a restart");
        }
    }
}
