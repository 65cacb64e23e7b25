//! Every code of the contract's tables, over the wire, and the order in which checks fail.

use sangam_server::Settings;
use serde_json::json;

use crate::wire::Reply;
use crate::world::{INDEX, LIST_INDICES, QUERY, Signed, World, now, query};

/// Sends a request whose headers were altered after signing.
async fn altered(world: &World, signed: &Signed, alter: impl FnOnce(&mut Vec<(String, String)>)) -> Reply {
    let mut headers = signed.headers();
    alter(&mut headers);
    let mut connection = world.connect().await;
    connection.request(signed.method, &signed.target(), &headers, &signed.body).await;
    connection.reply().await.unwrap()
}

fn without(name: &'static str) -> impl FnOnce(&mut Vec<(String, String)>) {
    move |headers| headers.retain(|(known, _)| known != name)
}

fn set(name: &'static str, value: &'static str) -> impl FnOnce(&mut Vec<(String, String)>) {
    move |headers| {
        headers.retain(|(known, _)| known != name);
        headers.push((name.to_owned(), value.to_owned()));
    }
}

fn expect(reply: &Reply, code: &str, message: &str) {
    assert_eq!((reply.status, reply.code().as_str()), (400, code), "{reply:?}");
    assert!(reply.message().contains(message), "{}", reply.message());
}

