//! From an attachment to its bytes.

use confluence_sim::Site;
use jiff::Timestamp;

use crate::client::{CRAWLER, Sim, call_as, get, served};

fn download(id: u64) -> String {
    format!("/wiki/rest/api/content/65802/child/attachment/att{id}/download")
}

/// The path of the media address that a download leads to.
async fn media_path(sim: &Sim, id: u64) -> String {
    let answer = get(sim, &download(id)).await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    let location = answer.header("location").to_owned();
    location.strip_prefix(sim.base_url()).unwrap().to_owned()
}

#[tokio::test]
async fn bytes_come_from_the_media_service_without_credentials() {
    let sim = served(Site::acme()).await;
    let path = media_path(&sim, 66113).await;
    assert!(path.starts_with("/media/file/"));
    let answer = call_as(&sim, None, &path, None).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "promote the replica\ntell the on-call"));
    assert_eq!(answer.header("content-type"), "text/plain");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"steps.txt\"");
    assert_eq!(call_as(&sim, Some(CRAWLER), &path, None).await.status, 400, "credentials do not belong there");
}

#[tokio::test]
async fn a_media_address_is_signed_and_short_lived() {
    let mut site = Site::acme();
    let start = "2026-10-01T12:00:00Z".parse::<Timestamp>().unwrap();
    site.settings.fixed_now = Some(start);
    let sim = served(site).await;
    let path = media_path(&sim, 66113).await;
    let forged = path.replace("token=", "token=9");
    assert_eq!(call_as(&sim, None, &forged, None).await.status, 403);
    sim.site().write().settings.fixed_now = Some(start + jiff::SignedDuration::from_secs(3_600));
    assert_eq!(call_as(&sim, None, &path, None).await.status, 403);
}

#[tokio::test]
async fn what_cannot_be_had() {
    let sim = served(Site::acme()).await;
    assert_eq!(get(&sim, "/wiki/download/attachments/65802/steps.txt?version=1").await.status, 401);
    assert_eq!(get(&sim, &download(99)).await.status, 404);
    let lost = media_path(&sim, 66112).await;
    assert_eq!(call_as(&sim, None, &lost, None).await.status, 404, "the media service lost it");
    let page = "/wiki/rest/api/content/65801/child/attachment/att66113/download";
    assert_eq!(get(&sim, page).await.status, 404, "it is on another page");
}

#[tokio::test]
async fn generated_files_have_the_size_they_claim() {
    let sim = served(Site::acme()).await;
    let path = media_path(&sim, 66111).await;
    assert_eq!(call_as(&sim, None, &path, None).await.text.len(), 90_211);
}
