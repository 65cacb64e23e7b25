//! `/sangam/v1`, signed like the rest.

use serde_json::json;

use crate::world::{Signed, World};

const EXPLAIN: &str = "/sangam/v1/indices/a%20b/explain";

#[tokio::test]
async fn a_request_arrives_taken_apart() {
    let world = World::start().await;
    let signed = Signed::v1("GET", EXPLAIN, "user=ada%40example.org&z=1&a=2", "");
    let reply = world.send(&signed).await;
    let expected = json!({
        "method": "GET", "path": ["indices", "a b", "explain"], "body": "", "key": "ADMIN",
        "query": [["user", "ada@example.org"], ["z", "1"], ["a", "2"]],
    });
    assert_eq!((reply.status, reply.json()), (200, expected));
    assert!(reply.header("x-amzn-requestid").is_some());
    let posted = Signed { service: "kendra", ..Signed::v1("POST", EXPLAIN, "", "text") };
    assert_eq!(world.send(&posted).await.json()["body"], "text");
}

#[tokio::test]
async fn it_must_be_signed_and_permitted() {
    let world = World::start().await;
    let signed = Signed::v1("GET", EXPLAIN, "user=ada", "");
    let other_user = Signed { query: "user=eve", ..signed.clone() };
    let mut connection = world.connect().await;
    connection.request("GET", &other_user.target(), &signed.headers(), b"").await;
    assert_eq!(connection.reply().await.unwrap().code(), "InvalidSignatureException");
    let wrong_scope = Signed { service: "secretsmanager", ..signed.clone() };
    assert_eq!(world.send(&wrong_scope).await.code(), "InvalidSignatureException");
    for key in ["ASKER", "OTHER"] {
        let reply = world.send(&Signed { key, ..signed.clone() }).await;
        assert_eq!(reply.code(), "AccessDeniedException");
        assert!(
            reply
                .message()
                .contains("sangam:ExplainAccess on resource: arn:aws:kendra:eu-west-1:000000000000:index/a b"),
            "{}",
            reply.message()
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_to_those_who_can_sign() {
    let world = World::start().await;
    for path in ["/sangam/v1/nothing", "/sangam/v1/indices/./x/explain", "/sangam/v1/indices//explain"] {
        let signed = Signed::v1("GET", path, "", "");
        assert_eq!(world.send(&signed).await.code(), "UnknownOperationException", "{path}");
        assert_eq!(
            world.send(&Signed { secret: "wrong", ..signed }).await.code(),
            "InvalidSignatureException",
            "{path}"
        );
    }
}
