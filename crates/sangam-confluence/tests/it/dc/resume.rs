//! A sync that was cut off anywhere goes on and ends with the same.

use std::collections::BTreeMap;

use confluence_sim::{DcVersion, Fault};
use sangam_sync::{CrawlMode, SourceError};
use tokio_util::sync::CancellationToken;

use super::{World, acme};
use crate::shelf::Shelf;

fn versions(shelf: &Shelf) -> BTreeMap<String, (String, String)> {
    let of = |document: &sangam_sync::SourceDocument| (document.version.clone(), document.anchor.clone());
    shelf.documents.iter().map(|(id, document)| (id.clone(), of(document))).collect()
}

fn fresh(now_ms: i64) -> Shelf {
    Shelf { now_ms, ..Shelf::default() }
}

#[tokio::test]
async fn cut_off_after_any_batch_it_goes_on_and_ends_with_the_same() {
    let mut site = acme(DcVersion::V9_2);
    for n in 0..60 {
        let page = site.add_page("ENG", None, &format!("Page {n}"), "<p>text</p>", "ada").unwrap();
        site.add_comment(page, "<p>a comment</p>", "ben").unwrap();
        site.add_attachment(page, "a.txt", "text/plain", b"text", "ben").unwrap();
    }
    let mut world = World::new(site).await;
    world.crawl(CrawlMode::Everything).await.unwrap();
    let (whole, n_batches, now_ms) = (world.shelf.clone(), world.shelf.n_batches, world.shelf.now_ms);
    assert!(n_batches > 10, "{n_batches}");
    for cut in 0..n_batches {
        world.shelf = fresh(now_ms);
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
async fn stopped_while_the_server_is_silent_it_ends_at_once() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sim.set_faults(|request| {
        (request.endpoint.ends_with("/content/scan") && request.query.contains("spaceKey")).then_some(Fault::Stall)
    });
    let stop = CancellationToken::new();
    let later = stop.clone();
    let cancel = async {
        while world.sim.calls().get("/rest/api/content/scan").copied().unwrap_or_default() < 2 {
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
    let (result, ()) = tokio::join!(source.crawl(&request, &known, &mut world.shelf), cancel);
    assert!(matches!(result, Err(SourceError::Stopped)), "{result:?}");
}
