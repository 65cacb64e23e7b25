//! Calls for each document, on a site large enough for pages of listings to matter.

use sangam_sync::CrawlMode;

use crate::world::{World, acme};

#[tokio::test]
async fn a_crawl_with_access_costs_less_than_a_tenth_of_a_call_for_each_document() {
    let mut site = acme();
    for n in 0..600 {
        let page = site
            .add_page("ENG", Some(confluence_sim::ContentId(65700)), &format!("Page {n}"), "<p>text</p>", "ada")
            .unwrap();
        site.add_comment(page, "<p>a comment</p>", "ben").unwrap();
        site.add_attachment(page, "a.txt", "text/plain", b"text", "ben").unwrap();
    }
    let mut world = World::new(site).await;
    world.crawl(CrawlMode::Changes).await.unwrap();
    let (calls, documents) = (world.content_calls(), world.shelf.documents.len() as u64);
    assert!(documents > 1800);
    assert!(calls * 10 < documents, "{calls} calls for {documents} documents: {:?}", world.sim.calls());
    world.sim.reset_calls();
    world.sync().await;
    let again = world.content_calls();
    assert!(again * 25 < documents, "{again} calls for {documents} unchanged documents: {:?}", world.sim.calls());
    assert!(world.shelf.sent.is_empty());
}
