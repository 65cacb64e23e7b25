//! Calls to a Confluence site: signed in, repeated when that helps, bounded in every dimension, and stopped when the sync is.
//!
//! Every address in the crawl is the *site's*, whatever host a call goes to: which base a kind of credentials is for is decided in
//! [`site`] at the moment of sending, so that checkpoints and `next` links hold for both. Redirects are not followed: an interface does
//! not redirect, and credentials must not travel to where an answer points.

mod account;
mod call;
mod http;
mod media;
mod pace;
mod paging;
mod rates;
mod retry;
mod scopes;
mod sign_in;
mod site;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use reqwest::Url;
use sangam_sync::{Progress, SourceError, SyncHost};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{ConfluenceConfig, Hosting},
    error::ClientError,
    oauth::{TokenServer, Tokens},
    secret::Credentials,
    settings::ConfluenceSettings,
};

use call::Call;
use pace::Pace;
use sign_in::SignIn;
use site::Site;

pub(crate) use account::Account;
pub use site::GrantedSite;
pub(crate) use site::{api_url, granted_sites};

pub(crate) use http::{Extras, certificate_refused, certificates, read_small};
pub(crate) use pace::CONCURRENT_CALLS;
pub(crate) use paging::{Listing, Page, Row};

/// Largest answer that is read, in bytes. A page of 250 items without bodies is under 1 MB.
pub(crate) const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Largest answer to a call for the bodies of several pages; over it fewer are asked for.
pub(crate) const BODIES_BYTES_MAX: u64 = 16 << 20;

/// Which refusals are an answer, and not the end of the sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// None; a 403 is repeated, because it has been seen to pass.
    Normal,
    /// A 403.
    NotRefused,
    /// All of them: the function may be switched off, or be closed to this kind of credentials.
    Optional,
}

/// A site's interface, for one run.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Arc<Shared>,
    sign_in: SignIn,
    patience: Patience,
    n_calls: Arc<AtomicU64>,
    stop: CancellationToken,
    progress: Progress,
}

/// What all clients of one opened source have in common.
struct Shared {
    http: reqwest::Client,
    site: Site,
    pace: Arc<Pace>,
    settings: Arc<ConfluenceSettings>,
    /// Set once the site wants a person to solve a puzzle: each further try makes it worse.
    is_locked: AtomicBool,
    /// A personal access token for reading access where OAuth 2.0 is not let.
    second: Option<SecretString>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.shared.site.base().as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the site of `config`; nothing is sent yet. `host` keeps the secret, for tokens that rotate.
    pub(crate) fn new(
        config: &ConfluenceConfig,
        credentials: Credentials,
        settings: Arc<ConfluenceSettings>,
        extras: Extras,
        host: Arc<dyn SyncHost>,
    ) -> Result<Self, SourceError> {
        let http = http::build(config, extras)?;
        let site = Site::new(config, &credentials, &settings);
        let second = match &credentials {
            Credentials::OAuth2(grant) => grant.pat_token.clone(),
            _ => None,
        };
        let sign_in = match credentials {
            Credentials::Basic { username, password } => SignIn::basic(&username, &password)?,
            Credentials::PersonalToken(token) => SignIn::bearer(&token)?,
            Credentials::OAuth2(grant) => {
                let server = TokenServer::of(config, &settings);
                let tokens = Tokens::new(grant, server, http.clone(), config.secret_arn.clone(), host)?;
                SignIn::Rotating(Arc::new(tokens))
            }
        };
        let pace = Arc::new(Pace::new(settings.concurrency.unwrap_or(pace::most(config.hosting))));
        let is_locked = AtomicBool::new(false);
        Ok(Self {
            shared: Arc::new(Shared { http, site, pace, settings, is_locked, second }),
            sign_in,
            patience: Patience::Normal,
            n_calls: Arc::default(),
            stop: CancellationToken::new(),
            progress: Progress::default(),
        })
    }

    /// The same client for one run: it ends with [`ClientError::Stopped`] when `stop` is cancelled, counts its own calls, and tells
    /// `progress` of them and of what it waits for.
    pub(crate) fn for_run(&self, stop: CancellationToken, progress: Progress) -> Self {
        Self { stop, progress, n_calls: Arc::default(), ..self.clone() }
    }

