//! Starting, stopping and resuming jobs: one owned task each.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sangam_ingest::IndexRegistry;
use sangam_store::{JobEnd, JobStatus, Store, StoreError, SyncJob};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

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

/// Why a job was not started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// One of the data source is in progress.
    #[error("sync job `{job_id}` of this data source is in progress")]
    InProgress {
        /// Its execution id.
        job_id: String,
    },
    /// The state failed.
    #[error(transparent)]
    Store(StoreError),
}

/// Owns the running jobs of a process.
pub struct SyncService {
    options: SyncOptions,
    running: Mutex<HashMap<String, CancellationToken>>,
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
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Goes on with every job that had not ended when the process before this one did.
    pub async fn resume(self: &Arc<Self>) -> Result<(), StoreError> {
        for job in self.options.store.open_jobs().await? {
            if job.status == JobStatus::Stopping {
                self.options.store.end_job(&job.id, &aborted()).await?;
            } else {
                tracing::info!(job.id, data_source.id = job.data_source_id, "sync job `{}` goes on", job.id);
                self.spawn(job);
            }
        }
        Ok(())
    }

    /// Starts a job of a data source; returns its execution id.
    pub async fn start(self: &Arc<Self>, index_id: &str, data_source_id: &str) -> Result<String, StartError> {
        let id = Uuid::new_v4().to_string();
        self.options.store.insert_job(&id, index_id, data_source_id).await.map_err(|error| match error {
            StoreError::Exists { id, .. } => StartError::InProgress { job_id: id },
            error => StartError::Store(error),
        })?;
        let job = self.options.store.job(&id).await.map_err(StartError::Store)?;
        let job = job.ok_or_else(|| StartError::Store(StoreError::not_found("sync job", &id)))?;
        self.spawn(job);
        Ok(id)
    }

    /// Starts a job that only brackets its caller's own puts and deletes: nothing is crawled.
    pub async fn start_custom(&self, index_id: &str, data_source_id: &str) -> Result<String, StartError> {
        let id = Uuid::new_v4().to_string();
        match self.options.store.insert_job(&id, index_id, data_source_id).await {
            Ok(()) => Ok(id),
            Err(StoreError::Exists { id, .. }) => Err(StartError::InProgress { job_id: id }),
            Err(error) => Err(StartError::Store(error)),
        }
    }

    /// Asks the job in progress of a data source to stop; one that is not running is fine.
    pub async fn stop(&self, data_source_id: &str) -> Result<(), StoreError> {
        for job in self.options.store.open_jobs().await? {
            if job.data_source_id != data_source_id || job.status != JobStatus::Syncing {
                continue;
            }
            if !self.options.store.move_job(&job.id, JobStatus::Syncing, JobStatus::Stopping).await? {
                continue;
            }
            let token = self.running.lock().get(&job.id).cloned();
            match token {
                Some(token) => token.cancel(),
                // Nobody works on it (a custom source's job): it ends here.
                None => self.options.store.end_job(&job.id, &aborted()).await?,
            }
        }
        Ok(())
    }

    /// Ends the job in progress of a custom data source as its caller asks.
    pub async fn finish_custom(&self, data_source_id: &str, status: JobStatus) -> Result<(), StoreError> {
        for job in self.options.store.open_jobs().await? {
            if job.data_source_id == data_source_id {
                let end = JobEnd { status, error_code: None, error_message: None, data_source_error_code: None };
                self.options.store.end_job(&job.id, &end).await?;
            }
        }
        Ok(())
    }

    /// Stops the data source's job, if any, and waits until nobody works on it.
    pub async fn stop_and_wait(&self, data_source_id: &str) -> Result<(), StoreError> {
        self.stop(data_source_id).await?;
        for job in self.options.store.open_jobs().await? {
            let token = self.running.lock().get(&job.id).cloned();
            if let Some(token) = token
                && job.data_source_id == data_source_id
            {
                token.cancel();
            }
        }
        while self.works_on(data_source_id).await? {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Stops all jobs where they are and waits for their tasks; they go on after the next start.
    pub async fn shut_down(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn works_on(&self, data_source_id: &str) -> Result<bool, StoreError> {
        let ids: Vec<String> = self.running.lock().keys().cloned().collect();
        for id in ids {
            if self.options.store.job(&id).await?.is_some_and(|job| job.data_source_id == data_source_id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn spawn(self: &Arc<Self>, job: SyncJob) {
        let stop = self.shutdown.child_token();
        self.running.lock().insert(job.id.clone(), stop.clone());
        let service = Arc::clone(self);
        self.tasks.spawn(async move {
            let id = job.id.clone();
            let end = job::run(&service.options, job, &stop).await;
            if let Some(end) = end.filter(|_| !service.shutdown.is_cancelled()) {
                service.end(&id, &end).await;
            }
            service.running.lock().remove(&id);
        });
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
