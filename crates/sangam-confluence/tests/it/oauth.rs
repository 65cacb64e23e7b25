//! Grants of OAuth 2.0: tokens that expire in the middle of a crawl, two who refresh at once, dead grants, other sites, missing scopes;
//! and API tokens with scopes, which the site's own host refuses.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use confluence_sim::{OAuthApp, OtherSite, TokenPair};
use sangam_confluence::{ConfluenceConnector, oauth::CLOUD_SCOPES};
use sangam_sync::{Connector, CrawlMode, CrawlRequest, OpenRequest, Progress, Source, SourceError};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::host::Host;
use crate::shelf::SOURCE;
use crate::world::{World, acme};

/// A served site with an app, a grant for the crawler, and the secret that holds it.
struct Granted {
    world: World,
    account: String,
    secret: Arc<Mutex<String>>,
}

fn secret_of(pair: &TokenPair) -> String {
    json!({
        "note": "kept",
        "confluenceAppKey": "app",
        "confluenceAppSecret": "app-secret",
        "confluenceAccessToken": pair.access_token,
        "confluenceRefreshToken": pair.refresh_token,
    })
    .to_string()
}

impl Granted {
    async fn new(scopes: &[&str]) -> Self {
        let mut site = acme();
        // Links and grants name the address at which the site is served.
        site.settings.base_url = None;
        let mut world = World::new(site).await;
        let base: reqwest::Url = world.sim.base_url().parse().unwrap();
        world.settings.api_url = Some(base.clone());
        world.settings.auth_url = Some(base);
        world.sim.oauth().register(OAuthApp {
            client_id: "app".into(),
            client_secret: "app-secret".into(),
            redirect_uris: vec!["http://127.0.0.1:8723/callback".into()],
        });
        let account = world.sim.site().read().credentials()[0].account_id.clone();
        let pair = world.sim.oauth().mint("app", &account, scopes);
        Self { world, account, secret: Arc::new(Mutex::new(secret_of(&pair))) }
    }

    fn template(&self) -> Value {
        let mut template = self.world.template();
        template["connectionConfiguration"]["repositoryEndpointMetadata"]["authType"] = "OAuth2".into();
        template
    }

    async fn source(&self) -> Box<dyn Source> {
        let request = OpenRequest {
            data_source_id: SOURCE.into(),
            configuration: self.template(),
            secret: self.secret.lock().await.clone().into(),
            host: Arc::new(Host { secret: Arc::clone(&self.secret), files: HashMap::new() }),
        };
        ConfluenceConnector::new(self.world.settings.clone()).open(request).await.unwrap()
    }

    async fn crawl(&mut self) -> Result<(), SourceError> {
        self.crawl_while_time_passes(Duration::ZERO).await
    }

    /// A crawl during which the clock of the identity service goes on by `step` with every fifth call.
    async fn crawl_while_time_passes(&mut self, step: Duration) -> Result<(), SourceError> {
        let source = self.source().await;
        let World { sim, shelf, .. } = &mut self.world;
        let (ticks, mut ticked) = tokio::sync::mpsc::unbounded_channel();
        sim.set_faults(move |request| {
            if request.nth.is_multiple_of(5) {
                let _ = ticks.send(());
            }
            None
        });
        shelf.begin_run();
        let known = shelf.known();
        let (checkpoint, stop, progress) = (None, CancellationToken::new(), Progress::default());
        let request = CrawlRequest { mode: CrawlMode::Changes, checkpoint, stop, progress };
        let mut crawl = std::pin::pin!(source.crawl(&request, &known, shelf));
        loop {
            tokio::select! {
                ended = &mut crawl => break ended.map(drop),
                Some(()) = ticked.recv() => sim.oauth().advance(step),
            }
        }
    }

    async fn stored(&self) -> Value {
        serde_json::from_str(&self.secret.lock().await).unwrap()
    }
}

#[tokio::test]
async fn a_site_is_crawled_for_longer_than_the_tokens_life_twice() {
    let mut granted = Granted::new(&CLOUD_SCOPES).await;
    granted.world.sim.oauth().set_refresh_ends_access(true);
    for run in 1..=2_u64 {
        granted.crawl_while_time_passes(Duration::from_mins(20)).await.unwrap();
        granted.world.assert_agreement();
        assert!(granted.world.sim.oauth().n_refreshes() >= 2 * run, "{}", granted.world.sim.oauth().n_refreshes());
        assert_eq!(granted.world.sim.oauth().n_refused(), 0);
        let (stored, current) = (granted.stored().await, granted.world.sim.oauth().current("app", &granted.account));
        let current = current.unwrap();
        assert_eq!(
            stored["confluenceAccessToken"],
            current.access_token.as_str(),
            "what is in force is what is stored"
        );
        assert_eq!(stored["confluenceRefreshToken"], current.refresh_token.unwrap().as_str());
        assert_eq!((&stored["note"], &stored["confluenceAppSecret"]), (&json!("kept"), &json!("app-secret")));
    }
}

