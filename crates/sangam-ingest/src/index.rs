//! One open index: engine, catalogue in memory, and what readers see.
//!
//! Of layers and accesses only what a change brought is loaded: a site has thousands of them, and every batch of a first sync brings some.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use roaring::RoaringBitmap;
use sangam_access::{AccessId, AccessTable, Directory, Reader, ReaderRequest, SourceDirectory};
use sangam_embed::EmbedService;
use sangam_engine::{CommitPoint, EmbeddedEngine, Engine, EngineError, EngineOptions, View};
use sangam_extract::Extractor;
use sangam_store::failpoint::{self, FailPoint};
use sangam_store::{CatalogueChange, NodeRecord, Store};
use tokio::sync::{Mutex, MutexGuard, Notify, RwLock};

use crate::readable::ReadableCache;
use crate::writer::Writer;
use crate::{CatalogueView, IngestError};

/// One open index.
pub struct Index {
    id: String,
    pub(crate) store: Store,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) embed: Option<Arc<EmbedService>>,
    extractor: Extractor,
    view: ArcSwap<CatalogueView>,
    readable: ReadableCache,
    writer: Mutex<Writer>,
    /// Held from the store's commit of a batch until readers see it.
    pub(crate) showing: RwLock<()>,
    /// Something was accepted.
    pub(crate) accepted: Notify,
    /// There are vectors to make or ordinals to forget.
    pub(crate) indexed: Notify,
    /// The inbox or the vector queue got shorter.
    pub(crate) progressed: Notify,
    /// Layers, accesses and people could not be loaded when they changed.
    unloaded: AtomicBool,
}

/// What one query sees: who it is for, what they may read, and a snapshot of the engine taken after that.
pub struct ReaderView {
    /// Layers, accesses and people as of the query's start.
    pub catalogue: Arc<CatalogueView>,
    /// The ordinals that the reader may read.
    pub readable: Arc<RoaringBitmap>,
    /// Text and vectors.
    pub engine: Arc<dyn View>,
}

impl Index {
    /// Opens the index `id` in folder `dir`, and drops from the engine what no document holds.
    pub(crate) async fn open(
        id: &str,
        dir: &Path,
        store: Store,
        embed: Option<Arc<EmbedService>>,
        extractor: Extractor,
    ) -> Result<Self, IngestError> {
        let options = match &embed {
            Some(embed) => EngineOptions::new(embed.embedder().dimensions(), embed.embedder().fingerprint()),
            None => EngineOptions::without_model(),
        };
        let engine = match open_engine(dir, &options).await {
            Err(IngestError::Engine(EngineError::FingerprintMismatch { .. })) => {
                tracing::warn!(index.id = id, "vectors of index `{id}` were made by another model and are made again");
                // The wish first: killed in between, the next start finds the old vectors again and repeats both.
                store.queue_all_vectors(id).await?;
                reset_vectors(dir).await?;
                open_engine(dir, &options).await?
            }
            opened => opened?,
        };
        let view = load_view(&store, id).await?;
        let batch = store.engine_batch(id).await?.max(engine.last_batch_id().unwrap_or(0));
        let index = Self {
            id: id.to_owned(),
            store,
            engine,
            embed,
            extractor,
            view: ArcSwap::from_pointee(view),
            readable: ReadableCache::default(),
            writer: Mutex::new(Writer::new(batch)),
            showing: RwLock::new(()),
            accepted: Notify::new(),
            indexed: Notify::new(),
            progressed: Notify::new(),
            unloaded: AtomicBool::new(false),
        };
        index.forget_orphans().await?;
        Ok(index)
    }

