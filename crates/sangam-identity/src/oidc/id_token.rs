//! The id token: whether its signature is the provider's, and whether it is about this sign-in.
//!
//! The library checks signatures; the claims are checked here, where each has its own answer and its own test.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde_json::{Map, Value};

use super::TokenProblem;
use super::keys::KeySet;
use crate::text::is_identifier;
use crate::token::equal;

/// Signatures that only who has the provider's private key can make. No HMAC: its key would be one that we know too, or worse, the public one.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// How much clocks may differ, in seconds.
const LEEWAY_S: f64 = 60.0;
/// Longest `sub`, as OpenID Connect Core has it.
const SUB_CHARS_MAX: usize = 255;

/// The claims of a token.
pub(super) type Claims = Map<String, Value>;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now_ms: i64,
}

/// The header of `token`, if it is signed in a way that counts.
pub(super) fn header(token: &str) -> Result<Header, TokenProblem> {
    let header = jsonwebtoken::decode_header(token).map_err(|error| match error.kind() {
        // The library has no name for `none`, nor for anything else that is not in its list.
        ErrorKind::Json(_) | ErrorKind::InvalidAlgorithmName => TokenProblem::Algorithm,
        _ => TokenProblem::Malformed,
    })?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(TokenProblem::Algorithm);
    }
    // What is critical must be understood, and nothing is.
    if header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
        return Err(TokenProblem::Malformed);
    }
    Ok(header)
}

/// The claims of `token`, if one of `keys` made its signature.
pub(super) fn verified(token: &str, header: &Header, keys: &KeySet) -> Result<Claims, TokenProblem> {
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let id = header.kid.as_deref();
    let candidates = keys.candidates(header.alg, id);
    let decode = |key| jsonwebtoken::decode::<Claims>(token, key, &validation);
    if let Some(decoded) = candidates.iter().find_map(|key| decode(key).ok()) {
        return Ok(decoded.claims);
    }
    // A key that the token names and that did not make the signature is a forgery; otherwise there may be a newer key.
    if id.is_some() && !candidates.is_empty() { Err(TokenProblem::Signature) } else { Err(TokenProblem::UnknownKey) }
}

/// Checks that `claims` are about this sign-in, here and now. Returns the `sub`.
///
/// Source: OpenID Connect Core 1.0, section 3.1.3.7.
pub(super) fn checked<'c>(claims: &'c Claims, expected: Expected<'_>) -> Result<&'c str, TokenProblem> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(TokenProblem::Issuer);
    }
    if !is_for(claims, expected.client_id) {
        return Err(TokenProblem::Audience);
    }
    let now_s = expected.now_ms as f64 / 1000.0;
    let time = |name: &str| claims.get(name).map(|value| value.as_f64().unwrap_or(f64::NAN));
    if !time("exp").is_some_and(|expires_s| now_s < expires_s + LEEWAY_S) {
        return Err(TokenProblem::Expired);
    }
    let has_come = |since_s: f64| since_s <= now_s + LEEWAY_S;
    if !time("iat").is_some_and(has_come) || !time("nbf").is_none_or(has_come) {
        return Err(TokenProblem::NotYet);
    }
    if !text("nonce").is_some_and(|nonce| equal(nonce, expected.nonce)) {
        return Err(TokenProblem::Nonce);
    }
    text("sub").filter(|sub| is_identifier(sub, SUB_CHARS_MAX)).ok_or(TokenProblem::Subject)
}

