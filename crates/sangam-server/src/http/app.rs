//! What all requests share.

use std::sync::Arc;

use axum::body::Body;
use jiff::Timestamp;
use sangam_api::{ApiError, Kendra, SecretsManager};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use super::body::{self, FormBody};
use super::limits::Limits;
use super::metrics::Metrics;
use super::peer::Network;
use super::trail::Trail;
use super::v1::SangamV1;
use crate::keys::KeyStore;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Tells whether the server is able to serve, or in words why it is not.
pub type Ready = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// What the server is a door to.
#[derive(Clone)]
pub struct Services {
    /// The Kendra operations.
    pub kendra: Arc<dyn Kendra>,
    /// The Secrets Manager operations.
    pub secrets: Arc<dyn SecretsManager>,
    /// What is below `/sangam/v1`, if anything.
    pub v1: Option<Arc<dyn SangamV1>>,
    /// What is told of every change, if anything.
    pub trail: Option<Arc<dyn Trail>>,
    /// The access keys.
    pub keys: Arc<dyn KeyStore>,
    /// What `/readyz` answers.
    pub ready: Ready,
    /// The time, for signatures.
    pub clock: Clock,
}

/// How the server presents itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Twelve digits, in ARNs.
    pub account_id: String,
    /// The only region that signatures may be for; any, if there is none.
    pub region: Option<String>,
    /// Limits.
    pub limits: Limits,
    /// Proxies whose word counts for where a request comes from: the last address of `X-Forwarded-For` that is none of theirs.
    pub trusted_proxies: Vec<Network>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account_id: "000000000000".to_owned(),
            region: None,
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
        }
    }
}

/// The server's state: services, settings, counters, and what is under way.
pub struct App {
    pub(super) services: Services,
    pub(super) settings: Settings,
    pub(super) metrics: Metrics,
    /// Operations under way. They are awaited when the server stops, also those whose client has left.
    pub(super) operations: TaskTracker,
    turns: Arc<Semaphore>,
    memory: Arc<Semaphore>,
}

/// The unit in which memory for bodies is handed out: a semaphore counts to 2³² at most, and small bodies need no finer share.
const MEMORY_UNIT_BYTES: u64 = 64 * 1024;

impl App {
    /// The state of a server over these services.
    pub fn new(services: Services, settings: Settings) -> Arc<Self> {
        let limits = &settings.limits;
        let units = usize::try_from(limits.max_buffered_bytes / MEMORY_UNIT_BYTES).unwrap_or(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            turns: Arc::new(Semaphore::new(limits.max_operations.clamp(1, Semaphore::MAX_PERMITS))),
            memory: Arc::new(Semaphore::new(units.clamp(1, Semaphore::MAX_PERMITS))),
            metrics: Metrics::default(),
            operations: TaskTracker::new(),
            services,
            settings,
        })
    }

    /// Reads the body of a page's form, within the server's limits of time and of memory for all bodies; of one with more than `bytes_max`,
    /// the beginning.
    ///
    /// # Errors
    /// 408 if it stalls or takes too long, 413 if it is over the limit of all bodies, 400 if the connection breaks, 503 if other bodies have
    /// the memory.
    pub async fn read_form(&self, body: Body, bytes_max: usize) -> Result<FormBody, ApiError> {
        let _memory = self.memory(Some(bytes_max as u64)).await?;
        body::read_form(body, bytes_max, &self.settings.limits).await
    }

    /// Waits for the right to hold a body of that size, or of the largest size if none was declared. One body always fits.
    pub(super) async fn memory(&self, declared_bytes: Option<u64>) -> Result<OwnedSemaphorePermit, ApiError> {
        let limits = &self.settings.limits;
        let bytes = declared_bytes.unwrap_or(limits.max_body_bytes).min(limits.max_buffered_bytes);
        let units = (bytes / MEMORY_UNIT_BYTES).clamp(1, u64::from(u32::MAX)) as u32;
        self.wait(Arc::clone(&self.memory).acquire_many_owned(units)).await
    }

    /// Waits for the right to run an operation.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        self.wait(Arc::clone(&self.turns).acquire_owned()).await
    }

    async fn wait(
        &self,
        permit: impl Future<Output = Result<OwnedSemaphorePermit, tokio::sync::AcquireError>>,
    ) -> Result<OwnedSemaphorePermit, ApiError> {
        match tokio::time::timeout(self.settings.limits.queue_timeout, permit).await {
            Ok(permit) => Ok(permit.expect("the semaphores live as long as the server and are never closed")),
            Err(_) => Err(ApiError::new(sangam_api::ErrorKind::ServiceUnavailable, "the server is busy: try again")),
        }
    }
}