    /// The index's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// True while somebody else holds the engine.
    pub(crate) fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.engine) > 1
    }

    /// The catalogue as readers see it now.
    pub fn catalogue(&self) -> Arc<CatalogueView> {
        self.view.load_full()
    }

    /// True if passages get vectors, so that questions are answered by meaning too.
    pub fn has_model(&self) -> bool {
        self.embed.is_some()
    }

    /// The embedding service, if there is one.
    pub fn embed(&self) -> Option<&Arc<EmbedService>> {
        self.embed.as_ref()
    }

    /// What takes the text out of files.
    pub fn extractor(&self) -> &Extractor {
        &self.extractor
    }

    /// What the reader that `request` names sees now.
    pub fn reader_view(&self, request: &ReaderRequest) -> Result<ReaderView, IngestError> {
        let catalogue = self.catalogue();
        let reader = catalogue.directory().resolve(request);
        self.view_for(catalogue, &reader)
    }

    /// Everything that is current, whoever asks: Kendra's own rule for requests that name nobody.
    pub fn unfiltered_view(&self) -> Result<ReaderView, IngestError> {
        let catalogue = self.catalogue();
        let readable = Arc::new(catalogue.all());
        let engine = self.engine.view()?;
        Ok(ReaderView { catalogue, readable, engine })
    }

    fn view_for(&self, catalogue: Arc<CatalogueView>, reader: &Reader) -> Result<ReaderView, IngestError> {
        let readable = self.readable.readable(&catalogue, reader);
        // After the catalogue: whatever it holds is in the engine, which forgets a revision only some time after its retirement.
        let engine = self.engine.view()?;
        Ok(ReaderView { catalogue, readable, engine })
    }

    /// Replaces what a data source reported about its people; the next query obeys.
    pub async fn put_directory(&self, data_source_id: &str, people: &SourceDirectory) -> Result<(), IngestError> {
        let _writer = self.lock().await;
        if self.store.put_directory(&self.id, data_source_id, people).await? {
            self.reload_people().await
        } else {
            Ok(())
        }
    }

    /// Takes people and group mappings from the store again, after a mapping was put.
    pub async fn refresh_people(&self) -> Result<(), IngestError> {
        let _writer = self.lock().await;
        self.reload_people().await
    }

    /// Replaces the nodes that the listing beginning at `root` found; the next query obeys. Returns how many documents changed
    /// their access.
    pub async fn replace_nodes(
        &self,
        data_source_id: &str,
        root: &str,
        nodes: &[NodeRecord],
    ) -> Result<u64, IngestError> {
        let _writer = self.lock().await;
        let change = self.store.replace_nodes(&self.id, data_source_id, root, nodes).await?;
        // An unchanged tree moves nothing, and a site has many.
        if change.is_moved {
            let mut table = self.catalogue().table().clone();
            table.put_layers(change.layers);
            self.show_with(&change.ordinals, &[], Some(table)).await?;
        }
        Ok(change.n_documents)
    }

    /// Forgets accesses that no document has and layers that nothing has; returns how many of both.
    pub async fn collect_accesses(&self) -> Result<u64, IngestError> {
        let _writer = self.lock().await;
        let n_forgotten = self.store.collect_accesses(&self.id).await?;
        if n_forgotten > 0 {
            self.reload_access().await?;
        }
        Ok(n_forgotten)
    }

    /// Forgets documents; nobody sees them from now on.
    pub async fn remove(&self, document_ids: &[String]) -> Result<(), IngestError> {
        let _writer = self.lock().await;
        let change = self.store.remove_documents(&self.id, document_ids).await?;
        self.show(&change).await?;
        self.indexed.notify_one();
        Ok(())
    }

    /// Hides documents that a clean listing of `job_id` lacked.
    pub async fn hide(&self, job_id: &str, document_ids: &[String]) -> Result<(), IngestError> {
        let _writer = self.lock().await;
        let change = self.store.hide_documents(&self.id, job_id, document_ids).await?;
        self.show(&change).await
    }

    /// Tells the inbox's task that something was accepted.
    pub fn wake(&self) {
        self.accepted.notify_one();
    }

    /// Returns once readers see everything that the store says is indexed.
    pub async fn shown(&self) {
        drop(self.showing.read().await);
    }

    /// Waits until something was indexed or got its vectors; may wake without either.
    pub async fn progress(&self) {
        self.progressed.notified().await;
    }

    pub(crate) async fn lock(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().await
    }

    /// Shows a committed change to readers. The caller holds the writer's lock.
    pub(crate) async fn show(&self, change: &CatalogueChange) -> Result<(), IngestError> {
        self.show_with(&change.ordinals, &change.retired, None).await
    }

    /// Shows `ordinals` under their accesses, of which only those are loaded that the table in memory lacks; with `table` under that one.
    async fn show_with(
        &self,
        ordinals: &[(u32, AccessId)],
        retired: &[u32],
        table: Option<AccessTable>,
    ) -> Result<(), IngestError> {
        let before = self.catalogue();
        let next = before.with_ordinals(ordinals, retired);
        // What is in memory then is not what the store had before this change.
        if self.unloaded.load(Ordering::Relaxed) {
            return self.show_under(&next, load_access(&self.store, &self.id).await);
        }
        let known = table.as_ref().unwrap_or(before.table());
        let lacks = |access: &AccessId| *access != AccessId::HIDDEN && known.layers_of(*access).is_none();
        let lacking: BTreeSet<AccessId> = ordinals.iter().map(|(_, access)| *access).filter(lacks).collect();
        let table = if lacking.is_empty() {
            table
        } else {
            let lacking: Vec<AccessId> = lacking.into_iter().collect();
            match self.store.accesses(&self.id, &lacking).await {
                Ok(loaded) => {
                    let mut table = table.unwrap_or_else(|| before.table().clone());
                    table.extend(loaded);
                    Some(table)
                }
                Err(error) => return self.show_under(&next, Err(error.into())),
            }
        };
        self.view.store(Arc::new(match table {
            Some(table) => next.with_table(table),
            None => next,
        }));
        Ok(())
    }

    /// The people change, layers and accesses stay what they are: the table is shared with the view before.
    async fn reload_people(&self) -> Result<(), IngestError> {
        let before = self.catalogue();
        let loaded = if self.unloaded.load(Ordering::Relaxed) {
            load_access(&self.store, &self.id).await
        } else {
            load_people(&self.store, &self.id).await.map(|people| (before.table().clone(), people))
        };
        self.show_under(&before, loaded)
    }

    /// The caller holds the writer's lock.
    async fn reload_access(&self) -> Result<(), IngestError> {
        let loaded = load_access(&self.store, &self.id).await;
        self.show_under(&self.catalogue(), loaded)
    }

    /// Shows `next` under what was loaded. If nothing was, the store may have closed what the table in memory still opens: then only
    /// what is public is shown, until loading succeeds.
    fn show_under(&self, next: &CatalogueView, loaded: Result<Loaded, IngestError>) -> Result<(), IngestError> {
        let (table, directory, outcome) = match loaded {
            Ok((table, directory)) => (table, directory, Ok(())),
            Err(error) => (AccessTable::default(), Directory::default(), Err(error)),
        };
        self.view.store(Arc::new(next.with_access(table, directory)));
        self.unloaded.store(outcome.is_err(), Ordering::Relaxed);
        if outcome.is_err() {
            self.indexed.notify_one();
        }
        outcome
    }

    /// Loads layers, accesses and people again if that failed when they changed.
    pub(crate) async fn load_what_failed(&self) -> Result<(), IngestError> {
        if !self.unloaded.load(Ordering::Relaxed) {
            return Ok(());
        }
        let _writer = self.lock().await;
        self.reload_access().await
    }

    /// Deletes from the engine what a crash left between its commit and the store's.
    async fn forget_orphans(&self) -> Result<(), IngestError> {
        let current = self.store.current_ordinals(&self.id).await?;
        let engine = Arc::clone(&self.engine);
        let batch = self.writer.lock().await.batch();
        let n_orphans = blocking(move || {
            let orphans = engine.ordinals()? - current;
            if !orphans.is_empty() {
                engine.delete(&orphans)?;
                engine.commit(batch)?;
            }
            Ok::<_, IngestError>(orphans.len())
        })
        .await?;
        if n_orphans > 0 {
            tracing::info!(index.id = self.id, n_orphans, "index `{}` had revisions of no document", self.id);
        }
        let retired: Vec<u32> = self.store.retired(&self.id).await?.iter().collect();
        self.store.retired_done(&self.id, &retired).await?;
        Ok(())
    }
}

