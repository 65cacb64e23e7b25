//! Passes that fetch nothing: what they send, and what they ask.

use std::sync::atomic::Ordering;

use confluence_sim::{ContentId, Operation, Site};
use sangam_sync::{Content, CrawlMode};

use crate::world::{World, acme};

#[tokio::test]
async fn an_access_pass_brings_access_up_to_date_and_neither_fetches_nor_sends_documents() {
    for reconcile in [false, true] {
        let mut world = World::new(acme()).await;
        world.sync().await;
        let known = world.shelf.documents.len();
        {
            let mut site = world.sim.site().write();
            site.edit(ContentId(65802), "<p>Changed.</p>", "ada").unwrap();
            site.edit(ContentId(66300), "<p>more typing</p>", "ada").unwrap();
            site.add_page("ENG", None, "New", "<p>new</p>", "ada").unwrap();
            site.restrict(ContentId(65802), Operation::Read, &["ben"], &[]).unwrap();
            site.remove_member("engineering", "ada").unwrap();
        }
        world.sim.reset_calls();
        let fetched = world.watch_fetching();
        let end = world.crawl(CrawlMode::Access { reconcile }).await.unwrap();
        assert_eq!(end.incomplete, Vec::<String>::new());
        assert!(!fetched.load(Ordering::Relaxed), "neither bodies nor files");
        assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
        assert_eq!(world.readers("page/65802"), ["ben"]);
        let listed = world.sim.calls().keys().any(|endpoint| endpoint.ends_with("/attachments"));
        assert_eq!(listed, reconcile, "the listings that no node needs");
        let n_apart = world.shelf.documents.keys().filter(|id| id.starts_with("comment/") || id.starts_with("att"));
        let expected = if reconcile { known } else { known - n_apart.count() };
        assert_eq!(world.shelf.seen.len(), expected, "what is listed and known is unchanged");
        world.sync().await;
        assert!(world.shelf.sent.contains(&"page/65802".to_owned()), "the next sync fetches what changed");
        world.assert_agreement();
    }
}

#[tokio::test]
async fn a_preview_lists_what_a_sync_would_send_without_any_content() {
    let mut world = World::new(Site::demo()).await;
    let fetched = world.watch_fetching();
    world.crawl(CrawlMode::Preview).await.unwrap();
    let previewed = world.shelf.clone();
    assert!(!fetched.load(Ordering::Relaxed), "neither bodies nor files");
    assert!(previewed.documents.values().all(|document| document.content == Content::None));
    world.shelf = crate::shelf::Shelf::default();
    world.sync().await;
    let sent = |shelf: &crate::shelf::Shelf| shelf.sent.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(sent(&previewed), sent(&world.shelf));
    assert_eq!(previewed.nodes, world.shelf.nodes, "and who could see it");
    world.crawl(CrawlMode::Preview).await.unwrap();
    assert!(world.shelf.sent.is_empty(), "nothing would change: {:?}", world.shelf.sent);
    assert_eq!(world.shelf.seen.len(), world.shelf.documents.len());
}
