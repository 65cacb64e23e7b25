//! A store, an index, a data source and the service that works on its jobs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sangam_access::ReaderRequest;
use sangam_embed::{Effort, EmbedError, EmbedService, Embedder, HashEmbedder};
use sangam_engine::{AttributeValue, Facet, Filter, LexicalQuery, ValueKind};
use sangam_ingest::{Extractor, IndexRegistry, RegistryOptions};
use sangam_store::{JobStatus, NewDataSource, NewIndex, Store, SyncJob};
use sangam_sync::{
    Agenda, FieldType, HostError, PlannedSource, Scheduler, SecretLock, SourceSetup, SyncHost, SyncOptions, SyncPolicy,
    SyncService,
};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::script::Scripted;

pub(crate) const INDEX: &str = "00000000-0000-4000-8000-000000000001";
pub(crate) const SOURCE: &str = "source";
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) scripted: Scripted,
    pub(crate) store: Store,
    folder: TempDir,
    indices: Arc<IndexRegistry>,
    pub(crate) sync: Arc<SyncService>,
    pub(crate) plan: Plan,
    policy: SyncPolicy,
}

/// What the scheduler is told of data sources.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan(pub(crate) Arc<parking_lot::Mutex<Vec<PlannedSource>>>);

#[async_trait]
impl Agenda for Plan {
    async fn sources(&self) -> Result<Vec<PlannedSource>, HostError> {
        Ok(self.0.lock().clone())
    }
}

struct Host;

#[async_trait]
impl SyncHost for Host {
    async fn setup(&self, _index: &str, _source: &str) -> Result<Option<SourceSetup>, HostError> {
        let configuration = serde_json::json!({ "type": "SCRIPTED" });
        Ok(Some(SourceSetup { configuration, language: None }))
    }

    async fn fields(&self, _index: &str) -> Result<HashMap<String, FieldType>, HostError> {
        Ok(HashMap::new())
    }

    async fn secret(&self, _id: &str) -> Result<SecretString, HostError> {
        Ok("secret".into())
    }

    async fn lock_secret(&self, _id: &str) -> Result<Box<dyn SecretLock>, HostError> {
        Err(HostError("no token of the script rotates".into()))
    }

    async fn file(&self, _bucket: &str, key: &str, _limit_bytes: u64) -> Result<Vec<u8>, HostError> {
        Err(HostError(format!("there is no file `{key}`")))
    }
}

/// Holds the making of vectors up while it is closed.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(parking_lot::Mutex<bool>, parking_lot::Condvar)>);

impl Gate {
    pub(crate) fn close(&self) {
        *self.0.0.lock() = true;
    }

    pub(crate) fn open(&self) {
        *self.0.0.lock() = false;
        self.0.1.notify_all();
    }
}

struct Gated(Gate);

impl Embedder for Gated {
    fn dimensions(&self) -> usize {
        HashEmbedder.dimensions()
    }

    fn fingerprint(&self) -> &str {
        HashEmbedder.fingerprint()
    }

    fn max_tokens(&self) -> usize {
        HashEmbedder.max_tokens()
    }

