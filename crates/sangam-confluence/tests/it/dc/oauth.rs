//! Grants of OAuth 2.0 on a Data Center: tokens that rotate, and permissions of spaces that REST does not tell them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use confluence_sim::{DcVersion, OAuthApp};
use sangam_confluence::{ConfluenceConnector, ConfluenceSettings, DEFAULT_REDIRECT_URI};
use sangam_sync::{Connector, CrawlMode, CrawlRequest, OpenRequest, Progress};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::{World, acme};
use crate::host::Host;
use crate::shelf::SOURCE;

/// A served Data Center, a grant for its crawler, and the secret that holds it.
struct Granted {
    world: World,
    account: String,
    secret: Arc<Mutex<String>>,
}

impl Granted {
    async fn new(version: DcVersion, with_pat: bool) -> Self {
        let mut world = World::new(acme(version)).await;
        world.auth = "OAuth2";
        world.sim.oauth().register(OAuthApp {
            client_id: "app".into(),
            client_secret: "app-secret".into(),
            redirect_uris: vec![DEFAULT_REDIRECT_URI.into()],
        });
        let account = world.sim.site().read().credentials()[0].account_id.clone();
        let pair = world.sim.oauth().mint("app", &account, &["READ", "offline_access"]);
        let mut secret = json!({
            "confluenceAppKey": "app",
            "confluenceAppSecret": "app-secret",
            "confluenceAccessToken": pair.access_token,
            "confluenceRefreshToken": pair.refresh_token,
        });
        if with_pat {
            secret["patToken"] = world.secret["patToken"].clone();
        }
        Self { world, account, secret: Arc::new(Mutex::new(secret.to_string())) }
    }

    async fn crawl(&mut self) {
        let settings = ConfluenceSettings { backoff_base: Duration::from_millis(1), ..ConfluenceSettings::default() };
        let request = OpenRequest {
            data_source_id: SOURCE.into(),
            configuration: self.world.template(),
            secret: self.secret.lock().await.clone().into(),
            host: Arc::new(Host { secret: Arc::clone(&self.secret), files: HashMap::new() }),
        };
        let source = ConfluenceConnector::new(settings).open(request).await.unwrap();
        let shelf = &mut self.world.shelf;
        shelf.begin_run();
        let known = shelf.known();
        let (checkpoint, stop, progress) = (None, CancellationToken::new(), Progress::default());
        let request = CrawlRequest { mode: CrawlMode::Changes, checkpoint, stop, progress };
        source.crawl(&request, &known, shelf).await.unwrap();
    }

    async fn stored(&self) -> Value {
        serde_json::from_str(&self.secret.lock().await).unwrap()
    }
}

#[tokio::test]
async fn a_token_that_ended_is_replaced_and_stored_at_each_of_two_runs() {
    let mut granted = Granted::new(DcVersion::V9_2, true).await;
    for run in 1..=2 {
        granted.world.sim.oauth().advance(Duration::from_hours(2));
        granted.crawl().await;
        granted.world.assert_agreement("with a grant");
        assert_eq!((granted.world.sim.oauth().n_refreshes(), granted.world.sim.oauth().n_refused()), (run, 0));
        let (stored, current) = (granted.stored().await, granted.world.sim.oauth().current("app", &granted.account));
        let current = current.unwrap();
        assert_eq!(stored["confluenceAccessToken"], current.access_token.as_str());
        assert_eq!(stored["confluenceRefreshToken"], current.refresh_token.unwrap().as_str());
        assert!(stored["patToken"].is_string(), "what else the secret holds is kept");
    }
}

#[tokio::test]
async fn spaces_whose_permissions_no_way_tells_a_grant_are_hidden_and_that_is_told() {
    let mut granted = Granted::new(DcVersion::V9_2, false).await;
    granted.crawl().await;
    let site = granted.world.sim.site().read();
    let found: Vec<String> =
        granted.world.shelf.documents.keys().filter(|id| !granted.world.readers(id).is_empty()).cloned().collect();
    assert_eq!(found, Vec::<String>::new());
    assert!(site.spaces().count() > 0 && !granted.world.shelf.documents.is_empty());
    let told = granted.world.shelf.warnings.join("\n");
    assert!(told.contains("patToken"), "{told}");
}
