//! What a second sync fetches: what changed, and nothing else.

use confluence_sim::{ContentId, Operation, Site};
use sangam_sync::{Content, CrawlMode};

use crate::world::{World, acme};

fn text(world: &World, id: &str) -> String {
    match &world.shelf.documents[id].content {
        Content::Text(text) => text.clone(),
        other => panic!("`{id}` has text and not {other:?}"),
    }
}

/// How often bodies were asked for.
fn body_calls(world: &World) -> u64 {
    world.sim.calls().get("/wiki/api/v2/pages").copied().unwrap_or_default()
}

#[tokio::test]
async fn nothing_changed_fetches_nothing() {
    let mut world = World::new(Site::demo()).await;
    world.sync().await;
    let first = world.shelf.documents.len();
    world.sim.reset_calls();
    world.sync().await;
    assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
    assert_eq!(world.shelf.seen.len(), first);
    assert!(body_calls(&world) <= 1, "no bodies but those of live docs");
    assert_eq!(world.sim.calls().keys().filter(|endpoint| endpoint.contains("download")).count(), 0);
}

#[tokio::test]
async fn everything_is_fetched_again_when_asked_for() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    world.crawl(CrawlMode::Everything).await.unwrap();
    assert_eq!(world.shelf.sent.len(), world.shelf.documents.len());
}

#[tokio::test]
async fn an_edit_a_comment_and_a_new_file_are_what_is_sent() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    let (comment, file);
    {
        let mut site = world.sim.site().write();
        site.edit(ContentId(65802), "<p>Call the on-call first.</p>", "ben").unwrap();
        comment = site.add_comment(ContentId(66401), "<p>And on 17?</p>", "ben").unwrap();
        file =
            site.add_attachment(ContentId(65802), "notes.md", "application/octet-stream", b"# Notes", "ben").unwrap();
    }
    world.sync().await;
    let mut sent = world.shelf.sent.clone();
    sent.sort_unstable();
    assert_eq!(sent, [format!("attachment/att{file}"), format!("comment/{comment}"), "page/65802".to_owned()]);
    assert_eq!(text(&world, "page/65802"), "Call the on-call first.");
    assert_eq!(text(&world, &format!("comment/{comment}")), "And on 17?");
    let content = &world.shelf.documents[&format!("attachment/att{file}")].content;
    assert!(matches!(content, Content::File { bytes, .. } if bytes == b"# Notes"));
    assert_eq!(
        world.readers(&format!("comment/{comment}")),
        ["ada", "ben"],
        "a reply to a reply has the page's readers"
    );
    world.assert_agreement();
}

#[tokio::test]
async fn a_live_doc_is_read_every_time_and_sent_when_its_text_changed() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    world.sync().await;
    assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
    world.sim.site().write().edit(ContentId(66300), "<p>more typing</p>", "ada").unwrap();
    world.sync().await;
    assert_eq!(world.shelf.sent, ["page/66300"]);
    assert_eq!(text(&world, "page/66300"), "more typing");
}

#[tokio::test]
async fn a_move_and_a_restriction_above_change_who_reads_and_send_nothing() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    {
        let mut site = world.sim.site().write();
        site.move_under(ContentId(65802), ContentId(65700)).unwrap();
        site.restrict(ContentId(65700), Operation::Read, &["ada"], &["engineering"]).unwrap();
    }
    world.sync().await;
    assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
    assert_eq!(world.readers("page/65802"), ["ada", "ben"]);
    world.assert_agreement();
}

#[tokio::test]
async fn a_move_to_another_space_takes_its_readers_at_once() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    world.sim.site().write().move_under(ContentId(65801), ContentId(98400)).unwrap();
    world.sync().await;
    assert!(world.readers("page/65802").is_empty(), "the list of the page names nobody who sees the new space");
    world.assert_agreement();
}

#[tokio::test]
async fn what_is_gone_is_confirmed_and_what_is_archived_leaves() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    {
        let mut site = world.sim.site().write();
        site.trash(ContentId(65802)).unwrap();
        site.purge(ContentId(66001)).unwrap();
        site.archive(ContentId(66300)).unwrap();
    }
    world.sync().await;
    for gone in ["page/65802", "comment/66401", "attachment/att66110", "blog/66001", "page/66300"] {
        assert!(!world.shelf.documents.contains_key(gone), "{gone}");
    }
    world.assert_agreement();
}
