//! What is remembered of folders between runs.

use confluence_sim::{ContentId, Operation};
use sangam_sync::CrawlMode;

use crate::world::{World, acme};

const FOLDER: ContentId = ContentId(65820);
const PAGE: ContentId = ContentId(65830);

async fn world_with_folder(users: &[&str]) -> World {
    let mut site = acme();
    site.restrict(FOLDER, Operation::Read, users, &[]).unwrap();
    site.restrict(PAGE, Operation::Read, &[], &[]).unwrap();
    let mut world = World::new(site).await;
    world.sync().await;
    world.assert_agreement();
    world
}

fn asked(world: &World) -> u64 {
    world.sim.calls().get("/wiki/rest/api/content/{id}/permission/check").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_folder_is_not_asked_about_again_within_the_day() {
    let mut world = world_with_folder(&["ada"]).await;
    let first = asked(&world);
    assert!(first > 0);
    world.sync().await;
    world.refresh().await;
    assert_eq!(asked(&world), first);
    assert_eq!(world.readers("page/65830"), ["ada"]);
}

#[tokio::test]
async fn it_is_asked_about_at_once_when_it_moved_or_the_space_lets_others_in_or_its_people_changed() {
    let mut world = world_with_folder(&["ada", "ben"]).await;
    let mut before = asked(&world);
    let changes: [fn(&mut confluence_sim::Site); 3] = [
        |site| site.move_under(FOLDER, ContentId(65700)).unwrap(),
        |site| {
            let cho = site.find_user("cho").unwrap().account_id.clone();
            site.grant("ENG", confluence_sim::Subject::User(cho), "read", "space").unwrap();
        },
        |site| site.remove_member("engineering", "ada").unwrap(),
    ];
    for change in changes {
        change(&mut world.sim.site().write());
        world.refresh().await;
        assert!(asked(&world) > before);
        before = asked(&world);
        world.assert_agreement();
        world.refresh().await;
        assert_eq!(asked(&world), before);
    }
}

#[tokio::test]
async fn those_who_were_not_asked_about_are_at_the_next_run() {
    let mut site = acme();
    site.restrict(FOLDER, Operation::Read, &["ada", "ben"], &[]).unwrap();
    site.restrict(PAGE, Operation::Read, &[], &[]).unwrap();
    site.restrict(ContentId(65801), Operation::Read, &[], &[]).unwrap();
    let mut world = World::new(site).await;
    world.settings.folder_checks_max = 5;
    world.crawl(CrawlMode::Changes).await.unwrap();
    let told = world.shelf.warnings.iter().any(|warning| warning.contains("confluence.folder_checks"));
    for _ in 0..20 {
        world.crawl(CrawlMode::Access { reconcile: false }).await.unwrap();
    }
    assert!(told, "the first run had too few questions");
    assert_eq!(world.readers("page/65830"), ["ada", "ben"]);
}
