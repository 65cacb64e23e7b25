//! What a request says about its signer, and whether that is true.

use axum::http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use secrecy::SecretString;
use subtle::ConstantTimeEq as _;

use super::authorization::Authorization;
use super::canonical::Canonical;
use super::date::{AmzDate, Skew};
use super::error::SignatureError;
use super::{crypto, uri};

/// Headers of which there may be one at most: with two, the signature could be about the one and the server obey the other.
const ALONE: [&str; 5] = ["authorization", "x-amz-date", "x-amz-target", "x-amz-content-sha256", "host"];

/// Regions appear in ARNs; the longest real one has 16 characters.
const REGION_CHARS_MAX: usize = 64;

/// A request without its body, as it was received.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// The query string without its question mark, still percent-encoded.
    pub query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
}

/// What a signature must be for.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The services whose scope is accepted, the right one first.
    pub services: &'a [&'a str],
    /// The only region whose scope is accepted; any, if there is none.
    pub region: Option<&'a str>,
    /// The time here.
    pub now: Timestamp,
}

/// What the headers of a request claim. Nothing of it is proven before [`Claim::verify`].
pub struct Claim {
    authorization: Authorization,
    date: AmzDate,
    body_sha256: Option<String>,
}

impl Claim {
    /// Reads what the headers claim, and checks what needs no secret: form, scope, time, and that everything is signed that must be.
    ///
    /// # Errors
    /// The first of these that fails, in that order. A session token is [`SignatureError::Unrecognized`], because nobody issues any.
    pub fn read(head: &Head<'_>, expected: &Expected<'_>) -> Result<Self, SignatureError> {
        refuse_presigned(head.query)?;
        for name in ALONE {
            if head.headers.get_all(name).iter().nth(1).is_some() {
                return Err(SignatureError::Duplicate(name));
            }
        }
        let header = head.headers.get("authorization").ok_or(SignatureError::Missing)?;
        let authorization = Authorization::parse(header.to_str().unwrap_or_default())?;
        let date = read_date(head.headers)?;
        check_scope(&authorization, date, expected)?;
        check_time(date, expected.now)?;
        check_signed_headers(&authorization.signed_headers, head.headers)?;
        let body_sha256 = read_body_sha256(head.headers)?;
        if head.headers.contains_key("x-amz-security-token") {
            return Err(SignatureError::Unrecognized);
        }
        Ok(Self { authorization, date, body_sha256 })
    }

    /// The identifier of the key that is said to have signed.
    pub fn access_key_id(&self) -> &str {
        &self.authorization.access_key_id
    }

    /// The region of the scope.
    pub fn region(&self) -> &str {
        &self.authorization.region
    }

    /// Checks the signature over head and body, in time that does not depend on where a wrong signature differs.
    ///
    /// # Errors
    /// [`SignatureError::PayloadMismatch`] if the body is not the one whose hash was sent; else [`SignatureError::Mismatch`].
    pub fn verify(&self, head: &Head<'_>, body: &[u8], secret: &SecretString) -> Result<(), SignatureError> {
        let body_sha256 = crypto::sha256_hex(body);
        if self.body_sha256.as_ref().is_some_and(|sent| *sent != body_sha256) {
            return Err(SignatureError::PayloadMismatch);
        }
        let Authorization { day, region, service, signed_headers, signature, .. } = &self.authorization;
        let canonical = Canonical {
            method: head.method,
            path: head.path,
            query: head.query,
            headers: head.headers,
            signed_headers,
            body_sha256: &body_sha256,
        };
        let computed =
            crypto::signature(secret, day, region, service, &canonical.string_to_sign(self.date, region, service));
        if bool::from(computed.as_bytes().ct_eq(signature.as_bytes())) { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}

fn refuse_presigned(query: &str) -> Result<(), SignatureError> {
    let presigned = query.split('&').any(|pair| {
        let name = uri::decode(pair.split('=').next().unwrap_or_default());
        [b"x-amz-signature".as_slice(), b"x-amz-algorithm", b"x-amz-credential"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    });
    if presigned { Err(SignatureError::Presigned) } else { Ok(()) }
}

fn read_date(headers: &HeaderMap) -> Result<AmzDate, SignatureError> {
    let header = headers.get("x-amz-date").ok_or_else(|| {
        SignatureError::Incomplete(vec!["Authorization header requires existence of a 'X-Amz-Date' header."])
    })?;
    let date = header.to_str().ok().and_then(AmzDate::parse);
    date.ok_or_else(|| SignatureError::Incomplete(vec!["'X-Amz-Date' must have the form YYYYMMDD'T'HHMMSS'Z'."]))
}

fn check_scope(authorization: &Authorization, date: AmzDate, expected: &Expected<'_>) -> Result<(), SignatureError> {
    let Authorization { day, region, service, .. } = authorization;
    if !expected.services.contains(&service.as_str()) {
        let right = expected.services.first().copied().unwrap_or_default();
        return Err(SignatureError::Scope(format!("Credential should be scoped to correct service: '{right}'.")));
    }
    let plausible = (1..=REGION_CHARS_MAX).contains(&region.len())
        && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !plausible || expected.region.is_some_and(|pinned| pinned != region) {
        return Err(SignatureError::Scope("Credential should be scoped to a valid region".to_owned()));
    }
    if *day != date.day() {
        return Err(SignatureError::Scope(format!(
            "Date in Credential scope does not match the day of 'X-Amz-Date': '{}'.",
            date.day()
        )));
    }
    Ok(())
}

fn check_time(signed: AmzDate, now: Timestamp) -> Result<(), SignatureError> {
    match signed.skew(now) {
        None => Ok(()),
        Some(Skew::Past(limit)) => Err(SignatureError::Expired { signed, limit, now: AmzDate::new(now) }),
        Some(Skew::Future(limit)) => Err(SignatureError::NotYetCurrent { signed, limit, now: AmzDate::new(now) }),
    }
}

fn check_signed_headers(signed: &[String], headers: &HeaderMap) -> Result<(), SignatureError> {
    let ascending = signed.windows(2).all(|pair| pair[0] < pair[1]);
    let lower_case = signed.iter().all(|name| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase()));
    if !ascending || !lower_case {
        return Err(SignatureError::SignedHeaders);
    }
    let is_signed = |name: &str| signed.iter().any(|signed| signed == name);
    if !is_signed("host") {
        return Err(SignatureError::Unsigned("host".to_owned()));
    }
    if !signed.iter().all(|name| headers.contains_key(name)) {
        return Err(SignatureError::Mismatch);
    }
    // A header map's names are lower-case.
    match headers.keys().map(HeaderName::as_str).find(|name| name.starts_with("x-amz-") && !is_signed(name)) {
        Some(name) => Err(SignatureError::Unsigned(name.to_owned())),
        None => Ok(()),
    }
}

/// The hash of the body that the client sent along, if it did. What is no hash declares the body unsigned, or signed in pieces.
fn read_body_sha256(headers: &HeaderMap) -> Result<Option<String>, SignatureError> {
    let Some(header) = headers.get("x-amz-content-sha256") else { return Ok(None) };
    let hash =
        header.to_str().ok().filter(|text| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hash.map(|hash| Some(hash.to_owned())).ok_or(SignatureError::Payload)
}
