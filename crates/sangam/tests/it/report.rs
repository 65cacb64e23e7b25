//! What a sync says of each document: files that cannot be read, files that cannot be had for a while, and a report of several pages.

use confluence_sim::{ContentId, Fault, Handle, Site};
use sangam_api::kendra::{DataSourceSyncJobMetrics, DataSourceSyncJobStatus};
use serde_json::{Value, json};

use crate::served::Served;

const CRAWLER: (&str, &str) = ("crawler@report.example", "crawler-token");
const READER: Option<&str> = Some("ada@report.example");
/// More documents than the command asks for at once.
const N_PAGES: usize = 104;
/// A file that says it is a PDF and is none.
const BROKEN: &[u8] = b"%PDF-1.7\nnothing of the kind";

/// A site with one page that has two files, and many without.
fn site() -> (Site, ContentId, ContentId) {
    let pages: Vec<Value> = (0..N_PAGES).map(|n| json!({ "title": format!("Page {n}"), "body": "Text." })).collect();
    let seed = json!({
        "site": { "name": "Report" },
        "users": [
            { "handle": "ada", "name": "Ada", "email": "ada@report.example" },
            { "handle": "crawler", "name": "Crawler", "email": CRAWLER.0 }
        ],
        "groups": [
            { "name": "staff", "access": "user", "members": ["ada", "crawler"] },
            { "name": "admins", "access": "admin", "members": ["crawler"] }
        ],
        "credentials": [{ "user": "crawler", "token": CRAWLER.1, "seesEverything": true }],
        "spaces": [{ "key": "ALL", "name": "All", "permissions": [{ "group": "staff" }], "pages": pages }]
    });
    let mut site = Site::from_json(&seed.to_string()).unwrap();
    let page = site.add_page("ALL", None, "Figures", "<p>See the files.</p>", "ada").unwrap();
    let broken = site.add_attachment(page, "turnover.pdf", "application/pdf", BROKEN, "ada").unwrap();
    let text = site.add_attachment(page, "footnotes.txt", "text/plain", b"the quokka is not counted", "ada").unwrap();
    (site, broken, text)
}

struct World {
    served: Served,
    site: Handle,
    index_id: String,
    source_id: String,
}

impl World {
    /// Syncs; returns how that ended and what it counted.
    async fn sync(&self) -> (DataSourceSyncJobStatus, DataSourceSyncJobMetrics) {
        self.served.installation.start_job(&self.index_id, &self.source_id).await;
        let job = self.served.installation.ended(&self.index_id, &self.source_id).await;
        (job.status.unwrap(), job.metrics.unwrap())
    }

    async fn finds(&self, text: &str, attachment: ContentId) -> bool {
        let found = self.served.installation.found(&self.index_id, READER, text).await;
        found.contains(&self.id(attachment))
    }

    fn id(&self, attachment: ContentId) -> String {
        format!("confluence/{}/attachment/att{attachment}", self.source_id)
    }

