//! Versions and their labels, in the sequences that were recorded against the service.

use serde_json::{Value, json};

use crate::world::{World, token};

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";
const PENDING: &str = "AWSPENDING";

async fn put(world: &World, number: u32, labels: &[&str]) -> Value {
    let text = format!("value {number}");
    let mut input = json!({"SecretId": "a", "SecretString": text, "ClientRequestToken": token(number)});
    if !labels.is_empty() {
        input["VersionStages"] = json!(labels);
    }
    world.ok("PutSecretValue", input).await["VersionStages"].clone()
}

async fn make_current(world: &World, from: u32, to: u32) {
    let input = json!({"SecretId": "a", "VersionStage": CURRENT, "RemoveFromVersionId": token(from), "MoveToVersionId": token(to)});
    world.ok("UpdateSecretVersionStage", input).await;
}

fn expected(stages: &[(u32, &[&str])]) -> Vec<(u32, Vec<String>)> {
    stages.iter().map(|(number, labels)| (*number, labels.iter().map(|&label| label.to_owned()).collect())).collect()
}

#[tokio::test]
async fn previous_follows_current_and_the_one_before_has_no_label() {
    let world = World::with_secret().await;
    put(&world, 2, &[]).await;
    assert_eq!(world.stages().await, expected(&[(1, &[PREVIOUS]), (2, &[CURRENT])]));
    put(&world, 3, &[]).await;
    assert_eq!(world.stages().await, expected(&[(2, &[PREVIOUS]), (3, &[CURRENT])]));
}

#[tokio::test]
async fn a_rotation_through_pending() {
    let world = World::with_secret().await;
    assert_eq!(put(&world, 2, &[PENDING, "PUT1"]).await, json!([PENDING, "PUT1"]));
    assert_eq!(world.stages().await, expected(&[(1, &[CURRENT]), (2, &[PENDING, "PUT1"])]));
    make_current(&world, 1, 2).await;
    assert_eq!(world.stages().await, expected(&[(1, &[PREVIOUS]), (2, &[CURRENT, PENDING, "PUT1"])]));
    put(&world, 3, &[PENDING]).await;
    assert_eq!(world.stages().await, expected(&[(1, &[PREVIOUS]), (2, &[CURRENT, "PUT1"]), (3, &[PENDING])]));
    make_current(&world, 2, 3).await;
    assert_eq!(world.stages().await, expected(&[(2, &[PREVIOUS, "PUT1"]), (3, &[CURRENT, PENDING])]));
}

#[tokio::test]
async fn labels_move_to_the_version_that_asks_for_them() {
    let world = World::with_secret().await;
    assert_eq!(put(&world, 2, &["two", "one", "three"]).await, json!(["one", "three", "two"]));
    assert_eq!(put(&world, 3, &["one", "two", "four"]).await, json!(["four", "one", "two"]));
    assert_eq!(world.stages().await, expected(&[(1, &[CURRENT]), (2, &["three"]), (3, &["four", "one", "two"])]));
}

#[tokio::test]
async fn a_version_is_read_by_id_by_label_or_by_both() {
    let world = World::with_secret().await;
    put(&world, 2, &["X"]).await;
    for (input, text) in [
        (json!({}), "one"),
        (json!({"VersionId": token(2)}), "value 2"),
        (json!({"VersionStage": "X"}), "value 2"),
        (json!({"VersionId": token(2), "VersionStage": "X"}), "value 2"),
    ] {
        let mut input = input;
        input["SecretId"] = json!("a");
        assert_eq!(world.ok("GetSecretValue", input.clone()).await["SecretString"], text, "{input}");
    }
    for (input, code) in [
        (json!({"VersionId": token(9)}), "ResourceNotFoundException"),
        (json!({"VersionStage": "Y"}), "ResourceNotFoundException"),
        (json!({"VersionId": token(1), "VersionStage": "X"}), "InvalidRequestException"),
    ] {
        let mut input = input;
        input["SecretId"] = json!("a");
        assert_eq!(world.code("GetSecretValue", input.clone()).await, code, "{input}");
    }
}

