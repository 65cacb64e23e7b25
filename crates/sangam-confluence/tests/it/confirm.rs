//! What a lookup by id says.

use confluence_sim::{ContentId, SpaceStatus};
use sangam_sync::{CrawlMode, Presence, SourceError};
use serde_json::json;

use crate::world::{World, acme};

async fn presences(world: &World, ids: &[&str]) -> Vec<Presence> {
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    world.source().await.confirm(&ids).await.unwrap()
}

#[tokio::test]
async fn present_trashed_and_unseen_are_told_apart() {
    let world = World::new(acme()).await;
    let ids = [
        "page/65802",
        "page/65860",
        "page/1",
        "blog/66001",
        "comment/66401",
        "comment/66410",
        "comment/2",
        "attachment/att66113",
        "attachment/att3",
        "space/65538",
        "space/4",
        "nonsense",
    ];
    use Presence::{Present, Trashed, Unseen};
    let expected =
        [Present, Trashed, Unseen, Present, Present, Present, Unseen, Present, Unseen, Present, Unseen, Unseen];
    assert_eq!(presences(&world, &ids).await, expected);
}

#[tokio::test]
async fn comments_and_files_are_there_as_long_as_their_page_is() {
    let world = World::new(acme()).await;
    world.sim.site().write().trash(ContentId(65802)).unwrap();
    let found = presences(&world, &["comment/66401", "attachment/att66113"]).await;
    assert!(found.iter().all(|presence| *presence != Presence::Present), "{found:?}");
}

#[tokio::test]
async fn what_the_configuration_no_longer_asks_for_is_not_kept() {
    let mut world = World::new(acme()).await;
    world.more = json!({ "exclusionSpaceKeyFilter": ["ENG"], "isCrawlBlog": false });
    let found = presences(
        &world,
        &["page/65802", "comment/66401", "attachment/att66113", "space/65538", "blog/66001", "page/98400"],
    )
    .await;
    assert_eq!(found[..5], [Presence::Excluded; 5]);
    assert_eq!(found[5], Presence::Present);
    world.sim.site().write().set_space_status("HR", SpaceStatus::Archived).unwrap();
    assert_eq!(presences(&world, &["page/98400"]).await, [Presence::Excluded], "archived spaces are off");
}

#[tokio::test]
async fn a_site_whose_only_document_was_purged_still_shows_the_space_that_it_was_in() {
    let mut world = World::new(acme()).await;
    world.more =
        json!({ "inclusionUrlPatterns": ["pages/65802"], "isCrawlPageComment": false, "isCrawlPageAttachment": false });
    let end = world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(end.sees_places);
    assert_eq!(world.shelf.documents.keys().collect::<Vec<_>>(), ["page/65802"]);
    world.sim.site().write().purge(ContentId(65802)).unwrap();
    let end = world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(end.sees_places && world.shelf.seen.is_empty());
    let answers = world.source().await.confirm(&["page/65802".into()]).await.unwrap();
    assert_eq!(answers, [Presence::Unseen], "a purge answers as little as what is out of sight");
    // An account that sees no space at all has lost its sight.
    world.sim.set_faults(|_| None);
    {
        let mut site = world.sim.site().write();
        let keys: Vec<String> = site.spaces().map(|space| space.key.clone()).collect();
        for key in keys {
            site.set_space_status(&key, SpaceStatus::Trashed).unwrap();
        }
    }
    let result = world.crawl(CrawlMode::Changes).await;
    assert!(matches!(result, Err(SourceError::Unauthorized { .. })), "{result:?}");
}
