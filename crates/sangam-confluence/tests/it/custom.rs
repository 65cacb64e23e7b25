//! Content of apps, with what is on it, and pages that have no storage format.

use confluence_sim::ContentId;
use sangam_sync::{Content, CrawlMode};

use crate::world::{World, acme};

const CARD: &str = "ac:cards:card";

/// A page that only Ada reads, and one that the team reads.
const SECRET: ContentId = ContentId(65830);
const SHARED: ContentId = ContentId(65802);

#[tokio::test]
async fn what_is_on_custom_content_is_read_by_the_readers_of_the_page_that_is_on() {
    let mut site = acme();
    let card = site.add_custom_content(SECRET, CARD, "Card", "<p>card</p>", "ada").unwrap();
    let inner = site.add_custom_content(card, CARD, "Inner", "", "ada").unwrap();
    let comment = site.add_comment(card, "<p>a remark</p>", "ada").unwrap();
    let reply = site.add_comment(comment, "<p>a reply</p>", "ada").unwrap();
    let file = site.add_attachment(inner, "card.txt", "text/plain", b"in a card", "ada").unwrap();
    let mut world = World::new(site).await;
    world.sync().await;
    let documents = [format!("comment/{comment}"), format!("comment/{reply}"), format!("attachment/att{file}")];
    for document in &documents {
        assert_eq!(world.shelf.documents[document].anchor, SECRET.to_string());
        assert_eq!(world.readers(document), ["ada"], "{document}");
    }
    world.assert_agreement();

    world.sim.site().write().move_under(card, SHARED).unwrap();
    world.sync().await;
    for document in &documents {
        assert_eq!(world.readers(document), ["ada", "ben"], "{document} went with the card");
    }
    world.assert_agreement();

    world.sim.site().write().trash(card).unwrap();
    world.sync().await;
    assert!(documents.iter().all(|document| !world.shelf.documents.contains_key(document)), "gone with the card");
}

#[tokio::test]
async fn what_is_on_custom_content_of_a_space_is_no_document() {
    let mut site = acme();
    let card = site.add_custom_content(SHARED, CARD, "Card", "", "ada").unwrap();
    site.move_to_space(card, "ENG").unwrap();
    let comment = site.add_comment(card, "<p>a remark</p>", "ada").unwrap();
    let mut world = World::new(site).await;
    world.sync().await;
    assert!(!world.shelf.documents.contains_key(&format!("comment/{comment}")), "it is on no page");
}

#[tokio::test]
async fn a_page_without_storage_format_is_read_from_the_editors_document() {
    let body = "<h2>Steps</h2><p>Promote the <strong>replica</strong></p><ul><li><p>stop writes</p></li>\
                <li><p>switch</p></li></ul><table><tbody><tr><td><p>host</p></td><td><p>db-7</p></td></tr></tbody></table>";
    let mut site = acme();
    let page = site.add_page("ENG", None, "Live", body, "ada").unwrap();
    let mut world = World::new(site).await;
    let words = |world: &World| -> Vec<String> {
        let Content::Text(text) = &world.shelf.documents[&format!("page/{page}")].content else {
            panic!("it has text")
        };
        text.split_whitespace().map(str::to_owned).collect()
    };
    world.sync().await;
    let of_storage = words(&world);
    assert!(["Steps", "replica", "switch", "db-7"].iter().all(|word| of_storage.iter().any(|had| had == word)));
    world.sim.site().write().set_adf_only(page, true).unwrap();
    world.crawl(CrawlMode::Everything).await.unwrap();
    assert_eq!(words(&world), of_storage);
    world.assert_agreement();
}
