//! What a good answer looks like.

use sangam_api::{KendraOperation, SecretsOperation};

use crate::world::{INDEX, LIST_INDICES, QUERY, Signed, World, query};

#[tokio::test]
async fn an_answer_has_the_headers_that_sdks_read() {
    let world = World::start().await;
    let reply = world.post(QUERY, &query()).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/x-amz-json-1.1")));
    assert_eq!(reply.json()["QueryId"], "eu-west-1 000000000000 ADMIN");
    let id = reply.header("x-amzn-requestid").unwrap();
    assert!(uuid::Uuid::parse_str(id).is_ok() && reply.header("date").unwrap().ends_with("GMT"), "{reply:?}");
    assert_ne!(world.post(QUERY, &query()).await.header("x-amzn-requestid"), Some(id));
    let failure = world.post(QUERY, "{").await;
    assert_eq!(failure.header("content-type"), Some("application/x-amz-json-1.1"));
    assert!(failure.header("x-amzn-requestid").is_some());
}

#[tokio::test]
async fn the_region_of_the_signature_is_the_region_of_the_answer() {
    let world = World::start().await;
    let reply = world.send(&Signed { region: "ap-south-7", ..Signed::new(QUERY, &query()) }).await;
    assert_eq!(reply.json()["QueryId"], "ap-south-7 000000000000 ADMIN");
}

#[tokio::test]
async fn an_empty_body_is_an_empty_object() {
    let world = World::start().await;
    for body in ["", "{}"] {
        let reply = world.post(LIST_INDICES, body).await;
        assert_eq!((reply.status, reply.body.as_slice()), (200, b"{}".as_slice()));
    }
}

#[tokio::test]
async fn a_body_may_come_in_chunks() {
    let world = World::start().await;
    let (signed, mut connection) = (Signed::new(QUERY, &query()), world.connect().await);
    let mut headers = signed.headers();
    headers.push(("transfer-encoding".to_owned(), "chunked".to_owned()));
    connection.request("POST", "/", &headers, b"").await;
    let (first, second) = signed.body.split_at(10);
    for chunk in [first, second, b""] {
        connection.send(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()).await;
    }
    assert_eq!(connection.reply().await.unwrap().status, 200);
}

#[tokio::test]
async fn a_large_body_passes() {
    let world = World::start().await;
    let blob = "QUJD".repeat(2 * 1024 * 1024);
    let body = serde_json::json!({"IndexId": INDEX, "Documents": [{"Id": "d", "Blob": blob}]}).to_string();
    let reply = world.post("AWSKendraFrontendService.BatchPutDocument", &body).await;
    assert_eq!(reply.message(), "operation BatchPutDocument is not implemented yet");
}

#[tokio::test]
async fn every_operation_is_dispatched() {
    let world = World::start().await;
    let kendra = KendraOperation::ALL.iter().map(|operation| format!("AWSKendraFrontendService.{operation}"));
    let secrets = SecretsOperation::ALL.iter().map(|operation| format!("secretsmanager.{operation}"));
    let targets: Vec<_> = kendra.chain(secrets).collect();
    assert_eq!(targets.len(), 66 + 26);
    for target in targets {
        let reply = world.post(&target, r#"{"IndexId": 0, "Id": 0}"#).await;
        let answered = reply.status == 200 || reply.code() != "UnknownOperationException";
        assert!(answered, "{target}: {reply:?}");
    }
}
