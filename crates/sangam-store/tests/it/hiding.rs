//! What a clean listing lacked: hidden, shown again, or removed.

use sangam_access::AccessId;
use sangam_store::{CatalogueChange, JobCounters, JobEnd, JobStatus, UnseenDocument};

use crate::world::{INDEX, OTHER, SOURCE, World};

async fn next_job(world: &World, id: &str) {
    for open in world.store.open_jobs().await.unwrap() {
        let end = JobEnd {
            status: JobStatus::Succeeded,
            error_code: None,
            error_message: None,
            data_source_error_code: None,
        };
        world.store.end_job(&open.id, &end).await.unwrap();
    }
    world.start_job(id).await;
}

async fn counters(world: &World, job: &str) -> JobCounters {
    world.store.job(job).await.unwrap().unwrap().counters
}

/// A public `guide` and `note`, and the job `first`.
async fn two_documents() -> World {
    let world = World::new().await;
    world.list("site", &["site", "guide < site", "note < site"]).await;
    world.put(&["guide", "note"]).await;
    world.start_job("first").await;
    world
}

#[tokio::test]
async fn a_document_that_the_listing_lacked_is_hidden_from_everybody_and_counted_once() {
    let world = two_documents().await;
    let change = world.hide("first", &["guide", "unknown"]).await;
    assert_eq!(change.ordinals, [(1, AccessId::HIDDEN)]);
    assert!(change.retired.is_empty());
    let entry = world.entry("guide").await;
    assert_eq!((entry.access, entry.ordinal), (AccessId::HIDDEN, Some(1)));
    assert_eq!(entry.missing_since.as_deref(), Some("first"));
    let mut ordinals = world.store.ordinals(INDEX).await.unwrap();
    ordinals.sort_unstable();
    assert_eq!(ordinals, [(1, AccessId::HIDDEN), (2, AccessId::PUBLIC)]);

    assert_eq!(world.hide("first", &["guide"]).await, CatalogueChange::default());
    next_job(&world, "second").await;
    assert_eq!(world.hide("second", &["guide"]).await, CatalogueChange::default());
    assert_eq!(world.entry("guide").await.missing_since.as_deref(), Some("first"));
    assert_eq!((counters(&world, "first").await.deleted, counters(&world, "second").await.deleted), (1, 0));
}

#[tokio::test]
async fn a_hidden_document_that_is_seen_again_is_shown_as_it_was_without_being_indexed() {
    let world = two_documents().await;
    world.hide("first", &["guide"]).await;
    next_job(&world, "second").await;
    let change = world.see("second", &[("guide", "guide")]).await;
    assert_eq!(change, CatalogueChange { ordinals: vec![(1, AccessId::PUBLIC)], ..CatalogueChange::default() });
    let entry = world.entry("guide").await;
    assert_eq!((entry.access, entry.missing_since), (AccessId::PUBLIC, None));
    assert_eq!(counters(&world, "second").await, JobCounters { scanned: 1, ..JobCounters::default() });
}

#[tokio::test]
async fn a_hidden_document_that_comes_back_changed_is_shown_in_its_new_revision() {
    let world = two_documents().await;
    world.hide("first", &["guide"]).await;
    next_job(&world, "second").await;
    let change = world.commit_for("second", vec![world.revision("guide", "2")]).await;
    assert_eq!((change.ordinals, change.retired), (vec![(3, AccessId::PUBLIC)], vec![1]));
    assert_eq!(world.entry("guide").await.missing_since, None);
    assert_eq!(counters(&world, "second").await.modified, 1);
}

#[tokio::test]
async fn a_hidden_document_that_cannot_be_indexed_stays_hidden() {
    let world = two_documents().await;
    world.hide("first", &["guide"]).await;
    next_job(&world, "second").await;
    let failed = sangam_store::FailedDocument {
        document_id: "guide".into(),
        failure: sangam_store::DocumentFailure::at(sangam_store::FailureStage::Extract, "it is no text"),
        inbox_seq: None,
    };
    let commit = sangam_store::CatalogueCommit {
        index_id: INDEX.into(),
        failed: vec![failed],
        job: Some(crate::world::job_commit("second")),
        ..Default::default()
    };
    world.store.commit_catalogue(&commit).await.unwrap();
    assert_eq!(world.path("guide").await, "hidden");
}

#[tokio::test]
async fn a_job_is_told_what_it_has_not_seen_and_what_was_hidden_before() {
    let world = two_documents().await;
    let unseen = |id: &str, missing_since: Option<&str>| UnseenDocument {
        document_id: id.into(),
        anchor: Some(id.into()),
        missing_since: missing_since.map(Into::into),
        lost_at: None,
    };
    let ask = async |job: &str| world.store.unseen_documents(INDEX, SOURCE, job).await.unwrap();
    assert_eq!(ask("first").await, [unseen("guide", None), unseen("note", None)]);
    world.see("first", &[("note", "note")]).await;
    assert_eq!(ask("first").await, [unseen("guide", None)]);
    world.hide("first", &["guide"]).await;
    assert_eq!(ask("first").await, [], "a killed job that goes on does not hide twice");
    next_job(&world, "second").await;
    assert_eq!(ask("second").await, [unseen("guide", Some("first")), unseen("note", None)]);
    assert_eq!(world.store.unseen_documents(INDEX, OTHER, "second").await.unwrap(), []);
}

#[tokio::test]
async fn a_document_is_removed_once_and_removing_it_again_does_nothing() {
    let world = two_documents().await;
    let change = world.remove(&["guide", "unknown"]).await;
    assert_eq!(change, CatalogueChange { retired: vec![1], ..CatalogueChange::default() });
    assert_eq!(world.find_entry("guide").await, None);
    assert_eq!(world.store.documents_of(INDEX, SOURCE).await.unwrap(), ["note"]);
    assert_eq!(world.remove(&["guide", "guide"]).await, CatalogueChange::default());
    assert_eq!(world.store.retired(INDEX).await.unwrap().iter().collect::<Vec<_>>(), [1]);
    let waiting = world.store.vector_tasks(INDEX, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|task| task.ordinal).collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn a_removed_document_that_comes_back_is_a_new_one() {
    let world = two_documents().await;
    world.hide("first", &["guide"]).await;
    world.remove(&["guide"]).await;
    next_job(&world, "second").await;
    let change = world.commit_for("second", vec![world.revision("guide", "1")]).await;
    assert_eq!((change.ordinals, change.retired), (vec![(3, AccessId::PUBLIC)], vec![]));
    let entry = world.entry("guide").await;
    assert_eq!((entry.status.as_str(), entry.missing_since), ("INDEXED", None));
    assert_eq!(counters(&world, "second").await.added, 1);
}

#[tokio::test]
async fn what_the_guard_held_back_is_said_by_its_job() {
    let world = two_documents().await;
    world.store.protect_documents("first", 41).await.unwrap();
    world.store.protect_documents("first", 42).await.unwrap();
    assert_eq!(counters(&world, "first").await.protected, 42);
}
