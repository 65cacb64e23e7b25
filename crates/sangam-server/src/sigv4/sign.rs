//! The client's side: signing our own command line's requests.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use secrecy::SecretString;

use super::canonical::Canonical;
use super::date::AmzDate;
use super::{ALGORITHM, TERMINATOR, crypto};

/// A key with its secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The key's identifier.
    pub access_key_id: String,
    /// The key's secret.
    pub secret: SecretString,
}

/// A request that is about to be signed.
#[derive(Clone, Copy)]
pub struct Unsigned<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path as it will be sent, percent-encoded.
    pub path: &'a str,
    /// The query string as it will be sent, percent-encoded, without the question mark.
    pub query: &'a str,
    /// The headers that will be signed: `host` must be among them, with its port if that is not the scheme's own; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body as it will be sent.
    pub body: &'a [u8],
}

/// Returns the headers to add to the request: `x-amz-date`, `x-amz-content-sha256` and `authorization`.
///
/// Every header of the request is signed; what no HTTP header can be is left out, because it will not be sent either.
pub fn sign(
    request: &Unsigned<'_>,
    credentials: &Credentials,
    region: &str,
    service: &str,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    let (date, body_sha256) = (AmzDate::new(now), crypto::sha256_hex(request.body));
    let mut headers = HeaderMap::new();
    let own = [("x-amz-date", date.to_string()), ("x-amz-content-sha256", body_sha256.clone())];
    let given = request.headers.iter().copied();
    for (name, value) in given.chain(own.iter().map(|(name, value)| (*name, value.as_str()))) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    let mut signed_headers: Vec<String> = headers.keys().map(ToString::to_string).collect();
    signed_headers.sort();
    let canonical = Canonical {
        method: request.method,
        path: request.path,
        query: request.query,
        headers: &headers,
        signed_headers: &signed_headers,
        body_sha256: &body_sha256,
    };
    let string_to_sign = canonical.string_to_sign(date, region, service);
    let signature = crypto::signature(&credentials.secret, &date.day(), region, service, &string_to_sign);
    let authorization = format!(
        "{ALGORITHM} Credential={}/{}/{region}/{service}/{TERMINATOR}, SignedHeaders={}, Signature={signature}",
        credentials.access_key_id,
        date.day(),
        signed_headers.join(";")
    );
    own.into_iter().chain([("authorization", authorization)]).collect()
}
