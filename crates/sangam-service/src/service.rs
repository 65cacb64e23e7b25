//! The service: what the operations work with, and what it does when it starts and ends.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sangam_api::ApiError;
use sangam_store::{DataSourceRecord, IndexRecord, IndexState, Store, StoreError};
use sangam_sync::Connector;

use crate::background::Background;
use crate::error::Outcome;
use crate::{IndexHost, Jobs, Searcher, ServiceSettings, data_sources, indices, sync_jobs};

/// Everything behind the operations that is not the store.
#[derive(Clone)]
pub struct Seams {
    /// Holds the open indices.
    pub host: Arc<dyn IndexHost>,
    /// Works on sync jobs.
    pub jobs: Arc<dyn Jobs>,
    /// Searches.
    pub searcher: Arc<dyn Searcher>,
    /// One per product.
    pub connectors: Vec<Arc<dyn Connector>>,
}

/// The operations of the Kendra API. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    settings: ServiceSettings,
    seams: Seams,
    background: Background,
    stopping: AtomicBool,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl Service {
    /// A service over `store` and `seams`. Nothing runs before [`Service::resume`].
    pub fn new(store: Store, settings: ServiceSettings, seams: Seams) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                settings,
                seams,
                background: Background::default(),
                stopping: AtomicBool::new(false),
            }),
        }
    }

    /// Goes on with what a killed process left unfinished: indices being made or deleted, data sources being deleted, jobs of
    /// custom data sources that were stopped. Returns once the work is in the background; to be called once, after the active indices
    /// are open.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn resume(&self) -> Result<(), StoreError> {
        for index in self.store().unfinished_indices().await? {
            match index.state {
                IndexState::Creating => drop(indices::begin_creation(self, index.id).await),
                IndexState::Deleting => drop(indices::begin_deletion(self, index.id).await),
                IndexState::Active | IndexState::Failed => {}
            }
        }
        for source in self.store().deleting_data_sources().await? {
            drop(data_sources::begin_deletion(self, source).await);
        }
        sync_jobs::resume_custom(self).await
    }

    /// Waits for the work that is under way. No operation may be called any more.
    pub async fn finish(&self) {
        self.inner.stopping.store(true, Ordering::Relaxed);
        self.inner.background.finish().await;
    }

    /// True once [`Service::finish`] was called: what only waits gives up, the next start goes on with it.
    pub(crate) fn is_stopping(&self) -> bool {
        self.inner.stopping.load(Ordering::Relaxed)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn settings(&self) -> &ServiceSettings {
        &self.inner.settings
    }

    pub(crate) fn host(&self) -> &dyn IndexHost {
        &*self.inner.seams.host
    }

    pub(crate) fn jobs(&self) -> &dyn Jobs {
        &*self.inner.seams.jobs
    }

    pub(crate) fn searcher(&self) -> &dyn Searcher {
        &*self.inner.seams.searcher
    }

    pub(crate) fn background(&self) -> &Background {
        &self.inner.background
    }

    /// The connector for a template, if there is one.
    pub(crate) fn connector(&self, template: &serde_json::Value) -> Option<&dyn Connector> {
        self.inner.seams.connectors.iter().map(|connector| &**connector).find(|connector| connector.handles(template))
    }

    /// The index, in whatever state.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub(crate) async fn index(&self, id: &str) -> Outcome<IndexRecord> {
        Ok(self.store().index(id).await?.ok_or_else(|| StoreError::not_found("index", id))?)
    }

    /// The index, if it is in use.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, or `ConflictException` while it is being made or deleted.
    pub(crate) async fn active_index(&self, id: &str) -> Outcome<IndexRecord> {
        let index = self.index(id).await?;
        if index.state == IndexState::Active {
            Ok(index)
        } else {
            let state = index.state.as_str();
            Err(ApiError::conflict(format!("index `{id}` is in state {state}, not ACTIVE")).into())
        }
    }

    /// The data source of the index, in whatever state.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub(crate) async fn data_source(&self, index_id: &str, id: &str) -> Outcome<DataSourceRecord> {
        let source = self.store().data_source(index_id, id).await?;
        Ok(source.ok_or_else(|| StoreError::not_found("data source", id))?)
    }
}

/// A new identifier.
pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
