//! What goes wrong, and what the sync makes of it.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use confluence_sim::{ContentId, Fault, Operation, WrongCredentials};
use sangam_sync::{Content, CrawlMode, SourceError};

use crate::world::{World, acme};

#[tokio::test]
async fn wrong_credentials_end_the_sync_with_what_to_do() {
    for answer in [WrongCredentials::Refuse, WrongCredentials::Anonymous] {
        let mut site = acme();
        site.settings.wrong_credentials = answer;
        site.settings.anonymous_access = true;
        let mut world = World::new(site).await;
        world.password = Some("not-the-token".into());
        let Err(SourceError::Unauthorized { message, code }) = world.crawl(CrawlMode::Changes).await else {
            panic!("the credentials are wrong")
        };
        assert!(message.contains("API token") && !message.contains("not-the-token"), "{message}");
        assert_eq!(code.as_deref(), Some("CNF-5123"));
        assert!(world.shelf.documents.is_empty() && world.shelf.nodes.is_empty());
    }
}

#[tokio::test]
async fn a_login_page_with_status_200_is_a_refusal_and_never_a_deletion() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    let before = world.shelf.documents.len();
    world.sim.set_faults(|request| (request.endpoint.ends_with("/blogposts")).then_some(Fault::HtmlLogin));
    let result = world.crawl(CrawlMode::Changes).await;
    assert!(matches!(result, Err(SourceError::Unauthorized { .. })), "{result:?}");
    assert_eq!(world.shelf.documents.len(), before);
}

#[tokio::test]
async fn an_unreachable_host_says_so() {
    let mut world = World::new(acme()).await;
    let source = world.source().await;
    let known = world.shelf.known();
    let stop = tokio_util::sync::CancellationToken::new();
    let request = sangam_sync::CrawlRequest {
        mode: CrawlMode::Changes,
        checkpoint: None,
        stop,
        progress: sangam_sync::Progress::default(),
    };
    let World { sim, mut shelf, .. } = world;
    sim.shutdown().await;
    let result = source.crawl(&request, &known, &mut shelf).await;
    let Err(SourceError::Unavailable { message, code, retry_at: None }) = result else { panic!("{result:?}") };
    assert!(message.contains("cannot be reached") && message.contains("`http://127.0.0.1:"), "{message}");
    assert_eq!(code.as_deref(), Some("CNF-5565"));
    world = World::new(acme()).await;
    world.shelf = shelf;
    world.sync().await;
}

#[tokio::test]
async fn what_passes_is_repeated() {
    let mut world = World::new(acme()).await;
    let tries = Mutex::new(HashMap::<String, usize>::new());
    world.sim.set_faults(move |request| {
        // Questions share their paths, so that one of them would meet what others did.
        if request.method != "GET" {
            return None;
        }
        let mut tries = tries.lock().unwrap();
        // A signed address is another one each second.
        let query = if request.path.starts_with("/media/") { "" } else { &request.query };
        let n = tries.entry(format!("{}?{query}", request.path)).or_default();
        *n += 1;
        match n {
            1 => Some(Fault::Status(503)),
            2 => Some(Fault::RateLimited { retry_after: Some(Duration::ZERO) }),
            3 => Some(Fault::TruncatedBody),
            _ => None,
        }
    });
    world.sync().await;
    world.assert_agreement();
    world.sim.clear_faults();
    world.sync().await;
    assert!(world.shelf.sent.is_empty(), "all content came in spite of it: {:?}", world.shelf.sent);
    world.assert_agreement();
}

#[tokio::test]
async fn a_wait_that_is_too_long_ends_the_sync_and_tells_until_when() {
    let mut world = World::new(acme()).await;
    world.sim.set_faults(|request| {
        (request.endpoint == "/wiki/api/v2/pages")
            .then_some(Fault::RateLimited { retry_after: Some(Duration::from_hours(2)) })
    });
    let result = world.crawl(CrawlMode::Changes).await;
    let Err(SourceError::Unavailable { retry_at: Some(_), .. }) = result else { panic!("{result:?}") };
}

