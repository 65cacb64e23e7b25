//! Secrets that a browser keeps, and what is derived from them.
//!
//! A token is 256 random bits in base64url. It is stored nowhere: its SHA-256 finds the row, and what a browser must present together with it
//! is an HMAC under it. A token has so much entropy that a plain hash is enough.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of a token.
const TOKEN_BYTES: usize = 32;
/// Characters of a token: its bytes in base64url.
const TOKEN_CHARS: usize = 43;
/// What the token against forged requests is the HMAC of.
const CSRF: &str = "csrf";

/// A new token.
pub(crate) fn random() -> SecretString {
    let mut bytes = [0_u8; TOKEN_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes).into()
}

/// Whether `text` could be a token of ours.
pub(crate) fn is_token(text: &str) -> bool {
    text.len() == TOKEN_CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// What a token is found by.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// What `token` makes of `purpose` and `value`: 256 bits in base64url, of use only to who has the token.
pub(crate) fn derive(token: &str, purpose: &str, value: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(value.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// `text` in base64url.
pub(crate) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The text that [`encode`] took.
pub(crate) fn decode(encoded: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// The token against forged requests that belongs to the cookie value `token`.
pub(crate) fn csrf(token: &str) -> String {
    derive(token, CSRF, "")
}

/// Whether the two are equal, in a time that does not tell where they differ.
pub(crate) fn equal(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// A secret in a cookie of a browser in which nobody has signed in yet. It binds a sign-in to the browser that began it, and its forms to
/// pages that came from here.
#[derive(Debug, Clone)]
pub struct BrowserBinding(SecretString);

impl BrowserBinding {
    /// A new one.
    pub fn generate() -> Self {
        Self(random())
    }

    /// The one that a cookie holds; `None` if it does not have the form of one.
    pub fn parse(cookie: &str) -> Option<Self> {
        is_token(cookie).then(|| Self(cookie.to_owned().into()))
    }

    /// The cookie's value.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What a form in this browser carries in a hidden field.
    pub fn csrf(&self) -> String {
        csrf(self.expose())
    }

    /// Whether a form carried the right one, in constant time.
    pub fn csrf_matches(&self, presented: &str) -> bool {
        equal(&self.csrf(), presented)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (one, other) = (random(), random());
        assert!(is_token(one.expose_secret()) && is_token(other.expose_secret()));
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert!(!is_token("short") && !is_token(&"!".repeat(TOKEN_CHARS)));
    }

    #[test]
    fn what_is_derived_depends_on_token_purpose_and_value() {
        let derived = derive("t", "nonce", "s");
        for other in [derive("u", "nonce", "s"), derive("t", "verifier", "s"), derive("t", "nonce", "r")] {
            assert_ne!(derived, other);
        }
        assert_ne!(derive("t", "a", "b"), derive("t", "ab", ""));
        assert_eq!(derived, derive("t", "nonce", "s"));
    }

    #[test]
    fn a_binding_is_a_secret_with_a_form() {
        let binding = BrowserBinding::generate();
        assert!(binding.csrf_matches(&BrowserBinding::parse(binding.expose()).unwrap().csrf()));
        assert!(!binding.csrf_matches("") && !binding.csrf_matches(&BrowserBinding::generate().csrf()));
        assert!(BrowserBinding::parse("x").is_none());
        assert!(!format!("{binding:?}").contains(binding.expose()));
    }
}
