//! What a lookup by id says.

use confluence_sim::{ContentId, SpaceStatus};
use sangam_sync::Presence;
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
