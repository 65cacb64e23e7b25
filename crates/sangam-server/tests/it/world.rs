//! A server on a free port over stub services.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use sangam_api::kendra::{
    BatchDeleteDocumentRequest, BatchDeleteDocumentResponse, DescribeIndexRequest, DescribeIndexResponse,
    ListIndicesRequest, ListIndicesResponse, QueryRequest, QueryResult, RetrieveRequest, RetrieveResult,
};
use sangam_api::secretsmanager::{ListSecretsRequest, ListSecretsResponse};
use sangam_api::{ApiError, Kendra, RequestContext, SecretsManager};
use sangam_server::sigv4::{Credentials, Unsigned, sign};
use sangam_server::{
    AccessKey, Action, App, KeyStore, KeyStoreError, Limits, MemoryKeys, SangamV1, ServeError, Services, Settings,
    Trail, TrailEntry, V1Request, serve,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::wire::{Connection, Reply};

pub(crate) const INDEX: &str = "0a1b2c3d-0000-4000-8000-000000000001";
pub(crate) const SECRET: &str = "a-secret-for-tests";
pub(crate) const QUERY: &str = "AWSKendraFrontendService.Query";
pub(crate) const LIST_INDICES: &str = "AWSKendraFrontendService.ListIndices";
pub(crate) const BATCH_DELETE: &str = "AWSKendraFrontendService.BatchDeleteDocument";

/// The server's clock stands still.
pub(crate) fn now() -> Timestamp {
    "2026-11-24T09:30:00Z".parse().unwrap()
}

pub(crate) fn query() -> String {
    json!({"IndexId": INDEX, "QueryText": "vacation"}).to_string()
}

pub(crate) fn deletion() -> String {
    json!({"IndexId": INDEX, "DocumentIdList": ["d"]}).to_string()
}

/// Operations that answer, fail, panic, and wait: `BatchDeleteDocument` tells that it began and ends when it may.
pub(crate) struct Stub {
    pub(crate) began: Semaphore,
    pub(crate) may_end: Semaphore,
    pub(crate) ended: Semaphore,
    pub(crate) ready: AtomicBool,
    /// What the audit trail was told.
    pub(crate) told: Mutex<Vec<TrailEntry>>,
}

#[async_trait]
impl Trail for Stub {
    async fn record(&self, entry: TrailEntry) {
        self.told.lock().unwrap().push(entry);
    }
}

#[async_trait]
impl Kendra for Stub {
    async fn list_indices(
        &self,
        _ctx: &RequestContext,
        _input: ListIndicesRequest,
    ) -> Result<ListIndicesResponse, ApiError> {
        Ok(ListIndicesResponse::default())
    }

    async fn query(&self, ctx: &RequestContext, _input: QueryRequest) -> Result<QueryResult, ApiError> {
        let seen = format!("{} {} {}", ctx.region, ctx.account_id, ctx.access_key_id);
        Ok(QueryResult { query_id: Some(seen), ..QueryResult::default() })
    }

    async fn retrieve(&self, _ctx: &RequestContext, _input: RetrieveRequest) -> Result<RetrieveResult, ApiError> {
        panic!("on purpose");
    }

    async fn describe_index(
        &self,
        _ctx: &RequestContext,
        input: DescribeIndexRequest,
    ) -> Result<DescribeIndexResponse, ApiError> {
        Err(ApiError::not_found(format!("index `{}` not found", input.id)))
    }

    async fn batch_delete_document(
        &self,
        _ctx: &RequestContext,
        _input: BatchDeleteDocumentRequest,
    ) -> Result<BatchDeleteDocumentResponse, ApiError> {
        self.began.add_permits(1);
        self.may_end.acquire().await.unwrap().forget();
        self.ended.add_permits(1);
        Ok(BatchDeleteDocumentResponse::default())
    }
}

#[async_trait]
impl SecretsManager for Stub {
    async fn list_secrets(
        &self,
        _ctx: &RequestContext,
        _input: ListSecretsRequest,
    ) -> Result<ListSecretsResponse, ApiError> {
        Ok(ListSecretsResponse::default())
    }
}

#[async_trait]
impl SangamV1 for Stub {
    fn action(&self, request: &V1Request) -> Option<Action> {
        match request.path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["accounts"] => Some(Action { operation: "CreateAccount", index_id: None, subject: None }),
            ["accounts", name] => {
                Some(Action { operation: "UpdateAccount", index_id: None, subject: Some(name.to_owned()) })
            }
            ["indices", index, "explain"] => {
                Some(Action { operation: "ExplainAccess", index_id: Some(index.to_owned()), subject: None })
            }
            _ => None,
        }
    }

    async fn handle(&self, ctx: &RequestContext, request: V1Request) -> Result<Value, ApiError> {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        if request.path == ["accounts"] {
            return Ok(json!({ "name": "ada" }));
        }
        Ok(
            json!({"method": request.method, "path": request.path, "query": request.query, "body": body, "key": ctx.access_key_id}),
        )
    }
}