/// Whether the token is for `client_id`: it is in `aud`, and if others are too, or an `azp` is there, that one is it.
fn is_for(claims: &Claims, client_id: &str) -> bool {
    let (is_in, has_others) = match claims.get("aud") {
        Some(Value::String(one)) => (one == client_id, false),
        Some(Value::Array(many)) => (many.iter().any(|one| one == client_id), many.iter().any(|one| one != client_id)),
        _ => (false, false),
    };
    is_in
        && match claims.get("azp") {
            None => !has_others,
            Some(party) => party == client_id,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW_S: i64 = 1_700_000_000;

    fn check(change: impl FnOnce(&mut Value)) -> Result<String, TokenProblem> {
        let mut claims = json!({
            "iss": "https://id.example", "aud": "sangam", "sub": "42", "nonce": "n", "exp": NOW_S + 300, "iat": NOW_S,
        });
        change(&mut claims);
        let expected = Expected { issuer: "https://id.example", client_id: "sangam", nonce: "n", now_ms: NOW_S * 1000 };
        checked(claims.as_object().unwrap(), expected).map(str::to_owned)
    }

    fn with(name: &str, value: Value) -> Result<String, TokenProblem> {
        check(|claims| claims[name] = value)
    }

    fn without(name: &str) -> Result<String, TokenProblem> {
        check(|claims| {
            claims.as_object_mut().unwrap().remove(name);
        })
    }

    #[test]
    fn every_claim_must_be_there_and_right() {
        assert_eq!(check(|_| ()), Ok("42".into()));
        let missing = [
            ("iss", TokenProblem::Issuer),
            ("aud", TokenProblem::Audience),
            ("exp", TokenProblem::Expired),
            ("iat", TokenProblem::NotYet),
            ("nonce", TokenProblem::Nonce),
            ("sub", TokenProblem::Subject),
        ];
        for (name, problem) in missing {
            assert_eq!(without(name), Err(problem), "without {name}");
            assert_eq!(with(name, Value::Null), Err(problem), "{name} is null");
            assert_eq!(with(name, json!({})), Err(problem), "{name} is an object");
        }
        assert_eq!(with("iss", json!("https://id.example/")), Err(TokenProblem::Issuer));
        assert_eq!(with("nonce", json!("m")), Err(TokenProblem::Nonce));
        for sub in [json!(""), json!(42), json!("a\nb"), json!("a".repeat(256))] {
            assert_eq!(with("sub", sub), Err(TokenProblem::Subject));
        }
    }

    #[test]
    fn clocks_may_differ_by_a_minute() {
        assert!(with("exp", json!(NOW_S - 59)).is_ok());
        assert_eq!(with("exp", json!(NOW_S - 60)), Err(TokenProblem::Expired));
        assert!(with("iat", json!(NOW_S + 60)).is_ok());
        assert_eq!(with("iat", json!(NOW_S + 61)), Err(TokenProblem::NotYet));
        assert_eq!(with("nbf", json!(NOW_S + 61)), Err(TokenProblem::NotYet));
        assert_eq!(with("nbf", json!("soon")), Err(TokenProblem::NotYet));
        assert_eq!(with("exp", json!("1e99")), Err(TokenProblem::Expired));
        assert!(with("exp", json!(NOW_S as f64 + 0.5)).is_ok());
    }

    #[test]
    fn a_token_for_others_too_says_who_asked_for_it() {
        assert!(with("aud", json!(["sangam"])).is_ok());
        assert_eq!(with("aud", json!([])), Err(TokenProblem::Audience));
        assert_eq!(with("aud", json!("other")), Err(TokenProblem::Audience));
        assert_eq!(with("aud", json!(["sangam", "other"])), Err(TokenProblem::Audience));
        assert_eq!(with("azp", json!("other")), Err(TokenProblem::Audience));
        let both = |party: &str| {
            let party = party.to_owned();
            check(|claims| {
                claims["aud"] = json!(["sangam", "other"]);
                claims["azp"] = party.into();
            })
        };
        assert!(both("sangam").is_ok());
        assert_eq!(both("other"), Err(TokenProblem::Audience));
    }

    #[test]
    fn headers_that_prove_nothing_are_refused() {
        use base64::Engine as _;
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let header_of = |text: &str| header(&format!("{}.e30.c2ln", encode(text))).map(|header| header.alg);
        for algorithm in ["none", "None", "HS256", "HS512", "ES999"] {
            let refused = header_of(&format!(r#"{{"alg":"{algorithm}"}}"#));
            assert_eq!(refused, Err(TokenProblem::Algorithm), "{algorithm}");
        }
        assert_eq!(header_of(r#"{"alg":"RS256","crit":["exp"]}"#), Err(TokenProblem::Malformed));
        assert_eq!(header_of(r#"{"alg":"RS256","kid":"1"}"#), Ok(Algorithm::RS256));
        for token in ["", "a", "a.b", "a.b.c.d.e"] {
            assert!(header(token).is_err(), "{token}");
        }
    }
}
