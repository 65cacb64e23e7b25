//! Ways to read access, and what happens where none is open.

use confluence_sim::{DcOptions, DcVersion, Fault, JsonRpc, Operation};
use sangam_sync::{CrawlMode, NodeAccess};

use super::{World, acme, acme_with, titled};

const VIEW: &str = "/rest/api/space/{key}/permissions";

fn warned(world: &World, what: &str) -> bool {
    world.shelf.warnings.iter().any(|warning| warning.contains(what))
}

#[tokio::test]
async fn a_space_whose_permissions_nobody_tells_is_hidden_and_the_way_out_is_told() {
    let options = DcOptions { version: DcVersion::V8_5, json_rpc: Some(JsonRpc::WebSudo), ..DcOptions::default() };
    let mut world = World::new(acme_with(options)).await;
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.readers("page/65802").is_empty());
    assert!(warned(&world, "`patToken`") && warned(&world, "Remote API"), "{:?}", world.shelf.warnings);
    world.sim.site().write().data_center_mut().unwrap().options.json_rpc = Some(JsonRpc::On);
    world.crawl(CrawlMode::Changes).await.unwrap();
    world.assert_agreement("a refusal is not remembered");
    assert!(!world.readers("page/65802").is_empty());
}

#[tokio::test]
async fn a_server_error_for_permissions_is_unknown_and_json_rpc_is_tried() {
    let mut world = World::new(acme_with(DcOptions { json_rpc: Some(JsonRpc::On), ..DcOptions::default() })).await;
    world.sim.set_faults(|request| (request.endpoint == VIEW).then_some(Fault::Status(500)));
    world.sync().await;
    world.assert_agreement("by JSON-RPC");
    assert!(!world.readers("page/65802").is_empty());
    world.sim.site().write().data_center_mut().unwrap().options.json_rpc = Some(JsonRpc::Off);
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.readers("page/65802").is_empty(), "unknown is nobody");
}

#[tokio::test]
async fn half_a_list_of_people_is_not_sent_and_the_last_whole_one_stays() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sync().await;
    let whole = world.shelf.directory.clone();
    world.sim.site().write().remove_member("engineering", "ben").unwrap();
    world.sim.set_faults(|request| request.endpoint.ends_with("/member").then_some(Fault::Status(403)));
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(world.shelf.directory, whole);
    assert!(warned(&world, "those of the last sync stay in force"));
    world.sim.clear_faults();
    world.sync().await;
    world.assert_agreement("again");
}

#[tokio::test]
async fn a_group_that_no_path_can_name_is_read_from_its_people() {
    let mut site = acme(DcVersion::V9_2);
    site.add_group("team/ops", confluence_sim::GroupAccess::None);
    site.add_member("team/ops", "cho").unwrap();
    let mut world = World::new(site).await;
    let page = titled(&world, "Runbooks");
    world.sim.site().write().restrict(page, Operation::Read, &[], &["team/ops"]).unwrap();
    world.sync().await;
    world.assert_agreement("with a slash");
    assert!(world.readers(&format!("page/{page}")).contains(&"cho".to_owned()));
    assert!(warned(&world, "because of their names"));
}

#[tokio::test]
async fn lists_that_a_listing_lacks_are_read_one_by_one_and_until_then_are_closed() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sim.set_faults(|request| {
        (request.path.contains("/restriction/byOperation") || request.query.contains("limit=200"))
            .then_some(Fault::Status(if request.path.contains("byOperation") { 400 } else { 502 }))
    });
    world.crawl(CrawlMode::Changes).await.ok();
    world.sim.clear_faults();
    world.sync().await;
    world.assert_agreement("after trouble");
}

#[tokio::test]
async fn a_list_that_was_emptied_opens_if_its_people_live_or_the_server_says_so() {
    for version in [DcVersion::V7_19, DcVersion::V9_2] {
        let mut world = World::new(acme(version)).await;
        let page = titled(&world, "Runbooks");
        let document = format!("page/{page}");
        world.sim.site().write().restrict(page, Operation::Read, &["ben"], &[]).unwrap();
        world.sync().await;
        assert_eq!(world.readers(&document), ["ben"]);
        world.sim.site().write().restrict(page, Operation::Read, &[], &[]).unwrap();
        world.sync().await;
        world.assert_agreement("lifted");
        assert!(world.readers(&document).len() > 1);
        // Lifted while somebody on it was deleted: only newer servers can say that it was.
        world.sim.site().write().restrict(page, Operation::Read, &["ben", "cho"], &[]).unwrap();
        world.sync().await;
        world.sim.site().write().delete_user("cho").unwrap();
        world.sim.site().write().restrict(page, Operation::Read, &[], &[]).unwrap();
        world.crawl(CrawlMode::Changes).await.unwrap();
        let is_open = !world.readers(&document).is_empty();
        assert_eq!(is_open, version >= DcVersion::V9_2, "{version:?}");
        assert_eq!(warned(&world, "stays closed"), !is_open);
    }
}

#[tokio::test]
async fn a_list_of_the_deleted_is_nobodys() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    let page = titled(&world, "Runbooks");
    world.sim.site().write().restrict(page, Operation::Read, &["ben"], &["hr-private"]).unwrap();
    world.sync().await;
    world.sim.site().write().delete_user("ben").unwrap();
    world.sim.site().write().delete_group("hr-private").unwrap();
    world.sync().await;
    world.assert_agreement("all gone");
    assert!(world.readers(&format!("page/{page}")).is_empty());
    assert!(matches!(world.shelf.node(&page.to_string()).access, NodeAccess::Layer { .. }));
}

#[tokio::test]
async fn the_connection_tells_what_it_can_and_what_it_lacks() {
    let world = World::new(acme(DcVersion::V9_2)).await;
    let probe = world.source().await.probe().await.unwrap();
    assert_eq!(probe.product, "Confluence Data Center 9.2.4");
    assert!(probe.n_spaces > 2 && probe.lacks.is_empty(), "{probe:?}");
    assert!(probe.abilities.iter().any(|ability| ability.contains("token has no end")), "{probe:?}");
    let token = world.secret["patToken"].as_str().unwrap().to_owned();
    let days = |n: i64| jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * n);
    world.sim.site().write().set_token_end(&token, days(200)).unwrap();
    let probe = world.source().await.probe().await.unwrap();
    let day = days(200).to_string()[..10].to_owned();
    assert!(probe.abilities.iter().any(|ability| ability.contains(&day)) && probe.lacks.is_empty(), "{probe:?}");
    world.sim.site().write().set_token_end(&token, days(7)).unwrap();
    let probe = world.source().await.probe().await.unwrap();
    assert!(probe.lacks.iter().any(|lack| lack.contains(&days(7).to_string()[..10])), "{probe:?}");
    world.sim.set_faults(|request| request.path.ends_with("/pat/latest/tokens").then_some(Fault::Status(404)));
    let probe = world.source().await.probe().await.unwrap();
    assert!(probe.abilities.iter().any(|ability| ability.contains("note it")), "{probe:?}");
    let world = World::new(acme(DcVersion::V7_19)).await;
    let probe = world.source().await.probe().await.unwrap();
    assert_eq!(probe.product, "Confluence Data Center 7.19.30");
    assert!(probe.abilities.iter().any(|ability| ability.contains("JSON-RPC")), "{probe:?}");
    assert!(probe.lacks.iter().any(|lack| lack.contains("confluence-users")), "{probe:?}");
}
