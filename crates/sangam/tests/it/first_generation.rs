//! Data sources with a `ConfluenceConfiguration`, the connector's first generation, created by the API and synced.

use confluence_sim::{DEMO_CRAWLER_TOKEN, Site};
use sangam_api::kendra::{DataSourceSyncJob, DataSourceSyncJobStatus, DataSourceType};
use serde_json::{Value, json};

use crate::data_center;
use crate::installation::Installation;

/// A configuration with what both hostings have; `more` is added to it.
fn configuration(url: &str, secret_arn: &str, more: &Value) -> Value {
    let mut configuration = json!({
        "ServerUrl": url,
        "SecretArn": secret_arn,
        "PageConfiguration": { "PageFieldMappings": [
            { "DataSourceFieldName": "DISPLAY_URL", "IndexFieldName": "_source_uri" }
        ] },
        "AttachmentConfiguration": { "CrawlAttachments": true },
    });
    let members = more.as_object().unwrap().clone();
    configuration.as_object_mut().unwrap().extend(members);
    json!({ "ConfluenceConfiguration": configuration })
}

/// Makes a data source and syncs it; returns its id and how that ended.
async fn synced(
    server: &Installation,
    index_id: &str,
    name: &str,
    configuration: Value,
) -> (String, DataSourceSyncJob) {
    let source = server.create_data_source_of(index_id, name, DataSourceType::Confluence, configuration).await;
    server.start_job(index_id, &source).await;
    let job = server.ended(index_id, &source).await;
    (source, job)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_synced_with_a_password_and_with_a_token_and_shows_each_person_their_own() {
    let sim = confluence_sim::serve(data_center::site(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let index_id = server.create_index().await;
    let (username, password) = data_center::CRAWLER;
    for (auth, secret) in [
        (json!("HTTP_BASIC"), json!({ "username": username, "password": password })),
        (json!("PAT"), json!({ "patToken": password })),
    ] {
        let name = auth.as_str().unwrap().replace('_', "-");
        let arn = server.create_secret(&name, &secret).await;
        let spaces = json!({ "IncludeSpaces": ["ENG", "KB"], "CrawlPersonalSpaces": false });
        let more = json!({ "Version": "SERVER", "AuthenticationType": auth, "SpaceConfiguration": spaces });
        let (source, job) = synced(&server, &index_id, &name, configuration(sim.base_url(), &arn, &more)).await;
        assert_eq!(job.status, Some(DataSourceSyncJobStatus::Succeeded), "{job:?}");
        let (id, text) = data_center::ADAS_PAGE;
        let id = format!("confluence/{source}/page/{id}");
        for (person, may_read) in [(Some("ada"), true), (Some("ben"), false), (Some("cho"), false), (None, false)] {
            let found = server.found(&index_id, person, text).await;
            assert_eq!(found.contains(&id), may_read, "{name} as {person:?}: {found:?}");
        }
        // The space that is not included is not there even for her who owns it.
        let hers = server.found(&index_id, Some("cho"), "salary bands leave policy handbook").await;
        let site = sim.site().read();
        let excluded = site.spaces().find(|space| space.key == "HR").unwrap().id;
        let excluded: Vec<String> = site
            .contents()
            .filter(|content| content.space == excluded)
            .map(|content| format!("confluence/{source}/page/{}", content.id))
            .collect();
        assert!(!excluded.is_empty() && !hers.iter().any(|id| excluded.contains(id)), "{hers:?}");
    }
    sim.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_site_is_synced_with_the_address_that_the_first_generation_took() {
    let sim = confluence_sim::serve(Site::demo(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let index_id = server.create_index().await;
    let secret = json!({ "username": "search-crawler@fernhill.example", "password": DEMO_CRAWLER_TOKEN });
    let arn = server.create_secret("cloud", &secret).await;
    let url = format!("{}/wiki", sim.base_url());
    let more = json!({ "Version": "CLOUD" });
    let (_, job) = synced(&server, &index_id, "cloud", configuration(&url, &arn, &more)).await;
    assert_eq!(job.status, Some(DataSourceSyncJobStatus::Succeeded), "{job:?}");
    assert!(job.metrics.unwrap().documents_added.unwrap().parse::<u32>().unwrap() > 100);
    let (daniel, jonas) = ("daniel.kim@fernhill.example", "jonas.weber@fernhill.example");
    let title = "Salary bands 2026";
    let id = sim.site().read().find_titled(title).unwrap().id.to_string();
    let is_found = |found: Vec<String>| found.iter().any(|document| document.ends_with(&format!("/page/{id}")));
    assert!(is_found(server.found(&index_id, Some(daniel), title).await));
    assert!(!is_found(server.found(&index_id, Some(jonas), title).await));
    sim.shutdown().await;
}
