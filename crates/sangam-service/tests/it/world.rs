//! A service in a folder of its own, with fakes behind its seams.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use sangam_api::{ApiError, KendraOperation, KendraRequest, RequestContext};
use sangam_engine::{AttributeValue, Facet, FacetValue, ValueKind};
use sangam_service::{
    Confidence, HighlightedText, IndexHost, Jobs, PassageItem, PassagesResponse, SeamError, Seams, SearchItem,
    SearchRequest, SearchResponse, Searcher, Service, ServiceSettings,
};
use sangam_service::{NoUserContext, Quotas};
use sangam_store::{AcceptedDocument, Store, SyncJob};
use sangam_sync::{Connector, CrawlMode, OpenRequest, Source, SourceError};
use serde_json::{Value, json};
use std::sync::Mutex;
use tempfile::TempDir;

pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/anything";

/// Everything that a test looks at.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) service: Service,
    pub(crate) host: Arc<FakeHost>,
    pub(crate) jobs: Arc<FakeJobs>,
    pub(crate) searcher: Arc<FakeSearcher>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut ServiceSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let mut settings = ServiceSettings {
            no_user_context: NoUserContext::Public,
            quotas: Quotas::Off,
            s3_folder: folder.path().join("s3"),
        };
        change(&mut settings);
        let host = Arc::new(FakeHost::new(store.clone()));
        let (jobs, searcher) = (Arc::new(FakeJobs::default()), Arc::new(FakeSearcher::default()));
        let seams = Seams {
            host: host.clone(),
            jobs: jobs.clone(),
            searcher: searcher.clone(),
            connectors: vec![Arc::new(FakeConnector)],
        };
        let service = Service::new(store.clone(), settings, seams);
        Self { folder, store, service, host, jobs, searcher }
    }

    /// Calls an operation as the wire does.
    pub(crate) async fn call(&self, operation: KendraOperation, input: Value) -> Result<Value, ApiError> {
        let request = KendraRequest::parse(operation, input.to_string().as_bytes())?;
        let answer = request.call(&self.service, &RequestContext::for_tests()).await?;
        Ok(serde_json::from_slice(&answer).unwrap())
    }

    /// Calls an operation that must succeed.
    pub(crate) async fn ok(&self, operation: KendraOperation, input: Value) -> Value {
        self.call(operation, input).await.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// Calls an operation that must be refused; the code, a colon and the message.
    pub(crate) async fn refused(&self, operation: KendraOperation, input: Value) -> String {
        match self.call(operation, input).await {
            Ok(answer) => panic!("{operation} answered {answer}"),
            Err(error) => error.to_string(),
        }
    }

    /// An active index.
    pub(crate) async fn index(&self) -> String {
        let answer = self.ok(KendraOperation::CreateIndex, json!({"Name": "handbook", "RoleArn": ROLE})).await;
        answer["Id"].as_str().unwrap().to_owned()
    }

    /// A data source of that type.
    pub(crate) async fn data_source(&self, index_id: &str, kind: &str) -> String {
        let mut input = json!({"IndexId": index_id, "Name": "wiki", "Type": kind});
        if kind == "TEMPLATE" {
            input["RoleArn"] = ROLE.into();
            input["Configuration"] = json!({"TemplateConfiguration": {"Template": template()}});
        }
        let answer = self.ok(KendraOperation::CreateDataSource, input).await;
        answer["Id"].as_str().unwrap().to_owned()
    }

    /// Writes an object of the local S3.
    pub(crate) fn object(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let file = self.folder.path().join("s3").join(bucket).join(key);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
}

/// A template that the fake connector accepts, with everything that must be echoed as it is.
pub(crate) fn template() -> Value {
    json!({
        "type": "CONFLUENCEV2", "syncMode": "FULL_CRAWL", "version": "1.0.0", "nothing": null, "float": 1.0, "big": 12_345_678_901_i64,
        "connectionConfiguration": {"repositoryEndpointMetadata": {"hostUrl": "https://example.atlassian.net", "empty": ""}},
        "additionalProperties": {"isCrawlAcl": "true", "maxFileSizeInMegaBytes": "50", "list": []}
    })
}

/// The address of the one `ConfluenceConfiguration` that the fake connector reads, and refuses.
pub(crate) const WRONG_SERVER: &str = "https://wrong.example.com";

/// How many may pass the gate of a host at once; who takes all of them closes it.
pub(crate) const GATE: usize = 1_000;

/// An index host without an engine: documents go into the real inbox and stay there.
pub(crate) struct FakeHost {
    store: Store,
    /// While set, creations wait.
    pub(crate) gate: tokio::sync::Semaphore,
    pub(crate) fails: AtomicBool,
    pub(crate) log: Mutex<Vec<String>>,
}

impl FakeHost {
    fn new(store: Store) -> Self {
        let gate = tokio::sync::Semaphore::new(GATE);
        Self { store, gate, fails: AtomicBool::new(false), log: Mutex::default() }
    }

    pub(crate) fn logged(&self, line: &str) -> bool {
        self.log.lock().unwrap().iter().any(|known| known == line)
    }

    async fn step(&self, line: String) -> Result<(), SeamError> {
        drop(self.gate.acquire().await);
        self.log.lock().unwrap().push(line);
        if self.fails.load(Ordering::Relaxed) { Err(SeamError::failed("disk full")) } else { Ok(()) }
    }
}

#[async_trait]
impl IndexHost for FakeHost {
    async fn create(&self, index_id: &str) -> Result<(), SeamError> {
        self.step(format!("create {index_id}")).await
    }

    async fn remove(&self, index_id: &str) -> Result<(), SeamError> {
        self.step(format!("remove {index_id}")).await
    }

    async fn accept(&self, index_id: &str, documents: Vec<AcceptedDocument>) -> Result<(), SeamError> {
        self.store.accept(index_id, &documents).await.map_err(SeamError::failed)
    }

    async fn delete(&self, index_id: &str, ids: &[String], job_id: Option<&str>) -> Result<(), SeamError> {
        self.log.lock().unwrap().push(format!("delete {} {}", ids.join(","), job_id.unwrap_or("-")));
        self.store.remove_documents(index_id, ids).await.map(drop).map_err(SeamError::failed)
    }

    async fn remove_documents_of(&self, index_id: &str, data_source_id: &str) -> Result<(), SeamError> {
        self.step(format!("remove documents of {data_source_id}")).await?;
        let ids = self.store.documents_of(index_id, data_source_id).await.map_err(SeamError::failed)?;
        self.store.remove_documents(index_id, &ids).await.map(drop).map_err(SeamError::failed)
    }

    async fn shown(&self, index_id: &str) {
        self.log.lock().unwrap().push(format!("shown {index_id}"));
    }

    async fn access_changed(&self, index_id: &str) -> Result<(), SeamError> {
        self.log.lock().unwrap().push(format!("access changed {index_id}"));
        Ok(())
    }
}

/// Notes what is asked of it; its jobs stay as they are.
#[derive(Default)]
pub(crate) struct FakeJobs {
    pub(crate) log: Mutex<Vec<String>>,
}

impl FakeJobs {
    pub(crate) fn logged(&self, line: &str) -> bool {
        self.log.lock().unwrap().iter().any(|known| known == line)
    }
}

#[async_trait]
impl Jobs for FakeJobs {
    async fn start(&self, job: &SyncJob) -> Result<(), SeamError> {
        self.log.lock().unwrap().push(format!("start {}", job.id));
        Ok(())
    }

    async fn stop(&self, job_id: &str) -> Result<(), SeamError> {
        self.log.lock().unwrap().push(format!("stop {job_id}"));
        Ok(())
    }

    async fn quiesce(&self, _index_id: &str, data_source_id: &str) -> Result<(), SeamError> {
        self.log.lock().unwrap().push(format!("quiesce {data_source_id}"));
        Ok(())
    }
}

/// Answers one document and one passage, and remembers what it was asked.
#[derive(Default)]
pub(crate) struct FakeSearcher {
    pub(crate) asked: Mutex<Vec<SearchRequest>>,
}

impl FakeSearcher {
    pub(crate) fn last(&self) -> SearchRequest {
        self.asked.lock().unwrap().last().cloned().expect("nobody searched")
    }
}

#[async_trait]
impl Searcher for FakeSearcher {
    async fn search(&self, request: &SearchRequest) -> Result<SearchResponse, SeamError> {
        self.asked.lock().unwrap().push(request.clone());
        let text = |text: &str| HighlightedText { text: text.into(), highlights: vec![] };
        let item = SearchItem {
            document_id: "doc".into(),
            title: text("Title"),
            excerpt: text("...an excerpt..."),
            uri: Some("https://example.com/doc".into()),
            attributes: vec![("_source_uri".into(), sangam_engine_value("https://example.com/doc"))],
            confidence: Confidence::High,
        };
        // Each facet has one value, of its own type.
        let value = |facet: &Facet| match facet.kind {
            ValueKind::Long => AttributeValue::Long(5),
            ValueKind::Date => AttributeValue::Date(1_500),
            ValueKind::String | ValueKind::StringList => AttributeValue::String("wiki".into()),
        };
        let facets = request.facets.iter().map(|facet| vec![FacetValue { value: value(facet), n_documents: 3 }]);
        Ok(SearchResponse { total: 7, items: vec![item], facets: facets.collect() })
    }

    async fn passages(&self, request: &SearchRequest) -> Result<PassagesResponse, SeamError> {
        self.asked.lock().unwrap().push(request.clone());
        let item = PassageItem {
            document_id: "doc".into(),
            title: "Title".into(),
            text: "a passage".into(),
            uri: None,
            attributes: vec![],
            confidence: Confidence::NotAvailable,
        };
        Ok(PassagesResponse { items: vec![item] })
    }
}

fn sangam_engine_value(text: &str) -> sangam_engine::AttributeValue {
    sangam_engine::AttributeValue::String(text.into())
}

/// Knows templates of type CONFLUENCEV2 and wants two things of them.
struct FakeConnector;

#[async_trait::async_trait]
impl Connector for FakeConnector {
    fn name(&self) -> &'static str {
        "confluence"
    }

    fn crawls_access(&self, _configuration: &Value) -> bool {
        true
    }

    fn handles(&self, configuration: &Value) -> bool {
        configuration["type"] == "CONFLUENCEV2" || configuration["ConfluenceConfiguration"]["ServerUrl"] == WRONG_SERVER
    }

    fn validate(&self, configuration: &Value) -> Vec<String> {
        if configuration.get("ConfluenceConfiguration").is_some() {
            return vec!["`ConfluenceConfiguration.ServerUrl` is wrong".into()];
        }
        let wanted =
            [("syncMode", "/syncMode"), ("hostUrl", "/connectionConfiguration/repositoryEndpointMetadata/hostUrl")];
        let missing = wanted.iter().filter(|(_, path)| configuration.pointer(path).is_none());
        missing.map(|(name, _)| format!("`{name}` is required")).collect()
    }

    fn secret_id(&self, _configuration: &Value) -> Option<String> {
        None
    }

    fn crawl_mode(&self, _configuration: &Value) -> CrawlMode {
        CrawlMode::Changes
    }

    fn deletion_threshold_percent(&self, _configuration: &Value) -> Option<u8> {
        None
    }

    async fn open(&self, _request: OpenRequest) -> Result<Box<dyn Source>, SourceError> {
        Err(SourceError::Stopped)
    }
}
