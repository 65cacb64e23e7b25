//! What `sign` signs, `verify` accepts; and nothing near it.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use sangam_server::sigv4::{Claim, Credentials, Expected, Head, SignatureError, Unsigned, sign};

use crate::world::now;

fn verify(request: &Unsigned<'_>, added: &[(&'static str, String)], secret: &str) -> Result<(), SignatureError> {
    let mut headers = HeaderMap::new();
    let given = request.headers.iter().copied();
    for (name, value) in given.chain(added.iter().map(|(name, value)| (*name, value.as_str()))) {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let head = Head { method: request.method, path: request.path, query: request.query, headers: &headers };
    let claim = Claim::read(&head, &Expected { services: &["sangam"], region: Some("eu-west-1"), now: now() })?;
    claim.verify(&head, request.body, &secret.into())
}

proptest! {
    #[test]
    fn signed_requests_verify_and_altered_ones_do_not(
        path in "/[a-zA-Z0-9%/._~-]{0,40}",
        query in "([a-c]{1,2}=[a-z0-9%+/ ]{0,5}&?){0,5}",
        note in "[ -~]{0,30}",
        body in prop::collection::vec(any::<u8>(), 0..64),
        other in any::<u8>(),
    ) {
        let headers = [("Host", "localhost:8722"), ("X-Amz-Note", note.as_str())];
        let request = Unsigned { method: "POST", path: &path, query: &query, headers: &headers, body: &body };
        let credentials = Credentials { access_key_id: "KEY".to_owned(), secret: "secret".into() };
        let added = sign(&request, &credentials, "eu-west-1", "sangam", now());
        prop_assert_eq!(verify(&request, &added, "secret"), Ok(()));
        prop_assert_eq!(verify(&request, &added, "secret."), Err(SignatureError::Mismatch));
        let longer: Vec<u8> = body.iter().copied().chain([other]).collect();
        prop_assert_eq!(verify(&Unsigned { body: &longer, ..request }, &added, "secret"), Err(SignatureError::PayloadMismatch));
        let elsewhere = format!("{path}x");
        prop_assert_eq!(verify(&Unsigned { path: &elsewhere, ..request }, &added, "secret"), Err(SignatureError::Mismatch));
    }

    #[test]
    fn no_header_makes_the_verifier_panic(authorization in "(AWS4-HMAC-SHA256 )?[ -~]{0,80}", date in "[0-9TZ]{0,17}", query in "[ -~]{0,20}") {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", authorization.parse().unwrap());
        headers.insert("x-amz-date", date.parse().unwrap());
        let head = Head { method: "POST", path: "/", query: &query, headers: &headers };
        let claim = Claim::read(&head, &Expected { services: &["sangam"], region: None, now: now() });
        prop_assert!(claim.is_err());
    }
}
