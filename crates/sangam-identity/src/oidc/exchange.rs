//! A code for tokens, and an access token for claims.

use std::fmt::Write as _;

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::OidcError;
use super::http::{Http, answer, parse};
use super::id_token::Claims;
use super::provider::Provider;
use super::settings::OidcSettings;
use crate::text::clean;
use crate::token::equal;

/// Longest code of an error that is repeated.
const CODE_CHARS_MAX: usize = 64;

/// What a code was exchanged for.
#[derive(Debug)]
pub(super) struct Tokens {
    pub id_token: SecretString,
    pub access_token: Option<SecretString>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
}

/// Exchanges `code`, which was asked for with the challenge of `verifier`.
pub(super) async fn exchange(
    http: &Http,
    provider: &Provider,
    settings: &OidcSettings,
    code: &str,
    verifier: &str,
) -> Result<Tokens, OidcError> {
    const WHAT: &str = "token answer";
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", settings.redirect_url.as_str()),
        ("code_verifier", verifier),
    ];
    let mut login = None;
    match &settings.client_secret {
        Some(secret) if !provider.secret_in_form => {
            // RFC 6749, section 2.3.1: both are encoded as in a form before they are joined.
            login = Some((encode(&settings.client_id), encode(secret.expose_secret())));
        }
        secret => {
            form.push(("client_id", &settings.client_id));
            form.extend(secret.as_ref().map(|secret| ("client_secret", secret.expose_secret())));
        }
    }
    let (status, body) = http.post(WHAT, &provider.token, &form, login).await?;
    if status == StatusCode::OK {
        let tokens: TokenAnswer = parse(WHAT, &body)?;
        return Ok(Tokens { id_token: tokens.id_token.into(), access_token: tokens.access_token.map(Into::into) });
    }
    match serde_json::from_slice::<ErrorAnswer>(&body) {
        Ok(refused) => Err(OidcError::Exchange { code: error_code(&refused.error) }),
        Err(_) => Err(answer(WHAT, format!("its status is {}", status.as_u16()))),
    }
}

/// What the userinfo endpoint tells the bearer of `tokens` about `sub`; `None` if it cannot be asked.
///
/// # Errors
/// Also if it tells about somebody else.
pub(super) async fn userinfo(
    http: &Http,
    provider: &Provider,
    tokens: &Tokens,
    sub: &str,
) -> Result<Option<Claims>, OidcError> {
    const WHAT: &str = "userinfo answer";
    let (Some(url), Some(token)) = (&provider.userinfo, &tokens.access_token) else { return Ok(None) };
    let claims: Claims = http.get_as(WHAT, url, token.expose_secret()).await?;
    if claims.get("sub").and_then(Value::as_str).is_some_and(|told| equal(told, sub)) {
        return Ok(Some(claims));
    }
    Err(answer(WHAT, "it is about somebody else".to_owned()))
}

/// A provider's error code as it may be repeated: these are words of a closed set, and anything may come in their place.
pub(super) fn error_code(code: &str) -> String {
    let code: String = code.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '_').collect();
    let code = clean(&code, CODE_CHARS_MAX);
    if code.is_empty() { "unknown".to_owned() } else { code }
}

/// `text` as in a form. A space as `%20`, which every reader of forms takes.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes whatever is written");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_survives_the_header() {
        assert_eq!(encode("a:b c%ü-._~"), "a%3Ab%20c%25%C3%BC-._%7E");
    }

    #[test]
    fn a_code_is_a_word() {
        assert_eq!(error_code("access_denied"), "access_denied");
        assert_eq!(error_code("<script>"), "script");
        assert_eq!(error_code("\u{202e}"), "unknown");
        assert_eq!(error_code(&"a".repeat(1000)).len(), CODE_CHARS_MAX);
    }
}
