//! The servers that hand out tokens: Atlassian's for Cloud, a site's own for Data Center.

use std::time::Duration;

use reqwest::{
    StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::scopes::{CLOUD_SCOPES, DATA_CENTER_SCOPE};
use crate::{
    client::{certificate_refused, read_small},
    config::{ConfluenceConfig, Hosting},
    settings::ConfluenceSettings,
};

/// Atlassian's authorisation server.
const AUTH_URL: &str = "https://auth.atlassian.com";

/// An exchange is small; a server that takes longer than this is down.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// Why no tokens were handed out. Nothing of what was sent or answered is in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OAuthError {
    /// The app's client id or secret is wrong.
    #[error("the authorisation server does not accept the app's client id and secret")]
    WrongApp,
    /// The code or the refresh token is used up, expired or revoked.
    #[error("the authorisation server does not accept the grant any more: it is used up, expired or revoked")]
    DeadGrant,
    /// The server answered what it does not promise.
    #[error("the answer of the authorisation server could not be read: {what}")]
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// No answer; trying again may help.
    #[error("the authorisation server at `{host}` is unavailable: {what}")]
    Unavailable {
        /// Its host.
        host: String,
        /// What happened.
        what: String,
    },
}

/// Who hands out the tokens of a site.
#[derive(Debug, Clone)]
pub struct TokenServer {
    hosting: Hosting,
    authorize: Url,
    token: Url,
}

/// What a person is asked to consent to.
#[derive(Debug, Clone)]
pub struct CodeRequest<'a> {
    /// The app's client id.
    pub app_key: &'a str,
    /// Where the browser is sent back to; one of those that the app registered, to the letter.
    pub redirect_uri: &'a str,
    /// Proves that the answer belongs to this question.
    pub state: &'a str,
    /// The SHA-256 of the verifier in base64url (PKCE), for Data Center.
    pub code_challenge: &'a str,
}

/// A pair of tokens.
#[derive(Debug, Clone)]
pub struct GrantedTokens {
    /// For calls.
    pub access_token: SecretString,
    /// For the next pair; absent if the grant was asked for without `offline_access`.
    pub refresh_token: Option<SecretString>,
    /// How long the access token holds.
    pub lifetime: Option<Duration>,
    /// The scopes that were granted, separated by spaces.
    pub scope: String,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<u64>,
    #[serde(default)]
    scope: String,
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    error: String,
}

impl TokenServer {
    /// The server for the site of `config`.
    pub(crate) fn of(config: &ConfluenceConfig, settings: &ConfluenceSettings) -> Self {
        Self::for_site(config.hosting, &config.host_url, settings)
    }

    /// The server for the site at `host_url`.
    pub fn for_site(hosting: Hosting, host_url: &Url, settings: &ConfluenceSettings) -> Self {
        let at = |base: &str, path: &str| {
            let address = format!("{}/{path}", base.trim_end_matches('/'));
            Url::parse(&address).unwrap_or_else(|_| host_url.clone())
        };
        let (authorize, token) = match hosting {
            Hosting::Cloud => {
                let base = settings.auth_url.as_ref().map_or(AUTH_URL, Url::as_str);
                (at(base, "authorize"), at(base, "oauth/token"))
            }
            Hosting::DataCenter => {
                let base = host_url.as_str();
                (at(base, "rest/oauth2/latest/authorize"), at(base, "rest/oauth2/latest/token"))
            }
        };
        Self { hosting, authorize, token }
    }

    /// The address at which a person consents.
    pub fn consent_url(&self, request: &CodeRequest<'_>) -> Url {
        let mut url = self.authorize.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", request.app_key)
            .append_pair("redirect_uri", request.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("state", request.state);
        match self.hosting {
            Hosting::Cloud => query
                .append_pair("audience", "api.atlassian.com")
                .append_pair("scope", &CLOUD_SCOPES.join(" "))
                .append_pair("prompt", "consent"),
            Hosting::DataCenter => query
                .append_pair("scope", DATA_CENTER_SCOPE)
                .append_pair("code_challenge", request.code_challenge)
                .append_pair("code_challenge_method", "S256"),
        };
        drop(query);
        url
    }

    /// The tokens for a code that a person's consent brought.
    ///
    /// # Errors
    /// As [`OAuthError`] says; a code works once.
    pub async fn exchange_code(
        &self,
        http: &reqwest::Client,
        app: (&str, &SecretString),
        code: &SecretString,
        redirect_uri: &str,
        verifier: &SecretString,
    ) -> Result<GrantedTokens, OAuthError> {
        let mut members = vec![
            ("grant_type", "authorization_code"),
            ("client_id", app.0),
            ("client_secret", app.1.expose_secret()),
            ("code", code.expose_secret()),
            ("redirect_uri", redirect_uri),
        ];
        if self.hosting == Hosting::DataCenter {
            members.push(("code_verifier", verifier.expose_secret()));
        }
        self.exchange(http, &members).await
    }

    /// The next pair of tokens. The old refresh token is dead afterwards.
    ///
    /// # Errors
    /// As [`OAuthError`] says.
    pub async fn refresh(
        &self,
        http: &reqwest::Client,
        app: (&str, &SecretString),
        refresh_token: &SecretString,
        redirect_uri: &str,
    ) -> Result<GrantedTokens, OAuthError> {
        let mut members = vec![
            ("grant_type", "refresh_token"),
            ("client_id", app.0),
            ("client_secret", app.1.expose_secret()),
            ("refresh_token", refresh_token.expose_secret()),
        ];
        if self.hosting == Hosting::DataCenter {
            members.push(("redirect_uri", redirect_uri));
        }
        self.exchange(http, &members).await
    }

    /// Cloud takes JSON, Data Center forms.
    async fn exchange(&self, http: &reqwest::Client, members: &[(&str, &str)]) -> Result<GrantedTokens, OAuthError> {
        let host = self.token.host_str().unwrap_or_default().to_owned();
        let unavailable = |what: &str| OAuthError::Unavailable { host: host.clone(), what: what.to_owned() };
        let request = http.post(self.token.clone()).timeout(EXCHANGE_TIMEOUT).header(ACCEPT, "application/json");
        let request = match self.hosting {
            Hosting::Cloud => {
                let body: serde_json::Map<_, _> =
                    members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
                request.json(&body)
            }
            Hosting::DataCenter => {
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form(&self.token, members))
            }
        };
        let response = request
            .send()
            .await
            .map_err(|error| unavailable(certificate_refused(&error).as_deref().unwrap_or("it cannot be reached")))?;
        let status = response.status();
        let body = read_small(response).await;
        if !status.is_success() {
            return Err(refused(status, body.as_deref().unwrap_or_default(), unavailable));
        }
        let body = body.ok_or_else(|| unavailable("the answer broke off"))?;
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| OAuthError::Malformed { what: "it is not JSON with an `access_token`" })?;
        if answer.access_token.is_empty() {
            return Err(OAuthError::Malformed { what: "its `access_token` is empty" });
        }
        Ok(GrantedTokens {
            access_token: answer.access_token.into(),
            refresh_token: answer.refresh_token.filter(|token| !token.is_empty()).map(Into::into),
            lifetime: answer.expires_in.filter(|seconds| *seconds > 0).map(Duration::from_secs),
            scope: answer.scope,
        })
    }
}

