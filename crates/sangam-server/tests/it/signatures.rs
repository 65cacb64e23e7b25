//! Signatures made by botocore, and what tampering does to them.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use sangam_api::ErrorKind;
use sangam_server::sigv4::{Claim, Expected, Head, SignatureError};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    now: String,
    access_key_id: String,
    secret: String,
    vectors: Vec<Vector>,
}

#[derive(Clone, Deserialize)]
struct Vector {
    name: String,
    service: String,
    region: String,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../data/botocore-vectors.json")).unwrap()
}

fn now() -> jiff::Timestamp {
    vectors().now.parse().unwrap()
}

fn vector(name: &str) -> Vector {
    vectors().vectors.into_iter().find(|vector| vector.name == name).unwrap()
}

impl Vector {
    fn header(&mut self, name: &str) -> &mut String {
        &mut self.headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)).unwrap().1
    }

    fn authorization(mut self, from: &str, to: &str) -> Self {
        let header = self.header("authorization");
        assert!(header.contains(from));
        *header = header.replace(from, to);
        self
    }

    fn plus(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Verifies as the server does, with the right secret.
    fn verify(&self) -> Result<(), SignatureError> {
        let world = vectors();
        self.verify_with(&world.secret, now())
    }

    fn verify_with(&self, secret: &str, now: jiff::Timestamp) -> Result<(), SignatureError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let head = Head { method: &self.method, path: &self.path, query: &self.query, headers: &headers };
        let claim = Claim::read(&head, &Expected { services: &[&self.service], region: None, now })?;
        assert_eq!((claim.access_key_id(), claim.region()), (vectors().access_key_id.as_str(), self.region.as_str()));
        claim.verify(&head, self.body.as_bytes(), &secret.into())
    }
}

#[test]
fn what_botocore_signs_is_accepted() {
    let accepted = vectors().vectors.into_iter().filter(|vector| vector.name != "session_token");
    let results: Vec<_> = accepted.map(|vector| (vector.name.clone(), vector.verify())).collect();
    assert_eq!(results.len(), 8);
    for (name, result) in results {
        assert_eq!(result, Ok(()), "{name}");
    }
}

#[test]
fn a_session_token_is_nobodys() {
    let error = vector("session_token").verify().unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::UnrecognizedClient, "The security token included in the request is invalid.")
    );
}

#[test]
fn every_altered_part_breaks_the_signature() {
    let original = vector("javascript_query");
    let mut altered = vec![
        Vector { method: "PUT".to_owned(), ..original.clone() },
        Vector { path: "/other".to_owned(), ..original.clone() },
        Vector { query: "a=1".to_owned(), ..original.clone() },
        original.clone().authorization("eu-west-1", "eu-west-2"),
        original.clone().authorization("Signature=", "Signature=0"),
    ];
    for name in ["amz-sdk-invocation-id", "content-length", "content-type", "host", "x-amz-target", "x-amz-user-agent"]
    {
        let mut vector = original.clone();
        vector.header(name).push('1');
        altered.push(vector);
    }
    for (at, vector) in altered.iter_mut().enumerate() {
        vector.region = if at == 3 { "eu-west-2".to_owned() } else { vector.region.clone() };
        assert_eq!(vector.verify(), Err(SignatureError::Mismatch), "alteration {at}");
    }
    let body = Vector { body: original.body.replace("Urlaub", "Gehalt"), ..original.clone() };
    assert_eq!(body.verify(), Err(SignatureError::PayloadMismatch));
    assert_eq!(original.verify_with("another secret", now()), Err(SignatureError::Mismatch));
    let body = Vector { body: "{}".to_owned(), ..vector("boto_query") };
    assert_eq!(body.verify(), Err(SignatureError::Mismatch), "a body whose hash was not sent along");
}

#[test]
fn order_and_values_of_a_query_are_signed_and_its_encoding_is_not() {
    let original = vector("path_and_query");
    for query in ["user=eve%40example.org&b=2&a=1&a=0&flag", "user=ada%40example.org&b=2&a=1&flag", ""] {
        assert_eq!(
            Vector { query: query.to_owned(), ..original.clone() }.verify(),
            Err(SignatureError::Mismatch),
            "{query}"
        );
    }
    let reordered = Vector { query: "a=0&a=1&b=2&flag=&user=ada@example.org".to_owned(), ..original };
    assert_eq!(reordered.verify(), Ok(()));
}