#[tokio::test]
async fn two_who_refresh_at_once_refresh_once() {
    let granted = Granted::new(&CLOUD_SCOPES).await;
    granted.world.sim.oauth().set_refresh_ends_access(true);
    granted.world.sim.oauth().advance(Duration::from_hours(2));
    let (one, other) = (granted.source().await, granted.source().await);
    let (one, other) = futures::future::join(one.probe(), other.probe()).await;
    assert!(one.unwrap().n_spaces > 0 && other.unwrap().n_spaces > 0);
    assert_eq!((granted.world.sim.oauth().n_refreshes(), granted.world.sim.oauth().n_refused()), (1, 0));
}

#[tokio::test]
async fn a_dead_grant_says_what_to_do_and_is_not_tried_again_and_again() {
    let mut granted = Granted::new(&CLOUD_SCOPES).await;
    let pair = granted.world.sim.oauth().current("app", &granted.account).unwrap();
    granted.world.sim.oauth().kill(&pair);
    let before = granted.stored().await;
    let Err(SourceError::Unauthorized { message, code }) = granted.crawl().await else { panic!("the grant is dead") };
    assert!(message.contains("sangam connect confluence") && !message.contains(&pair.access_token), "{message}");
    assert_eq!(code.as_deref(), Some("CNF-5572"));
    assert_eq!(granted.world.sim.oauth().n_refused(), 1);
    assert_eq!(granted.stored().await, before);
    // A new grant in the secret is all that it takes.
    let pair = granted.world.sim.oauth().mint("app", &granted.account, &CLOUD_SCOPES);
    *granted.secret.lock().await = secret_of(&pair);
    granted.crawl().await.unwrap();
    granted.world.assert_agreement();
}

#[tokio::test]
async fn a_wrong_app_secret_is_told_from_a_dead_grant() {
    let mut granted = Granted::new(&CLOUD_SCOPES).await;
    granted.world.sim.oauth().advance(Duration::from_hours(2));
    let wrong = granted.secret.lock().await.replace("app-secret", "other-secret");
    *granted.secret.lock().await = wrong;
    let Err(SourceError::Unauthorized { message, code }) = granted.crawl().await else { panic!("the app is wrong") };
    assert!(message.contains("confluenceAppSecret") && !message.contains("other-secret"), "{message}");
    assert_eq!(code.as_deref(), Some("CNF-5516"));
}

#[tokio::test]
async fn of_several_sites_the_configured_one_is_used_and_without_it_they_are_listed() {
    let mut granted = Granted::new(&CLOUD_SCOPES).await;
    let other = OtherSite { cloud_id: "0".into(), url: "https://other.example".into(), name: "other".into() };
    granted.world.sim.oauth().add_site(other);
    granted.crawl().await.unwrap();
    let mut template = granted.template();
    template["connectionConfiguration"]["repositoryEndpointMetadata"]["hostUrl"] = "http://127.0.0.1:1".into();
    let secret = granted.secret.lock().await.clone();
    let host = Arc::new(Host { secret: Arc::clone(&granted.secret), files: HashMap::new() });
    let request = OpenRequest { data_source_id: SOURCE.into(), configuration: template, secret: secret.into(), host };
    let source = ConfluenceConnector::new(granted.world.settings.clone()).open(request).await.unwrap();
    let Err(SourceError::Configuration { message, .. }) = source.probe().await else { panic!("there is no such site") };
    assert!(message.contains("https://other.example") && message.contains(granted.world.sim.base_url()), "{message}");
}

#[tokio::test]
async fn a_missing_scope_is_named_and_is_no_bad_token() {
    let scopes: Vec<&str> = CLOUD_SCOPES
        .into_iter()
        .filter(|scope| {
            !matches!(*scope, "read:page:confluence" | "read:confluence-content.all" | "read:blogpost:confluence")
        })
        .collect();
    let mut granted = Granted::new(&scopes).await;
    let Err(SourceError::Unauthorized { message, .. }) = granted.crawl().await else { panic!("a scope is missing") };
    assert!(message.contains("`read:page:confluence`"), "{message}");
    assert_eq!(granted.world.sim.oauth().n_refreshes(), 0);
}

