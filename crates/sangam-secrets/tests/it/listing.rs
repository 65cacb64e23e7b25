//! ListSecrets and BatchGetSecretValue.

use serde_json::{Value, json};

use crate::world::{World, members, token};

/// Secrets `d`, `b`, `c` and `a`, created in that order.
async fn four() -> World {
    let world = World::new().await;
    for (number, name) in (1..).zip(["d", "b", "c", "a"]) {
        let input = json!({
            "Name": name, "SecretString": format!("of {name}"), "Description": format!("Secret of {name}"),
            "Tags": [{"Key": "team", "Value": name}], "ClientRequestToken": token(number),
        });
        world.ok("CreateSecret", input).await;
    }
    world
}

fn names(answer: &Value) -> String {
    answer["SecretList"].as_array().unwrap().iter().map(|entry| entry["Name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_entry_has_what_was_recorded() {
    let world = World::with_secret().await;
    let listed = world.ok("ListSecrets", json!({})).await;
    assert_eq!(members(&listed), ["SecretList"]);
    let entry = &listed["SecretList"][0];
    assert_eq!(members(entry), ["ARN", "CreatedDate", "LastChangedDate", "Name", "SecretVersionsToStages"]);
    assert_eq!(entry["SecretVersionsToStages"], json!({token(1): ["AWSCURRENT"]}));
    assert_eq!(entry["ARN"], world.arn().await);
}

#[tokio::test]
async fn sorting() {
    let world = four().await;
    let list = async |input: Value| names(&world.ok("ListSecrets", input).await);
    assert_eq!(list(json!({"SortBy": "name"})).await, "abcd");
    assert_eq!(list(json!({"SortBy": "name", "SortOrder": "desc"})).await, "dcba");
    world.ok("GetSecretValue", json!({"SecretId": "c"})).await;
    assert!(list(json!({"SortBy": "last-accessed-date"})).await.ends_with('c'));
    assert!(list(json!({"SortBy": "last-accessed-date", "SortOrder": "desc"})).await.starts_with('c'));
    let created = world.ok("ListSecrets", json!({})).await;
    let dates: Vec<f64> =
        created["SecretList"].as_array().unwrap().iter().map(|entry| entry["CreatedDate"].as_f64().unwrap()).collect();
    assert!(dates.is_sorted(), "{dates:?}");
}

#[tokio::test]
async fn filters() {
    let world = four().await;
    let list =
        async |filters: Value| names(&world.ok("ListSecrets", json!({"Filters": filters, "SortBy": "name"})).await);
    assert_eq!(list(json!([{"Key": "name", "Values": ["a", "c"]}])).await, "ac");
    assert_eq!(list(json!([{"Key": "name", "Values": ["!a"]}])).await, "bcd");
    assert_eq!(list(json!([{"Key": "tag-key", "Values": ["te"]}, {"Key": "tag-value", "Values": ["b"]}])).await, "b");
    assert_eq!(list(json!([{"Key": "description", "Values": ["secret OF d"]}])).await, "d");
    assert_eq!(list(json!([{"Key": "all", "Values": ["team c"]}])).await, "c");
    assert_eq!(world.code("ListSecrets", json!({"Filters": [{"Key": "name"}]})).await, "InvalidParameterException");
    let unknown = json!({"Filters": [{"Key": "colour", "Values": ["red"]}]});
    assert_eq!(world.code("ListSecrets", unknown).await, "ValidationException");
}

#[tokio::test]
async fn pages_join_also_when_secrets_come_and_go() {
    let world = four().await;
    let mut input = json!({"SortBy": "name", "MaxResults": 2});
    let first = world.ok("ListSecrets", input.clone()).await;
    assert_eq!(names(&first), "ab");
    world.ok("DeleteSecret", json!({"SecretId": "b", "ForceDeleteWithoutRecovery": true})).await;
    input["NextToken"] = first["NextToken"].clone();
    let second = world.ok("ListSecrets", input.clone()).await;
    assert_eq!((names(&second), &second["NextToken"]), ("cd".to_owned(), &json!(null)));
    input["SortOrder"] = json!("desc");
    assert_eq!(world.code("ListSecrets", input).await, "InvalidNextTokenException");
    assert_eq!(world.code("ListSecrets", json!({"NextToken": "x"})).await, "InvalidNextTokenException");
}

#[tokio::test]
async fn the_deleted_are_listed_when_asked_for() {
    let world = four().await;
    world.ok("DeleteSecret", json!({"SecretId": "b"})).await;
    let list = async |input: Value| world.ok("ListSecrets", input).await;
    assert_eq!(names(&list(json!({"SortBy": "name"})).await), "acd");
    let all = list(json!({"SortBy": "name", "IncludePlannedDeletion": true})).await;
    assert_eq!(names(&all), "abcd");
    assert!(all["SecretList"][1]["DeletedDate"].is_number() && all["SecretList"][0]["DeletedDate"].is_null());
}

#[tokio::test]
async fn several_values_at_once() {
    let world = four().await;
    world.ok("DeleteSecret", json!({"SecretId": "b"})).await;
    let batch = world.ok("BatchGetSecretValue", json!({"SecretIdList": ["a", "b", "nowhere"]})).await;
    let values = batch["SecretValues"].as_array().unwrap();
    assert_eq!(values.len(), 1);
    let expected = ["ARN", "CreatedDate", "Name", "SecretString", "VersionId", "VersionStages"];
    assert_eq!((members(&values[0]), &values[0]["SecretString"]), (expected.to_vec(), &json!("of a")));
    let errors: Vec<_> = batch["Errors"].as_array().unwrap().iter().map(|error| &error["ErrorCode"]).collect();
    assert_eq!(errors, ["InvalidRequestException", "ResourceNotFoundException"]);

    let mut input = json!({"Filters": [{"Key": "tag-key", "Values": ["team"]}], "MaxResults": 2});
    let first = world.ok("BatchGetSecretValue", input.clone()).await;
    input["NextToken"] = first["NextToken"].clone();
    let second = world.ok("BatchGetSecretValue", input).await;
    let found: Vec<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["SecretValues"].as_array().unwrap())
        .map(|v| &v["Name"])
        .collect();
    assert_eq!(found, ["a", "c", "d"]);
    for wrong in
        [json!({}), json!({"SecretIdList": ["a"], "MaxResults": 1}), json!({"SecretIdList": ["a"], "Filters": []})]
    {
        assert_eq!(world.code("BatchGetSecretValue", wrong).await, "InvalidParameterException");
    }
}
