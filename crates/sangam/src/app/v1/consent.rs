//! `connections/consent` and `connections/grant`: OAuth 2.0 for whoever shows pages. A person is sent to an address, comes back with a code,
//! and the code becomes tokens in the secret; neither they nor the app's secret ever leave the server.

use std::time::Duration;

use reqwest::Url;
use sangam_api::ApiError;
use sangam_confluence::oauth::{self, CodeRequest, GrantedSite, GrantedTokens, OAuthError, TokenServer};
use sangam_confluence::{ConfluenceConfig, Hosting};
use sangam_server::Policy;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Endpoints, internal, read};

/// The authorisation server answers in much less.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A site of Cloud that was not named: the server that hands out tokens is the same for all of them.
const ANY_SITE: &str = "https://example.atlassian.net";
/// Only satisfies the template's form: what is asked here has no data source yet.
const ANY_SECRET: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:any";

/// What a caller is told whose grant would carry the app's secret to a new place.
const NOT_SENT: &str = "the secret does not name the site that it is for (`hostUrl`), and the key may not read it \
                        (`secretsmanager:GetSecretValue`), so it is not sent there";

/// Where to, and with which app.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConsentRequest {
    secret_id: String,
    #[serde(rename = "type")]
    hosting: String,
    #[serde(default)]
    host_url: String,
    redirect_uri: String,
    code_verifier: String,
    state: String,
}

/// What the person came back with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GrantRequest {
    secret_id: String,
    #[serde(rename = "type")]
    hosting: String,
    #[serde(default)]
    host_url: String,
    redirect_uri: String,
    code_verifier: String,
    authorization_code: String,
}

/// A site, as far as it is known before the grant tells.
struct Site {
    hosting: Hosting,
    /// `None` for a Cloud grant that will tell.
    named: Option<Url>,
    server: TokenServer,
}

impl Endpoints {
    /// The address at which a person consents.
    pub(super) async fn consent(&self, body: &[u8]) -> Result<Value, ApiError> {
        let wanted: ConsentRequest = read(body, "a request for consent")?;
        let secret = self.host.secret(&wanted.secret_id).await.map_err(invalid)?;
        let members = members(&secret)?;
        let site = self.site(&wanted.hosting, &wanted.host_url, &members)?;
        let (app_key, _) = app(&members)?;
        let verifier: SecretString = wanted.code_verifier.into();
        let address = site.server.consent_url(&CodeRequest {
            app_key: &app_key,
            redirect_uri: &wanted.redirect_uri,
            state: &wanted.state,
            code_challenge: &oauth::code_challenge(&verifier),
        });
        Ok(json!({ "address": address.as_str() }))
    }

    /// Exchanges a code for tokens and stores them in the secret.
    pub(super) async fn store_grant(&self, body: &[u8], policy: &Policy) -> Result<Value, ApiError> {
        let wanted: GrantRequest = read(body, "a code of a consent")?;
        let mut lock = self.host.lock_secret(&wanted.secret_id).await.map_err(invalid)?;
        let mut members = members(&lock.read().await.map_err(invalid)?)?;
        let site = self.site(&wanted.hosting, &wanted.host_url, &members)?;
        let (app_key, app_secret) = app(&members)?;
        // As with a connection test: the app's secret goes to a new place only by the hand of whoever may read it. Cloud's place is fixed.
        let is_bound = site.hosting == Hosting::Cloud || members.get("hostUrl").is_some_and(|url| url != "");
        if !is_bound && !policy.allows("secretsmanager", "GetSecretValue", None) {
            return Err(ApiError::access_denied(NOT_SENT));
        }
        let http = self.oauth_http().await?;
        let (code, verifier) = (wanted.authorization_code.into(), wanted.code_verifier.into());
        let exchanged =
            site.server.exchange_code(&http, (&app_key, &app_secret), &code, &wanted.redirect_uri, &verifier).await;
        let tokens = exchanged.map_err(|error| refused(&error))?;
        let host_url = match (site.hosting, site.named) {
            (Hosting::DataCenter, Some(url)) => url.as_str().trim_end_matches('/').to_owned(),
            (_, named) => {
                let sites = oauth::granted_sites(&http, &self.confluence, &tokens.access_token).await;
                granted(&sites.map_err(|error| refused(&error))?, named.as_ref())?
            }
        };
        let lifetime = tokens.lifetime.map(|lifetime| lifetime.as_secs());
        put(&mut members, &host_url, tokens, &wanted.redirect_uri)?;
        lock.write(Value::Object(members).to_string().into()).await.map_err(internal)?;
        Ok(json!({ "site": host_url, "accessTokenSeconds": lifetime }))
    }

    /// The site that was named. A secret that names one is for no other.
    fn site(&self, hosting: &str, host_url: &str, members: &Map<String, Value>) -> Result<Site, ApiError> {
        let held = members.get("hostUrl").and_then(Value::as_str).unwrap_or_default();
        let given = Some(host_url).filter(|url| !url.is_empty());
        let named = given.or(Some(held).filter(|url| !url.is_empty()));
        if hosting != "SAAS" && named.is_none() {
            return Err(ApiError::validation("`hostUrl` must be given for Data Center"));
        }
        let config = ConfluenceConfig::parse(&template(hosting, named.unwrap_or(ANY_SITE)));
        let config = config.map_err(|violations| ApiError::validation(violations.join("; ")))?;
        let plain = |url: &str| url.trim_end_matches('/').to_lowercase();
        if !held.is_empty() && given.is_some_and(|given| plain(given) != plain(held)) {
            return Err(ApiError::validation(
                "`hostUrl` is another than the secret's: a secret is for one site, so store a new one for this site",
            ));
        }
        let server = TokenServer::for_site(config.hosting, &config.host_url, &self.confluence);
        Ok(Site { hosting: config.hosting, named: named.map(|_| config.host_url), server })
    }

