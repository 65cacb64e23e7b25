use sangam_ingest::IndexBatch;
use sangam_store::{AcceptedDocument, CatalogueCommit, Revision, RevisionAccess};

use crate::world::{INDEX, World, accepted};

#[tokio::test(flavor = "multi_thread")]
async fn a_document_deleted_while_it_is_being_indexed_does_not_come_back() {
    let world = World::new().await;
    world.put("one", "the first fox").await;
    world.settle().await;
    // The inbox's task has read this row; the deletion comes before its commit.
    world.store.accept(INDEX, &[accepted("one", "the second fox")]).await.unwrap();
    let waiting = world.store.inbox(INDEX, 10, 1 << 20).await.unwrap();
    world.index().await.remove(&["one".into()]).await.unwrap();
    let revision = Revision {
        document_id: "one".into(),
        data_source_id: None,
        anchor: None,
        version: "2".into(),
        content_hash: vec![2],
        ordinal: 900,
        access: RevisionAccess::Fixed(sangam_access::AccessId::PUBLIC),
        text_bytes: 1,
        failure: None,
        inbox_seq: Some(waiting[0].seq),
    };
    let commit = CatalogueCommit {
        index_id: INDEX.into(),
        revisions: vec![revision],
        inbox_done: vec![waiting[0].seq],
        ..CatalogueCommit::default()
    };
    let change = world.store.commit_catalogue(&commit).await.unwrap();
    assert_eq!(change.retired, [900]);
    assert!(world.store.entries(INDEX, &["one".into()]).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_with_a_newer_revision_waiting_is_still_being_processed() {
    let world = World::new().await.restart(true).await;
    let index = world.index().await;
    // Without a wake the task leaves the rows alone: they are settled one by one here.
    let two: Vec<AcceptedDocument> = vec![accepted("one", "first"), accepted("one", "second")];
    world.store.accept(INDEX, &two).await.unwrap();
    let waiting = world.store.inbox(INDEX, 10, 1 << 20).await.unwrap();
    assert_eq!(waiting.len(), 2);
    index.write(IndexBatch { inbox_done: vec![waiting[0].seq], ..IndexBatch::default() }).await.unwrap();
    assert_eq!(world.store.entries(INDEX, &["one".into()]).await.unwrap()["one"].status, "PROCESSING");
    index.wake();
    world.settle().await;
    index.shown().await;
    assert_eq!(world.store.entries(INDEX, &["one".into()]).await.unwrap()["one"].status, "INDEXED");
    assert_eq!(world.found(None, "second").await, ["one"]);
}
