//! What the program itself uses, and what may never be seen.

use sangam_secrets::{AccessKeys, Secrets, SecretsError};
use sangam_store::Store;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::world::{World, token};

#[tokio::test]
async fn a_sync_reads_text_and_writes_a_rotated_token_back() {
    let world = World::with_secret().await;
    let arn = world.arn().await.replace("eu-west-1:000000000000", "us-west-2:123456789012");
    assert_eq!(world.secrets.read_string(&arn).await.unwrap().expose_secret(), "one");
    world.secrets.write_back(&arn, &SecretString::from("two")).await.unwrap();
    // Durable: another process, after this one was killed, finds it.
    let reopened = Secrets::new(Store::open(&world.database()).await.unwrap(), world.sealer.clone());
    assert_eq!(reopened.read_string("a").await.unwrap().expose_secret(), "two");
    let previous = world.ok("GetSecretValue", json!({"SecretId": "a", "VersionStage": "AWSPREVIOUS"})).await;
    assert_eq!(previous["SecretString"], "one");
}

#[tokio::test]
async fn what_cannot_be_read_or_written_back_says_why() {
    let world = World::with_secret().await;
    world.ok("CreateSecret", json!({"Name": "b", "SecretBinary": "AP8=", "ClientRequestToken": token(2)})).await;
    assert!(matches!(world.secrets.read_string("b").await, Err(SecretsError::InvalidRequest(_))));
    assert!(matches!(world.secrets.read_string("c").await, Err(SecretsError::NotFound { .. })));
    let text = SecretString::from("x");
    assert!(matches!(world.secrets.write_back("c", &text).await, Err(SecretsError::NotFound { .. })));
    world.ok("DeleteSecret", json!({"SecretId": "a"})).await;
    assert!(matches!(world.secrets.read_string("a").await, Err(SecretsError::MarkedForDeletion { .. })));
    assert!(matches!(world.secrets.write_back("a", &text).await, Err(SecretsError::MarkedForDeletion { .. })));
    let long = SecretString::from("x".repeat(65_537));
    assert!(matches!(world.secrets.write_back("b", &long).await, Err(SecretsError::InvalidParameter(_))));
}

#[tokio::test]
async fn another_key_opens_nothing_and_says_so_without_a_value() {
    let world = World::new().await;
    let other = World::new().await;
    world.ok("CreateSecret", json!({"Name": "a", "SecretString": "hunter2", "ClientRequestToken": token(1)})).await;
    let wrong = Secrets::new(world.store.clone(), other.sealer.clone());
    let error = wrong.read_string("a").await.unwrap_err();
    assert!(matches!(error, SecretsError::Sealed { .. }), "{error}");
    assert!(error.to_string().contains("`a`") && !error.to_string().contains("hunter2"), "{error}");
    assert_eq!(sangam_api::ApiError::from(error).code(), "DecryptionFailure");
}

#[tokio::test]
async fn no_plaintext_is_in_any_file() {
    let world = World::new().await;
    let (name, needle) = ("a-name-in-plain-sight", "correct horse battery staple");
    world.ok("CreateSecret", json!({"Name": name, "SecretString": needle, "ClientRequestToken": token(1)})).await;
    world.secrets.write_back(name, &SecretString::from(format!("{needle} again"))).await.unwrap();
    let keys = AccessKeys::new(world.store.clone(), world.sealer.clone());
    let key = keys.create("{}", "").await.unwrap();
    world.secrets.read_string(name).await.unwrap();
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(name) && holds(&key.id), "the database and its log were looked at");
    assert!(!holds(needle) && !holds(key.secret.expose_secret()));
}

#[tokio::test]
async fn nothing_prints_a_value() {
    let world = World::with_secret().await;
    let keys = AccessKeys::new(world.store.clone(), world.sealer.clone());
    let key = keys.create("{}", "").await.unwrap();
    let printed = format!("{:?} {:?} {keys:?} {key:?} {:?}", world.secrets, world.sealer, keys.list().await.unwrap());
    assert!(!printed.contains(key.secret.expose_secret()), "{printed}");
    assert!(printed.contains("Sealer(…)") && printed.contains(&key.id));
}
