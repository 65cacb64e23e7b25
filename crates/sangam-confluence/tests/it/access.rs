//! For every person and every document: found if and only if the site lets them see it.

use confluence_sim::{AccountStatus, ContentId, Operation, Site};
use sangam_access::Principal;
use sangam_sync::{CrawlMode, NodeAccess};
use serde_json::json;

use crate::world::{World, acme, titled};

#[tokio::test]
async fn everybody_finds_exactly_what_the_site_shows_them() {
    for site in [acme(), Site::demo()] {
        let mut world = World::new(site).await;
        world.sync().await;
        world.assert_agreement();
    }
}

#[tokio::test]
async fn the_recorded_world_has_the_readers_that_its_description_says() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    assert_eq!(world.readers("page/65802"), ["ada", "ben"]);
    assert_eq!(world.readers("comment/66401"), ["ada", "ben"]);
    assert_eq!(world.readers("attachment/att66110"), ["ada", "ben"]);
    assert_eq!(world.readers("page/65830"), ["ada"], "below a folder, with a list of its own");
    let document = &world.shelf.documents["page/65802"];
    assert_eq!(document.uri, "https://acme.atlassian.net/wiki/spaces/ENG/pages/65802/Database+failover");
    assert_eq!(world.shelf.documents["comment/66400"].title, "Re: Database failover");
}

#[tokio::test]
async fn folders_restrict_though_no_call_shows_their_lists() {
    for checks_folders in [true, false] {
        let mut site = acme();
        site.settings.checks_folders = checks_folders;
        let folder = ContentId(65820);
        site.restrict(folder, Operation::Read, &["ben"], &[]).unwrap();
        site.restrict(ContentId(65830), Operation::Read, &[], &[]).unwrap();
        let mut world = World::new(site).await;
        world.sync().await;
        assert_eq!(world.readers("page/65830"), ["ben"], "checks_folders: {checks_folders}");
        world.assert_agreement();
    }
}

#[tokio::test]
async fn an_account_that_may_not_ask_about_folders_hides_what_is_below_and_says_so() {
    let mut site = acme();
    site.remove_member("confluence-admins-acme", "crawler").unwrap();
    let mut world = World::new(site).await;
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.readers("page/65830").is_empty());
    assert!(
        world.shelf.warnings.iter().any(|warning| warning.contains("Confluence administrator")),
        "{:?}",
        world.shelf.warnings
    );
}

#[tokio::test]
async fn people_beyond_the_budget_of_questions_are_hidden_and_counted() {
    let mut site = acme();
    site.restrict(ContentId(65820), Operation::Read, &["ada", "ben"], &[]).unwrap();
    site.restrict(ContentId(65830), Operation::Read, &[], &[]).unwrap();
    let mut world = World::new(site).await;
    world.settings.folder_checks_max = 1;
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.readers("page/65830").is_empty());
    assert!(
        world.shelf.warnings.iter().any(|warning| warning.contains("confluence.folder_checks")),
        "{:?}",
        world.shelf.warnings
    );
}

#[tokio::test]
async fn a_list_longer_than_one_page_is_read_to_its_end() {
    let mut seed = acme_seed();
    let names: Vec<String> = (0..250).map(|n| format!("person-{n}")).collect();
    let users = seed["users"].as_array_mut().unwrap();
    users.extend(
        names.iter().map(|name| json!({ "handle": name, "name": name, "email": format!("{name}@acme.example") })),
    );
    seed["groups"][0]["members"].as_array_mut().unwrap().extend(names.iter().map(|name| json!(name)));
    let mut site = Site::from_json(&seed.to_string()).unwrap();
    site.add_group("confluence-guests-acme", confluence_sim::GroupAccess::None);
    site.add_member("confluence-guests-acme", "gia").unwrap();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    site.restrict(ContentId(65700), Operation::Read, &names, &[]).unwrap();
    let mut world = World::new(site).await;
    world.sync().await;
    let NodeAccess::Layer { layer } = &world.shelf.node("65700").access else { panic!("the page is restricted") };
    let sangam_access::Allow::Only(allowed) = &layer.allow else { panic!("it names people") };
    assert_eq!(allowed.iter().filter(|principal| matches!(principal, Principal::SourceUser { .. })).count(), 250);
    world.assert_agreement();
}