async fn open_engine(dir: &Path, options: &EngineOptions) -> Result<Arc<dyn Engine>, IngestError> {
    let options = EngineOptions { commit_hook: Some(Arc::new(pass_commit_point)), ..options.clone() };
    let dir = dir.to_owned();
    blocking(move || Ok::<Arc<dyn Engine>, IngestError>(Arc::new(EmbeddedEngine::open(&dir, options)?))).await
}

/// Drops vectors of another model, all at once: half of them gone would be damage that no start gets over.
async fn reset_vectors(dir: &Path) -> Result<(), IngestError> {
    let dir = dir.to_owned();
    blocking(move || EmbeddedEngine::reset_vectors(&dir)).await
}

fn pass_commit_point(point: CommitPoint) {
    failpoint::hit(match point {
        CommitPoint::BeforeTextCommit => FailPoint::BeforeTextCommit,
        CommitPoint::AfterTextCommit => FailPoint::AfterTextCommit,
        CommitPoint::BeforeManifestRename => FailPoint::BeforeManifestRename,
        CommitPoint::AfterManifestRename => FailPoint::AfterManifestRename,
    });
}

async fn load_view(store: &Store, index_id: &str) -> Result<CatalogueView, IngestError> {
    let (table, directory) = load_access(store, index_id).await?;
    Ok(CatalogueView::new(store.ordinals(index_id).await?, table, directory))
}

/// Layers and accesses, and the people.
type Loaded = (AccessTable, Directory);

async fn load_access(store: &Store, index_id: &str) -> Result<Loaded, IngestError> {
    Ok((store.access_table(index_id).await?, load_people(store, index_id).await?))
}

async fn load_people(store: &Store, index_id: &str) -> Result<Directory, IngestError> {
    let mappings = store.mappings(index_id).await?;
    Ok(Directory::new(store.directories(index_id).await?, &mappings))
}

/// Runs a step that blocks on disk or processor where it may.
pub(crate) async fn blocking<T: Send + 'static, E: Into<IngestError> + Send + 'static>(
    step: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, IngestError> {
    match tokio::task::spawn_blocking(step).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(IngestError::CutOff),
    }
}

#[cfg(test)]
mod reload_tests;
#[cfg(test)]
mod tests;
