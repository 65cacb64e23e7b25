//! A sync that was cut off anywhere goes on and ends with the same.

use std::collections::BTreeMap;

use confluence_sim::{Fault, Site};
use sangam_sync::{CrawlMode, SourceError};
use tokio_util::sync::CancellationToken;

use crate::{
    shelf::Shelf,
    world::{World, acme},
};

fn versions(shelf: &Shelf) -> BTreeMap<String, (String, String)> {
    let of = |document: &sangam_sync::SourceDocument| (document.version.clone(), document.anchor.clone());
    shelf.documents.iter().map(|(id, document)| (id.clone(), of(document))).collect()
}

#[tokio::test]
async fn cut_off_after_any_batch_it_goes_on_and_ends_with_the_same() {
    let mut world = World::new(Site::demo()).await;
    world.crawl(CrawlMode::Everything).await.unwrap();
    let (whole, n_batches) = (world.shelf.clone(), world.shelf.n_batches);
    assert!(n_batches > 6, "{n_batches}");
    for cut in 0..n_batches {
        world.shelf = Shelf::default();
        world.shelf.batches_max = Some(cut);
        let cut_off = world.go_on(CrawlMode::Everything, None, CancellationToken::new()).await;
        assert!(matches!(cut_off, Err(SourceError::SinkClosed)), "{cut_off:?}");
        let n_before = world.shelf.sent.len();
        world.shelf.batches_max = None;
        let checkpoint = world.shelf.checkpoint.clone();
        let end = world.go_on(CrawlMode::Everything, checkpoint, CancellationToken::new()).await.unwrap();
        assert_eq!(end.incomplete, Vec::<String>::new());
        assert_eq!(versions(&world.shelf), versions(&whole), "cut after {cut} batches");
        assert_eq!(world.shelf.nodes, whole.nodes);
        assert_eq!(world.shelf.seen.len(), whole.documents.len());
        assert!(world.shelf.sent.len() <= whole.sent.len() + 250, "at most one chunk is sent twice");
        assert!(n_before == 0 || world.shelf.sent.len() < whole.sent.len() + n_before, "it did not start over");
    }
}

#[tokio::test]
async fn stopped_while_the_site_is_silent_it_ends_at_once() {
    let mut world = World::new(acme()).await;
    world.sim.set_faults(|request| request.endpoint.ends_with("/pages").then_some(Fault::Stall));
    let stop = CancellationToken::new();
    let later = stop.clone();
    let calls = async {
        // The stall has begun once the listing of a space was called.
        while !world_calls(&world.sim).contains("/spaces/{id}/pages") {
            tokio::task::yield_now().await;
        }
        later.cancel();
    };
    let known = world.shelf.known();
    let source = world.source().await;
    let request = sangam_sync::CrawlRequest {
        mode: CrawlMode::Changes,
        checkpoint: None,
        stop: stop.clone(),
        progress: sangam_sync::Progress::default(),
    };
    let (result, ()) = tokio::join!(source.crawl(&request, &known, &mut world.shelf), calls);
    assert!(matches!(result, Err(SourceError::Stopped)), "{result:?}");
}

fn world_calls(sim: &confluence_sim::Handle) -> String {
    sim.calls().into_keys().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_cursor_that_expired_starts_its_listing_again() {
    let mut world = World::new(Site::demo()).await;
    world.crawl(CrawlMode::Everything).await.unwrap();
    let whole = versions(&world.shelf);
    let url =
        format!("{}/wiki/api/v2/footer-comments?limit=250&sort=created-date&cursor=expired", world.sim.base_url());
    let settled = world.shelf.checkpoint.as_ref().unwrap()["settled"].clone();
    let checkpoint = serde_json::json!({ "v": 2, "settled": settled, "at": { "stage": "site", "listing": "footer-comments", "next": url }, "incomplete": ["space/7"] });
    world.shelf.begin_run();
    let end = world.go_on(CrawlMode::Everything, Some(checkpoint), CancellationToken::new()).await.unwrap();
    assert_eq!(end.incomplete, ["space/7"], "what was incomplete before the interruption still is");
    assert_eq!(versions(&world.shelf), whole);
    assert!(world.shelf.sent.iter().all(|id| id.starts_with("comment/") || id.starts_with("attachment/")));
    assert!(world.shelf.sent.iter().any(|id| id.starts_with("comment/")));
}

#[tokio::test]
async fn a_sync_that_goes_on_under_another_configuration_of_access_starts_over() {
    let mut world = World::new(acme()).await;
    world.more = serde_json::json!({ "isCrawlAcl": false });
    world.crawl(CrawlMode::Changes).await.unwrap();
    let checkpoint = world.shelf.checkpoint.clone();
    let n_seen = world.shelf.seen.len();
    world.more = serde_json::json!({});
    world.shelf.begin_run();
    world.go_on(CrawlMode::Changes, checkpoint, CancellationToken::new()).await.unwrap();
    assert_eq!(world.shelf.seen.len(), n_seen);
    world.assert_agreement();
}
