//! What a killed process left behind.

use sangam_api::KendraOperation as Op;
use sangam_store::{DataSourceState, IndexState, StoreError};
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn creations_and_deletions_are_finished_at_the_next_start() {
    let world = World::new().await;
    let (making, going, keeping) = (world.index().await, world.index().await, world.index().await);
    let source = world.data_source(&keeping, "CUSTOM").await;
    // As if the process had ended right after the row was written.
    world.store.move_index(&making, IndexState::Active, IndexState::Creating).await.unwrap();
    world.store.move_index(&going, IndexState::Active, IndexState::Deleting).await.unwrap();
    let deleting = world.store.modify_data_source(&keeping, &source, |record| {
        record.state = DataSourceState::Deleting;
        Ok::<(), StoreError>(())
    });
    deleting.await.unwrap();
    world.host.log.lock().unwrap().clear();

    world.service.resume().await.unwrap();
    world.service.finish().await;
    let states: Vec<(String, IndexState)> =
        world.store.indices(None, 10).await.unwrap().into_iter().map(|index| (index.id, index.state)).collect();
    assert_eq!(states, [(making.clone(), IndexState::Active), (keeping.clone(), IndexState::Active)]);
    assert!(world.host.logged(&format!("create {making}")) && world.host.logged(&format!("remove {going}")));
    let error = world.refused(Op::DescribeDataSource, json!({"IndexId": keeping, "Id": source})).await;
    assert!(error.starts_with("ResourceNotFoundException"), "{error}");
}

#[tokio::test]
async fn a_deletion_that_fails_is_tried_again_at_the_next_start() {
    let world = World::new().await;
    let id = world.index().await;
    world.host.fails.store(true, std::sync::atomic::Ordering::Relaxed);
    world.ok(Op::DeleteIndex, json!({"Id": id})).await;
    world.service.finish().await;
    assert_eq!(world.ok(Op::DescribeIndex, json!({"Id": id})).await["Status"], "DELETING");
    world.host.fails.store(false, std::sync::atomic::Ordering::Relaxed);
    world.service.resume().await.unwrap();
    world.service.finish().await;
    assert!(world.store.index(&id).await.unwrap().is_none());
}