/// What a refusal means: the servers use several words for the same.
fn refused(status: StatusCode, body: &[u8], unavailable: impl Fn(&str) -> OAuthError) -> OAuthError {
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT || status.is_server_error() {
        return unavailable(&format!("status {}", status.as_u16()));
    }
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    match (refusal.error.as_str(), status) {
        ("invalid_grant" | "unauthorized_client", _) => OAuthError::DeadGrant,
        ("invalid_client" | "access_denied", _) | (_, StatusCode::UNAUTHORIZED) => OAuthError::WrongApp,
        (_, StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST) => OAuthError::DeadGrant,
        _ => unavailable(&format!("status {}", status.as_u16())),
    }
}

/// `a=1&b=2`, encoded.
fn form(any: &Url, members: &[(&str, &str)]) -> String {
    let mut url = any.clone();
    url.query_pairs_mut().clear().extend_pairs(members);
    url.query().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(hosting: Hosting, host: &str) -> TokenServer {
        TokenServer::for_site(hosting, &Url::parse(host).unwrap(), &ConfluenceSettings::default())
    }

    const REQUEST: CodeRequest<'_> = CodeRequest {
        app_key: "KEY",
        redirect_uri: "http://127.0.0.1:8723/callback",
        state: "s1",
        code_challenge: "c1",
    };

    #[test]
    fn cloud_is_asked_for_all_scopes_and_for_a_refresh_token() {
        let url = server(Hosting::Cloud, "https://acme.atlassian.net").consent_url(&REQUEST).to_string();
        assert!(url.starts_with("https://auth.atlassian.com/authorize?client_id=KEY&"), "{url}");
        for part in [
            "audience=api.atlassian.com",
            "prompt=consent",
            "offline_access",
            "redirect_uri=http%3A%2F%2F127.0.0.1%3A8723%2Fcallback",
            "response_type=code",
            "state=s1",
            "read%3Apage%3Aconfluence",
        ] {
            assert!(url.contains(part), "{part}: {url}");
        }
        assert!(!url.contains("code_challenge"), "{url}");
        assert!(CLOUD_SCOPES.len() < 50);
    }

    #[test]
    fn data_center_is_asked_at_its_own_address_with_a_challenge() {
        let url = server(Hosting::DataCenter, "https://wiki.example.com/confluence").consent_url(&REQUEST).to_string();
        assert!(url.starts_with("https://wiki.example.com/confluence/rest/oauth2/latest/authorize?"), "{url}");
        assert!(url.contains("code_challenge=c1&code_challenge_method=S256") && url.contains("scope=READ"), "{url}");
    }

    #[test]
    fn refusals_are_told_apart() {
        let refusal = |status: u16, body: &str| {
            let unavailable = |what: &str| OAuthError::Unavailable { host: "h".into(), what: what.into() };
            refused(StatusCode::from_u16(status).unwrap(), body.as_bytes(), unavailable)
        };
        let dead = r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#;
        assert!(matches!(refusal(403, dead), OAuthError::DeadGrant));
        assert!(matches!(refusal(403, r#"{"error":"invalid_grant"}"#), OAuthError::DeadGrant));
        assert!(matches!(refusal(401, r#"{"error":"access_denied"}"#), OAuthError::WrongApp));
        assert!(matches!(refusal(400, r#"{"error":"invalid_client"}"#), OAuthError::WrongApp));
        for status in [429, 500, 503] {
            assert!(matches!(refusal(status, "<html>"), OAuthError::Unavailable { .. }), "{status}");
        }
    }

    #[test]
    fn a_form_is_encoded() {
        let any = Url::parse("https://x.example/t").unwrap();
        assert_eq!(form(&any, &[("a", "b&c=d"), ("e", "f g")]), "a=b%26c%3Dd&e=f+g");
    }
}