#[test]
fn the_clock_may_be_five_minutes_off() {
    let (vector, now) = (vector("boto_query"), now());
    let at = |minutes: i64, seconds: i64| now + jiff::SignedDuration::from_secs(minutes * 60 + seconds);
    let verify = |now| vector.verify_with(&vectors().secret, now);
    assert_eq!((verify(at(5, 0)), verify(at(-5, 0))), (Ok(()), Ok(())));
    let (late, early) = (verify(at(5, 1)).unwrap_err(), verify(at(-5, -1)).unwrap_err());
    assert_eq!((late.kind(), early.kind()), (ErrorKind::InvalidSignature, ErrorKind::InvalidSignature));
    assert_eq!(
        late.to_string(),
        "Signature expired: 20261124T093000Z is now earlier than 20261124T093001Z (20261124T093501Z - 5 min.)"
    );
    assert_eq!(
        early.to_string(),
        "Signature not yet current: 20261124T093000Z is still later than 20261124T092959Z (20261124T092459Z + 5 min.)"
    );
}

#[test]
fn scopes_must_be_for_this_service_day_and_protocol() {
    let scope = |from, to| vector("boto_query").authorization(from, to).verify().unwrap_err();
    assert_eq!(
        scope("/kendra/", "/secretsmanager/").to_string(),
        "Credential should be scoped to correct service: 'kendra'."
    );
    assert!(scope("aws4_request", "aws3_request").to_string().contains("terminator"));
    assert!(scope("/20261124/", "/20261123/").to_string().contains("Date in Credential scope"));
    for region in ["", "EU-WEST-1", "eu west", "a\"b", &"x".repeat(65)] {
        assert_eq!(
            scope("eu-central-1", region),
            SignatureError::Scope("Credential should be scoped to a valid region".to_owned()),
            "{region}"
        );
    }
}

#[test]
fn a_header_that_must_stand_alone_does() {
    for (name, header) in [
        ("authorization", "Authorization"),
        ("x-amz-date", "X-Amz-Date"),
        ("x-amz-target", "X-Amz-Target"),
        ("host", "Host"),
    ] {
        let mut vector = vector("boto_query");
        let value = vector.header(name).clone();
        assert_eq!(vector.plus(header, &value).verify(), Err(SignatureError::Duplicate(name)));
    }
}

#[test]
fn what_steers_a_request_must_be_signed() {
    let unsigned = |vector: Vector| vector.verify().unwrap_err().to_string();
    let without = |name: &str| vector("boto_query").authorization(name, "");
    assert_eq!(unsigned(without("host;")), "'host' must be a 'SignedHeader' in the AWS Authorization.");
    assert_eq!(unsigned(without(";x-amz-target")), "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.");
    let added = vector("boto_query").plus("X-Amz-Acl", "public");
    assert_eq!(unsigned(added), "'x-amz-acl' must be a 'SignedHeader' in the AWS Authorization.");
    let harmless = vector("boto_query").plus("X-Amzn-Trace-Id", "Root=1").plus("Accept", "*/*");
    assert_eq!(harmless.verify(), Ok(()));
}

#[test]
fn signed_headers_are_sorted_lower_case_and_present() {
    let signed = "content-type;host;x-amz-date;x-amz-target";
    for list in [
        "host;content-type;x-amz-date;x-amz-target",
        "Content-Type;host;x-amz-date;x-amz-target",
        "host;host;x-amz-date;x-amz-target",
        ";host",
    ] {
        assert_eq!(
            vector("boto_query").authorization(signed, list).verify(),
            Err(SignatureError::SignedHeaders),
            "{list}"
        );
    }
    let absent = vector("boto_query").authorization(signed, "content-type;host;via;x-amz-date;x-amz-target");
    assert_eq!(absent.verify(), Err(SignatureError::Mismatch));
}

#[test]
fn a_body_is_hashed_and_nothing_else() {
    for value in
        ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "", "abc"]
    {
        let mut vector = vector("javascript_query");
        value.clone_into(vector.header("x-amz-content-sha256"));
        assert_eq!(vector.verify(), Err(SignatureError::Payload), "{value}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let without = |name: &str| {
        let mut vector = vector("boto_query");
        vector.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        vector.verify().unwrap_err()
    };
    assert_eq!(without("authorization"), SignatureError::Missing);
    assert!(without("x-amz-date").to_string().contains("'X-Amz-Date'"));
    let mut vector = vector("boto_query");
    "yesterday".clone_into(vector.header("x-amz-date"));
    assert_eq!(vector.verify().unwrap_err().kind(), ErrorKind::IncompleteSignature);
}

#[test]
fn the_presigned_form_is_refused() {
    for query in
        ["X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=ab", "a=1&x-amz-signature=ab", "X%2DAmz-Credential=k"]
    {
        let vector = Vector { query: query.to_owned(), headers: Vec::new(), ..vector("boto_query") };
        assert_eq!(vector.verify(), Err(SignatureError::Presigned), "{query}");
    }
    assert_eq!(SignatureError::Presigned.kind(), ErrorKind::AccessDenied);
}
