//! Folders, whiteboards, databases and embeds are found wherever they are.

use confluence_sim::{ContentId, Fault, Kind, NewContent, Operation, Site, SpaceStatus};
use sangam_sync::CrawlMode;

use crate::world::{World, acme};

fn add(site: &mut Site, kind: Kind, parent: ContentId, title: &str) -> ContentId {
    site.add(NewContent { kind, space: "ENG", parent: Some(parent), title, body: "", author: "ada" }).unwrap()
}

#[tokio::test]
async fn places_are_found_far_down_below_each_other_and_below_archived_pages() {
    let mut site = acme();
    let top = site.add_page("ENG", None, "Top", "<p>x</p>", "ada").unwrap();
    let mut at = top;
    for n in 0..25 {
        at = add(&mut site, Kind::Whiteboard, at, &format!("Level {n}"));
    }
    let deepest = add(&mut site, Kind::Database, at, "Deepest");
    let old = site.add_page("ENG", Some(top), "Old", "<p>x</p>", "ada").unwrap();
    let below_old = add(&mut site, Kind::Folder, old, "Below old");
    site.archive(old).unwrap();
    let mut world = World::new(site).await;
    world.sync().await;
    for id in [format!("database/{deepest}"), format!("folder/{below_old}")] {
        assert!(world.shelf.documents.contains_key(&id), "{id}");
    }
    world.assert_agreement();
}

#[tokio::test]
async fn a_place_that_no_page_leads_to_any_more_stays_found() {
    let mut site = acme();
    let top = site.add_page("ENG", None, "Top", "<p>x</p>", "ada").unwrap();
    let folder = add(&mut site, Kind::Folder, top, "Folder");
    let board = add(&mut site, Kind::Whiteboard, folder, "Board");
    let mut world = World::new(site).await;
    world.sync().await;
    world.sim.site().write().trash(top).unwrap();
    let ids = [format!("folder/{folder}"), format!("whiteboard/{board}")];
    for _ in 0..2 {
        world.sync().await;
        assert!(ids.iter().all(|id| world.shelf.documents.contains_key(id) && world.shelf.seen.contains(id)));
        world.assert_agreement();
    }
    // Not shown for a while, and back.
    world.sim.site().write().trash(folder).unwrap();
    world.sync().await;
    assert!(!world.shelf.documents.contains_key(&ids[0]));
    world.assert_agreement();
    world.sim.site().write().restore(folder).unwrap();
    world.sync().await;
    world.assert_agreement();
}

#[tokio::test]
async fn pages_that_seem_to_have_nothing_below_them_are_asked_in_turn_and_it_is_told() {
    let mut site = acme();
    let mut last = ContentId(0);
    for n in 0..300 {
        last = site.add_page("ENG", None, &format!("Leaf {n}"), "<p>x</p>", "ada").unwrap();
    }
    let folder = add(&mut site, Kind::Folder, last, "Hidden among leaves");
    let id = format!("folder/{folder}");
    let mut world = World::new(site).await;
    world.sim.set_faults(|request| {
        let is_search = request.endpoint.contains("content/search") && request.query.contains("folder");
        is_search.then_some(Fault::Status(400))
    });
    world.sync().await;
    assert!(!world.shelf.documents.contains_key(&id));
    let told = |world: &World| world.shelf.warnings.iter().any(|warning| warning.contains("not asked yet"));
    assert!(told(&world), "{:?}", world.shelf.warnings);
    world.sync().await;
    world.sync().await;
    assert!(world.shelf.documents.contains_key(&id));
    assert!(!told(&world), "{:?}", world.shelf.warnings);
    for _ in 0..3 {
        world.sync().await;
        world.assert_agreement();
    }
}

#[tokio::test]
async fn how_much_there_will_be_is_told() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    assert_eq!(world.progress.said().n_expected, Some(world.shelf.seen.len() as u64));
    world.crawl(CrawlMode::Access { reconcile: true }).await.unwrap();
    assert_eq!(world.progress.said().n_expected, Some(world.shelf.seen.len() as u64));
}

#[tokio::test]
async fn what_is_remembered_of_a_space_that_is_gone_is_forgotten_after_a_month() {
    let mut world = World::new(acme()).await;
    world.shelf.now_ms = jiff::Timestamp::now().as_millisecond();
    world.sync().await;
    let kb = world.sim.site().read().find_space("KB").unwrap().id;
    let rotation = format!("rotation/{kb}");
    assert!(world.shelf.memories.contains_key(&rotation));
    world.sim.site().write().set_space_status("KB", SpaceStatus::Trashed).unwrap();
    world.sync().await;
    assert!(world.shelf.memories.contains_key(&rotation), "it may come back");
    for memory in world.shelf.memories.values_mut() {
        memory.stored_at = 0;
    }
    world.sync().await;
    assert!(!world.shelf.memories.contains_key(&rotation));
    assert!(world.shelf.memories.keys().any(|key| key.starts_with("rotation/")), "other spaces are remembered");
}

#[tokio::test]
async fn a_place_at_the_top_of_a_space_that_no_page_ever_led_to_is_found_by_search_and_stays_found_without_it() {
    let mut site = acme();
    let at_top = |site: &mut Site, kind: Kind, title: &str| {
        site.add(NewContent { kind, space: "ENG", parent: None, title, body: "", author: "ada" }).unwrap()
    };
    let folder = at_top(&mut site, Kind::Folder, "Plans");
    let board = add(&mut site, Kind::Whiteboard, folder, "Board");
    let database = at_top(&mut site, Kind::Database, "Rows");
    let ids = [format!("folder/{folder}"), format!("whiteboard/{board}"), format!("database/{database}")];
    let mut world = World::new(site).await;
    world.sync().await;
    assert!(ids.iter().all(|id| world.shelf.documents.contains_key(id)), "{:?}", world.shelf.documents.keys());
    world.assert_agreement();
    // A site that cannot search for them: what was found once is remembered.
    world.sim.set_faults(|request| {
        let is_search = request.endpoint.contains("content/search") && request.query.contains("folder");
        is_search.then_some(Fault::Status(400))
    });
    world.sync().await;
    assert!(ids.iter().all(|id| world.shelf.seen.contains(id)));
    world.assert_agreement();
    // Restricted while nobody looks at it: it is asked about like any other.
    world.sim.clear_faults();
    world.settings.recheck_after = std::time::Duration::ZERO;
    world.sim.site().write().restrict(folder, Operation::Read, &["ada"], &[]).unwrap();
    world.sync().await;
    world.assert_agreement();
    assert_eq!(world.readers(&ids[1]), ["ada"]);
}

#[tokio::test]
async fn a_site_that_does_not_know_all_types_is_searched_for_folders() {
    let mut site = acme();
    let folder = NewContent { kind: Kind::Folder, space: "ENG", parent: None, title: "Plans", body: "", author: "ada" };
    let folder = site.add(folder).unwrap();
    let mut world = World::new(site).await;
    world.sim.set_faults(|request| request.query.contains("whiteboard").then_some(Fault::Status(400)));
    world.sync().await;
    assert!(world.shelf.documents.contains_key(&format!("folder/{folder}")));
    world.assert_agreement();
}
