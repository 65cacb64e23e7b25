//! Connections that stay, clients that leave, operations that panic, and a server that stops.

use std::time::Duration;

use sangam_server::{Limits, ServeError};
use serde_json::json;

use crate::world::{BATCH_DELETE, INDEX, LIST_INDICES, QUERY, Signed, World, deletion, query};

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let world = World::start().await;
    let mut connection = world.connect().await;
    for signed in [
        Signed::new(QUERY, &query()),
        Signed::new(QUERY, "{"),
        Signed { key: "NOBODY", ..Signed::new(QUERY, "{}") },
        Signed::new(LIST_INDICES, ""),
    ] {
        signed.send(&mut connection).await;
        assert!(connection.reply().await.unwrap().header("connection").is_none());
    }
}

#[tokio::test]
async fn a_panic_is_one_requests_error() {
    let world = World::start().await;
    let mut connection = world.connect().await;
    Signed::new("AWSKendraFrontendService.Retrieve", &query()).send(&mut connection).await;
    let reply = connection.reply().await.unwrap();
    assert_eq!((reply.status, reply.code().as_str()), (500, "InternalServerException"));
    assert!(reply.header("x-amzn-requestid").is_some() && !reply.message().contains("on purpose"), "{reply:?}");
    Signed::new(QUERY, &query()).send(&mut connection).await;
    assert_eq!(connection.reply().await.unwrap().status, 200);
}

#[tokio::test]
async fn an_operation_outlives_its_client() {
    let world = World::start().await;
    let mut connection = world.connect().await;
    Signed::new(BATCH_DELETE, &deletion()).send(&mut connection).await;
    world.stub.began.acquire().await.unwrap().forget();
    drop(connection);
    world.stub.may_end.add_permits(1);
    world.stub.ended.acquire().await.unwrap().forget();
}

#[tokio::test]
async fn stopping_waits_for_requests_under_way_and_closes_idle_connections() {
    let world = World::start().await;
    let (mut fresh, mut idle, mut busy) = (world.connect().await, world.connect().await, world.connect().await);
    Signed::new(LIST_INDICES, "{}").send(&mut idle).await;
    idle.reply().await.unwrap();
    Signed::new(BATCH_DELETE, &deletion()).send(&mut busy).await;
    world.stub.began.acquire().await.unwrap().forget();
    world.stop.cancel();
    assert!(idle.ends().await && fresh.ends().await);
    world.stub.may_end.add_permits(1);
    assert_eq!(busy.reply().await.unwrap().status, 200);
    world.served.await.unwrap().unwrap();
}

#[tokio::test]
async fn stopping_waits_for_operations_whose_client_has_left() {
    let world = World::start().await;
    let mut connection = world.connect().await;
    Signed::new(BATCH_DELETE, &deletion()).send(&mut connection).await;
    world.stub.began.acquire().await.unwrap().forget();
    drop(connection);
    world.stop.cancel();
    let stub = world.stub.clone();
    stub.may_end.add_permits(1);
    world.served.await.unwrap().unwrap();
    assert_eq!(stub.ended.available_permits(), 1);
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let world = World::limited(Limits { drain_timeout: Duration::from_millis(50), ..Limits::default() }).await;
    let mut connection = world.connect().await;
    Signed::new(BATCH_DELETE, &deletion()).send(&mut connection).await;
    world.stub.began.acquire().await.unwrap().forget();
    let error = world.stop().await.unwrap_err();
    let ServeError::NotDrained { connections, operations, .. } = error;
    assert_eq!((connections, operations), (1, 1));
    assert!(connection.ends().await);
}

#[tokio::test]
async fn a_secret_operation_and_an_index_operation_share_the_port() {
    let world = World::start().await;
    assert_eq!(world.post("secretsmanager.ListSecrets", "{}").await.status, 200);
    let reply = world.post("AWSKendraFrontendService.DescribeIndex", &json!({"Id": INDEX}).to_string()).await;
    assert_eq!(reply.code(), "ResourceNotFoundException");
}
