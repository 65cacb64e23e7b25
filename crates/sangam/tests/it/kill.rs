//! The process is killed at every named place and in the middle of a sync; the next one goes on by itself and ends where an
//! undisturbed one would.

use std::path::Path;
use std::time::Duration;

use confluence_sim::{AccountStatus, Handle, Site};
use sangam::provision;
use sangam_api::Blob;
use sangam_api::kendra::{
    BatchPutDocumentRequest, BatchPutDocumentResponse, ContentType, DataSourceSyncJob, DataSourceSyncJobStatus,
    Document, KendraRequest,
};
use sangam_store::failpoint::FailPoint;
use serde_json::{Value, json};

use crate::installation::{Installation, PATIENCE};
use crate::truth::expectations;

const CRAWLER: (&str, &str) = ("crawler@kill.example", "crawler-token");
/// Latency of the site's calls, so that a kill in the middle of a sync finds one.
const LATENCY_MS: u64 = 15;

/// A site with an open space, a restricted subtree with a list below a list, and a space of one team.
fn site() -> Site {
    let page =
        |number: usize| json!({ "title": format!("Page {number}"), "body": format!("The text of zebra{number}word.") });
    let open: Vec<Value> = (0..14).map(page).collect();
    let below: Vec<Value> = (14..20).map(page).collect();
    let mut inner = page(20);
    inner["view"] = json!({ "users": ["ada"] });
    let mut restricted = page(21);
    restricted["view"] = json!({ "groups": ["eng"] });
    restricted["children"] = json!([below, vec![inner]].into_iter().flatten().collect::<Vec<_>>());
    let team: Vec<Value> = (30..36).map(page).collect();
    let seed = json!({
        "site": { "name": "Kill" },
        "users": [
            { "handle": "ada", "name": "Ada", "email": "ada@kill.example" },
            { "handle": "ben", "name": "Ben", "email": "ben@kill.example" },
            { "handle": "cho", "name": "Cho", "email": "cho@kill.example" },
            { "handle": "crawler", "name": "Crawler", "email": CRAWLER.0 }
        ],
        "groups": [
            { "name": "everybody", "access": "user", "members": ["ada", "ben", "cho", "crawler"] },
            { "name": "admins", "access": "admin", "members": ["crawler"] },
            { "name": "eng", "members": ["ada", "ben"] },
            { "name": "hr", "members": ["cho"] }
        ],
        "credentials": [{ "user": "crawler", "token": CRAWLER.1, "seesEverything": true }],
        "spaces": [
            { "key": "ALL", "name": "Quagmire", "permissions": [{ "group": "everybody" }],
              "pages": open.into_iter().chain([restricted]).collect::<Vec<_>>() },
            { "key": "HR", "name": "Hummingbird", "permissions": [{ "group": "hr" }], "pages": team }
        ]
    });
    Site::from_json(&seed.to_string()).unwrap()
}

/// A server that has put two documents and synced a site, about to do both again with changes.
struct World {
    folder: tempfile::TempDir,
    site: Handle,
    index_id: String,
    source_id: String,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = confluence_sim::serve(site(), ([127, 0, 0, 1], 0).into()).await.unwrap();
        let mut installation = Installation::start(folder.path(), &[]);
        let index_id = installation.create_index().await;
        let source_id = installation.create_data_source(&index_id, site.base_url(), CRAWLER.0, CRAWLER.1).await;
        put(&installation, &index_id, "put", "the okapi of yesterday").await.unwrap();
        settled(&installation, &index_id).await;
        installation.kill();
        Self { folder, site, index_id, source_id }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Starts a job unless one was acknowledged before.
    async fn start_job(&self, installation: &Installation) -> bool {
        provision::start_job(&installation.client, &self.index_id, &self.source_id).await.is_ok()
    }

    /// Everything is as if nobody had been killed.
    async fn is_whole(&self, installation: &Installation, acknowledged: bool) {
        settled(installation, &self.index_id).await;
        if acknowledged {
            assert_eq!(installation.found(&self.index_id, None, "okapi tomorrow").await, ["put"]);
            assert_eq!(installation.found(&self.index_id, None, "okapi").await.len(), 1, "nothing twice");
        }
        let (people, expected) = expectations(&self.site.site().read(), &self.source_id);
        let state = installation.client.v1_get(&format!("indices/{}", self.index_id)).await.unwrap();
        assert_eq!(state["documents"], json!(expected.len() + 1), "nothing twice, nothing lost");
        for document in &expected {
            for person in &people {
                let found = installation.found(&self.index_id, person.as_deref(), &document.word).await;
                let n_found = found.iter().filter(|id| **id == document.id).count();
                let may_read = usize::from(document.readers.contains(person));
                assert_eq!(n_found, may_read, "{} as {person:?}", document.id);
            }
        }
    }

    /// Nobody finds what they may not read, at whatever point things are.
    async fn leaks_nothing(&self, installation: &Installation) {
        let (people, expected) = expectations(&self.site.site().read(), &self.source_id);
        for document in expected.iter().filter(|document| document.readers.len() < people.len()) {
            for person in people.iter().filter(|person| !document.readers.contains(person)) {
                let found = installation.found(&self.index_id, person.as_deref(), &document.word).await;
                assert!(!found.contains(&document.id), "{} as {person:?}", document.id);
            }
        }
    }

    fn succeeded(&self, job: &DataSourceSyncJob) {
        assert_eq!(job.status, Some(DataSourceSyncJobStatus::Succeeded), "{:?}", job.error_message);
        let metrics = job.metrics.clone().unwrap();
        let n = expectations(&self.site.site().read(), &self.source_id).1.len().to_string();
        assert_eq!(metrics.documents_scanned, Some(n.clone()));
        assert_eq!(metrics.documents_added, Some(n));
        assert_eq!(metrics.documents_failed.as_deref(), Some("0"));
        assert_eq!(metrics.documents_deleted.as_deref(), Some("0"));
    }
}