    /// Believes the authorities that the server believes.
    async fn oauth_http(&self) -> Result<reqwest::Client, ApiError> {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(TIMEOUT);
        let certificates = sangam_confluence::further_authorities(&self.confluence).await.map_err(internal)?;
        builder.tls_certs_merge(certificates).build().map_err(internal)
    }
}

/// The template whose rules about addresses are the connector's own.
fn template(hosting: &str, host_url: &str) -> Value {
    json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": ANY_SECRET,
        "connectionConfiguration": {
            "repositoryEndpointMetadata": { "type": hosting, "hostUrl": host_url, "authType": "OAuth2" }
        },
        "repositoryConfigurations": {},
        "additionalProperties": {},
    })
}

fn members(secret: &SecretString) -> Result<Map<String, Value>, ApiError> {
    serde_json::from_str(secret.expose_secret())
        .map_err(|_| ApiError::validation("the secret is not a JSON object of strings"))
}

/// The app's key and secret.
fn app(members: &Map<String, Value>) -> Result<(String, SecretString), ApiError> {
    let of = |name: &str| {
        let value = members.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
        value.ok_or_else(|| {
            ApiError::validation(format!("the secret has no `{name}`: edit it, and give the app's key and secret"))
        })
    };
    Ok((of("confluenceAppKey")?.to_owned(), of("confluenceAppSecret")?.to_owned().into()))
}

/// The site that was named, or the only one that the grant is for.
fn granted(sites: &[GrantedSite], named: Option<&Url>) -> Result<String, ApiError> {
    let found = match (named, sites) {
        (Some(named), _) => oauth::site_at(sites, named),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let listed = || sites.iter().map(|site| site.url.as_str()).collect::<Vec<_>>().join(", ");
    match (found, sites) {
        (Some(site), _) => Ok(site.url.trim_end_matches('/').to_owned()),
        (None, []) => Err(ApiError::validation("the grant is for no site: choose one on the page of Atlassian")),
        (None, _) => Err(ApiError::validation(format!(
            "the grant is for {}: name one of them as `hostUrl`, and allow access once more",
            listed()
        ))),
    }
}

fn put(
    members: &mut Map<String, Value>,
    host_url: &str,
    tokens: GrantedTokens,
    redirect_uri: &str,
) -> Result<(), ApiError> {
    let refresh_token = tokens.refresh_token.ok_or_else(|| {
        ApiError::validation(
            "the grant has no refresh token, so it would end within the hour: allow the app `offline_access`",
        )
    })?;
    for (name, value) in [
        ("hostUrl", host_url),
        ("confluenceAccessToken", tokens.access_token.expose_secret()),
        ("confluenceRefreshToken", refresh_token.expose_secret()),
        ("redirectUri", redirect_uri),
    ] {
        members.insert(name.into(), value.into());
    }
    Ok(())
}

fn invalid(error: impl std::fmt::Display) -> ApiError {
    ApiError::validation(error.to_string())
}

fn refused(error: &OAuthError) -> ApiError {
    let hint = match error {
        OAuthError::WrongApp => "compare the app's key and secret in the secret with the app's settings",
        OAuthError::DeadGrant => "a code works once and for some minutes: allow access once more",
        OAuthError::Malformed { .. } | OAuthError::Unavailable { .. } => "try again later",
    };
    ApiError::validation(format!("{error}; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites(urls: &[&str]) -> Vec<GrantedSite> {
        let of = |url: &&str| serde_json::from_value(json!({ "id": "i", "url": url, "name": "n" })).unwrap();
        urls.iter().map(of).collect()
    }

    #[test]
    fn the_site_is_the_named_one_or_the_only_one() {
        let (one, two) = ("https://a.atlassian.net", "https://b.atlassian.net");
        assert_eq!(granted(&sites(&[one]), None).unwrap(), one);
        assert_eq!(granted(&sites(&[one, two]), Some(&two.parse().unwrap())).unwrap(), two);
        assert!(granted(&sites(&[one, two]), None).unwrap_err().message.contains("`hostUrl`"));
        assert!(granted(&sites(&[one]), Some(&two.parse().unwrap())).is_err());
        assert!(granted(&[], None).unwrap_err().message.contains("no site"));
    }

    #[test]
    fn the_rest_of_the_secret_stays_and_a_grant_that_ends_at_once_is_refused() {
        let tokens = |refresh: Option<&str>| GrantedTokens {
            access_token: "a".to_owned().into(),
            refresh_token: refresh.map(|token| token.to_owned().into()),
            lifetime: None,
            scope: String::new(),
        };
        let mut held = members(&r#"{"confluenceAppKey":"k","patToken":"p"}"#.to_owned().into()).unwrap();
        put(&mut held, "https://w", tokens(Some("r")), "https://back").unwrap();
        assert_eq!((&held["patToken"], &held["confluenceRefreshToken"]), (&json!("p"), &json!("r")));
        assert!(put(&mut held, "https://w", tokens(None), "https://back").is_err());
        assert!(app(&held).unwrap_err().message.contains("`confluenceAppSecret`"));
    }
}