#[tokio::test]
async fn a_list_of_deleted_groups_opens_nothing() {
    let mut site = acme();
    site.restrict(ContentId(65700), Operation::Read, &[], &["hr-private"]).unwrap();
    site.delete_group("hr-private").unwrap();
    let mut world = World::new(site).await;
    world.sync().await;
    assert!(world.readers("page/65700").is_empty());
    world.assert_agreement();
}

#[tokio::test]
async fn a_site_open_to_the_public_is_and_its_switch_closes_it_but_not_to_guests() {
    let mut site = acme();
    site.settings.anonymous_access = true;
    let mut world = World::new(site).await;
    world.sync().await;
    world.assert_agreement();
    world.sim.site().write().settings.anonymous_access = false;
    world.sync().await;
    world.assert_agreement();
    assert!(world.readers("page/131200").contains(&"gia".to_owned()));
}

#[tokio::test]
async fn leaving_a_group_and_being_deactivated_count_at_the_next_sync_and_fetch_nothing() {
    let mut world = World::new(acme()).await;
    world.sync().await;
    world.sim.site().write().remove_member("engineering", "ada").unwrap();
    world.sim.site().write().set_user_status("ben", AccountStatus::Inactive).unwrap();
    world.sync().await;
    assert!(world.readers("page/65802").is_empty());
    assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
    world.assert_agreement();
}

#[tokio::test]
async fn without_access_all_is_public_and_hangs_on_the_site() {
    let mut world = World::new(acme()).await;
    world.more = json!({ "isCrawlAcl": false });
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(world.shelf.nodes.len(), 1);
    assert!(world.shelf.directory.is_none());
    assert!(world.shelf.readable("page/65830", &sangam_access::Reader::Nobody));
    assert_eq!(world.sim.calls()["/wiki/rest/api/content/search"], 3, "for the places of each space, and no view list");
}

#[tokio::test]
async fn once_access_is_crawled_what_everybody_could_read_is_hidden_until_it_is_seen_again() {
    let mut world = World::new(acme()).await;
    world.more = json!({ "isCrawlAcl": false });
    world.crawl(CrawlMode::Changes).await.unwrap();
    let documents: Vec<String> = world.shelf.documents.keys().cloned().collect();
    world.more = json!({});
    world.shelf.begin_run();
    world.shelf.batches_max = Some(1);
    let cut_off = world.go_on(CrawlMode::Changes, None, tokio_util::sync::CancellationToken::new()).await;
    assert!(cut_off.is_err());
    for document in documents {
        assert!(!world.shelf.readable(&document, &sangam_access::Reader::Nobody), "{document}");
        assert!(world.readers(&document).is_empty(), "{document}");
    }
    world.sync().await;
    assert!(world.shelf.sent.is_empty(), "nothing is fetched again");
    world.assert_agreement();
}

#[tokio::test]
async fn without_the_identity_crawler_groups_have_no_members_and_named_groups_pass() {
    let mut world = World::new(acme()).await;
    world.identity_crawler = false;
    world.crawl(CrawlMode::Changes).await.unwrap();
    let directory = world.shelf.directory.clone().unwrap();
    assert!(directory.groups.iter().all(|group| group.members.is_empty()));
    assert!(matches!(world.shelf.node("site").access, NodeAccess::Open));
    let request = sangam_access::ReaderRequest {
        groups: vec!["engineering".into(), "confluence-users-acme".into()],
        ..Default::default()
    };
    let named = world.shelf.directory().resolve(&request);
    assert!(world.shelf.readable("page/65802", &named));
    assert!(!world.shelf.readable("page/98400", &named));
}

#[tokio::test]
async fn nested_restrictions_of_the_demo_site_are_all_asked() {
    let mut world = World::new(Site::demo()).await;
    world.sync().await;
    let catalogue = titled(&world, "Service catalogue");
    world.sim.site().write().restrict(catalogue, Operation::Read, &[], &["people-team"]).unwrap();
    world.sync().await;
    world.assert_agreement();
    assert!(world.shelf.sent.is_empty(), "a restriction changes no document");
}

/// The seed of the recorded world, to be changed before a site is made of it.
fn acme_seed() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../confluence-sim/assets/acme-site.json")).unwrap()
}