/// The keys of the world: one for each policy, and one that makes the store fail.
struct Keys(MemoryKeys);

#[async_trait]
impl KeyStore for Keys {
    async fn find(&self, id: &str) -> Result<Option<AccessKey>, KeyStoreError> {
        if id == "BROKEN" { Err(KeyStoreError { source: "disk on fire".into() }) } else { self.0.find(id).await }
    }
}

pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) stub: Arc<Stub>,
    pub(crate) stop: CancellationToken,
    pub(crate) served: JoinHandle<Result<(), ServeError>>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn limited(limits: Limits) -> Self {
        Self::with(Settings { limits, ..Settings::default() }).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let semaphore = || Semaphore::new(0);
        let stub = Arc::new(Stub {
            began: semaphore(),
            may_end: semaphore(),
            ended: semaphore(),
            ready: AtomicBool::new(true),
            told: Mutex::default(),
        });
        let policies = [
            ("ADMIN", r#""admin""#.to_owned()),
            ("ASKER", r#""query""#.to_owned()),
            ("OTHER", r#"{"actions": ["*"], "indices": ["another"]}"#.to_owned()),
        ];
        let keys = policies.map(|(id, policy)| AccessKey {
            id: id.to_owned(),
            secret: SECRET.into(),
            policy: policy.parse().unwrap(),
        });
        let ready = Arc::clone(&stub);
        let services = Services {
            kendra: stub.clone(),
            secrets: stub.clone(),
            trail: Some(stub.clone()),
            v1: Some(stub.clone()),
            keys: Arc::new(Keys(keys.into_iter().collect())),
            ready: Arc::new(
                move || if ready.ready.load(Ordering::Relaxed) { Ok(()) } else { Err("migrating".to_owned()) },
            ),
            clock: Arc::new(now),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let served = tokio::spawn(serve(listener, App::new(services, settings), axum::Router::new(), stop.clone()));
        Self { address, stub, stop, served }
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.address).await
    }

    /// A signed `POST /`, and its answer.
    pub(crate) async fn post(&self, target: &str, body: &str) -> Reply {
        self.send(&Signed::new(target, body)).await
    }

    /// Sends a request on a connection of its own.
    pub(crate) async fn send(&self, signed: &Signed) -> Reply {
        let mut connection = self.connect().await;
        signed.send(&mut connection).await;
        connection.reply().await.expect("an answer")
    }

    /// Stops the server and returns how that went.
    pub(crate) async fn stop(self) -> Result<(), ServeError> {
        self.stop.cancel();
        self.served.await.unwrap()
    }
}

/// A request that is signed when it is sent, and altered after that if a test wants it.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) query: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) key: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) region: &'static str,
    pub(crate) service: &'static str,
    pub(crate) now: Timestamp,
}

impl Signed {
    pub(crate) fn new(target: &str, body: &str) -> Self {
        let service = if target.starts_with("secretsmanager") { "secretsmanager" } else { "kendra" };
        let headers = vec![
            ("host", "localhost:8722".to_owned()),
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", target.to_owned()),
        ];
        let body = body.as_bytes().to_vec();
        Self {
            method: "POST",
            path: "/",
            query: "",
            headers,
            body,
            key: "ADMIN",
            secret: SECRET,
            region: "eu-west-1",
            service,
            now: now(),
        }
    }

    pub(crate) fn v1(method: &'static str, path: &'static str, query: &'static str, body: &str) -> Self {
        let mut signed = Self::new("", body);
        signed.headers.retain(|(name, _)| *name != "x-amz-target");
        Self { method, path, query, service: "sangam", ..signed }
    }

    /// All headers, the signature's own included.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request =
            Unsigned { method: self.method, path: self.path, query: self.query, headers: &headers, body: &self.body };
        let credentials = Credentials { access_key_id: self.key.to_owned(), secret: self.secret.into() };
        let added = sign(&request, &credentials, self.region, self.service, self.now);
        let own = self.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        own.chain(added.into_iter().map(|(name, value)| (name.to_owned(), value))).collect()
    }

    pub(crate) fn target(&self) -> String {
        if self.query.is_empty() { self.path.to_owned() } else { format!("{}?{}", self.path, self.query) }
    }

    pub(crate) async fn send(&self, connection: &mut Connection) {
        connection.request(self.method, &self.target(), &self.headers(), &self.body).await;
    }
}