#[tokio::test]
async fn a_label_does_not_move_without_naming_its_holder() {
    let world = World::with_secret().await;
    put(&world, 2, &[PENDING]).await;
    let request = |from: Option<u32>, to: Option<u32>| {
        let mut input = json!({"SecretId": "a", "VersionStage": CURRENT});
        if let Some(number) = from {
            input["RemoveFromVersionId"] = json!(token(number));
        }
        if let Some(number) = to {
            input["MoveToVersionId"] = json!(token(number));
        }
        input
    };
    for (from, to, code) in [
        (None, Some(2), "InvalidParameterException"),
        (Some(2), Some(2), "InvalidParameterException"),
        (Some(1), None, "InvalidParameterException"),
        (None, None, "InvalidParameterException"),
        (Some(1), Some(9), "ResourceNotFoundException"),
    ] {
        assert_eq!(world.code("UpdateSecretVersionStage", request(from, to)).await, code, "{from:?} {to:?}");
    }
    assert_eq!(world.stages().await, expected(&[(1, &[CURRENT]), (2, &[PENDING])]));
    let removal = json!({"SecretId": "a", "VersionStage": PENDING, "RemoveFromVersionId": token(2)});
    let answer = world.ok("UpdateSecretVersionStage", removal).await;
    assert_eq!(answer, json!({"ARN": world.arn().await, "Name": "a"}));
    assert_eq!(world.stages().await, expected(&[(1, &[CURRENT])]));
}

#[tokio::test]
async fn versions_are_listed_oldest_first_page_by_page() {
    let world = World::with_secret().await;
    for number in 2..=4 {
        put(&world, number, &[]).await;
    }
    let listed = world.ok("ListSecretVersionIds", json!({"SecretId": "a"})).await;
    let ids = |answer: &Value| -> Vec<String> {
        let versions = answer["Versions"].as_array().unwrap().iter();
        versions.map(|version| version["VersionId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&listed), [token(3), token(4)]);
    assert_eq!((&listed["Name"], &listed["Versions"][0]["KmsKeyIds"]), (&json!("a"), &json!(["DefaultEncryptionKey"])));
    assert_eq!(listed["Versions"][0]["VersionStages"], json!([PREVIOUS]));

    let mut input = json!({"SecretId": "a", "IncludeDeprecated": true, "MaxResults": 3});
    let first = world.ok("ListSecretVersionIds", input.clone()).await;
    assert_eq!(ids(&first), [token(1), token(2), token(3)]);
    assert_eq!(first["Versions"][0]["VersionStages"], json!(null));
    input["NextToken"] = first["NextToken"].clone();
    let second = world.ok("ListSecretVersionIds", input.clone()).await;
    assert_eq!((ids(&second), &second["NextToken"]), (vec![token(4)], &json!(null)));
    input["IncludeDeprecated"] = json!(false);
    assert_eq!(world.code("ListSecretVersionIds", input).await, "InvalidNextTokenException");
    assert_eq!(world.code("ListSecretVersionIds", json!({"SecretId": "b"})).await, "ResourceNotFoundException");
}

#[tokio::test]
async fn old_versions_without_a_label_go_and_labelled_ones_stay() {
    let world = World::with_secret().await;
    put(&world, 2, &["KEEP"]).await;
    for number in 3..=103 {
        put(&world, number, &[]).await;
    }
    let input = json!({"SecretId": "a", "IncludeDeprecated": true, "MaxResults": 100});
    let listed = world.ok("ListSecretVersionIds", input).await;
    let versions = listed["Versions"].as_array().unwrap();
    assert_eq!((versions.len(), &listed["NextToken"]), (100, &json!(null)));
    assert_eq!(versions[0]["VersionId"], token(2));
    assert_eq!(
        world.code("GetSecretValue", json!({"SecretId": "a", "VersionId": token(3)})).await,
        "ResourceNotFoundException"
    );
    assert_eq!(world.ok("GetSecretValue", json!({"SecretId": "a"})).await["SecretString"], "value 103");
}
