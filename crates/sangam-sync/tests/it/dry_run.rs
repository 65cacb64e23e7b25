use std::collections::BTreeSet;

use sangam_store::JobStatus;
use sangam_sync::Preview;

use crate::world::{INDEX, SOURCE, World};

async fn preview(world: &World) -> Preview {
    let id = world.sync.preview(INDEX, SOURCE).await.unwrap();
    let job = world.ended(&id).await;
    assert_eq!((job.status, job.error_message), (JobStatus::Succeeded, None));
    serde_json::from_str(&world.store.job_result(&id).await.unwrap().unwrap()).unwrap()
}

fn reach(found: &Preview, name: &str) -> u64 {
    found.people.iter().find(|person| person.name == name).map_or(0, |person| person.n_documents)
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_sync_it_tells_what_would_come_and_who_could_see_it_and_stores_nothing() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.scripted.page("b", "some fox", &["ada"]);
    world.scripted.page("c", "some fox", &["ada", "ben"]);
    let found = preview(&world).await;
    assert_eq!((found.documents.added, found.documents.changed, found.documents.unchanged), (3, 0, 0));
    assert_eq!((reach(&found, "ada"), reach(&found, "ben")), (3, 2));
    let space = &found.spaces[""];
    assert_eq!((space.n_people, space.n_public, space.n_hidden), (2, 1, 0));
    assert!(world.store.documents_of(INDEX, SOURCE).await.unwrap().is_empty());
    assert!(world.store.node_layers(SOURCE).await.unwrap().is_empty());
    assert!(world.store.directories(INDEX).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_says_is_what_the_next_sync_does() {
    let world = World::new().await;
    for page in ["a", "b", "c", "d"] {
        world.scripted.page(page, "some fox", &["ada"]);
    }
    world.run("first").await;
    world.scripted.page("a", "another fox", &["ada"]);
    world.scripted.page("e", "some fox", &["ben"]);
    {
        let mut script = world.scripted.0.lock();
        script.pages.remove("b");
        script.pages.remove("c");
        script.trashed.insert("c".into());
    }
    let found = preview(&world).await;
    assert_eq!((found.documents.added, found.documents.changed, found.documents.unchanged), (1, 1, 1));
    assert_eq!((found.deletions.hidden, found.deletions.removed), (1, 1));
    assert_eq!(world.found("ada", "fox").await.len(), 4, "nothing happened yet");
    let job = world.run("second").await;
    assert_eq!((job.counters.added, job.counters.modified, job.counters.deleted), (1, 1, 2));
    for person in ["ada", "ben"] {
        let names: BTreeSet<String> = world.found(person, "fox").await.into_iter().collect();
        assert_eq!(names.len() as u64, reach(&found, person), "{person} finds what was foretold: {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_that_would_trip_and_a_site_that_shows_nothing_are_told() {
    let world = World::new().await;
    for page in 0..40 {
        world.scripted.page(&format!("p{page:02}"), "some fox", &[]);
    }
    world.scripted.0.lock().threshold = Some(15);
    world.run("first").await;
    let pages = world.scripted.0.lock().pages.clone();
    world.scripted.0.lock().pages.retain(|id, _| id.as_str() >= "p25");
    assert!(preview(&world).await.deletions.held_back_by_guard);
    world.scripted.0.lock().pages.clear();
    let found = preview(&world).await;
    assert!(found.deletions.nothing_seen);
    world.scripted.0.lock().pages = pages;
    assert_eq!(preview(&world).await.documents.unchanged, 40);
    assert_eq!(world.n_visible(), 40);
}
