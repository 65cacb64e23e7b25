//! What a provider says about itself: discovery, remembered for a while.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::Url;
use serde::Deserialize;

use super::OidcError;
use super::http::{Http, answer};
use super::settings::is_secure;
use crate::Clock;

/// How long discovery is believed.
const FRESH_MAX: Duration = Duration::from_hours(1);
/// How long it is believed if the provider cannot tell it anew.
const STALE_MAX: Duration = Duration::from_hours(24);
/// What the document is called in sentences.
const WHAT: &str = "discovery document";

/// A provider's endpoints and abilities.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    /// Exactly what its tokens name as their issuer.
    pub issuer: String,
    pub authorization: Url,
    pub token: Url,
    pub keys: Url,
    pub userinfo: Option<Url>,
    pub end_session: Option<Url>,
    /// Whether a client shows its secret in the form and not in a header.
    pub secret_in_form: bool,
    /// Whether it says who it is when it sends a browser back.
    pub tells_issuer: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// The provider as it was last seen.
#[derive(Debug)]
pub(super) struct Discovery {
    issuer: String,
    seen: Mutex<Option<(i64, Arc<Provider>)>>,
}

impl Discovery {
    pub(super) fn new(issuer: &str) -> Self {
        Self { issuer: issuer.trim_end_matches('/').to_owned(), seen: Mutex::new(None) }
    }

    /// The provider, asked again if what is known is old.
    pub(super) async fn provider(&self, http: &Http, clock: &Clock) -> Result<Arc<Provider>, OidcError> {
        let now = clock.now_ms();
        let seen = self.seen.lock().clone();
        let known = |age_max: Duration| {
            seen.as_ref()
                .filter(|(at, _)| now - at < age_max.as_millis() as i64)
                .map(|(_, provider)| Arc::clone(provider))
        };
        if let Some(provider) = known(FRESH_MAX) {
            return Ok(provider);
        }
        match self.fetch(http).await {
            Ok(provider) => {
                let provider = Arc::new(provider);
                *self.seen.lock() = Some((now, Arc::clone(&provider)));
                Ok(provider)
            }
            Err(error) => {
                let Some(provider) = known(STALE_MAX) else { return Err(error) };
                tracing::warn!(%error, "the OpenID provider does not tell its endpoints; those from before are used");
                Ok(provider)
            }
        }
    }

    async fn fetch(&self, http: &Http) -> Result<Provider, OidcError> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer);
        let url = Url::parse(&address)
            .map_err(|_| OidcError::Setting { setting: "issuer", problem: "it is no address".into() })?;
        provider(&self.issuer, http.get(WHAT, &url).await?)
    }
}

/// The provider that `document` describes, if it is the one at `issuer` and speaks to us in private.
fn provider(issuer: &str, document: Document) -> Result<Provider, OidcError> {
    if document.issuer.trim_end_matches('/') != issuer {
        return Err(answer(WHAT, format!("it is of another issuer than `{issuer}`")));
    }
    let endpoint = |name: &str, address: &str| match Url::parse(address) {
        Ok(url) if is_secure(&url) => Ok(url),
        _ => Err(answer(WHAT, format!("its `{name}` is no address that begins with `https://`"))),
    };
    let optional = |name: &str, address: Option<&String>| address.map(|address| endpoint(name, address)).transpose();
    let supports = |method: &str| {
        // Who says nothing about it means this one.
        let supported = document.token_endpoint_auth_methods_supported.as_deref();
        supported.map_or(method == "client_secret_basic", |methods| methods.iter().any(|it| it == method))
    };
    Ok(Provider {
        authorization: endpoint("authorization_endpoint", &document.authorization_endpoint)?,
        token: endpoint("token_endpoint", &document.token_endpoint)?,
        keys: endpoint("jwks_uri", &document.jwks_uri)?,
        userinfo: optional("userinfo_endpoint", document.userinfo_endpoint.as_ref())?,
        end_session: optional("end_session_endpoint", document.end_session_endpoint.as_ref())?,
        secret_in_form: !supports("client_secret_basic") && supports("client_secret_post"),
        tells_issuer: document.authorization_response_iss_parameter_supported,
        issuer: document.issuer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(change: impl FnOnce(&mut serde_json::Value)) -> Document {
        let mut document = serde_json::json!({
            "issuer": "https://id.example/",
            "authorization_endpoint": "https://id.example/authorize",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://keys.example/jwks",
        });
        change(&mut document);
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn a_document_is_of_its_issuer_and_its_endpoints_are_private() {
        let found = provider("https://id.example", document(|_| ())).unwrap();
        assert_eq!(found.issuer, "https://id.example/", "what its tokens will say");
        assert!(!found.secret_in_form && !found.tells_issuer);
        assert!(provider("https://other.example", document(|_| ())).is_err());
        for name in
            ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"]
        {
            let refused = provider("https://id.example", document(|it| it[name] = "http://id.example/x".into()));
            assert!(refused.unwrap_err().to_string().contains(name));
        }
    }

    #[test]
    fn the_secret_goes_where_the_provider_takes_it() {
        for (methods, expected) in [
            (serde_json::json!(["client_secret_post"]), true),
            (serde_json::json!(["client_secret_post", "client_secret_basic"]), false),
            (serde_json::json!(["private_key_jwt"]), false),
        ] {
            let found = document(|it| it["token_endpoint_auth_methods_supported"] = methods);
            assert_eq!(provider("https://id.example", found).unwrap().secret_in_form, expected);
        }
    }
}
