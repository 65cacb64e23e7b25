//! View lists verified one by one: what listings get wrong closes, and a run asks no more than it may.

use std::time::Duration;

use confluence_sim::{ContentId, Operation, Site};
use sangam_sync::CrawlMode;

use crate::world::{World, acme};

const PAGE: ContentId = ContentId(65700);

fn verified(world: &World) -> u64 {
    world.sim.calls().get("/wiki/rest/api/content/{id}/restriction").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_page_restricted_to_people_who_were_gone_before_the_first_crawl_is_closed_once_it_is_verified() {
    let mut site = acme();
    site.restrict(PAGE, Operation::Read, &["ben"], &[]).unwrap();
    site.delete_user("ben").unwrap();
    let mut world = World::new(site).await;
    world.sync().await;
    assert!(!world.readers("page/65700").is_empty(), "the documented gap: it is believed at first");
    world.settings.recheck_after = Duration::ZERO;
    world.refresh().await;
    assert!(world.readers("page/65700").is_empty());
    world.settings.recheck_after = Duration::from_hours(24);
    for _ in 0..2 {
        world.sync().await;
        assert!(world.readers("page/65700").is_empty(), "and stays so");
    }
    world.sim.site().write().restrict(PAGE, Operation::Read, &[], &[]).unwrap();
    world.sync().await;
    assert!(!world.readers("page/65700").is_empty());
}

#[tokio::test]
async fn a_restricted_page_that_comes_back_from_the_trash_after_its_people_are_gone_stays_closed() {
    let mut world = World::new(acme()).await;
    let page = ContentId(65802);
    world.sim.site().write().restrict(page, Operation::Read, &["ada"], &[]).unwrap();
    world.sync().await;
    world.sim.site().write().trash(page).unwrap();
    world.refresh().await;
    assert!(world.readers("page/65802").is_empty());
    {
        let mut site = world.sim.site().write();
        site.delete_user("ada").unwrap();
        site.restrict(ContentId(65801), Operation::Read, &[], &[]).unwrap();
        site.restore(page).unwrap();
    }
    world.refresh().await;
    assert!(world.readers("page/65802").is_empty());
    assert!(!world.readers("page/65700").is_empty());
}

#[tokio::test]
async fn lists_are_verified_once_a_day_and_what_changed_in_the_tree_at_once() {
    let mut world = World::new(Site::demo()).await;
    world.sync().await;
    assert_eq!(verified(&world), 0, "a first crawl is not held up");
    world.sync().await;
    assert_eq!(verified(&world), 0, "nothing is due");
    let home = crate::world::titled(&world, "Service catalogue");
    let (key, author) = {
        let site = world.sim.site().read();
        let space = site.space(site.content(home).unwrap().space).unwrap();
        (space.key.clone(), site.credentials()[0].account_id.clone())
    };
    world.sim.site().write().add_page(&key, Some(home), "New", "<p>new</p>", &author).unwrap();
    world.crawl(CrawlMode::Access { reconcile: false }).await.unwrap();
    let n = verified(&world);
    assert!((1..100).contains(&n), "those near the new page: {n}");
    world.sync().await;
    assert_eq!(verified(&world), n);
    world.settings.recheck_after = Duration::ZERO;
    world.settings.restriction_checks_max = 40;
    world.sync().await;
    assert!(verified(&world) - n <= 45, "no more than it may, and a few for the hash of empty lists");
    world.assert_agreement();
}

#[tokio::test]
async fn lifted_lists_beyond_the_limit_stay_closed_until_the_next_run() {
    let mut world = World::new(acme()).await;
    for page in [65700, 65801, 65802] {
        world.sim.site().write().restrict(ContentId(page), Operation::Read, &["ben"], &[]).unwrap();
    }
    world.sync().await;
    for page in [65700, 65801, 65802] {
        world.sim.site().write().restrict(ContentId(page), Operation::Read, &[], &[]).unwrap();
    }
    world.settings.restriction_checks_max = 1;
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(world.readers("page/65802"), ["ben"]);
    assert!(
        world.shelf.warnings.iter().any(|warning| warning.contains("confluence.restriction_checks")),
        "{:?}",
        world.shelf.warnings
    );
    world.settings.restriction_checks_max = 100;
    world.sync().await;
    world.assert_agreement();
}