#[tokio::test]
async fn requests_without_a_good_signature_are_told_why() {
    let world = World::start().await;
    let good = Signed::new(QUERY, &query());
    let reply = altered(&world, &good, without("authorization")).await;
    expect(&reply, "MissingAuthenticationTokenException", "Missing Authentication Token");
    assert!(reply.json().get("message").is_some(), "errors of AWS's front end have a small `message`");
    let reply = altered(&world, &good, set("authorization", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=ab")).await;
    expect(&reply, "IncompleteSignatureException", "'Credential'");
    let reply = altered(&world, &good, without("x-amz-date")).await;
    expect(&reply, "IncompleteSignatureException", "'X-Amz-Date'");
    let reply =
        altered(&world, &good, |headers| headers.push(("x-amz-target".to_owned(), LIST_INDICES.to_owned()))).await;
    expect(&reply, "IncompleteSignatureException", "more than once");
    let reply = altered(&world, &good, set("x-amz-target", LIST_INDICES)).await;
    expect(&reply, "InvalidSignatureException", "The request signature we calculated does not match");
    let reply = altered(&world, &good, set("x-amz-content-sha256", "UNSIGNED-PAYLOAD")).await;
    expect(&reply, "InvalidSignatureException", "unsigned and streaming payloads");
    let reply = altered(&world, &good, set("x-amz-extra", "1")).await;
    expect(&reply, "InvalidSignatureException", "'x-amz-extra' must be a 'SignedHeader'");
}

#[tokio::test]
async fn wrong_keys_secrets_scopes_and_clocks_have_their_codes() {
    let world = World::start().await;
    let good = Signed::new(QUERY, &query());
    let invalid_token = "The security token included in the request is invalid.";
    expect(&world.send(&Signed { key: "NOBODY", ..good.clone() }).await, "UnrecognizedClientException", invalid_token);
    let mut with_token = good.clone();
    with_token.headers.push(("x-amz-security-token", "t".to_owned()));
    expect(&world.send(&with_token).await, "UnrecognizedClientException", invalid_token);
    let reply = world.send(&Signed { secret: "wrong", ..good.clone() }).await;
    expect(
        &reply,
        "InvalidSignatureException",
        "Check your AWS Secret Access Key and signing method. Consult the service documentation",
    );
    let reply = world.send(&Signed { service: "secretsmanager", ..good.clone() }).await;
    expect(&reply, "InvalidSignatureException", "Credential should be scoped to correct service: 'kendra'.");
    let secrets = Signed::new("secretsmanager.ListSecrets", "{}");
    let reply = world.send(&Signed { service: "kendra", ..secrets }).await;
    expect(&reply, "InvalidSignatureException", "Credential should be scoped to correct service: 'secretsmanager'.");
    let late = Signed { now: now() - jiff::SignedDuration::from_mins(6), ..good.clone() };
    let text = "Signature expired: 20261124T092400Z is now earlier than 20261124T092500Z (20261124T093000Z - 5 min.)";
    expect(&world.send(&late).await, "InvalidSignatureException", text);
    let early = Signed { now: now() + jiff::SignedDuration::from_mins(6), ..good.clone() };
    expect(&world.send(&early).await, "InvalidSignatureException", "Signature not yet current: 20261124T093600Z");
    let presigned = Signed { query: "X-Amz-Signature=ab", ..good };
    expect(&world.send(&presigned).await, "AccessDeniedException", "presigned");
}

#[tokio::test]
async fn a_pinned_region_is_the_only_one() {
    let world = World::with(Settings { region: Some("eu-west-1".to_owned()), ..Settings::default() }).await;
    assert_eq!(world.post(QUERY, &query()).await.status, 200);
    let reply = world.send(&Signed { region: "us-east-1", ..Signed::new(QUERY, &query()) }).await;
    expect(&reply, "InvalidSignatureException", "Credential should be scoped to a valid region");
}

#[tokio::test]
async fn a_key_may_do_what_its_policy_says() {
    let world = World::start().await;
    let asker = |target, body: &str| Signed { key: "ASKER", ..Signed::new(target, body) };
    assert_eq!(world.send(&asker(QUERY, &query())).await.status, 200);
    let reply = world.send(&asker("AWSKendraFrontendService.DeleteIndex", &json!({"Id": INDEX}).to_string())).await;
    let text = format!(
        "User: arn:aws:iam::000000000000:user/ASKER is not authorized to perform: kendra:DeleteIndex on resource: \
         arn:aws:kendra:eu-west-1:000000000000:index/{INDEX}"
    );
    expect(&reply, "AccessDeniedException", &text);
    let reply = world.send(&Signed { key: "OTHER", ..Signed::new(QUERY, &query()) }).await;
    expect(&reply, "AccessDeniedException", "kendra:Query");
    let reply = world.send(&Signed { key: "OTHER", ..Signed::new("secretsmanager.ListSecrets", "{}") }).await;
    expect(&reply, "AccessDeniedException", "secretsmanager:ListSecrets on resource: *");
}

#[tokio::test]
async fn unknown_operations_and_wrong_bodies_have_their_codes() {
    let world = World::start().await;
    for target in ["AWSKendraFrontendService.Ask", "Query", ""] {
        expect(&world.post(target, "{}").await, "UnknownOperationException", "`X-Amz-Target`");
    }
    expect(&world.send(&Signed::v1("POST", "/", "", "{}")).await, "InvalidSignatureException", "scope");
    expect(
        &world.send(&Signed { service: "kendra", ..Signed::v1("POST", "/", "", "{}") }).await,
        "UnknownOperationException",
        "missing",
    );
    for body in ["{", "[]", r#"{"IndexId": 1, "QueryText": "q"}"#] {
        expect(&world.post(QUERY, body).await, "SerializationException", "");
    }
    let reply = world.post(QUERY, r#"{"IndexId": "short"}"#).await;
    expect(&reply, "ValidationException", "validation error");
    assert!(reply.json().get("Message").is_some(), "modelled errors have a capital `Message`");
    let reply = world.post("AWSKendraFrontendService.DescribeIndex", &json!({"Id": INDEX}).to_string()).await;
    expect(&reply, "ResourceNotFoundException", INDEX);
    let reply = world.post("AWSKendraFrontendService.ListFaqs", &json!({"IndexId": INDEX}).to_string()).await;
    expect(&reply, "ValidationException", "operation ListFaqs is not implemented yet");
}

#[tokio::test]
async fn the_first_check_that_fails_answers() {
    let world = World::start().await;
    let wrong_secret = Signed { secret: "wrong", ..Signed::new("AWSKendraFrontendService.Ask", "{") };
    expect(&world.send(&wrong_secret).await, "InvalidSignatureException", "");
    let unknown_target = Signed { key: "ASKER", ..Signed::new("AWSKendraFrontendService.Ask", "{") };
    expect(&world.send(&unknown_target).await, "UnknownOperationException", "");
    let asker = |body| Signed { key: "ASKER", ..Signed::new("AWSKendraFrontendService.DescribeFaq", body) };
    expect(&world.send(&asker("{")).await, "SerializationException", "");
    expect(&world.send(&asker("{}")).await, "ValidationException", "");
    expect(&world.send(&asker(&json!({"IndexId": INDEX, "Id": "f"}).to_string())).await, "AccessDeniedException", "");
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_our_fault_and_stay_unknown() {
    let world = World::start().await;
    let reply = world.send(&Signed { key: "BROKEN", ..Signed::new(QUERY, &query()) }).await;
    assert_eq!((reply.status, reply.code().as_str()), (500, "InternalServerException"));
    assert!(!reply.message().contains("fire"), "the cause is for the log");
    let reply = world.send(&Signed { key: "BROKEN", ..Signed::new("secretsmanager.ListSecrets", "{}") }).await;
    assert_eq!((reply.status, reply.code().as_str()), (500, "InternalServiceError"));
}