#[tokio::test]
async fn one_space_that_cannot_be_listed_is_named_and_kept_and_the_others_go_on() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    world.sim.site().write().edit(ContentId(98400), "<p>New.</p>", "cho").unwrap();
    world.sim.set_faults(|request| (request.path == "/wiki/api/v2/spaces/65538/pages").then_some(Fault::Status(500)));
    let end = world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(end.incomplete, ["space/65538"]);
    assert_eq!(world.shelf.sent, ["page/98400"]);
    assert!(world.shelf.warnings.iter().any(|warning| warning.contains("`ENG`")), "{:?}", world.shelf.warnings);
    assert_eq!(world.readers("page/65802"), ["ada", "ben"], "what was known stays in force");
}

#[tokio::test]
async fn a_space_that_is_shown_no_more_is_hidden_and_kept_and_back_once_it_is() {
    for status in [403, 404] {
        let mut world = World::new(acme()).await;
        world.sync().await;
        let (n_before, others) = (world.shelf.documents.len(), world.readers("page/98400"));
        let pages = "/wiki/api/v2/spaces/65538/pages";
        world.sim.set_faults(move |request| (request.path == pages).then_some(Fault::Status(status)));
        for _ in 0..2 {
            let end = world.crawl(CrawlMode::Changes).await.unwrap();
            assert_eq!(end.incomplete, ["space/65538"]);
            for document in ["space/65538", "page/65802", "comment/66401", "attachment/att66110"] {
                assert!(world.readers(document).is_empty(), "{document} is hidden after {status}");
            }
            assert_eq!((world.shelf.documents.len(), world.readers("page/98400")), (n_before, others.clone()));
        }
        // Cut off once the nodes of the site are sent: nothing is shown before the space is listed again.
        world.shelf.begin_run();
        world.shelf.batches_max = Some(3);
        let stop = tokio_util::sync::CancellationToken::new();
        assert!(world.go_on(CrawlMode::Changes, None, stop).await.is_err());
        assert!(world.readers("page/65802").is_empty());
        // An outage says nothing about the space: it stays as it is.
        world.sim.set_faults(move |request| (request.path == pages).then_some(Fault::Status(500)));
        world.crawl(CrawlMode::Changes).await.unwrap();
        assert!(world.readers("page/65802").is_empty());
        world.sim.clear_faults();
        world.sync().await;
        assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
        world.assert_agreement();
    }
}

#[tokio::test]
async fn a_parent_that_is_not_shown_hides_what_is_below_and_is_named() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    world.sim.set_faults(|request| {
        let is_lost = request.path == "/wiki/api/v2/folders/65820" || request.endpoint.ends_with("/descendants");
        is_lost.then_some(Fault::Status(404))
    });
    let end = world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(end.incomplete, ["65820"]);
    assert!(world.readers("page/65830").is_empty() && world.shelf.documents.contains_key("page/65830"));
    assert!(world.shelf.warnings.iter().any(|warning| warning.contains("`65820`")), "{:?}", world.shelf.warnings);
    world.sim.clear_faults();
    world.sync().await;
    assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
    world.assert_agreement();
}

#[tokio::test]
async fn no_space_that_can_be_listed_is_a_failure_and_no_empty_site() {
    let mut world = World::new(acme()).await;
    world.sim.set_faults(|request| request.endpoint.ends_with("/spaces/{id}/pages").then_some(Fault::Status(500)));
    let result = world.crawl(CrawlMode::Changes).await;
    assert!(matches!(result, Err(SourceError::Unavailable { .. })), "{result:?}");
}

#[tokio::test]
async fn an_account_that_sees_no_space_ends_the_sync() {
    let mut site = acme();
    for key in ["ENG", "HR", "KB", "OLD"] {
        site.set_space_status(key, confluence_sim::SpaceStatus::Trashed).unwrap();
    }
    site.set_space_status("~7120204be5d1c277f04d0c8a3590b1c2d3e4f5", confluence_sim::SpaceStatus::Trashed).unwrap();
    let mut world = World::new(site).await;
    let result = world.crawl(CrawlMode::Changes).await;
    let Err(SourceError::Unauthorized { message, .. }) = result else { panic!("{result:?}") };
    assert!(message.contains("sees no space"), "{message}");
}