    /// The same client without credentials, which takes a refusal for an answer.
    pub(crate) fn anonymous(&self) -> Self {
        Self { sign_in: SignIn::Nobody, patience: Patience::NotRefused, ..self.clone() }
    }

    /// The same client for functions that a site may have switched off, hidden behind a confirmation or closed to these credentials:
    /// such a refusal is [`ClientError::Forbidden`] and does not end the sync.
    pub(crate) fn optional(&self) -> Self {
        Self { patience: Patience::Optional, ..self.clone() }
    }

    /// The same client with the secret's `patToken`, if it has one beside OAuth 2.0.
    pub(crate) fn with_second_token(&self) -> Option<Self> {
        let sign_in = SignIn::bearer(self.shared.second.as_ref()?).ok()?;
        Some(Self { sign_in, ..self.clone() })
    }

    /// True if calls are made with tokens that rotate.
    pub(crate) fn is_rotating(&self) -> bool {
        matches!(self.sign_in, SignIn::Rotating(_))
    }

    /// True if the token is one that only the gateway takes, which has scopes.
    pub(crate) fn is_at_gateway(&self) -> bool {
        matches!(self.shared.site.known_route(), Some(site::Route::Gateway(_)))
    }

    /// True if calls are made with a personal access token.
    pub(crate) fn is_personal_token(&self) -> bool {
        matches!(self.sign_in, SignIn::Bearer(_))
    }

    /// Calls made in this run, repetitions included.
    pub(crate) fn n_calls(&self) -> u64 {
        self.n_calls.load(Ordering::Relaxed)
    }

    /// Rate points that the site says are left in this hour; `None` if it counts none, as for API tokens.
    pub(crate) fn points_left(&self) -> Option<u64> {
        match self.hosting() {
            Hosting::Cloud => self.shared.pace.points_left(),
            Hosting::DataCenter => None,
        }
    }

    /// Where the site runs.
    pub(crate) fn hosting(&self) -> Hosting {
        self.shared.site.hosting()
    }

    /// The site's base for people, used until an answer says otherwise: without a final slash.
    pub(crate) fn site_base(&self) -> String {
        self.shared.site.base().as_str().trim_end_matches('/').to_owned()
    }

    /// The object at `path`, which is relative to the base, such as `api/v2/pages/1`.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, ClientError> {
        self.get_url(&self.url(path, query), ANSWER_BYTES_MAX).await
    }

    /// The answer to a question that is asked by POST and changes nothing.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, ClientError> {
        let patience = if self.patience == Patience::Optional { Patience::Optional } else { Patience::NotRefused };
        self.json(&Call::post(self.url(path, &[]), body.clone()), patience).await
    }

    /// What is at `path` as text, whatever its type.
    pub(crate) async fn text(&self, path: &str, limit_bytes: u64) -> Result<String, ClientError> {
        let call = Call { limit_bytes, ..Call::get(self.url(path, &[])) };
        let bytes = self.with_repetitions(&call, self.patience, |ticket| self.bytes_once(&call, ticket)).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The pages of a listing, from the first one on.
    pub(crate) fn list(&self, path: &str, query: &[(&str, &str)]) -> Listing {
        Listing::new(self.clone(), self.url(path, query))
    }

    /// A listing from where an earlier one stopped; `None` if `url` is not of this site.
    pub(crate) fn list_from(&self, url: &str) -> Option<Listing> {
        let url = Url::parse(url).ok().filter(|url| self.shared.site.is_own(url))?;
        Some(Listing::new(self.clone(), url))
    }

    pub(crate) fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let base = self.shared.site.base();
        let mut url = base.clone();
        url.set_path(&format!("{}{path}", base.path()));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn get_url<T: DeserializeOwned>(&self, url: &Url, limit_bytes: u64) -> Result<T, ClientError> {
        self.json(&Call { limit_bytes, ..Call::get(url.clone()) }, self.patience).await
    }

    async fn json<T: DeserializeOwned>(&self, call: &Call, patience: Patience) -> Result<T, ClientError> {
        self.with_repetitions(call, patience, |ticket| self.json_once(call, ticket)).await
    }
}

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
