//! Deleting, restoring, and removing for good.

use sangam_store::now_ms;
use serde_json::json;

use crate::world::{World, members, token};

const DAY_MS: i64 = 86_400_000;

#[tokio::test]
async fn a_deleted_secret_is_refused_everywhere_and_can_be_brought_back() {
    let world = World::with_secret().await;
    let deleted = world.ok("DeleteSecret", json!({"SecretId": "a", "RecoveryWindowInDays": 7})).await;
    assert_eq!(members(&deleted), ["ARN", "DeletionDate", "Name"]);
    let wait = deleted["DeletionDate"].as_f64().unwrap() - now_ms() as f64 / 1000.0;
    assert!((7.0 * 86_400.0 - wait).abs() < 60.0, "{wait}");
    let token = token(2);
    for (operation, input) in [
        ("GetSecretValue", json!({"SecretId": "a"})),
        ("PutSecretValue", json!({"SecretId": "a", "SecretString": "x", "ClientRequestToken": token})),
        ("UpdateSecret", json!({"SecretId": "a", "SecretString": "x", "ClientRequestToken": token})),
        ("DeleteSecret", json!({"SecretId": "a"})),
        ("TagResource", json!({"SecretId": "a", "Tags": []})),
        ("UntagResource", json!({"SecretId": "a", "TagKeys": []})),
        ("UpdateSecretVersionStage", json!({"SecretId": "a", "VersionStage": "X"})),
        ("GetResourcePolicy", json!({"SecretId": "a"})),
        ("RotateSecret", json!({"SecretId": "a", "ClientRequestToken": token})),
    ] {
        let (code, message) = world.err(operation, input).await;
        assert_eq!(code, "InvalidRequestException", "{operation}");
        assert!(message.contains("because it was marked for deletion"), "{operation}: {message}");
    }
    let create = json!({"Name": "a", "SecretString": "one", "ClientRequestToken": token});
    assert_eq!(world.code("CreateSecret", create).await, "InvalidRequestException");
    assert!(world.ok("DescribeSecret", json!({"SecretId": "a"})).await["DeletedDate"].is_number());
    assert_eq!(world.ok("ListSecretVersionIds", json!({"SecretId": "a"})).await["Name"], "a");

    let restored = world.ok("RestoreSecret", json!({"SecretId": "a"})).await;
    assert_eq!(members(&restored), ["ARN", "Name"]);
    assert_eq!(world.ok("GetSecretValue", json!({"SecretId": "a"})).await["SecretString"], "one");
    assert!(!members(&world.ok("DescribeSecret", json!({"SecretId": "a"})).await).contains(&"DeletedDate"));
}

#[tokio::test]
async fn the_window_is_seven_to_thirty_days_and_thirty_by_default() {
    let world = World::with_secret().await;
    for days in [-1, 0, 6, 31] {
        let input = json!({"SecretId": "a", "RecoveryWindowInDays": days});
        assert_eq!(world.code("DeleteSecret", input).await, "InvalidParameterException", "{days}");
    }
    let both = json!({"SecretId": "a", "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true});
    assert_eq!(world.code("DeleteSecret", both).await, "InvalidParameterException");
    let deleted = world.ok("DeleteSecret", json!({"SecretId": "a"})).await;
    let wait = deleted["DeletionDate"].as_f64().unwrap() - now_ms() as f64 / 1000.0;
    assert!((30.0 * 86_400.0 - wait).abs() < 60.0, "{wait}");
    assert_eq!(world.code("DeleteSecret", json!({"SecretId": "b"})).await, "ResourceNotFoundException");
    assert_eq!(world.code("RestoreSecret", json!({"SecretId": "b"})).await, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_forced_deletion_is_at_once_and_can_be_repeated() {
    let world = World::with_secret().await;
    let old = world.arn().await;
    world.ok("TagResource", json!({"SecretId": "a", "Tags": [{"Key": "k", "Value": "v"}]})).await;
    world.ok("DeleteSecret", json!({"SecretId": "a"})).await;
    for id in ["a", &old, "never-was"] {
        let deleted = world.ok("DeleteSecret", json!({"SecretId": id, "ForceDeleteWithoutRecovery": true})).await;
        assert_eq!(members(&deleted), ["ARN", "DeletionDate", "Name"]);
    }
    assert_eq!(world.code("DescribeSecret", json!({"SecretId": "a"})).await, "ResourceNotFoundException");

    world.ok("CreateSecret", json!({"Name": "a", "SecretString": "new", "ClientRequestToken": token(1)})).await;
    assert_ne!(world.arn().await, old);
    assert_eq!(world.code("GetSecretValue", json!({"SecretId": old})).await, "ResourceNotFoundException");
    assert!(!members(&world.ok("DescribeSecret", json!({"SecretId": "a"})).await).contains(&"Tags"));
}

#[tokio::test]
async fn what_is_due_is_purged_and_nothing_else() {
    let world = World::with_secret().await;
    world.ok("CreateSecret", json!({"Name": "b", "ClientRequestToken": token(2)})).await;
    world.ok("CreateSecret", json!({"Name": "c", "ClientRequestToken": token(3)})).await;
    world.ok("DeleteSecret", json!({"SecretId": "a", "RecoveryWindowInDays": 7})).await;
    world.ok("DeleteSecret", json!({"SecretId": "b", "RecoveryWindowInDays": 10})).await;
    assert_eq!(world.secrets.purge_due(now_ms()).await.unwrap(), 0);
    assert_eq!(world.secrets.purge_due(now_ms() + 8 * DAY_MS).await.unwrap(), 1);
    assert_eq!(world.code("DescribeSecret", json!({"SecretId": "a"})).await, "ResourceNotFoundException");
    world.ok("DescribeSecret", json!({"SecretId": "b"})).await;
    world.ok("DescribeSecret", json!({"SecretId": "c"})).await;
}