#[tokio::test]
async fn a_view_list_that_cannot_be_read_hides_and_is_told() {
    let mut world = World::new(acme()).await;
    world.sim.set_faults(|request| {
        (request.endpoint.contains("content/search") || request.path.contains("/65801/restriction"))
            .then_some(Fault::Status(400))
    });
    let end = world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(end.incomplete, [""; 0], "the listings were whole");
    assert!(world.readers("page/65801").is_empty() && world.readers("page/65802").is_empty());
    assert_eq!(world.readers("page/65700").len(), 4, "what has a readable list is not affected");
    assert!(
        world.shelf.warnings.iter().any(|warning| warning.contains("1 view lists could not be read")),
        "{:?}",
        world.shelf.warnings
    );
}

#[tokio::test]
async fn space_permissions_that_cannot_be_read_hide_the_space_alone() {
    let mut world = World::new(acme()).await;
    world
        .sim
        .set_faults(|request| (request.path == "/wiki/api/v2/spaces/65538/permissions").then_some(Fault::Status(404)));
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.readers("page/65700").is_empty());
    assert_eq!(world.readers("page/98400"), ["cho"]);
    assert!(
        world.shelf.warnings.iter().any(|warning| warning.contains("space `ENG` is hidden")),
        "{:?}",
        world.shelf.warnings
    );
}

#[tokio::test]
async fn a_half_list_of_people_is_never_sent() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    world.sim.site().write().restrict(ContentId(98400), Operation::Read, &[], &["hr-private"]).unwrap();
    world.sim.set_faults(|request| request.path.contains("/c4d9e8f7-").then_some(Fault::Status(500)));
    let before = world.shelf.directory.clone();
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(world.shelf.directory, before);
    assert_eq!(world.readers("page/98400"), ["cho"]);
    assert!(world.shelf.warnings.iter().any(|warning| warning.contains("stay in force")), "{:?}", world.shelf.warnings);
}

#[tokio::test]
async fn a_listing_of_the_whole_site_that_breaks_off_deletes_nothing() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    world.sim.set_faults(|request| (request.endpoint == "/wiki/api/v2/attachments").then_some(Fault::Status(500)));
    let end = world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(end.incomplete, ["space/131074", "space/65538", "space/98307"]);
}

#[tokio::test]
async fn a_poisoned_page_fails_alone_and_is_tried_again() {
    let mut world = World::new(acme()).await;
    world.sim.set_faults(|request| {
        (request.endpoint == "/wiki/api/v2/pages" && request.query.contains("65802")).then_some(Fault::Status(500))
    });
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(matches!(world.shelf.documents["page/65802"].content, Content::Failed { .. }));
    assert!(matches!(world.shelf.documents["page/65700"].content, Content::Text(_)));
    world.sim.clear_faults();
    world.sync().await;
    assert_eq!(world.shelf.sent, ["page/65802"]);
    assert!(matches!(world.shelf.documents["page/65802"].content, Content::Text(_)));
}

#[tokio::test]
async fn files_fail_alone_and_only_files_with_text_are_fetched() {
    let mut world = World::new(acme()).await;
    world.sim.set_faults(|request| request.path.contains("/att66113/").then_some(Fault::Status(404)));
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(matches!(world.shelf.documents["attachment/att66113"].content, Content::Failed { .. }));
    assert!(matches!(world.shelf.documents["attachment/att66110"].content, Content::File { .. }), "a PDF");
    assert_eq!(world.shelf.documents["attachment/att66112"].content, Content::None, "lost bytes");
    world.sim.clear_faults();
    world.sync().await;
    assert!(world.shelf.sent.is_empty(), "what will not be otherwise is not tried again");
    world.crawl(CrawlMode::Everything).await.unwrap();
    let Content::File { bytes, media_type, name } = &world.shelf.documents["attachment/att66113"].content else {
        panic!()
    };
    assert!(bytes.starts_with(b"promote the replica"));
    assert_eq!((media_type.as_deref(), name.as_str()), (Some("text/plain"), "steps.txt"));
}
