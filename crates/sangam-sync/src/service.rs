//! Starting, stopping and resuming jobs: one owned task each.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sangam_ingest::IndexRegistry;
use sangam_store::{DataSourceState, JobEnd, JobStatus, Store, StoreError, SyncJob};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{Connector, SyncHost, job};

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
}

/// The API's type of data sources whose jobs only bracket their callers' own puts and deletes.
const CUSTOM: &str = "CUSTOM";
/// How often a waiter looks again, should it have missed a job's end.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// A job that a task works on.
struct Running {
    data_source_id: String,
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

    /// Works on `job`, which is SYNCING, until it ends. Returns at once.
    pub fn work_on(self: &Arc<Self>, job: SyncJob) {
        let stop = self.shutdown.child_token();
        let running = Running { data_source_id: job.data_source_id.clone(), stop: stop.clone() };
        self.running.lock().insert(job.id.clone(), running);
        let service = Arc::clone(self);
        self.tasks.spawn(async move {
            let id = job.id.clone();
            let end = job::run(&service.options, job, &stop).await;
            if let Some(end) = end.filter(|_| !service.shutdown.is_cancelled()) {
                service.end(&id, &end).await;
            }
            service.running.lock().remove(&id);
            service.ended.notify_waiters();
        });
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
        loop {
            let ended = self.ended.notified();
            let tokens: Vec<CancellationToken> = {
                let running = self.running.lock();
                let own = running.values().filter(|running| running.data_source_id == data_source_id);
                own.map(|running| running.stop.clone()).collect()
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

/// The end of a job that was asked to stop.
pub(crate) fn aborted() -> JobEnd {
    JobEnd { status: JobStatus::Aborted, error_code: None, error_message: None, data_source_error_code: None }
}
