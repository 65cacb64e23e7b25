//! Vectors to make, and ordinals to forget.

use sangam_store::VectorTask;

use crate::world::{INDEX, OTHER, SOURCE, World, add_index};

async fn waiting(world: &World) -> Vec<u32> {
    world.store.vector_tasks(INDEX, 100).await.unwrap().iter().map(|task| task.ordinal).collect()
}

#[tokio::test]
async fn revisions_wait_for_vectors_in_order_until_they_have_them() {
    let world = World::new().await;
    world.put(&["a", "b", "c"]).await;
    let first = world.store.vector_tasks(INDEX, 2).await.unwrap();
    assert_eq!(first, [1, 2].map(|ordinal| VectorTask { ordinal, previous: None }));
    world.store.vectors_done(INDEX, &[1, 3, 99]).await.unwrap();
    assert_eq!(waiting(&world).await, [2]);
    assert_eq!(world.reopen().await.store.vectors_pending(INDEX).await.unwrap(), 1);
}

#[tokio::test]
async fn a_revision_that_is_retired_needs_no_vectors() {
    let world = World::new().await;
    world.put(&["a", "b"]).await;
    world.commit(vec![world.revision("a", "2")]).await;
    assert_eq!(waiting(&world).await, [2, 3]);
    world.remove(&["b"]).await;
    assert_eq!(waiting(&world).await, [3]);
}

#[tokio::test]
async fn each_data_source_and_index_counts_its_own() {
    let world = World::new().await;
    add_index(&world.store, "second").await;
    world.put(&["a", "b"]).await;
    let mut foreign = world.revision("c", "1");
    foreign.data_source_id = Some(OTHER.into());
    let mut put = world.revision("d", "1");
    put.data_source_id = None;
    world.commit(vec![foreign, put]).await;
    assert_eq!(world.store.vectors_pending(INDEX).await.unwrap(), 4);
    assert_eq!(world.store.vectors_pending_of(INDEX, SOURCE).await.unwrap(), 2);
    assert_eq!(world.store.vectors_pending_of(INDEX, OTHER).await.unwrap(), 1);
    assert_eq!(world.store.vectors_pending("second").await.unwrap(), 0);
}

#[tokio::test]
async fn after_a_change_of_model_every_current_revision_waits_once() {
    let world = World::new().await;
    world.put(&["a", "b", "c"]).await;
    world.store.vectors_done(INDEX, &[1, 3]).await.unwrap();
    world.commit(vec![world.revision("a", "2")]).await;
    world.store.queue_all_vectors(INDEX).await.unwrap();
    world.store.queue_all_vectors(INDEX).await.unwrap();
    assert_eq!(waiting(&world).await, [2, 3, 4]);
}

#[tokio::test]
async fn retired_ordinals_are_listed_until_the_engine_has_forgotten_them() {
    let world = World::new().await;
    world.put(&["a", "b"]).await;
    world.remove(&["a", "b"]).await;
    world.store.retired_done(INDEX, &[2, 99]).await.unwrap();
    let world = world.reopen().await;
    assert_eq!(world.store.retired(INDEX).await.unwrap().iter().collect::<Vec<_>>(), [1]);
    assert!(world.store.current_ordinals(INDEX).await.unwrap().is_empty());
}
