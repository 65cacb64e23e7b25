//! The keys that a provider signs with: which of them may have made a signature, and when to ask for newer ones.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;

use super::OidcError;
use super::http::Http;
use super::provider::Provider;
use crate::Clock;

/// How long keys are believed: a key that the provider takes back is good for no longer.
const FRESH_MAX: Duration = Duration::from_hours(1);
/// How long keys are believed if the provider cannot tell them anew.
const STALE_MAX: Duration = Duration::from_hours(24);
/// How often newer keys are asked for at most: tokens with unknown keys are no way to flood the provider.
const NEWER_EVERY: Duration = Duration::from_secs(10);
/// Keys of a set that are looked at; providers publish a handful.
const KEYS_MAX: usize = 64;
/// Shortest RSA modulus, in bytes: RFC 7518 asks for 2048 bits.
const RSA_BYTES_MIN: usize = 256;

/// A key that verifies signatures.
#[derive(Debug)]
pub(super) struct Key {
    id: Option<String>,
    only: Option<Algorithm>,
    key: DecodingKey,
}

/// A provider's keys at some time.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Key>);

impl KeySet {
    /// The keys of a set that can be used; those that cannot are left out.
    fn new(keys: Vec<Value>) -> Self {
        Self(keys.into_iter().take(KEYS_MAX).filter_map(key).collect())
    }

    /// The keys that a signature by `algorithm` with the key `id` can be of. Without an id any of the algorithm's family may be.
    pub(super) fn candidates(&self, algorithm: Algorithm, id: Option<&str>) -> Vec<&DecodingKey> {
        let fits = |key: &&Key| {
            key.key.family() == algorithm.family()
                && key.only.is_none_or(|only| only == algorithm)
                && id.is_none_or(|id| key.id.as_deref() == Some(id))
        };
        self.0.iter().filter(fits).map(|key| &key.key).collect()
    }
}

/// The key of a JWK; `None` if it is symmetric, weak, for encryption, or of no kind that is known.
fn key(value: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption)) {
        return None;
    }
    match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) if URL_SAFE_NO_PAD.decode(&rsa.n).ok()?.len() < RSA_BYTES_MIN => return None,
        AlgorithmParameters::RSA(_) | AlgorithmParameters::EllipticCurve(_) | AlgorithmParameters::OctetKeyPair(_) => {}
        _ => return None,
    }
    let only = match jwk.common.key_algorithm {
        None => None,
        Some(named) => Some(named.to_string().parse().ok()?),
    };
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some(Key { id: jwk.common.key_id, only, key })
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// When keys were last had and asked for.
#[derive(Debug, Default)]
struct Seen {
    keys: Option<(i64, Arc<KeySet>)>,
    asked_at: Option<i64>,
}

/// A provider's keys as they were last seen.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<Seen>);

impl Keys {
    /// The keys, asked again if what is known is old.
    pub(super) async fn current(
        &self,
        http: &Http,
        provider: &Provider,
        clock: &Clock,
    ) -> Result<Arc<KeySet>, OidcError> {
        let now = clock.now_ms();
        let known = |age_max: Duration| {
            let seen = self.0.lock();
            seen.keys.as_ref().filter(|(at, _)| now - at < age_max.as_millis() as i64).map(|(_, keys)| Arc::clone(keys))
        };
        if let Some(keys) = known(FRESH_MAX) {
            return Ok(keys);
        }
        match self.fetch(http, provider, now).await {
            Ok(keys) => Ok(keys),
            Err(error) => {
                let Some(keys) = known(STALE_MAX) else { return Err(error) };
                tracing::warn!(%error, "the OpenID provider does not tell its keys; those from before are used");
                Ok(keys)
            }
        }
    }

    /// Newer keys, after one was lacking; `None` if they were asked for a moment ago.
    pub(super) async fn newer(
        &self,
        http: &Http,
        provider: &Provider,
        clock: &Clock,
    ) -> Result<Option<Arc<KeySet>>, OidcError> {
        let now = clock.now_ms();
        let asked_at = self.0.lock().asked_at;
        if asked_at.is_some_and(|asked_at| now - asked_at < NEWER_EVERY.as_millis() as i64) {
            return Ok(None);
        }
        self.fetch(http, provider, now).await.map(Some)
    }

    async fn fetch(&self, http: &Http, provider: &Provider, now: i64) -> Result<Arc<KeySet>, OidcError> {
        self.0.lock().asked_at = Some(now);
        let document: Document = http.get("key set", &provider.keys).await?;
        let keys = Arc::new(KeySet::new(document.keys));
        self.0.lock().keys = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(keys: &Value) -> KeySet {
        KeySet::new(keys.as_array().unwrap().clone())
    }

    #[test]
    fn symmetric_weak_foreign_and_broken_keys_are_left_out() {
        let strong = URL_SAFE_NO_PAD.encode([0xc1_u8; RSA_BYTES_MIN]);
        let weak = URL_SAFE_NO_PAD.encode([0xc1_u8; RSA_BYTES_MIN / 2]);
        let keys = set(&serde_json::json!([
            { "kty": "oct", "k": "c2VjcmV0", "kid": "oct" },
            { "kty": "RSA", "n": weak, "e": "AQAB", "kid": "weak" },
            { "kty": "RSA", "n": strong, "e": "AQAB", "kid": "enc", "use": "enc" },
            { "kty": "RSA", "n": strong, "e": "AQAB", "kid": "oaep", "alg": "RSA-OAEP" },
            { "kty": "RSA", "kid": "broken" },
            { "kty": "strange", "kid": "strange" },
            17,
            { "kty": "RSA", "n": strong, "e": "AQAB", "kid": "good", "use": "sig" },
        ]));
        let ids: Vec<_> = keys.0.iter().map(|key| key.id.clone().unwrap()).collect();
        assert_eq!(ids, ["good"]);
        assert!(keys.candidates(Algorithm::HS256, None).is_empty());
        assert!(keys.candidates(Algorithm::ES256, Some("good")).is_empty());
        assert_eq!(keys.candidates(Algorithm::PS256, Some("good")).len(), 1);
        assert!(keys.candidates(Algorithm::RS256, Some("other")).is_empty());
        assert_eq!(keys.candidates(Algorithm::RS256, None).len(), 1);
    }

    #[test]
    fn a_key_for_one_algorithm_is_for_no_other() {
        let strong = URL_SAFE_NO_PAD.encode([0xc1_u8; RSA_BYTES_MIN]);
        let keys = set(&serde_json::json!([{ "kty": "RSA", "n": strong, "e": "AQAB", "alg": "RS256" }]));
        assert_eq!(keys.candidates(Algorithm::RS256, None).len(), 1);
        assert!(keys.candidates(Algorithm::PS256, None).is_empty());
    }
}
