//! A store, open indices and a searcher in a temporary folder, and words for documents and questions.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sangam_access::{Layer, LayerOrigin, LayerRecord, Principal, ReaderRequest, ScopedGroup};
use sangam_embed::{EmbedService, Embedder, HashEmbedder};
use sangam_engine::FieldFilter;
use sangam_ingest::{Extractor, FieldValue, InboxRecord, Index, IndexRegistry, RegistryOptions};
use sangam_search::{Audience, PassagesResponse, RankingWeights, SearchRequest, SearchResponse, Searcher};
use sangam_store::{AcceptedDocument, Creation, NewDataSource, NewIndex, Store};
use tempfile::TempDir;

/// The index that most tests use.
pub(crate) const INDEX: &str = "index";
/// A data source of it.
pub(crate) const SOURCE: &str = "source";
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) searcher: Searcher,
    registry: Arc<IndexRegistry>,
    _folder: TempDir,
}

impl World {
    /// With an embedder that knows words and nothing of their meaning: equal words are close.
    pub(crate) async fn new() -> Self {
        Self::with_embedder(Some(Arc::new(HashEmbedder))).await
    }

    pub(crate) async fn without_model() -> Self {
        Self::with_embedder(None).await
    }

    pub(crate) async fn with_embedder(embedder: Option<Arc<dyn Embedder>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, registry) = open(folder.path(), embedder).await;
        let registry = Arc::new(registry);
        let searcher = Searcher::new(Arc::clone(&registry), RankingWeights::bundled().unwrap());
        let world = Self { store, searcher, registry, _folder: folder };
        world.add_index(INDEX).await;
        let document = serde_json::json!({});
        let source = NewDataSource {
            id: SOURCE,
            index_id: INDEX,
            name: SOURCE,
            kind: "TEMPLATE",
            document: &document,
            tags: &[],
            limit: None,
        };
        assert_eq!(world.store.create_data_source(&source, None).await.unwrap(), Creation::New);
        world
    }

    /// One more index, open.
    pub(crate) async fn add_index(&self, id: &str) {
        let document = serde_json::json!({});
        let index = NewIndex { id, name: id, document: &document, tags: &[], limit: None };
        assert_eq!(self.store.create_index(&index, None).await.unwrap(), Creation::New);
        self.registry.open(id).await.unwrap();
    }

    pub(crate) fn index(&self) -> Arc<Index> {
        self.registry.get(INDEX).unwrap()
    }

    /// Puts documents into the index and waits until they are found by words and, with a model, by meaning.
    pub(crate) async fn put(&self, documents: &[AcceptedDocument]) {
        self.put_into(INDEX, documents).await;
    }

    pub(crate) async fn put_into(&self, index_id: &str, documents: &[AcceptedDocument]) {
        self.put_text(index_id, documents).await;
        let index = self.registry.get(index_id).unwrap();
        self.wait(async || !index.has_model() || self.store.vectors_pending(index_id).await.unwrap() == 0).await;
    }

    /// Puts documents and waits until they are found by words.
    pub(crate) async fn put_text(&self, index_id: &str, documents: &[AcceptedDocument]) {
        let index = self.registry.get(index_id).unwrap();
        self.store.accept(index_id, documents).await.unwrap();
        index.wake();
        self.wait(async || self.store.inbox_len(index_id).await.unwrap() == 0).await;
        index.shown().await;
    }

    async fn wait(&self, done: impl AsyncFn() -> bool) {
        let waiting = async {
            while !done().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("indexing ends");
    }

    pub(crate) async fn query(&self, request: &SearchRequest) -> SearchResponse {
        self.searcher.query(&self.store, request).await.unwrap()
    }

    pub(crate) async fn retrieve(&self, request: &SearchRequest) -> PassagesResponse {
        self.searcher.retrieve(&self.store, request).await.unwrap()
    }

    /// Ids of the documents that answer, sorted. The total says as many.
    pub(crate) async fn found(&self, request: &SearchRequest) -> Vec<String> {
        let response = self.query(request).await;
        let ids = sorted(response.items.into_iter().map(|item| item.document_id).collect());
        assert_eq!(response.total, ids.len() as u64, "the total counts what is found");
        ids
    }

    /// Ids of the documents of which passages answer, sorted, each once.
    pub(crate) async fn passages_of(&self, request: &SearchRequest) -> Vec<String> {
        let response = self.retrieve(request).await;
        let mut ids = sorted(response.items.into_iter().map(|item| item.document_id).collect());
        ids.dedup();
        ids
    }
}

async fn open(folder: &Path, embedder: Option<Arc<dyn Embedder>>) -> (Store, IndexRegistry) {
    let store = Store::open(&folder.join("sangam.db")).await.unwrap();
    let embed = embedder.map(|embedder| Arc::new(EmbedService::start(embedder).unwrap()));
    let options =
        RegistryOptions { folder: folder.join("index"), store: store.clone(), embed, extractor: Extractor::InProcess };
    (store, IndexRegistry::new(options))
}

pub(crate) fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

/// A public document of plain text, with its id for a title.
pub(crate) fn page(id: &str, text: &str) -> AcceptedDocument {
    described(id, id, text, Vec::new())
}

/// A public document of plain text.
pub(crate) fn described(id: &str, title: &str, text: &str, attributes: Vec<(String, FieldValue)>) -> AcceptedDocument {
    let record = InboxRecord { title: Some(title.into()), content_type: Some("PLAIN_TEXT".into()), attributes };
    AcceptedDocument {
        document_id: id.into(),
        document: serde_json::to_string(&record).unwrap(),
        content: text.as_bytes().to_vec(),
        lists: Vec::new(),
        data_source_id: None,
        job_id: None,
    }
}

/// The document, for these users only.
pub(crate) fn only(users: &[&str], document: AcceptedDocument) -> AcceptedDocument {
    AcceptedDocument { lists: vec![list(Layer::only(users.iter().map(|name| user(name))))], ..document }
}

pub(crate) fn user(name: &str) -> Principal {
    Principal::User { name: name.into() }
}

pub(crate) fn list(layer: Layer) -> LayerRecord {
    LayerRecord::known(layer, LayerOrigin::AccessControlList { level: 0 })
}

/// A request that names a user, or nobody.
pub(crate) fn as_user(name: Option<&str>) -> ReaderRequest {
    ReaderRequest { user: name.map(Into::into), ..ReaderRequest::default() }
}

/// A request that names a group, of a data source if one is given.
pub(crate) fn as_group(name: &str, data_source: Option<&str>) -> ReaderRequest {
    match data_source {
        None => ReaderRequest { groups: vec![name.into()], ..ReaderRequest::default() },
        Some(data_source) => {
            let group = ScopedGroup { name: name.into(), data_source: Some(data_source.into()) };
            ReaderRequest { data_source_groups: vec![group], ..ReaderRequest::default() }
        }
    }
}

/// `text` asked by `reader`, up to a hundred results.
pub(crate) fn ask(text: &str, reader: ReaderRequest) -> SearchRequest {
    SearchRequest {
        index_id: INDEX.into(),
        text: text.into(),
        audience: Audience::Request(reader),
        filter: None,
        offset: 0,
        limit: 100,
        attributes: Vec::new(),
        facets: Vec::new(),
        sort: Vec::new(),
    }
}

/// `text` asked by somebody who is not named.
pub(crate) fn ask_anyone(text: &str) -> SearchRequest {
    ask(text, ReaderRequest::default())
}

pub(crate) fn filtered(text: &str, filter: FieldFilter) -> SearchRequest {
    SearchRequest { filter: Some(filter), ..ask_anyone(text) }
}
