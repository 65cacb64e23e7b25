//! Who finds what under which name, and what is asked about people at each run.

use confluence_sim::{AccountStatus, Site};
use sangam_sync::{CrawlMode, SourceError};
use serde_json::json;

use crate::{
    shelf::reader,
    world::{World, acme},
};

fn finds(world: &World, name: &str, document: &str) -> bool {
    world.shelf.readable(document, &reader(&world.shelf.directory(), Some(name)))
}

#[tokio::test]
async fn people_who_hide_their_addresses_are_found_by_the_map_and_an_address_of_two_finds_neither() {
    let mut world = World::new(acme()).await;
    let account = |who: &str| world.sim.site().read().find_user(who).unwrap().account_id.clone();
    let (ada, cho) = (account("ada"), account("cho"));
    world.more = json!({ "usersAclS3FilePath": "s3://people/map.jsonl" });
    let lines = format!(
        "{}\n{}\nnot json\n",
        json!({ "accountId": ada, "email": "Ada@Acme.example" }),
        json!({ "accountId": cho, "email": "ben.ruiz@acme.example" }),
    );
    world.files.insert("people/map.jsonl".into(), lines.into_bytes());
    world.sync().await;
    assert!(finds(&world, "ada@acme.example", "page/65802"));
    assert!(!finds(&world, "ben.ruiz@acme.example", "page/65802"), "claimed by two");
    assert!(!finds(&world, "ben.ruiz@acme.example", "page/98400"));
    assert!(finds(&world, &cho, "page/98400"), "each is found by the account id");
    for told in ["claimed by several people", "1 lines of the file"] {
        assert!(world.shelf.warnings.iter().any(|warning| warning.contains(told)), "{:?}", world.shelf.warnings);
    }
}

#[tokio::test]
async fn a_map_that_cannot_be_read_fails_the_job_with_the_member() {
    for path in ["s3://people/none.jsonl", "people.jsonl"] {
        let mut world = World::new(acme()).await;
        world.more = json!({ "usersAclS3FilePath": path });
        let Err(SourceError::Configuration { message, .. }) = world.try_source().await else { panic!("{path}") };
        assert!(message.contains("usersAclS3FilePath"), "{message}");
    }
}

#[tokio::test]
async fn what_people_are_is_read_at_every_run_for_few_calls() {
    let mut world = World::new(Site::demo()).await;
    world.sync().await;
    let calls = |world: &World| -> u64 {
        let calls = world.sim.calls();
        calls.iter().filter(|(path, _)| path.contains("/group") || path.contains("/user")).map(|(_, n)| n).sum()
    };
    let n_groups = world.sim.site().read().groups().count() as u64;
    let n_people = world.sim.site().read().everyone().count() as u64;
    world.sim.reset_calls();
    let crawler = world.sim.site().read().credentials()[0].account_id.clone();
    let somebody =
        world.sim.site().read().everyone().find(|user| user.account_id != crawler).unwrap().account_id.clone();
    world.sim.site().write().set_user_status(&somebody, AccountStatus::Inactive).unwrap();
    world.crawl(CrawlMode::Access { reconcile: false }).await.unwrap();
    assert!(calls(&world) <= 3 * n_groups + n_people.div_ceil(100) + 1, "{:?}", world.sim.calls());
    world.assert_agreement();
}