async fn put(installation: &Installation, index_id: &str, id: &str, text: &str) -> Option<()> {
    let document = Document {
        id: id.into(),
        title: Some("Put".into()),
        blob: Some(Blob(text.as_bytes().to_vec())),
        content_type: Some(ContentType::PlainText),
        ..Document::default()
    };
    let request = BatchPutDocumentRequest {
        index_id: index_id.into(),
        documents: vec![document],
        ..BatchPutDocumentRequest::default()
    };
    let request = KendraRequest::BatchPutDocument(Box::new(request));
    installation.client.kendra::<BatchPutDocumentResponse>(&request).await.ok().map(drop)
}

async fn settled(installation: &Installation, index_id: &str) {
    let waiting = async {
        loop {
            let state = installation.client.v1_get(&format!("indices/{index_id}")).await.unwrap();
            if state["documents_pending"] == json!(0) && state["vectors_pending"] == json!(0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("indexing ends");
}

/// Kills the process the first time it passes `point` while it indexes a new revision and syncs, and lets the next one go on.
async fn killed_at(point: FailPoint) {
    let world = World::new().await;
    let mut installation = Installation::start(world.path(), &[("SANGAM_ABORT_AT", point.name())]);
    let acknowledged = put(&installation, &world.index_id, "put", "the okapi of tomorrow").await.is_some();
    let started = world.start_job(&installation).await;
    assert!(installation.dies().await, "`{}` is passed", point.name());

    let installation = Installation::start(world.path(), &[]);
    world.leaks_nothing(&installation).await;
    let was_started = started || !installation.jobs(&world.index_id, &world.source_id).await.is_empty();
    if !was_started {
        assert!(world.start_job(&installation).await);
    }
    let job = installation.ended(&world.index_id, &world.source_id).await;
    assert_eq!(installation.jobs(&world.index_id, &world.source_id).await.len(), 1, "it went on as the same job");
    world.succeeded(&job);
    world.is_whole(&installation, acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_named_place_it_goes_on_and_ends_whole() {
    // Hiding a data source takes one that lost its sight, which the test below makes.
    let mut points = FailPoint::ALL.into_iter().filter(|point| *point != FailPoint::AfterSourceHidden);
    let mut running = tokio::task::JoinSet::new();
    loop {
        // Two at once: each is mostly waiting for a process to start.
        while running.len() < 2 {
            let Some(point) = points.next() else { break };
            running.spawn(killed_at(point));
        }
        match running.join_next().await {
            Some(ended) => ended.unwrap(),
            None => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_hides_what_lost_sight_it_stays_hidden_until_sight_is_back() {
    const MAX_AGE: (&str, &str) = ("SANGAM_CONFLUENCE__ACCESS_MAX_AGE", "1s");
    let world = World::new().await;
    let mut installation = Installation::start(world.path(), &[]);
    assert!(world.start_job(&installation).await);
    world.succeeded(&installation.ended(&world.index_id, &world.source_id).await);
    installation.kill();

    world.site.site().write().set_user_status("crawler", AccountStatus::Inactive).unwrap();
    let abort_at = ("SANGAM_ABORT_AT", FailPoint::AfterSourceHidden.name());
    let mut installation = Installation::start(world.path(), &[MAX_AGE, abort_at]);
    // Until access is a second old, a job that is refused only says that it will be.
    let dying = async {
        while installation.is_alive() {
            world.start_job(&installation).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, dying).await.expect("hiding the data source is passed");
    let installation = Installation::start(world.path(), &[MAX_AGE]);
    let (people, expected) = expectations(&world.site.site().read(), &world.source_id);
    for document in &expected {
        for person in &people {
            let found = installation.found(&world.index_id, person.as_deref(), &document.word).await;
            assert!(!found.contains(&document.id), "{} as {person:?}", document.id);
        }
    }
    world.site.site().write().set_user_status("crawler", AccountStatus::Active).unwrap();
    let refresh = format!("indices/{}/data-sources/{}/access-refresh", world.index_id, world.source_id);
    // The job that was killed has gone on by itself, and been refused once more.
    installation.ended(&world.index_id, &world.source_id).await;
    installation.client.v1(&refresh, &json!({ "reconcile": false })).await.unwrap();
    let jobs = format!("indices/{}/data-sources/{}/jobs", world.index_id, world.source_id);
    let waiting = async {
        loop {
            let told = installation.client.v1_list(&jobs, &[("kind", "access"), ("limit", "1")]).await.unwrap();
            if told["jobs"][0]["endedAt"].is_number() {
                return told["jobs"][0]["status"].clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, waiting).await.expect("the refresh ends"), json!("SUCCEEDED"));
    world.is_whole(&installation, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_in_the_middle_of_a_sync_it_still_ends_whole() {
    let world = World::new().await;
    world.site.set_latency_ms(LATENCY_MS);
    let mut installation = Installation::start(world.path(), &[]);
    assert!(world.start_job(&installation).await);
    for step in 1_u64..=5 {
        tokio::time::sleep(Duration::from_millis(60 * step)).await;
        installation.kill();
        installation = Installation::start(world.path(), &[]);
        world.leaks_nothing(&installation).await;
    }
    let job = installation.ended(&world.index_id, &world.source_id).await;
    assert_eq!(installation.jobs(&world.index_id, &world.source_id).await.len(), 1);
    world.succeeded(&job);
    world.is_whole(&installation, false).await;
}
