//! Id tokens that prove nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use sangam_identity::{OidcError, TokenProblem};
use serde_json::{Value, json};

use crate::oidc::SignIn;
use crate::provider::{Behaviour, Key, sign};

/// What becomes of a sign-in at a provider that behaves so.
async fn problem(it: &SignIn, change: impl FnOnce(&mut Behaviour)) -> TokenProblem {
    it.provider.behave(change);
    match it.sign_in().await {
        Err(OidcError::Token(problem)) => problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("signed in"),
    }
}

#[tokio::test]
async fn claims_about_something_else_are_refused() {
    let now_s = sangam_store::now_ms() / 1000;
    let cases = [
        ("nonce", json!("of another sign-in"), TokenProblem::Nonce),
        ("nonce", Value::Null, TokenProblem::Nonce),
        ("aud", json!("another-client"), TokenProblem::Audience),
        ("aud", json!(["sangam", "another-client"]), TokenProblem::Audience),
        ("azp", json!("another-client"), TokenProblem::Audience),
        ("iss", json!("https://evil.example"), TokenProblem::Issuer),
        ("exp", json!(now_s - 61), TokenProblem::Expired),
        ("exp", Value::Null, TokenProblem::Expired),
        ("iat", json!(now_s + 600), TokenProblem::NotYet),
        ("sub", Value::Null, TokenProblem::Subject),
        ("sub", json!(""), TokenProblem::Subject),
    ];
    for (name, value, expected) in cases {
        let it = SignIn::new().await;
        let found = problem(&it, |it| drop(it.claims.insert(name.to_owned(), value.clone()))).await;
        assert_eq!(found, expected, "{name} is {value}");
    }
}

#[tokio::test]
async fn signatures_that_anybody_could_make_are_refused() {
    let it = SignIn::new().await;
    let unsigned = |claims: &Value| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&json!({ "alg": "none" })), part(claims))
    };
    assert_eq!(problem(&it, |it| it.forge = Some(unsigned)).await, TokenProblem::Algorithm);
    // The public key as the secret of an HMAC, in the forms in which libraries have confused the two.
    let with_modulus = |claims: &Value| {
        let modulus = Key::Rsa.public()["n"].as_str().unwrap().to_owned();
        let secret = URL_SAFE_NO_PAD.decode(modulus).unwrap();
        sign(Algorithm::HS256, Some("rsa"), &EncodingKey::from_secret(&secret), claims)
    };
    assert_eq!(problem(&it, |it| it.forge = Some(with_modulus)).await, TokenProblem::Algorithm);
    let with_jwk = |claims: &Value| {
        let secret = Key::Rsa.public().to_string();
        sign(Algorithm::HS256, Some("rsa"), &EncodingKey::from_secret(secret.as_bytes()), claims)
    };
    assert_eq!(problem(&it, |it| it.forge = Some(with_jwk)).await, TokenProblem::Algorithm);
    // A symmetric key that the provider publishes by mistake is everybody's.
    let with_published = |claims: &Value| sign(Algorithm::HS256, None, &EncodingKey::from_secret(&[0, 0, 0]), claims);
    assert_eq!(problem(&it, |it| it.forge = Some(with_published)).await, TokenProblem::Algorithm);
}

#[tokio::test]
async fn signatures_by_other_keys_and_broken_ones_are_refused() {
    let it = SignIn::new().await;
    let stranger = |claims: &Value| sign(Algorithm::ES256, Some("stranger"), &Key::EcRotated.private(), claims);
    assert_eq!(problem(&it, |it| it.forge = Some(stranger)).await, TokenProblem::UnknownKey);
    let anonymous = |claims: &Value| sign(Algorithm::ES256, None, &Key::EcRotated.private(), claims);
    assert_eq!(problem(&it, |it| it.forge = Some(anonymous)).await, TokenProblem::UnknownKey);
    let impostor = |claims: &Value| sign(Algorithm::ES256, Some("ec"), &Key::EcRotated.private(), claims);
    assert_eq!(problem(&it, |it| it.forge = Some(impostor)).await, TokenProblem::Signature);
    let altered = |claims: &Value| {
        let good = sign(Algorithm::RS256, Some("rsa"), &Key::Rsa.private(), claims);
        let parts: Vec<_> = good.split('.').collect();
        let mut claims = claims.clone();
        claims["email"] = "boss@example.com".into();
        format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
    };
    assert_eq!(problem(&it, |it| it.forge = Some(altered)).await, TokenProblem::Signature);
    let stripped = |claims: &Value| {
        let good = sign(Algorithm::RS256, Some("rsa"), &Key::Rsa.private(), claims);
        good.rsplit_once('.').map(|(signed, _)| format!("{signed}.")).unwrap()
    };
    assert_eq!(problem(&it, |it| it.forge = Some(stripped)).await, TokenProblem::Signature);
    assert_eq!(problem(&it, |it| it.forge = Some(|_| "nonsense".into())).await, TokenProblem::Malformed);
}

#[tokio::test]
async fn every_kind_of_signature_that_is_worth_something_is_accepted() {
    let it = SignIn::new().await;
    for (algorithm, key) in [
        (Algorithm::RS256, Key::Rsa),
        (Algorithm::RS512, Key::Rsa),
        (Algorithm::PS256, Key::Rsa),
        (Algorithm::ES256, Key::Ec),
        (Algorithm::EdDSA, Key::Ed25519),
    ] {
        for names_key in [true, false] {
            it.provider.behave(|it| (it.algorithm, it.key, it.names_key) = (algorithm, key, names_key));
            assert!(it.sign_in().await.is_ok(), "{algorithm:?}, names its key: {names_key}");
        }
    }
}

#[tokio::test]
async fn a_sentence_about_a_token_holds_nothing_of_it() {
    let it = SignIn::new().await;
    it.provider.behave(|it| drop(it.claims.insert("nonce".into(), "x".into())));
    let refused = it.sign_in().await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider's id token is not valid: it belongs to another sign-in");
    assert!(!format!("{refused:?}").contains("ey"));
}