    /// Records of the newest report.
    fn report(&self, more: &[&str]) -> Vec<Value> {
        let arguments = [&["report", "--index", "test", "--data-source", "site", "--json"], more].concat();
        let ran = self.served.run(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Ids of what failed in the newest sync, and their messages.
    fn failed(&self) -> Vec<(String, String)> {
        let text = |record: &Value, name: &str| record[name].as_str().unwrap().to_owned();
        let records = self.report(&["--failed"]);
        records.iter().map(|record| (text(record, "documentId"), text(record, "errorMsg"))).collect()
    }
}

fn n(count: Option<&String>) -> usize {
    count.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_fails_once_until_it_changes_and_one_that_cannot_be_had_is_tried_until_it_can() {
    let (site, broken, text) = site();
    let site = confluence_sim::serve(site, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let served = Served::start();
    let index_id = served.installation.create_index().await;
    let source_id = served.installation.create_data_source(&index_id, site.base_url(), CRAWLER.0, CRAWLER.1).await;
    let world = World { served, site, index_id, source_id };
    let away = format!("/att{text}/");
    world.site.set_faults(move |request| request.path.contains(&away).then_some(Fault::Status(503)));

    let (status, first) = world.sync().await;
    assert_eq!((status, n(first.documents_failed.as_ref())), (DataSourceSyncJobStatus::Incomplete, 2));
    let n_documents = n(first.documents_scanned.as_ref());
    assert_eq!(n(first.documents_added.as_ref()), n_documents - 2);
    let failed = world.failed();
    assert_eq!(failed.len(), 2, "{failed:?}");
    assert!(failed.iter().any(|(id, _)| *id == world.id(broken)), "{failed:?}");
    let fetched = failed.iter().find(|(id, _)| *id == world.id(text)).unwrap();
    assert!(fetched.1.starts_with("the file could not be fetched"), "{failed:?}");
    let records = world.report(&["--failed"]);
    let of = |id: String| records.iter().find(|record| record["documentId"] == json!(id)).unwrap();
    for (record, stage, statuses) in [
        (of(world.id(text)), "CRAWL", ["FAILED", "SKIPPED", "SKIPPED"]),
        (of(world.id(broken)), "EXTRACT", ["SUCCESS", "SUCCESS", "FAILED"]),
    ] {
        let told =
            ["crawlStatus", "syncStatus", "indexStatus"].map(|column| record[column]["status"].as_str().unwrap());
        assert_eq!((record["failedStage"].as_str(), told), (Some(stage), statuses), "{record}");
        assert_eq!(record["nAclLeftOut"], 0);
    }
    assert!(world.finds("turnover.pdf", broken).await && world.finds("footnotes.txt", text).await, "by their names");
    told_in_full(&world, broken, n_documents).await;

    let (status, again) = world.sync().await;
    assert_eq!((status, n(again.documents_failed.as_ref())), (DataSourceSyncJobStatus::Incomplete, 1));
    assert_eq!(n(again.documents_scanned.as_ref()), n_documents, "the broken one is scanned");
    assert_eq!(world.failed().iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), [world.id(text)]);
    assert!(world.finds("turnover.pdf", broken).await);

    world.site.clear_faults();
    let (status, healed) = world.sync().await;
    assert_eq!((status, n(healed.documents_failed.as_ref())), (DataSourceSyncJobStatus::Succeeded, 0));
    assert_eq!((n(healed.documents_modified.as_ref()), n(healed.documents_scanned.as_ref())), (1, n_documents));
    assert!(world.finds("quokka", text).await, "by its words");
    assert_eq!(world.report(&["--action", "modify"]).len(), 1);
    assert_eq!(world.failed(), []);

    world.site.site().write().replace_attachment(broken, b"%PDF-1.7\nnor this").unwrap();
    let (status, changed) = world.sync().await;
    assert_eq!((status, n(changed.documents_failed.as_ref())), (DataSourceSyncJobStatus::Incomplete, 1));
    world.site.shutdown().await;
}

/// The first report, in every way it can be asked for.
async fn told_in_full(world: &World, broken: ContentId, n_documents: usize) {
    let all = world.report(&[]);
    assert_eq!(all.len(), n_documents, "page by page to the end");
    let mut ids: Vec<&str> = all.iter().map(|record| record["documentId"].as_str().unwrap()).collect();
    ids.dedup();
    assert_eq!(ids.len(), n_documents);
    let id = world.id(broken);
    let record = all.iter().find(|record| record["documentId"] == json!(id)).unwrap();
    assert_eq!(record["documentTitle"], "turnover.pdf");
    assert!(record["sourceUri"].as_str().unwrap().starts_with(world.site.base_url()), "{record}");
    assert_eq!((&record["crawlAction"], &record["indexStatus"]["status"]), (&json!("ADD"), &json!("FAILED")));
    assert_eq!(record["indexStatus"]["errorMessage"], record["errorMsg"]);
    let lines: Vec<&str> = record["access"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert!(lines.contains(&"space ALL: staff"), "{lines:?}");
    let acl: Vec<Value> = serde_json::from_str(record["acl"].as_str().unwrap()).unwrap();
    let group = acl.iter().find(|one| one["name"] == "staff").unwrap();
    assert_eq!((&group["type"], &group["access"]), (&json!("GROUP"), &json!("ALLOWED")));
    assert!(record["metadataKeys"].as_array().unwrap().contains(&json!("_source_uri")), "{record}");

    let shown = world.served.run(&["report", "--index", "test", "--data-source", "site", "--failed"]);
    let line = format!("ADD         FAILED   {id}  turnover.pdf: EXTRACT: ");
    assert!(shown.stdout.lines().any(|shown| shown.starts_with(&line)), "{}", shown.shown());
    let none = world.served.run(&["report", "--index", "test", "--data-source", "site", "--action", "DELETE"]);
    assert!(none.code == 0 && none.stdout.is_empty() && !none.stderr.is_empty(), "{}", none.shown());

    let jobs = format!("indices/{}/data-sources/{}/jobs", world.index_id, world.source_id);
    let client = &world.served.installation.client;
    let job = client.v1_list(&jobs, &[("limit", "1")]).await.unwrap()["jobs"][0]["executionId"].clone();
    let job = job.as_str().unwrap();
    let by_id = world.report(&["--job", job, "--failed"]);
    assert_eq!(by_id.len(), 2);
    let path = format!("{jobs}/{job}/documents");
    let page = client.v1_list(&path, &[("limit", "1"), ("after", ids[0]), ("status", "SUCCESS")]).await.unwrap();
    assert!(page["documents"][0]["documentId"].as_str().unwrap() > ids[0], "{page}");
    assert_eq!(page["documents"].as_array().unwrap().len(), 1);
    for wrong in [("limit", "0"), ("status", "SKIPPED"), ("action", "ALL"), ("before", "x")] {
        let error = client.v1_list(&path, &[wrong]).await.unwrap_err();
        assert!(error.to_string().contains(wrong.0), "{error}");
    }
    let wrong = world.served.run(&["report", "--index", "test", "--data-source", "site", "--job", "newest"]);
    assert!(wrong.code == 1 && wrong.stderr.contains("`newest` is not an execution id"), "{}", wrong.shown());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_what_the_next_sync_does_and_the_job_itself_names_nobody() {
    let (site, ..) = site();
    let site = confluence_sim::serve(site, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let served = Served::start();
    let index_id = served.installation.create_index().await;
    let source_id = served.installation.create_data_source(&index_id, site.base_url(), CRAWLER.0, CRAWLER.1).await;
    let world = World { served, site, index_id, source_id };
    let ran = world.served.run(&["sync", "--index", "test", "--data-source", "site", "--dry-run", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(told["people"].as_array().unwrap().iter().any(|person| person["name"] == "Ada"), "{told}");
    // Whoever may watch jobs sees the job; what it found is asked for with another right.
    let client = &world.served.installation.client;
    let jobs = format!("indices/{}/data-sources/{}/jobs", world.index_id, world.source_id);
    let job = client.v1_list(&jobs, &[("kind", "preview")]).await.unwrap()["jobs"][0].clone();
    let job = client.v1_get(&format!("{jobs}/{}", job["executionId"].as_str().unwrap())).await.unwrap();
    assert!(job["status"] == "SUCCEEDED" && !job.to_string().contains("Ada"), "{job}");
    let (_, synced) = world.sync().await;
    assert_eq!(told["documents"]["added"], n(synced.documents_scanned.as_ref()));
    world.site.shutdown().await;
}