    fn embed_with(&self, texts: &[&str], effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError> {
        let (is_closed, opened) = &*self.0.0;
        opened.wait_while(&mut is_closed.lock(), |is_closed| *is_closed);
        HashEmbedder.embed_with(texts, effort)
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::under(SyncPolicy::default()).await
    }

    /// A world with other rules.
    pub(crate) async fn under(policy: SyncPolicy) -> Self {
        let world = Self::open(tempfile::tempdir().unwrap(), Scripted::default(), policy).await;
        let document = serde_json::json!({});
        let index = NewIndex { id: INDEX, name: "test", document: &document, tags: &[], limit: None };
        world.store.create_index(&index, None).await.unwrap();
        let source = NewDataSource {
            id: SOURCE,
            index_id: INDEX,
            name: "source",
            kind: "TEMPLATE",
            document: &document,
            tags: &[],
            limit: None,
        };
        world.store.create_data_source(&source, None).await.unwrap();
        world.indices.open(INDEX).await.unwrap();
        world
    }

    async fn open(folder: TempDir, scripted: Scripted, policy: SyncPolicy) -> Self {
        let gate = Gate::default();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let embed = Some(Arc::new(EmbedService::start(Arc::new(Gated(gate.clone()))).unwrap()));
        let options = RegistryOptions {
            folder: folder.path().join("index"),
            store: store.clone(),
            embed,
            extractor: Extractor::InProcess,
        };
        let indices = Arc::new(IndexRegistry::new(options));
        let sync = SyncService::new(SyncOptions {
            store: store.clone(),
            indices: Arc::clone(&indices),
            connectors: vec![Arc::new(scripted.clone())],
            host: Arc::new(Host),
            policy,
        });
        Self { scripted, store, folder, indices, sync, plan: Plan::default(), policy, gate }
    }

    /// The process ends in the middle of whatever it does, and the next one starts.
    pub(crate) async fn restart(self) -> Self {
        self.sync.shut_down().await;
        self.indices.close_all().await;
        self.store.close().await;
        let (folder, scripted, policy) = (self.folder, self.scripted, self.policy);
        drop((self.indices, self.sync));
        let world = Self::open(folder, scripted, policy).await;
        world.indices.open(INDEX).await.unwrap();
        world.sync.resume().await.unwrap();
        world
    }

    /// A scheduler that starts what becomes due after `now_ms`.
    pub(crate) fn scheduler(&self, now_ms: i64) -> Scheduler {
        Scheduler::new(Arc::clone(&self.sync), Arc::new(self.plan.clone()), now_ms)
    }

    /// Plans the data source with a schedule, if any, and a tag, if any.
    pub(crate) fn plan(&self, schedule: Option<&str>, access_refresh: Option<&str>, updated_at: i64) {
        *self.plan.0.lock() = vec![PlannedSource {
            index_id: INDEX.into(),
            data_source_id: SOURCE.into(),
            schedule: schedule.map(Into::into),
            configuration: serde_json::json!({ "type": "SCRIPTED" }),
            access_refresh: access_refresh.map(Into::into),
            updated_at,
        }];
    }

    /// All jobs of a kind, oldest first.
    pub(crate) async fn jobs(&self, kind: sangam_store::JobKind) -> Vec<SyncJob> {
        let filter = sangam_store::JobFilter { kind, ..sangam_store::JobFilter::default() };
        let mut jobs = self.store.jobs(SOURCE, &filter, 0, 100).await.unwrap();
        jobs.reverse();
        jobs
    }

    /// The number of documents that anybody finds, a request for everything included.
    pub(crate) fn n_visible(&self) -> u64 {
        self.indices.get(INDEX).unwrap().unfiltered_view().unwrap().readable.len()
    }

    pub(crate) async fn start(&self, id: &str) {
        self.store.insert_job(id, INDEX, SOURCE).await.unwrap();
        self.sync.work_on(self.store.job(id).await.unwrap().unwrap());
    }

    /// Hands over a job and waits until nobody works on it any more.
    pub(crate) async fn work_on(&self, job: SyncJob) {
        self.sync.work_on(job);
        self.sync.quiesce(SOURCE).await;
    }

    /// Starts a job and waits for its end.
    pub(crate) async fn run(&self, id: &str) -> SyncJob {
        self.start(id).await;
        self.ended(id).await
    }

    pub(crate) async fn stop(&self, id: &str) {
        assert!(self.store.move_job(id, JobStatus::Syncing, JobStatus::Stopping).await.unwrap());
        self.sync.stop(id).await.unwrap();
    }

    pub(crate) async fn ended(&self, id: &str) -> SyncJob {
        self.until(id, |job| job.status.is_final()).await
    }

    pub(crate) async fn until(&self, id: &str, wanted: impl Fn(&SyncJob) -> bool) -> SyncJob {
        let waiting = async {
            loop {
                let job = self.store.job(id).await.unwrap().unwrap();
                if wanted(&job) {
                    return job;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the job gets there")
    }

    /// Ids, without their prefix, of what `user` finds by the words of `text`.
    pub(crate) async fn found(&self, user: &str, text: &str) -> Vec<String> {
        let index = self.indices.get(INDEX).unwrap();
        let view = index.reader_view(&ReaderRequest { user: Some(user.into()), ..ReaderRequest::default() }).unwrap();
        let filter = Filter::readable(Arc::clone(&view.readable));
        let hits = view.engine.lexical(&LexicalQuery::from_text(text), &filter, 100).unwrap().hits;
        let ordinals: Vec<u32> = hits.iter().map(|hit| hit.ordinal).collect();
        let ids = self.store.document_ids(INDEX, &ordinals).await.unwrap();
        let mut ids: Vec<String> =
            ids.into_values().map(|id| id.strip_prefix("scripted/source/").unwrap().to_owned()).collect();
        ids.sort();
        ids
    }

    /// The values of `field` over all documents, each with its number of documents.
    pub(crate) fn counted(&self, field: &str) -> Vec<(String, u64)> {
        let view = self.indices.get(INDEX).unwrap().unfiltered_view().unwrap();
        let facet = Facet { field: field.to_owned(), kind: ValueKind::String, n_values: 100 };
        let counted = view.engine.facets(&view.readable, &[facet]).unwrap().remove(0);
        let value = |value| match value {
            AttributeValue::String(text) => text,
            other => panic!("{other:?} is no string"),
        };
        counted.into_iter().map(|counted| (value(counted.value), counted.n_documents)).collect()
    }
}
