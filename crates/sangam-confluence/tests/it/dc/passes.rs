//! Modes, what is remembered, and how many calls it takes.

use confluence_sim::{ContentId, DcVersion, Operation};
use sangam_sync::{Content, CrawlMode};

use super::{World, acme, titled};

#[tokio::test]
async fn an_access_pass_sends_nothing_and_a_preview_fetches_nothing() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.crawl(CrawlMode::Preview).await.unwrap();
    assert!(world.shelf.sent.len() > 20);
    assert!(world.shelf.documents.values().all(|document| document.content == Content::None));
    assert_eq!(world.calls("/download"), 0);
    assert_eq!(world.sim.calls()["/rest/api/content"], 1, "one to see what the server offers, none for bodies");
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sync().await;
    let n = world.shelf.documents.len();
    let page = titled(&world, "Runbooks");
    world.sim.site().write().edit(page, "<p>new</p>", "ada").unwrap();
    world.sim.site().write().restrict(page, Operation::Read, &["ada"], &[]).unwrap();
    world.sim.site().write().add_page("ENG", None, "Unknown yet", "<p>x</p>", "ada").unwrap();
    for reconcile in [false, true] {
        world.crawl(CrawlMode::Access { reconcile }).await.unwrap();
        assert!(world.shelf.sent.is_empty());
        assert_eq!(world.shelf.documents.len(), n);
        assert_eq!(world.readers(&format!("page/{page}")), ["ada"]);
        let n_seen = world.shelf.seen.len();
        assert_eq!(n_seen == n, reconcile, "{n_seen} of {n}");
    }
    world.sync().await;
    assert_eq!(world.shelf.sent.len(), 2, "{:?}", world.shelf.sent);
}

#[tokio::test]
async fn everything_is_fetched_again_by_force_and_addresses_once_a_day() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.sync().await;
    let (n, n_people) = (world.shelf.documents.len(), world.calls("/rest/mobile"));
    assert!(n_people > 3);
    world.sim.reset_calls();
    world.crawl(CrawlMode::Everything).await.unwrap();
    assert_eq!(world.shelf.sent.len(), n);
    assert_eq!(world.calls("/rest/mobile") + world.calls("/rest/api/permissions/anonymous"), 0);
    let email = world.sim.site().read().find_user("ben").unwrap().email.clone();
    assert!(world.finds("ben", "page/65802") && world.finds(&email, "page/65802"));
    for memory in world.shelf.memories.values_mut() {
        memory.stored_at -= 25 * 60 * 60 * 1000;
    }
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(world.calls("/rest/mobile"), n_people, "after a day they are asked for again");
}

#[tokio::test]
async fn a_crawl_with_access_costs_less_than_a_tenth_of_a_call_for_each_document() {
    for version in [DcVersion::V7_19, DcVersion::V10_0] {
        let mut site = acme(version);
        for n in 0..500 {
            let parent = Some(ContentId(65700));
            let page = site.add_page("ENG", parent, &format!("Page {n}"), "<p>text</p>", "ada").unwrap();
            site.add_comment(page, "<p>a comment</p>", "ben").unwrap();
            site.add_attachment(page, "a.txt", "text/plain", b"text", "ben").unwrap();
        }
        let mut world = World::new(site).await;
        world.crawl(CrawlMode::Changes).await.unwrap();
        let (calls, documents) = (world.content_calls(), world.shelf.documents.len() as u64);
        assert!(documents > 1500);
        assert!(calls * 20 < documents, "{calls} calls for {documents} documents: {:?}", world.sim.calls());
        world.sim.reset_calls();
        world.sync().await;
        let again = world.content_calls();
        assert!(again * 40 < documents, "{again} calls for {documents} unchanged ones: {:?}", world.sim.calls());
        assert!(world.shelf.sent.is_empty());
    }
}

#[tokio::test]
async fn three_calls_a_group_and_one_a_person_tell_who_is_who() {
    let mut site = acme(DcVersion::V9_2);
    for n in 0..20 {
        site.add_group(&format!("g{n}"), confluence_sim::GroupAccess::None);
        site.add_member(&format!("g{n}"), "ben").unwrap();
        if n > 0 {
            site.nest_group(&format!("g{n}"), &format!("g{}", n - 1)).unwrap();
        }
    }
    let mut world = World::new(site).await;
    world.sync().await;
    let (n_groups, n_people) = {
        let site = world.sim.site().read();
        (site.groups().count() as u64, site.everyone().count() as u64)
    };
    let by_group = world.calls("/rest/api/group") + world.calls("/rest/api/user/memberof");
    assert!(by_group <= 3 * n_groups + 1, "{by_group} calls for {n_groups} groups");
    let by_person = world.calls("/rest/mobile");
    assert!(by_person <= n_people + 1, "{by_person} calls for {n_people} people");
}
