use sangam_ingest::{FieldValue, InboxRecord};

use crate::world::{INDEX, World, accepted};

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_document_is_found_by_its_words_and_gets_vectors() {
    let world = World::new().await;
    world.put("one", "the quick brown fox").await;
    world.settle().await;
    assert_eq!(world.found(None, "foxes").await, ["one"]);
    let entry = &world.store.entries(INDEX, &["one".into()]).await.unwrap()["one"];
    assert_eq!(entry.status, "INDEXED");
    let view = world.index().await.unfiltered_view().unwrap();
    assert_eq!(view.engine.vectors_of(entry.ordinal.unwrap()).unwrap().len(), 2, "the title's and the passage's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_revision_replaces_the_old_one_in_every_way() {
    let world = World::new().await;
    world.put("one", "the quick brown fox").await;
    world.settle().await;
    world.put("one", "the lazy dog").await;
    world.settle().await;
    assert!(world.found(None, "fox").await.is_empty());
    assert_eq!(world.found(None, "dog").await, ["one"]);
    assert_eq!(world.store.entries(INDEX, &["one".into()]).await.unwrap()["one"].status, "UPDATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_document_is_gone_at_once_and_after_a_restart() {
    let world = World::new().await;
    world.put("one", "the quick brown fox").await;
    world.put("two", "another fox").await;
    world.settle().await;
    world.index().await.remove(&["one".into()]).await.unwrap();
    assert_eq!(world.found(None, "fox").await, ["two"]);
    let world = world.restart(true).await;
    assert_eq!(world.found(None, "fox").await, ["two"]);
    assert!(world.store.retired(INDEX).await.unwrap().is_empty(), "the engine forgot it when it was opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_before_a_stop_is_indexed_after_the_start() {
    let world = World::new().await;
    world.store.accept(INDEX, &[accepted("one", "the quick brown fox")]).await.unwrap();
    let world = world.restart(true).await;
    world.index().await;
    world.settle().await;
    assert_eq!(world.found(None, "fox").await, ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_opened_without_a_model_still_answers_by_words_and_catches_up_later() {
    let world = World::new().await.restart(false).await;
    world.put("one", "the quick brown fox").await;
    while world.store.inbox_len(INDEX).await.unwrap() > 0 {
        world.index().await.progress().await;
    }
    assert_eq!(world.found(None, "fox").await, ["one"]);
    let world = world.restart(true).await;
    world.index().await;
    world.settle().await;
    let entry = &world.store.entries(INDEX, &["one".into()]).await.unwrap()["one"];
    let view = world.index().await.unfiltered_view().unwrap();
    assert_eq!(view.engine.vectors_of(entry.ordinal.unwrap()).unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_the_engine_refuses_fails_alone() {
    let world = World::new().await;
    let twice = vec![("_category".to_owned(), FieldValue::Long(1)), ("_category".to_owned(), FieldValue::Long(2))];
    let record = InboxRecord { title: None, content_type: None, attributes: twice };
    let broken = sangam_store::AcceptedDocument {
        document: serde_json::to_string(&record).unwrap(),
        ..accepted("broken", "a fox")
    };
    world.store.accept(INDEX, &[broken, accepted("whole", "a fox")]).await.unwrap();
    world.index().await.wake();
    world.settle().await;
    world.index().await.shown().await;
    assert_eq!(world.found(None, "fox").await, ["whole"]);
    let entry = &world.store.entries(INDEX, &["broken".into()]).await.unwrap()["broken"];
    assert_eq!(entry.status, "FAILED");
    assert!(entry.failure.as_ref().unwrap().contains("occurs twice"), "{entry:?}");
}
