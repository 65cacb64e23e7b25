//! Providers that are down, slow, talkative, or have changed their keys.

use std::time::Duration;

use jsonwebtoken::Algorithm;
use sangam_identity::{Oidc, OidcError, TokenProblem};
use serde_json::json;
use tokio::net::TcpListener;

use crate::oidc::SignIn;
use crate::provider::{Fault, Key};
use crate::world::World;

#[tokio::test]
async fn answers_that_no_provider_should_give_are_told_by_their_name() {
    for (endpoint, what) in [
        ("discovery", "discovery document"),
        ("keys", "key set"),
        ("token", "token answer"),
        ("userinfo", "userinfo answer"),
    ] {
        let not_json = "it is not the JSON document that it should be";
        for (fault, problem) in [
            (Fault::Html, not_json),
            (Fault::Body(json!([])), not_json),
            (Fault::Huge, "it is larger than 1048576 bytes"),
            (Fault::Status(503), "its status is 503"),
            (Fault::Redirect, "its status is 302"),
        ] {
            let it = SignIn::new().await;
            it.provider.behave(|it| {
                it.faults.insert(endpoint, fault);
                it.claims.insert("email".into(), serde_json::Value::Null);
            });
            let refused = match it.oidc.begin("/", &it.binding).await {
                Ok(address) => it.oidc.finish(&it.provider.authorize(&address), &it.binding).await.unwrap_err(),
                Err(refused) => refused,
            };
            assert_eq!(refused.to_string(), format!("the provider's {what} cannot be used: {problem}"));
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_by_its_host_and_comes_back() {
    let world = World::new().await;
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let it = SignIn::new().await;
    let mut settings = it.provider.settings();
    settings.issuer = format!("http://127.0.0.1:{port}");
    let oidc = Oidc::new(settings, world.store.clone(), world.clock.clone()).unwrap();
    let refused = oidc.check().await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider's host `127.0.0.1` does not answer");
    it.provider.behave(|it| drop(it.faults.insert("discovery", Fault::Status(502))));
    assert!(it.oidc.check().await.is_err());
    it.provider.behave(|it| it.faults.clear());
    it.oidc.check().await.unwrap();
}

#[tokio::test]
async fn a_provider_that_is_silent_is_waited_for_ten_seconds() {
    let it = SignIn::new().await;
    it.provider.behave(|it| drop(it.faults.insert("discovery", Fault::Silence)));
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    assert!(matches!(it.oidc.check().await, Err(OidcError::Unreachable { .. })));
    assert!(begun.elapsed() <= Duration::from_secs(11));
}

#[tokio::test]
async fn what_is_known_bridges_an_outage_but_not_a_day() {
    let it = SignIn::new().await;
    it.sign_in().await.unwrap();
    it.provider.behave(|it| {
        it.faults.insert("discovery", Fault::Status(500));
        it.faults.insert("keys", Fault::Status(500));
    });
    it.world.pass(Duration::from_hours(2));
    assert!(it.oidc.check().await.is_ok());
    let expired = it.sign_in().await.unwrap_err();
    assert!(matches!(expired, OidcError::Token(TokenProblem::Expired)), "keys were known: {expired}");
    it.world.pass(Duration::from_hours(23));
    assert!(matches!(it.oidc.check().await, Err(OidcError::Answer { .. })));
}

#[tokio::test]
async fn rotated_keys_are_asked_for_once_and_old_ones_are_forgotten() {
    let it = SignIn::new().await;
    it.sign_in().await.unwrap();
    it.world.pass(Duration::from_secs(10));
    it.provider.behave(|it| {
        it.published = vec![Key::EcRotated.public()];
        (it.algorithm, it.key) = (Algorithm::ES256, Key::EcRotated);
    });
    it.sign_in().await.unwrap();
    assert_eq!(it.provider.n_asked("keys"), 2);
    it.sign_in().await.unwrap();
    it.provider.behave(|it| (it.algorithm, it.key) = (Algorithm::RS256, Key::Rsa));
    for _ in 0..3 {
        let refused = it.sign_in().await;
        assert!(matches!(refused, Err(OidcError::Token(TokenProblem::UnknownKey))), "the old key is taken back");
    }
    assert_eq!(it.provider.n_asked("keys"), 2, "no more than once in ten seconds");
    it.world.pass(Duration::from_secs(10));
    assert!(it.sign_in().await.is_err());
    assert_eq!(it.provider.n_asked("keys"), 3);
}

#[tokio::test]
async fn keys_without_names_rotate_too() {
    let it = SignIn::new().await;
    it.provider.behave(|it| (it.algorithm, it.key, it.names_key) = (Algorithm::ES256, Key::Ec, false));
    it.sign_in().await.unwrap();
    it.world.pass(Duration::from_secs(10));
    it.provider.behave(|it| {
        it.published = vec![Key::EcRotated.public()];
        it.key = Key::EcRotated;
    });
    it.sign_in().await.unwrap();
}

#[tokio::test]
async fn a_provider_of_another_name_or_in_the_open_is_refused() {
    for (name, value) in [
        ("issuer", "https://evil.example"),
        ("token_endpoint", "http://id.example/token"),
        ("jwks_uri", "http://id.example/keys"),
        ("authorization_endpoint", "javascript:alert(1)"),
    ] {
        let it = SignIn::new().await;
        it.provider.behave(|it| drop(it.discovery.insert(name.to_owned(), value.into())));
        assert!(matches!(it.oidc.check().await, Err(OidcError::Answer { .. })), "{name}");
    }
}
