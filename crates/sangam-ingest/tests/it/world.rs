//! A store, a registry and one open index in a temporary folder.

use std::sync::Arc;
use std::time::Duration;

use sangam_access::ReaderRequest;
use sangam_embed::{EmbedService, Embedder, HashEmbedder};
use sangam_engine::{Filter, LexicalQuery};
use sangam_ingest::{Extractor, InboxRecord, Index, IndexRegistry, RegistryOptions};
use sangam_store::{AcceptedDocument, Creation, NewIndex, Store};
use tempfile::TempDir;

pub(crate) const INDEX: &str = "00000000-0000-4000-8000-000000000001";
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) registry: IndexRegistry,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_embedder(Arc::new(HashEmbedder)).await
    }

    pub(crate) async fn with_embedder(embedder: Arc<dyn Embedder>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = Self::open_with(folder, Some(embedder)).await;
        let document = serde_json::json!({});
        let index = NewIndex { id: INDEX, name: "test", document: &document, tags: &[], limit: None };
        let created = world.store.create_index(&index, None).await.unwrap();
        assert!(matches!(created, Creation::New));
        world
    }

    pub(crate) async fn open(folder: TempDir, model: bool) -> Self {
        Self::open_with(folder, model.then(|| Arc::new(HashEmbedder) as Arc<dyn Embedder>)).await
    }

    async fn open_with(folder: TempDir, embedder: Option<Arc<dyn Embedder>>) -> Self {
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let embed = embedder.map(|embedder| Arc::new(EmbedService::start(embedder).unwrap()));
        let options = RegistryOptions {
            folder: folder.path().join("index"),
            store: store.clone(),
            embed,
            extractor: Extractor::InProcess,
        };
        Self { folder, store, registry: IndexRegistry::new(options) }
    }

    /// Everything is closed and opened again, as after a restart.
    pub(crate) async fn restart(self, model: bool) -> Self {
        self.registry.close_all().await;
        self.store.close().await;
        let folder = self.folder;
        drop(self.registry);
        Self::open(folder, model).await
    }

    pub(crate) async fn index(&self) -> Arc<Index> {
        self.registry.open(INDEX).await.unwrap()
    }

    pub(crate) async fn put(&self, id: &str, text: &str) {
        self.store.accept(INDEX, &[accepted(id, text)]).await.unwrap();
        self.index().await.wake();
    }

    /// Waits until the inbox and the vectors' queue are empty.
    pub(crate) async fn settle(&self) {
        let settled = async {
            while self.store.inbox_len(INDEX).await.unwrap() + self.store.vectors_pending(INDEX).await.unwrap() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, settled).await.expect("indexing ends");
    }

    /// Ids of the documents that `user` finds by the words of `text`.
    pub(crate) async fn found(&self, user: Option<&str>, text: &str) -> Vec<String> {
        let request = ReaderRequest { user: user.map(Into::into), ..ReaderRequest::default() };
        let view = self.index().await.reader_view(&request).unwrap();
        let filter = Filter::readable(Arc::clone(&view.readable));
        let hits = view.engine.lexical(&LexicalQuery::from_text(text), &filter, 100).unwrap().hits;
        let ordinals: Vec<u32> = hits.iter().map(|hit| hit.ordinal).collect();
        let mut ids: Vec<String> = self.store.document_ids(INDEX, &ordinals).await.unwrap().into_values().collect();
        ids.sort();
        ids
    }
}

pub(crate) fn accepted(id: &str, text: &str) -> AcceptedDocument {
    let record =
        InboxRecord { title: Some(id.to_owned()), content_type: Some("PLAIN_TEXT".into()), attributes: vec![] };
    AcceptedDocument {
        document_id: id.into(),
        document: serde_json::to_string(&record).unwrap(),
        content: text.as_bytes().to_vec(),
        lists: Vec::new(),
        data_source_id: None,
        job_id: None,
    }
}
