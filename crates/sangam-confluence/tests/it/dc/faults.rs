//! Whatever fails, nothing is opened and nothing is taken for gone.

use confluence_sim::{DcOptions, DcVersion, Fault, WrongCredentials};
use sangam_sync::{Content, CrawlMode, SourceError};
use serde_json::json;

use super::{World, acme, acme_with};

#[tokio::test]
async fn a_login_page_a_puzzle_or_an_expired_token_stops_the_run() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sync().await;
    let n = world.shelf.documents.len();
    world.sim.site().write().data_center_mut().unwrap().options.sso_login = true;
    let result = world.crawl(CrawlMode::Changes).await;
    assert!(matches!(result, Err(SourceError::Unauthorized { .. })), "{result:?}");
    world.sim.site().write().data_center_mut().unwrap().options.sso_login = false;
    world.sim.set_faults(|request| request.endpoint.ends_with("/content/scan").then_some(Fault::HtmlLogin));
    let result = world.crawl(CrawlMode::Changes).await;
    assert!(matches!(result, Err(SourceError::Unauthorized { .. })), "{result:?}");
    world.sim.clear_faults();
    let mut basic = World::new(acme(DcVersion::V9_2)).await;
    let (handle, token) = {
        let site = basic.sim.site().read();
        let credential = site.credentials()[0].clone();
        let account = site.everyone().find(|user| user.account_id == credential.account_id).unwrap();
        (account.username().to_owned(), credential.token)
    };
    basic.auth = "Basic";
    basic.secret = json!({ "username": handle, "password": token });
    basic.sync().await;
    basic.assert_agreement("with a password");
    basic.sim.site().write().require_captcha(&handle).unwrap();
    let result = basic.crawl(CrawlMode::Changes).await;
    assert!(matches!(result, Err(SourceError::Unauthorized { .. })), "{result:?}");
    assert_eq!(world.shelf.documents.len(), n);
}

#[tokio::test]
async fn a_token_that_expires_on_an_open_site_is_noticed_though_every_call_is_answered() {
    let mut site = acme_with(DcOptions { bad_tokens: WrongCredentials::Anonymous, ..DcOptions::default() });
    site.settings.anonymous_access = true;
    let mut world = World::new(site).await;
    world.sync().await;
    let token = world.secret["patToken"].as_str().unwrap().to_owned();
    world.sim.site().write().expire_token(&token).unwrap();
    let result = world.crawl(CrawlMode::Changes).await;
    assert!(matches!(result, Err(SourceError::Unauthorized { .. })), "{result:?}");
    let known: Vec<String> = world.shelf.documents.keys().cloned().collect();
    let result = world.source().await.confirm(&known).await;
    assert!(matches!(result, Err(SourceError::Unauthorized { .. })), "{result:?}");
}

#[tokio::test]
async fn a_listing_that_breaks_off_deletes_nothing_of_its_space() {
    for (endpoint, version) in [
        ("/content/scan", DcVersion::V9_2),
        ("/content/search", DcVersion::V9_2),
        ("/content/search", DcVersion::V7_19),
    ] {
        let mut world = World::new(acme(version)).await;
        world.sync().await;
        let n = world.shelf.documents.len();
        world.sim.set_faults(move |request| {
            let is_one = request.endpoint.ends_with(endpoint) && request.query.contains("ENG");
            is_one.then_some(Fault::Status(500))
        });
        let end = world.crawl(CrawlMode::Changes).await.unwrap();
        assert!(!end.incomplete.is_empty(), "{endpoint}");
        assert_eq!(world.shelf.documents.len(), n);
        world.sim.clear_faults();
        world.sync().await;
        world.assert_agreement("healed");
    }
}

#[tokio::test]
async fn attachments_whose_listing_is_refused_at_a_later_page_are_read_by_narrower_queries() {
    let mut site = acme(DcVersion::V9_2);
    let page = site.find_titled("Runbooks").unwrap().id;
    for n in 0..450 {
        site.add_attachment(page, &format!("f{n}.bin"), "application/octet-stream", b"x", "ada").unwrap();
    }
    let mut world = World::new(site).await;
    world.sim.set_faults(|request| {
        let is_later = request.query.contains("type%3Dattachment") && request.query.contains("start=400");
        is_later.then_some(Fault::Status(400))
    });
    let end = world.crawl(CrawlMode::Changes).await.unwrap();
    let n = world.shelf.documents.keys().filter(|id| id.starts_with("attachment/")).count();
    assert!(n >= 400, "{n}");
    assert!(!end.incomplete.is_empty(), "all files are of one day, so that the gap stays and is told");
    world.sim.clear_faults();
    world.sync().await;
    world.assert_agreement("whole");
}

#[tokio::test]
async fn a_poisoned_page_and_a_lost_file_fail_alone() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sim.set_faults(|request| {
        let is_body = request.query.contains("body.storage");
        (is_body && (request.query.contains("65802") || request.path.ends_with("/65802"))
            || request.endpoint.starts_with("/download"))
        .then_some(Fault::Status(500))
    });
    world.crawl(CrawlMode::Changes).await.unwrap();
    let failed = |world: &World, id: &str| matches!(world.shelf.documents[id].content, Content::Failed { .. });
    assert!(failed(&world, "page/65802"));
    let n_failed = world.shelf.documents.keys().filter(|id| failed(&world, id)).count();
    assert!(n_failed < 10, "{n_failed}");
    world.sim.clear_faults();
    world.sync().await;
    assert!(!world.shelf.documents.keys().any(|id| failed(&world, id)), "what may pass is tried again");
    world.assert_agreement("healed");
}

#[tokio::test]
async fn errors_that_pass_and_rows_that_are_missing_change_nothing() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sim.set_faults(|request| request.nth.is_multiple_of(7).then_some(Fault::Status(503)));
    world.sync().await;
    world.assert_agreement("with every seventh call failing once");
}
