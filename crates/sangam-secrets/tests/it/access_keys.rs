//! Access keys.

use sangam_secrets::{AccessKeys, PresetKey, SecretsError};
use secrecy::ExposeSecret;

use crate::world::World;

const ADMIN: &str = r#"{"admin":true}"#;

async fn keys() -> (World, AccessKeys) {
    let world = World::new().await;
    let keys = AccessKeys::new(world.store.clone(), world.sealer.clone());
    (world, keys)
}

fn preset(id: &str, secret: &str) -> PresetKey {
    PresetKey { id: id.into(), secret: secret.into() }
}

async fn secret(keys: &AccessKeys, id: &str) -> Option<String> {
    keys.find(id).await.unwrap().map(|key| key.secret.expose_secret().to_owned())
}

#[tokio::test]
async fn a_key_has_the_usual_shape_and_is_found_with_its_policy() {
    let (_world, keys) = keys().await;
    let key = keys.create(r#"{"query":["*"]}"#, "of the search page").await.unwrap();
    assert!(key.id.len() == 20 && key.id.starts_with("AKIA"), "{}", key.id);
    assert!(key.id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()), "{}", key.id);
    assert_eq!(key.secret.expose_secret().len(), 40);
    let found = keys.find(&key.id).await.unwrap().unwrap();
    assert_eq!((found.secret.expose_secret(), &found.policy), (key.secret.expose_secret(), &key.policy));
    assert!(keys.find("AKIANOBODY").await.unwrap().is_none());
    let listed = keys.list().await.unwrap();
    assert_eq!((listed[0].id.as_str(), listed[0].description.as_str()), (key.id.as_str(), "of the search page"));
}

#[tokio::test]
async fn a_revoked_key_signs_nothing_from_that_moment() {
    let (_world, keys) = keys().await;
    let key = keys.create("{}", "").await.unwrap();
    assert!(keys.find(&key.id).await.unwrap().is_some());
    assert!(keys.revoke(&key.id).await.unwrap());
    assert!(keys.find(&key.id).await.unwrap().is_none());
    assert!(!keys.revoke(&key.id).await.unwrap());
    assert!(keys.list().await.unwrap()[0].revoked_at.is_some());
}

#[tokio::test]
async fn a_first_start_makes_one_key_and_shows_it_once() {
    let (_world, keys) = keys().await;
    let first = keys.start(None, ADMIN).await.unwrap().unwrap();
    assert_eq!(first.policy, ADMIN);
    assert!(keys.start(None, ADMIN).await.unwrap().is_none());
    assert_eq!(keys.list().await.unwrap().len(), 1);
    assert_eq!(secret(&keys, &first.id).await.as_deref(), Some(first.secret.expose_secret()));
}

#[tokio::test]
async fn the_settings_key_replaces_the_one_of_the_settings_before() {
    let (_world, keys) = keys().await;
    assert!(keys.start(Some(&preset("root", "one")), ADMIN).await.unwrap().is_none());
    assert_eq!(secret(&keys, "root").await.as_deref(), Some("one"));
    keys.start(Some(&preset("root", "two")), ADMIN).await.unwrap();
    assert_eq!(secret(&keys, "root").await.as_deref(), Some("two"));
    keys.start(Some(&preset("other", "three")), ADMIN).await.unwrap();
    assert_eq!((secret(&keys, "root").await, secret(&keys, "other").await.as_deref()), (None, Some("three")));
    let first = keys.start(None, ADMIN).await.unwrap().expect("without a preset nobody could sign");
    assert_eq!(secret(&keys, "other").await, None);
    assert!(secret(&keys, &first.id).await.is_some());
}

#[tokio::test]
async fn a_preset_that_cannot_be_a_key_stops_the_start() {
    let (_world, keys) = keys().await;
    for wrong in
        [preset("", "s"), preset("a/b", "s"), preset("a b", "s"), preset(&"a".repeat(129), "s"), preset("a", "")]
    {
        assert!(
            matches!(keys.start(Some(&wrong), ADMIN).await, Err(SecretsError::InvalidParameter(_))),
            "{}",
            wrong.id
        );
    }
    assert!(keys.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_sealed_secret_moved_to_another_key_does_not_open() {
    let (world, keys) = keys().await;
    let (strong, weak) = (keys.create(ADMIN, "").await.unwrap(), keys.create("{}", "").await.unwrap());
    let mut forged = world.store.find_access_key(&strong.id).await.unwrap().unwrap();
    forged.sealed_secret = world.store.find_access_key(&weak.id).await.unwrap().unwrap().sealed_secret;
    world.store.put_access_key(&forged).await.unwrap();
    assert!(matches!(keys.find(&strong.id).await, Err(SecretsError::Sealed { .. })));
    assert!(keys.find(&weak.id).await.unwrap().is_some());
}
