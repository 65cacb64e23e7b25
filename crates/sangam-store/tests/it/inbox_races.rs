//! What happens to an accepted document between being read from the inbox and being committed.

use sangam_access::AccessId;
use sangam_store::{
    CatalogueChange, CatalogueCommit, DocumentFailure, FailedDocument, FailureStage, Revision, RevisionAccess,
};

use crate::world::{INDEX, World, accepted};

/// Accepts `content` for document `id` and returns its place.
async fn accept(world: &World, id: &str, content: &str) -> i64 {
    world.store.accept(INDEX, &[accepted(id, content)]).await.unwrap();
    world.store.inbox(INDEX, 100, 1 << 20).await.unwrap().last().unwrap().seq
}

/// Settles the places `done` with a revision of document `a` made from the one at `seq`.
async fn index(world: &World, seq: i64, done: &[i64]) -> CatalogueChange {
    let revision = Revision {
        data_source_id: None,
        anchor: None,
        access: RevisionAccess::Fixed(AccessId::PUBLIC),
        inbox_seq: Some(seq),
        ..world.revision("a", &seq.to_string())
    };
    let commit = CatalogueCommit {
        index_id: INDEX.into(),
        revisions: vec![revision],
        inbox_done: done.to_vec(),
        ..CatalogueCommit::default()
    };
    world.store.commit_catalogue(&commit).await.unwrap()
}

async fn fail(world: &World, seq: i64) {
    let failed = FailedDocument {
        document_id: "a".into(),
        failure: DocumentFailure::at(FailureStage::Extract, "it is no text"),
        inbox_seq: Some(seq),
    };
    let commit = CatalogueCommit {
        index_id: INDEX.into(),
        failed: vec![failed],
        inbox_done: vec![seq],
        ..CatalogueCommit::default()
    };
    world.store.commit_catalogue(&commit).await.unwrap();
}

#[tokio::test]
async fn a_settled_document_waits_no_longer() {
    let world = World::new().await;
    let seq = accept(&world, "a", "x").await;
    let change = index(&world, seq, &[seq]).await;
    assert_eq!(change.ordinals, [(1, AccessId::PUBLIC)]);
    assert_eq!(world.store.inbox_len(INDEX).await.unwrap(), 0);
    assert_eq!(world.entry("a").await.status, "INDEXED");
}

#[tokio::test]
async fn a_document_deleted_after_it_was_read_stays_deleted() {
    let world = World::new().await;
    let seq = accept(&world, "a", "x").await;
    assert_eq!(world.remove(&["a"]).await, CatalogueChange::default());
    let change = index(&world, seq, &[seq]).await;
    assert_eq!(change, CatalogueChange { retired: vec![1], ..CatalogueChange::default() });
    assert_eq!(world.find_entry("a").await, None);
    assert_eq!(world.store.retired(INDEX).await.unwrap().iter().collect::<Vec<_>>(), [1], "the engine forgets it");
    assert_eq!(world.store.vectors_pending(INDEX).await.unwrap(), 0);
}

#[tokio::test]
async fn a_document_deleted_and_put_again_is_what_was_put_last() {
    let world = World::new().await;
    let old = accept(&world, "a", "old").await;
    world.remove(&["a"]).await;
    let new = accept(&world, "a", "new").await;
    assert!(new > old, "a place is never given out twice");
    index(&world, old, &[old]).await;
    let entry = world.entry("a").await;
    assert_eq!((entry.status.as_str(), entry.ordinal), ("PROCESSING", None));
    index(&world, new, &[new]).await;
    let entry = world.entry("a").await;
    assert_eq!((entry.status.as_str(), entry.version), ("INDEXED", new.to_string()));
}

#[tokio::test]
async fn a_failure_of_a_document_deleted_meanwhile_is_told_to_nobody() {
    let world = World::new().await;
    let seq = accept(&world, "a", "x").await;
    world.remove(&["a"]).await;
    fail(&world, seq).await;
    assert_eq!(world.find_entry("a").await, None);
    assert_eq!(world.store.inbox_len(INDEX).await.unwrap(), 0);
}

#[tokio::test]
async fn a_document_of_which_a_later_revision_waits_is_still_being_processed() {
    let world = World::new().await;
    let first = accept(&world, "a", "1").await;
    let second = accept(&world, "a", "2").await;
    let third = accept(&world, "a", "3").await;
    index(&world, first, &[first]).await;
    let entry = world.entry("a").await;
    assert_eq!((entry.status.as_str(), entry.ordinal), ("PROCESSING", Some(1)), "the first is found meanwhile");
    fail(&world, second).await;
    let entry = world.entry("a").await;
    assert_eq!((entry.status.as_str(), entry.failure), ("PROCESSING", None));
    fail(&world, third).await;
    let entry = world.entry("a").await;
    assert_eq!((entry.status.as_str(), entry.ordinal), ("UPDATE_FAILED", Some(1)));
}

#[tokio::test]
async fn a_batch_settles_earlier_revisions_of_its_documents_too() {
    let world = World::new().await;
    let (first, second) = (accept(&world, "a", "1").await, accept(&world, "a", "2").await);
    index(&world, second, &[first, second]).await;
    assert_eq!(world.store.inbox_len(INDEX).await.unwrap(), 0);
    assert_eq!(world.entry("a").await.version, second.to_string());
}

#[tokio::test]
async fn a_batch_that_is_committed_again_after_a_crash_changes_nothing_for_readers() {
    let world = World::new().await;
    let seq = accept(&world, "a", "x").await;
    index(&world, seq, &[seq]).await;
    let again = index(&world, seq, &[seq]).await;
    assert_eq!(again, CatalogueChange { retired: vec![2], ..CatalogueChange::default() });
    assert_eq!(world.ordinal("a").await, 1);
}