#[tokio::test]
async fn an_api_token_with_scopes_is_used_at_the_gateway_and_links_are_the_sites() {
    let seed = json!({
        "users": [{ "handle": "ada", "name": "Ada", "email": "ada@acme.example" }],
        "groups": [{ "name": "confluence-users-acme", "members": ["ada"], "access": "user" }],
        "credentials": [{ "user": "ada", "token": "with-scopes", "scopes": CLOUD_SCOPES.to_vec() }],
        "spaces": [{
            "key": "ENG", "name": "Engineering",
            "permissions": [{ "group": "confluence-users-acme" }],
            "pages": [{ "title": "Runbooks", "body": "<p>Page.</p>" }],
        }],
    });
    let site = confluence_sim::Site::from_json(&seed.to_string()).unwrap();
    let mut world = World::new(site).await;
    world.settings.api_url = Some(world.sim.base_url().parse().unwrap());
    world.sync().await;
    world.assert_agreement();
    let base = world.sim.base_url().to_owned();
    assert!(world.shelf.documents.values().all(|document| document.uri.starts_with(&format!("{base}/wiki/"))));
}

#[tokio::test]
async fn testing_a_connection_tells_what_the_account_can_and_lacks() {
    let granted = Granted::new(&CLOUD_SCOPES).await;
    let probe = granted.source().await.probe().await.unwrap();
    assert_eq!(probe.product, "Confluence Cloud");
    assert!(probe.n_spaces > 0 && !probe.account.is_empty());
    for expected in ["Reads the groups.", "Reads the permissions of spaces.", "Reads restrictions of pages."] {
        assert!(probe.abilities.iter().any(|ability| ability == expected), "{expected}: {probe:?}");
    }
    assert!(probe.abilities.iter().any(|ability| ability.contains("has every scope")), "{probe:?}");
    assert!(probe.abilities.iter().any(|ability| ability.contains("90 days")), "{probe:?}");
    assert!(probe.lacks.iter().all(|lack| !lack.contains("The grant lacks")), "{probe:?}");
    let few = ["read:space:confluence", "read:confluence-user", "offline_access"];
    let granted = Granted::new(&few).await;
    let probe = granted.source().await.probe().await.unwrap();
    assert!(probe.lacks.iter().any(|lack| lack.contains("`read:page:confluence`")), "{probe:?}");
    assert!(probe.lacks.iter().any(|lack| lack.contains("`read:confluence-groups`")), "{probe:?}");
}

#[tokio::test]
async fn each_scope_that_the_configuration_needs_and_a_grant_lacks_is_named_with_what_is_missing() {
    let all_but = |lacking: &'static str| CLOUD_SCOPES.into_iter().filter(move |scope| *scope != lacking);
    for (lacking, missing) in [
        ("read:comment:confluence", "no comment is indexed"),
        ("read:folder:confluence", "pages below folders are hidden"),
        ("read:hierarchical-content:confluence", "are not found"),
        ("read:configuration:confluence", "roles let nobody in"),
        ("read:space:confluence", "nothing is indexed"),
    ] {
        let scopes: Vec<&str> = all_but(lacking).collect();
        let probe = Granted::new(&scopes).await.source().await.probe().await.unwrap();
        let told: Vec<&String> = probe.lacks.iter().filter(|lack| lack.starts_with("The grant lacks")).collect();
        assert_eq!(told.len(), 1, "{probe:?}");
        assert!(told[0].contains(lacking) && told[0].contains(missing), "{told:?}");
    }
}

#[tokio::test]
async fn the_scopes_of_an_api_token_are_tried_as_nobody_tells_them() {
    for lacking in ["", "read:comment:confluence", "read:user:confluence", "read:whiteboard:confluence"] {
        let scopes: Vec<&str> = CLOUD_SCOPES.into_iter().filter(|scope| *scope != lacking).collect();
        let seed = json!({
            "users": [{ "handle": "ada", "name": "Ada", "email": "ada@acme.example" }],
            "groups": [{ "name": "confluence-users-acme", "members": ["ada"], "access": "user" }],
            "credentials": [{ "user": "ada", "token": "with-scopes", "scopes": scopes }],
            "spaces": [{ "key": "ENG", "name": "Engineering", "permissions": [{ "group": "confluence-users-acme" }] }],
        });
        let mut world = World::new(confluence_sim::Site::from_json(&seed.to_string()).unwrap()).await;
        world.settings.api_url = Some(world.sim.base_url().parse().unwrap());
        let probe = world.source().await.probe().await.unwrap();
        let told: Vec<&String> = probe.lacks.iter().filter(|lack| lack.starts_with("The API token lacks")).collect();
        assert_eq!(told.len(), usize::from(!lacking.is_empty()), "{probe:?}");
        assert!(told.iter().all(|lack| lack.contains(lacking)), "{told:?}");
        assert!(probe.abilities.iter().any(|ability| ability.contains("after a year at most")), "{probe:?}");
    }
}
