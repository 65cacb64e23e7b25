//! The pages on a port of their own, over a store of their own, and an index whose answers the test gives.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use sangam_api::kendra::{QueryRequest, QueryResult};
use sangam_api::{ApiError, Kendra, RequestContext, SecretsManager};
use sangam_console::{CALLBACK_PATH, Console, ConsoleOptions};
use sangam_identity::{Clock, Oidc, OidcSettings, People, Role};
use sangam_server::{Action, App, MemoryKeys, SangamV1, Services, Settings, V1Request};
use sangam_store::Store;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::browser::Browser;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// An installation.
pub(crate) struct World {
    pub(crate) base: String,
    pub(crate) people: People,
    pub(crate) index: Arc<Index>,
    _folder: TempDir,
    _stops: DropGuard,
}

/// The one index.
pub(crate) struct Index {
    /// What it was asked, in order.
    pub(crate) asked: Mutex<Vec<QueryRequest>>,
    /// What it answers.
    pub(crate) answer: Mutex<QueryResult>,
    /// What the page learns of it.
    pub(crate) described: Mutex<Value>,
}

impl Index {
    /// What it was asked last.
    pub(crate) fn last(&self) -> QueryRequest {
        self.asked.lock().last().expect("a question").clone()
    }

    /// As whom the last question was asked.
    pub(crate) fn asker(&self) -> (Option<String>, Option<Vec<String>>) {
        let context = self.last().user_context.expect("every question names its reader");
        (context.user_id, context.groups)
    }
}

#[async_trait]
impl Kendra for Index {
    async fn query(&self, _ctx: &RequestContext, input: QueryRequest) -> Result<QueryResult, ApiError> {
        self.asked.lock().push(input);
        Ok(self.answer.lock().clone())
    }
}

struct NoSecrets;

#[async_trait]
impl SecretsManager for NoSecrets {}

struct Endpoints(Arc<Index>);

#[async_trait]
impl SangamV1 for Endpoints {
    fn action(&self, request: &V1Request) -> Option<Action> {
        let is_known = request.path.first().is_some_and(|first| first == "search-indices");
        is_known.then_some(Action { operation: "ListSearchIndices", index_id: None, subject: None })
    }

    async fn handle(&self, _ctx: &RequestContext, request: V1Request) -> Result<Value, ApiError> {
        let described = self.0.described.lock().clone();
        if request.path.len() > 1 {
            return Ok(described);
        }
        Ok(json!({ "indices": [{ "id": described["id"], "name": described["name"] }] }))
    }
}

impl World {
    /// With local accounts alone.
    pub(crate) async fn new() -> Self {
        Self::with(None).await
    }

    /// With a provider, where the settings are told the address that it sends browsers back to.
    pub(crate) async fn with(provider: Option<OidcSettings>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let people = People::new(&store, &Clock::system());
        let index = Arc::new(Index {
            asked: Mutex::default(),
            answer: Mutex::default(),
            described: Mutex::new(json!({
                "id": "00000000-0000-4000-8000-000000000001", "name": "Handbook", "namedByToken": false, "newest": "_last_updated_at",
                "facets": [{ "name": "_category", "isList": false }], "sources": [], "only": [],
            })),
        });
        let services = Services {
            kendra: Arc::clone(&index) as Arc<dyn Kendra>,
            secrets: Arc::new(NoSecrets),
            v1: Some(Arc::new(Endpoints(Arc::clone(&index)))),
            trail: None,
            keys: Arc::new(MemoryKeys::default()),
            ready: Arc::new(|| Ok(())),
            clock: Arc::new(|| panic!("no signature is checked here")),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let oidc = provider.map(|settings| {
            let settings = OidcSettings { redirect_url: format!("{base}{CALLBACK_PATH}"), ..settings };
            Oidc::new(settings, store.clone(), Clock::system()).unwrap()
        });
        let app = App::new(services, Settings::default());
        let console =
            Console::new(ConsoleOptions { app: Arc::clone(&app), people: people.clone(), public_url: None, oidc });
        let shutdown = CancellationToken::new();
        let stops = shutdown.clone().drop_guard();
        tokio::spawn(sangam_server::serve(listener, app, sangam_console::router(console), shutdown));
        Self { base, people, index, _folder: folder, _stops: stops }
    }

    /// An account with [`PASSWORD`] that searches as `user_id`.
    pub(crate) async fn account(&self, name: &str, role: Role, user_id: Option<&str>) {
        self.people.accounts.create(name, PASSWORD.into(), role, user_id.map(str::to_owned)).await.unwrap();
    }

    /// A new browser.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.base)
    }

    /// A new browser in which somebody has signed in, who searches as `user_id`.
    pub(crate) async fn signed_in(&self, name: &str, role: Role, user_id: Option<&str>) -> Browser {
        self.account(name, role, user_id).await;
        let browser = self.browser();
        assert_eq!(browser.sign_in(name, PASSWORD, "/search").await.location(), "/search");
        browser
    }
}
