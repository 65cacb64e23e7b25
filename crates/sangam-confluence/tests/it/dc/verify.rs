//! View lists verified one by one: what listings show empty closes within a day, changed places at once, and a run asks no more than it may.

use std::time::Duration;

use confluence_sim::{ContentId, DcVersion, Fault, Operation};
use sangam_sync::CrawlMode;

use super::{World, acme};

const PAGE: ContentId = ContentId(65802);
const DOCUMENT: &str = "page/65802";
const REFRESH: CrawlMode = CrawlMode::Access { reconcile: false };
const VERSIONS: [DcVersion; 2] = [DcVersion::V7_19, DcVersion::V9_2];

/// Calls for one list each.
fn verified(world: &World) -> u64 {
    world.calls("/restriction/byOperation/{operation}")
}

fn restrict(world: &World, users: &[&str]) {
    world.sim.site().write().restrict(PAGE, Operation::Read, users, &[]).unwrap();
}

/// From now on listings show the page's list as if it were empty, or as it is.
fn set_stale(world: &World, is_stale: bool) {
    let mut site = world.sim.site().write();
    let stale = &mut site.settings.lists_empty_in_bulk;
    if is_stale {
        stale.insert(PAGE);
    } else {
        stale.remove(&PAGE);
    }
}

/// Lists are due at once, as after a day, or only once a day.
fn set_day_over(world: &mut World, is_over: bool) {
    world.settings.recheck_after = if is_over { Duration::ZERO } else { Duration::from_hours(24) };
}

#[tokio::test]
async fn a_list_that_read_empty_from_the_first_sync_on_closes_once_it_is_verified_and_opens_once_it_is_lifted() {
    for version in VERSIONS {
        let mut world = World::new(acme(version)).await;
        restrict(&world, &["ada"]);
        set_stale(&world, true);
        world.sync().await;
        assert!(world.readers(DOCUMENT).len() > 1, "the documented gap: it is believed at first");
        assert_eq!(verified(&world), 0, "a first crawl is not held up");
        set_day_over(&mut world, true);
        world.crawl(REFRESH).await.unwrap();
        assert_eq!(world.readers(DOCUMENT), ["ada"]);
        assert!(world.shelf.warnings.iter().any(|told| told.contains("1 view lists")), "{:?}", world.shelf.warnings);
        set_day_over(&mut world, false);
        for _ in 0..2 {
            world.sync().await;
            assert_eq!(world.readers(DOCUMENT), ["ada"], "and stays so, as its listing is not believed");
            assert!(world.shelf.sent.is_empty(), "nothing is fetched for that: {:?}", world.shelf.sent);
        }
        restrict(&world, &[]);
        world.sync().await;
        world.assert_agreement("lifted");
        assert!(world.readers(DOCUMENT).len() > 1);
        // Verified once more it is believed again, and then costs no call of its own.
        set_day_over(&mut world, true);
        world.crawl(REFRESH).await.unwrap();
        set_day_over(&mut world, false);
        let n = verified(&world);
        world.crawl(REFRESH).await.unwrap();
        assert_eq!(verified(&world), n);
    }
}

#[tokio::test]
async fn a_restriction_that_no_listing_shows_counts_within_a_day_and_where_the_place_changed_at_once() {
    for version in VERSIONS {
        let mut world = World::new(acme(version)).await;
        world.sync().await;
        world.assert_agreement("open");
        restrict(&world, &["ada"]);
        set_stale(&world, true);
        world.crawl(REFRESH).await.unwrap();
        assert_eq!(verified(&world), 0, "nothing is due");
        set_day_over(&mut world, true);
        world.sync().await;
        world.assert_agreement("after a day");
        // A page that moves is verified at once, with those above it.
        let mut world = World::new(acme(version)).await;
        world.sync().await;
        restrict(&world, &["ada"]);
        set_stale(&world, true);
        world.sim.site().write().move_under(PAGE, ContentId(65700)).unwrap();
        world.crawl(REFRESH).await.unwrap();
        world.assert_agreement("moved");
        assert!(verified(&world) > 0);
    }
}

#[tokio::test]
async fn a_closed_page_does_not_open_by_a_stale_listing_nor_by_an_answer_that_failed() {
    for version in VERSIONS {
        let mut world = World::new(acme(version)).await;
        restrict(&world, &["ada"]);
        world.sync().await;
        set_stale(&world, true);
        for _ in 0..2 {
            world.sync().await;
            assert_eq!(world.readers(DOCUMENT), ["ada"], "its own list is asked for");
        }
        restrict(&world, &[]);
        world.sim.set_faults(|request| request.path.contains("/65802/restriction").then_some(Fault::Status(400)));
        world.sync().await;
        assert_eq!(world.readers(DOCUMENT), ["ada"], "nothing says that it was lifted");
        world.sim.clear_faults();
        world.settings.restriction_checks_max = 0;
        world.sync().await;
        assert_eq!(world.readers(DOCUMENT), ["ada"], "and there is no room to ask");
        assert!(world.shelf.warnings.iter().any(|told| told.contains("confluence.restriction_checks")));
        world.settings.restriction_checks_max = 100;
        world.sync().await;
        world.assert_agreement("lifted");
    }
}

#[tokio::test]
async fn a_list_that_could_not_be_verified_stays_due() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    restrict(&world, &["ada"]);
    set_stale(&world, true);
    world.sync().await;
    set_day_over(&mut world, true);
    world.sim.set_faults(|request| request.path.contains("/65802/restriction").then_some(Fault::Status(400)));
    world.crawl(REFRESH).await.unwrap();
    set_day_over(&mut world, false);
    world.sim.clear_faults();
    assert!(world.readers(DOCUMENT).len() > 1, "nothing was learnt");
    set_day_over(&mut world, true);
    world.crawl(REFRESH).await.unwrap();
    assert_eq!(world.readers(DOCUMENT), ["ada"]);
}

#[tokio::test]
async fn a_server_whose_two_answers_about_an_empty_list_differ_keeps_the_page_closed() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    restrict(&world, &["ada"]);
    set_stale(&world, true);
    world.sync().await;
    // The list's own call is as stale as the listings; what counts for the page is not.
    world.sim.site().write().settings.own_lists_stale_too = true;
    set_day_over(&mut world, true);
    world.crawl(REFRESH).await.unwrap();
    assert!(world.readers(DOCUMENT).is_empty(), "{:?}", world.shelf.warnings);
    set_day_over(&mut world, false);
    world.sync().await;
    assert!(world.readers(DOCUMENT).is_empty(), "and stays so");
    world.sim.site().write().settings.own_lists_stale_too = false;
    set_stale(&world, false);
    world.sync().await;
    world.assert_agreement("mended");
}

#[tokio::test]
async fn a_run_verifies_no_more_lists_than_it_may_and_a_preview_none() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sync().await;
    set_day_over(&mut world, true);
    world.settings.restriction_checks_max = 8;
    world.crawl(CrawlMode::Preview).await.unwrap();
    assert_eq!(verified(&world), 0);
    world.crawl(REFRESH).await.unwrap();
    assert!((1..=8).contains(&verified(&world)), "{}", verified(&world));
    world.assert_agreement("with few verified");
}
