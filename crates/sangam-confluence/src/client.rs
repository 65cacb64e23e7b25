//! Calls to a Confluence site: signed in, repeated when that helps, bounded in every dimension, and stopped when the sync is.
//!
//! Redirects are not followed: an interface does not redirect, and credentials must not travel to where an answer points.

mod media;
mod paging;
mod probe;
mod retry;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::Engine;
use reqwest::{
    RequestBuilder, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use sangam_sync::SourceError;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{ConfluenceConfig, is_loopback},
    error::ClientError,
    secret::Credentials,
    settings::ConfluenceSettings,
};

use retry::Patience;

pub(crate) use paging::{Listing, Page, Row};

/// Calls that may be under way at once. Sites answer bursts with 429, and more does not make them faster.
pub(crate) const CONCURRENT_CALLS: usize = 6;

/// Largest answer that is read, in bytes. A page of 250 items without bodies is under 1 MB.
pub(crate) const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Largest answer to a call for the bodies of several pages; over it fewer are asked for.
pub(crate) const BODIES_BYTES_MAX: u64 = 16 << 20;

/// Time to reach the site.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest silence in an answer: a search over a large space takes its time, a dead connection takes for ever.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// A site's interface, for one run.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    /// The site's base with a final slash: `https://acme.atlassian.net/wiki/`.
    base: Url,
    authorization: Option<HeaderValue>,
    permits: Arc<Semaphore>,
    n_calls: Arc<AtomicU64>,
    settings: Arc<ConfluenceSettings>,
    patience: Patience,
    stop: CancellationToken,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the site of `config`; nothing is sent yet.
    pub(crate) fn new(
        config: &ConfluenceConfig,
        credentials: &Credentials,
        settings: Arc<ConfluenceSettings>,
    ) -> Result<Self, SourceError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .user_agent(concat!("sangam/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &config.proxy {
            let address = format!("http://{}:{}", proxy.host, proxy.port);
            let mut web_proxy =
                reqwest::Proxy::all(address).map_err(|_| wrong_client("the proxy's host is no host"))?;
            if let Some(login) = &proxy.login {
                web_proxy = web_proxy.basic_auth(&login.user_name, login.password.expose_secret());
            }
            builder = builder.proxy(web_proxy);
        } else if is_loopback(&config.host_url) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| wrong_client("the HTTP client could not be set up"))?;
        let mut base = config.host_url.clone();
        base.set_path(&format!("{}/wiki/", config.host_url.path().trim_end_matches('/')));
        Ok(Self {
            http,
            base,
            authorization: Some(authorization(credentials)?),
            permits: Arc::new(Semaphore::new(CONCURRENT_CALLS)),
            n_calls: Arc::default(),
            settings,
            patience: Patience::Normal,
            stop: CancellationToken::new(),
        })
    }

    /// The same client for one run: it ends with [`ClientError::Stopped`] when `stop` is cancelled, and counts its own calls.
    pub(crate) fn for_run(&self, stop: CancellationToken) -> Self {
        Self { stop, n_calls: Arc::default(), ..self.clone() }
    }

    /// The same client without credentials, which takes a refusal for an answer.
    pub(crate) fn anonymous(&self) -> Self {
        Self { authorization: None, patience: Patience::NotRefused, ..self.clone() }
    }

    /// Calls made in this run, repetitions included.
    pub(crate) fn n_calls(&self) -> u64 {
        self.n_calls.load(Ordering::Relaxed)
    }

    /// The site's base for people, used until an answer says otherwise: without a final slash.
    pub(crate) fn site_base(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// The object at `path`, which is relative to the base, such as `api/v2/pages/1`.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, ClientError> {
        self.get_url(&self.url(path, query), ANSWER_BYTES_MAX).await
    }

    /// The answer to a question that is asked by POST and changes nothing.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, ClientError> {
        let url = self.url(path, &[]);
        self.repeated(&url, ANSWER_BYTES_MAX, Patience::NotRefused, || self.http.post(url.clone()).json(body)).await
    }

    /// The pages of a listing, from the first one on.
    pub(crate) fn list(&self, path: &str, query: &[(&str, &str)]) -> Listing {
        Listing::new(self.clone(), self.url(path, query))
    }

    /// A listing from where an earlier one stopped; `None` if `url` is not of this site.
    pub(crate) fn list_from(&self, url: &str) -> Option<Listing> {
        let url = Url::parse(url).ok().filter(|url| self.is_own_host(url))?;
        Some(Listing::new(self.clone(), url))
    }

    pub(crate) fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn is_own_host(&self, url: &Url) -> bool {
        url.scheme() == self.base.scheme()
            && url.host_str() == self.base.host_str()
            && url.port_or_known_default() == self.base.port_or_known_default()
    }

    async fn get_url<T: DeserializeOwned>(&self, url: &Url, limit_bytes: u64) -> Result<T, ClientError> {
        self.repeated(url, limit_bytes, self.patience, || self.http.get(url.clone())).await
    }

    /// Sends one request and reads its answer whole.
    async fn once<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        path: &str,
        limit_bytes: u64,
    ) -> Result<T, retry::Failure> {
        let response = self.send(request, path).await?;
        let is_json = is_json(response.headers());
        if !is_json {
            // A page for people with status 200 is a login, a proxy or maintenance; none of it says anything about content.
            let what = "it answered with a web page instead of JSON, as a login page does".to_owned();
            return Err(ClientError::Unauthorized { path: path.to_owned(), what }.into());
        }
        let bytes = self.read(response, path, limit_bytes).await?;
        decode(&bytes, path)
    }

    /// Sends one request, and turns every status that is no success into an error.
    async fn send(&self, request: RequestBuilder, path: &str) -> Result<Response, retry::Failure> {
        let permit = self.permits.acquire().await.map_err(|_| ClientError::Stopped)?;
        self.n_calls.fetch_add(1, Ordering::Relaxed);
        let mut request = request.header(ACCEPT, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let sent = tokio::select! {
            () = self.stop.cancelled() => return Err(ClientError::Stopped.into()),
            sent = request.send() => sent,
        };
        drop(permit);
        let response = sent.map_err(|error| retry::Failure::transport(path, &error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(retry::Failure::status(path, response.status(), response.headers()))
    }

    /// Reads a body up to its limit.
    async fn read(&self, mut response: Response, path: &str, limit_bytes: u64) -> Result<Vec<u8>, retry::Failure> {
        let too_large = || ClientError::TooLarge { path: path.to_owned(), limit_bytes };
        let announced = response.content_length();
        if announced.is_some_and(|length| length > limit_bytes) {
            return Err(too_large().into());
        }
        let mut bytes = Vec::with_capacity(announced.unwrap_or(0).min(limit_bytes) as usize);
        loop {
            let chunk = tokio::select! {
                () = self.stop.cancelled() => return Err(ClientError::Stopped.into()),
                chunk = response.chunk() => chunk,
            };
            let Some(chunk) = chunk.map_err(|error| retry::Failure::transport(path, &error))? else { break };
            if (bytes.len() + chunk.len()) as u64 > limit_bytes {
                return Err(too_large().into());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn authorization(credentials: &Credentials) -> Result<HeaderValue, SourceError> {
    let Credentials::Basic { username, password } = credentials;
    let pair = format!("{username}:{}", password.expose_secret());
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
    let mut value = HeaderValue::from_str(&format!("Basic {encoded}"))
        .map_err(|_| wrong_client("the secret's `username` or `password` cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn wrong_client(message: &str) -> SourceError {
    SourceError::Configuration { message: message.to_owned(), code: None }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.to_ascii_lowercase().contains("json")
}

/// Parses an answer; an error that was wrapped in a success becomes the error it is.
fn decode<T: DeserializeOwned>(bytes: &[u8], path: &str) -> Result<T, retry::Failure> {
    let malformed = |what| ClientError::Malformed { path: path.to_owned(), what };
    let value: Value = serde_json::from_slice(bytes).map_err(|_| malformed("it is not valid JSON"))?;
    let wrapped = value.get("statusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    if let Some(status) =
        wrapped.and_then(|status| StatusCode::from_u16(status).ok()).filter(|status| status.as_u16() >= 400)
    {
        return Err(retry::Failure::status(path, status, &HeaderMap::new()));
    }
    serde_json::from_value(value).map_err(|_| malformed("a member is missing or of another type").into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire;

    /// A client that is never used to call.
    pub(super) fn client_for(host_url: &str, media_hosts: &[&str]) -> Client {
        let config = ConfluenceConfig::parse(&json!({
            "type": "CONFLUENCEV2",
            "syncMode": "FULL_CRAWL",
            "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
            "connectionConfiguration": { "repositoryEndpointMetadata": {
                "hostUrl": host_url, "type": "SAAS", "authType": "Basic" } },
            "repositoryConfigurations": {},
            "additionalProperties": {},
        }))
        .unwrap();
        let credentials = Credentials::Basic { username: "a".into(), password: "t0p".to_owned().into() };
        let media_hosts = media_hosts.iter().map(|host| (*host).to_owned()).collect();
        let settings = ConfluenceSettings { media_hosts, ..ConfluenceSettings::default() };
        Client::new(&config, &credentials, Arc::new(settings)).unwrap()
    }

    #[test]
    fn debug_output_holds_no_credentials() {
        let debug = format!("{:?}", client_for("https://acme.atlassian.net", &[]));
        assert!(
            debug.contains("acme.atlassian.net/wiki/") && !debug.contains("Basic") && !debug.contains("t0p"),
            "{debug}"
        );
    }

    #[test]
    fn an_error_wrapped_in_a_success_is_the_error() {
        let decoded = |body: &str| decode::<wire::Content>(body.as_bytes(), "/x");
        assert!(decoded(r#"{"id":"1"}"#).is_ok());
        assert!(format!("{:?}", decoded(r#"{"statusCode":404,"message":"gone"}"#).unwrap_err()).contains("NotFound"));
        let missing = format!("{:?}", decoded("{}").unwrap_err());
        assert!(missing.contains("Malformed"), "{missing}");
        assert!(format!("{:?}", decoded("<html>").unwrap_err()).contains("Malformed"));
    }
}
