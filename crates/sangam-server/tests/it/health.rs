//! What needs no signature.

use std::sync::atomic::Ordering;

use crate::wire::Reply;
use crate::world::{QUERY, World, query};

async fn get(world: &World, method: &str, path: &str) -> Reply {
    let mut connection = world.connect().await;
    connection.request(method, path, &[("host".to_owned(), "localhost".to_owned())], b"").await;
    connection.reply().await.unwrap()
}

#[tokio::test]
async fn alive_and_able_are_two_things() {
    let world = World::start().await;
    assert_eq!(get(&world, "GET", "/readyz").await.status, 200);
    world.stub.ready.store(false, Ordering::Relaxed);
    let reply = get(&world, "GET", "/readyz").await;
    assert_eq!((reply.status, reply.json()["reason"].as_str()), (503, Some("migrating")));
    assert_eq!(get(&world, "GET", "/healthz").await.status, 200);
}

#[tokio::test]
async fn strange_paths_and_methods_get_json() {
    let world = World::start().await;
    for (method, path, status) in
        [("GET", "/nothing", 404), ("POST", "/nothing", 404), ("PUT", "/", 405), ("POST", "/healthz", 405)]
    {
        let reply = get(&world, method, path).await;
        assert_eq!(
            (reply.status, reply.json()["__type"].as_str()),
            (status, Some("UnknownOperationException")),
            "{method} {path}"
        );
    }
    let welcome = get(&world, "GET", "/").await;
    assert!(welcome.status == 200 && welcome.json()["usage"].as_str().unwrap().contains("POST /"), "{welcome:?}");
}

#[tokio::test]
async fn requests_are_counted() {
    let world = World::start().await;
    world.post(QUERY, &query()).await;
    world.post(QUERY, "{").await;
    world.post("AWSKendraFrontendService.Nonsense", "{").await;
    let text = String::from_utf8(get(&world, "GET", "/metrics").await.body).unwrap();
    for line in [
        r#"sangam_requests_total{service="kendra",operation="Query",code="OK"} 1"#,
        r#"sangam_requests_total{service="kendra",operation="Query",code="SerializationException"} 1"#,
        r#"sangam_requests_total{service="kendra",operation="unknown",code="UnknownOperationException"} 1"#,
    ] {
        assert!(text.lines().any(|seen| seen == line), "{line} in\n{text}");
    }
    assert!(!text.contains("Nonsense"), "labels come from closed sets");
}
