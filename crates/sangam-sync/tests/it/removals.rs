use sangam_store::JobStatus;

use crate::world::{INDEX, SOURCE, World};

async fn documents(world: &World) -> usize {
    world.store.documents_of(INDEX, SOURCE).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_vanished_is_hidden_first_and_removed_by_the_second_clean_listing() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.scripted.page("b", "some fox", &[]);
    world.run("first").await;
    let vanished = world.scripted.0.lock().pages.remove("b").unwrap();
    let second = world.run("second").await;
    assert_eq!(second.counters.deleted, 1);
    assert_eq!(world.found("ada", "fox").await, ["a"]);
    assert_eq!(documents(&world).await, 2, "kept, in case it comes back");

    // It comes back: shown again without being fetched.
    world.scripted.0.lock().pages.insert("b".into(), vanished);
    world.scripted.0.lock().fetched.clear();
    world.run("third").await;
    assert_eq!(world.found("ada", "fox").await, ["a", "b"]);
    assert!(world.scripted.0.lock().fetched.is_empty());

    world.scripted.0.lock().pages.remove("b");
    world.run("fourth").await;
    let fifth = world.run("fifth").await;
    assert_eq!(fifth.counters.deleted, 0, "it was counted when it was hidden");
    assert_eq!(documents(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_trash_is_removed_at_once_and_what_answers_stays() {
    let world = World::new().await;
    for page in ["a", "b", "c"] {
        world.scripted.page(page, "some fox", &[]);
    }
    world.run("first").await;
    {
        let mut script = world.scripted.0.lock();
        script.pages.remove("b");
        script.trashed.insert("b".into());
        script.unlisted.insert("c".into());
    }
    let job = world.run("second").await;
    assert_eq!((job.status, job.counters.deleted, job.counters.scanned), (JobStatus::Succeeded, 1, 2));
    assert_eq!(world.found("ada", "fox").await, ["a", "c"]);
    assert_eq!(documents(&world).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_is_incomplete_removes_and_hides_nothing() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.scripted.page("b", "some fox", &[]);
    world.run("first").await;
    {
        let mut script = world.scripted.0.lock();
        script.unlisted.insert("b".into());
        script.incomplete = true;
    }
    let job = world.run("second").await;
    assert_eq!((job.status, job.counters.deleted), (JobStatus::Incomplete, 0));
    assert_eq!(world.found("ada", "fox").await, ["a", "b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guard_holds_back_removals_and_keeps_nothing_in_sight() {
    let world = World::new().await;
    for page in 0..40 {
        world.scripted.page(&format!("p{page:02}"), "some fox", &[]);
    }
    world.scripted.0.lock().threshold = Some(15);
    world.run("first").await;
    {
        let mut script = world.scripted.0.lock();
        for page in 0..25 {
            script.pages.remove(&format!("p{page:02}"));
            script.trashed.insert(format!("p{page:02}"));
        }
    }
    let job = world.run("second").await;
    assert_eq!((job.status, job.counters.protected), (JobStatus::Incomplete, 25));
    assert!(job.error_message.unwrap().contains("deletionProtectionThreshold"));
    assert_eq!(documents(&world).await, 40);
    assert_eq!(world.found("ada", "fox").await.len(), 15);

    // The owner lets it through.
    world.scripted.0.lock().threshold = None;
    assert_eq!(world.run("third").await.status, JobStatus::Succeeded);
    assert_eq!(documents(&world).await, 15);
}
