//! View lists that read empty after they were not.

use confluence_sim::{ContentId, Fault, Operation};
use sangam_sync::{CrawlMode, NodeAccess};

use crate::world::{World, acme};

const PAGE: ContentId = ContentId(65700);

async fn restricted_to(users: &[&str], groups: &[&str]) -> World {
    let mut world = World::new(acme()).await;
    world.sim.site().write().restrict(PAGE, Operation::Read, users, groups).unwrap();
    world.sync().await;
    world.assert_agreement();
    world
}

fn states_asked(world: &World) -> u64 {
    world.sim.calls().get("/wiki/rest/api/content/{id}/restriction").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_page_whose_people_were_all_deleted_stays_closed_sync_after_sync() {
    for identity_crawler in [true, false] {
        let mut world = restricted_to(&["ben"], &[]).await;
        world.identity_crawler = identity_crawler;
        world.sim.site().write().delete_user("ben").unwrap();
        for _ in 0..3 {
            world.crawl(CrawlMode::Changes).await.unwrap();
            assert!(world.readers("page/65700").is_empty());
            assert!(matches!(world.shelf.node("65700").access, NodeAccess::Layer { .. }), "who is gone is kept");
            assert!(world.shelf.warnings.iter().any(|warning| warning.contains("`65700` stays closed")));
        }
        world.sim.site().write().restrict(PAGE, Operation::Read, &[], &[]).unwrap();
        world.crawl(CrawlMode::Changes).await.unwrap();
        assert!(!world.readers("page/65700").is_empty(), "lifted afterwards");
    }
}

#[tokio::test]
async fn a_page_whose_group_was_deleted_stays_closed() {
    let mut world = restricted_to(&["ben"], &["hr-private"]).await;
    world.sim.site().write().delete_user("ben").unwrap();
    world.sim.site().write().delete_group("hr-private").unwrap();
    for _ in 0..2 {
        world.sync().await;
        assert!(world.readers("page/65700").is_empty());
        world.assert_agreement();
    }
}

#[tokio::test]
async fn a_list_that_was_lifted_opens_once_the_page_itself_was_asked() {
    let mut world = restricted_to(&["ben"], &["engineering"]).await;
    world.sim.site().write().restrict(PAGE, Operation::Read, &[], &[]).unwrap();
    world.sync().await;
    assert!(!world.readers("page/65700").is_empty());
    let asked = states_asked(&world);
    assert!((1..=6).contains(&asked), "the page, and a few that never were restricted: {asked}");
    world.sync().await;
    assert_eq!(states_asked(&world), asked);
    world.assert_agreement();
}

#[tokio::test]
async fn a_list_that_was_lifted_opens_though_somebody_on_it_is_gone() {
    let mut world = restricted_to(&["ada", "ben"], &[]).await;
    world.sim.site().write().restrict(PAGE, Operation::Read, &[], &[]).unwrap();
    world.sim.site().write().delete_user("ben").unwrap();
    world.sync().await;
    assert!(!world.readers("page/65700").is_empty());
    assert!(states_asked(&world) > 0);
    world.assert_agreement();
}

#[tokio::test]
async fn a_list_whose_hash_cannot_be_read_stays_closed_until_it_can() {
    let mut world = restricted_to(&["ben"], &[]).await;
    world.sim.site().write().restrict(PAGE, Operation::Read, &[], &[]).unwrap();
    world.sim.site().write().delete_user("ben").unwrap();
    world.sim.set_faults(|request| request.path.ends_with("/65700/restriction").then_some(Fault::Status(400)));
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.readers("page/65700").is_empty());
    world.sim.clear_faults();
    world.sync().await;
    world.assert_agreement();
}

#[tokio::test]
async fn a_list_that_could_not_be_read_and_reads_empty_is_asked_about() {
    let mut world = restricted_to(&["ben"], &[]).await;
    world.sim.set_faults(|request| {
        (request.endpoint.contains("content/search") || request.path.contains("/65700/restriction"))
            .then_some(Fault::Status(400))
    });
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(matches!(world.shelf.node("65700").access, NodeAccess::Unknown { .. }));
    world.sim.clear_faults();
    world.sim.site().write().delete_user("ben").unwrap();
    for _ in 0..2 {
        world.sync().await;
        assert!(world.readers("page/65700").is_empty());
    }
    world.sim.site().write().restrict(PAGE, Operation::Read, &[], &[]).unwrap();
    world.sync().await;
    assert!(!world.readers("page/65700").is_empty());
}

#[tokio::test]
async fn a_site_of_which_no_list_could_be_read_opens_once_they_can() {
    let mut world = World::new(acme()).await;
    world.sim.set_faults(|request| {
        (request.endpoint.contains("content/search") || request.path.contains("/restriction"))
            .then_some(Fault::Status(400))
    });
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.readers("page/65700").is_empty());
    world.sim.clear_faults();
    world.sync().await;
    assert!(!world.readers("page/65700").is_empty());
}
