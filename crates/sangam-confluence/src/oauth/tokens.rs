//! Tokens that rotate: each refresh kills the pair before it, so there is one refresh at a time, and the new pair is stored before it is used.
//!
//! Under the secret's lock the secret is read again. If it holds another pair than ours, somebody else has refreshed, and theirs is used.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use parking_lot::RwLock;
use reqwest::header::HeaderValue;
use sangam_sync::{HostError, SecretLock, SyncHost};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::server::{GrantedTokens, OAuthError, TokenServer};
use crate::{
    error::ClientError,
    secret::{OAuth2Grant, member},
};

/// Tries of one refresh. A pair whose answer got lost can be fetched again for some minutes.
const TRIES_MAX: u32 = 4;

/// Pause before the second try; it doubles.
const PAUSE: Duration = Duration::from_secs(1);

/// Tries of storing a pair: what is not stored now is lost.
const WRITES_MAX: u32 = 3;

/// When a run whose token could not be replaced is worth another try.
const PARKED_FOR: Duration = Duration::from_mins(5);

/// How long before its end a token counts as expired: longer than a call takes to arrive.
const MARGIN: Duration = Duration::from_mins(1);

/// A token that calls are made with now.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) authorization: HeaderValue,
    /// Counts the pairs.
    pub(crate) generation: u64,
}

/// The pair in force.
struct Held {
    grant: OAuth2Grant,
    current: Current,
    /// When it is to be replaced and when it ends, if that is known.
    lifetime: Option<(Instant, Instant)>,
    /// Why there is no newer pair, once that is final.
    dead: Option<ClientError>,
}

/// The tokens of one secret.
pub(crate) struct Tokens {
    http: reqwest::Client,
    server: TokenServer,
    secret_id: String,
    host: Arc<dyn SyncHost>,
    held: RwLock<Held>,
    /// The refresh under way. A task of its own, so that a caller who gives up does not lose a pair between answer and secret; whoever
    /// comes next joins it.
    renewing: tokio::sync::Mutex<Option<JoinHandle<Result<(), ClientError>>>>,
}

impl Tokens {
    pub(crate) fn new(
        grant: OAuth2Grant,
        server: TokenServer,
        http: reqwest::Client,
        secret_id: String,
        host: Arc<dyn SyncHost>,
    ) -> Result<Self, ClientError> {
        let current = Current { authorization: bearer(&grant.access_token)?, generation: 0 };
        let held = Held { grant, current, lifetime: None, dead: None };
        Ok(Self { http, server, secret_id, host, held: RwLock::new(held), renewing: tokio::sync::Mutex::new(None) })
    }

    /// The token in force, replaced first if its end is near.
    pub(crate) async fn current(self: &Arc<Self>, stop: &CancellationToken) -> Result<Current, ClientError> {
        let (generation, lifetime) = {
            let held = self.held.read();
            (held.current.generation, held.lifetime)
        };
        if let Some((replace_at, ends_at)) = lifetime
            && Instant::now() >= replace_at
        {
            match self.renew(generation, stop).await {
                // It holds for a while yet.
                Err(ClientError::Unavailable { .. }) if Instant::now() < ends_at => {}
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        Ok(self.held.read().current.clone())
    }

    /// Replaces the pair `generation`, unless that was done already. True if there is a newer one.
    pub(crate) async fn renew(
        self: &Arc<Self>,
        generation: u64,
        stop: &CancellationToken,
    ) -> Result<bool, ClientError> {
        let mut renewing = tokio::select! {
            () = stop.cancelled() => return Err(ClientError::Stopped),
            renewing = self.renewing.lock() => renewing,
        };
        if renewing.is_none() {
            let held = self.held.read();
            if held.current.generation != generation {
                return Ok(true);
            }
            if let Some(dead) = &held.dead {
                return Err(dead.clone());
            }
        }
        let tokens = Arc::clone(self);
        let task = renewing.get_or_insert_with(|| tokio::spawn(async move { tokens.replace().await }));
        let replaced = tokio::select! {
            () = stop.cancelled() => return Err(ClientError::Stopped),
            replaced = task => replaced,
        };
        *renewing = None;
        match replaced {
            Ok(Ok(())) => Ok(true),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ClientError::Host { message: "the refresh of the OAuth 2.0 token broke off".into() }),
        }
    }

    /// One refresh, or somebody else's result.
    async fn replace(&self) -> Result<(), ClientError> {
        let mut lock = self.host.lock_secret(&self.secret_id).await.map_err(|error| host_error(&error))?;
        let ours = self.held.read().grant.clone();
        let (members, stored) = read(lock.as_mut(), &ours).await?;
        if !same(&stored.access_token, &ours.access_token) {
            return self.adopt(stored, None);
        }
        let granted = match self.refresh(&stored).await {
            Ok(granted) => granted,
            Err(OAuthError::DeadGrant) => {
                // A person may have stored a new grant a moment ago, without our lock.
                let (_, again) = read(lock.as_mut(), &ours).await?;
                if !same(&again.access_token, &stored.access_token) {
                    return self.adopt(again, None);
                }
                return Err(self.died(dead_grant()));
            }
            Err(OAuthError::WrongApp) => return Err(self.died(wrong_app())),
            Err(error) => return Err(unavailable(&error)),
        };
        self.keep(lock.as_mut(), members, stored, granted).await
    }

    /// Asks for the next pair, several times if there is no answer.
    async fn refresh(&self, grant: &OAuth2Grant) -> Result<GrantedTokens, OAuthError> {
        let redirect_uri = grant.redirect_uri.as_str();
        let mut tries = 1;
        loop {
            let app = (grant.app_key.as_str(), &grant.app_secret);
            match self.server.refresh(&self.http, app, &grant.refresh_token, redirect_uri).await {
                Err(OAuthError::Unavailable { .. }) if tries < TRIES_MAX => {
                    tokio::time::sleep(PAUSE * (1 << (tries - 1))).await;
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    /// Stores the new pair, all else in the secret as it was, and only then uses it.
    async fn keep(
        &self,
        lock: &mut dyn SecretLock,
        mut members: Map<String, Value>,
        grant: OAuth2Grant,
        granted: GrantedTokens,
    ) -> Result<(), ClientError> {
        let refresh_token = granted.refresh_token.unwrap_or_else(|| grant.refresh_token.clone());
        members.insert(member::ACCESS_TOKEN.into(), granted.access_token.expose_secret().into());
        members.insert(member::REFRESH_TOKEN.into(), refresh_token.expose_secret().into());
        let text = SecretString::from(Value::Object(members).to_string());
        let mut writes = 1;
        while let Err(error) = lock.write(text.clone()).await {
            if writes == WRITES_MAX {
                tracing::error!(%error, "a rotated OAuth 2.0 token could not be stored; it is not used");
                return Err(host_error(&error));
            }
            tokio::time::sleep(PAUSE * writes).await;
            writes += 1;
        }
        tracing::info!("an OAuth 2.0 token was refreshed and stored");
        let grant = OAuth2Grant { access_token: granted.access_token, refresh_token, ..grant };
        self.adopt(grant, granted.lifetime)
    }

    /// Makes a stored pair the one in force.
    fn adopt(&self, grant: OAuth2Grant, lifetime: Option<Duration>) -> Result<(), ClientError> {
        let authorization = bearer(&grant.access_token)?;
        let now = Instant::now();
        let lifetime =
            lifetime.map(|lifetime| (now + lifetime.saturating_sub(MARGIN.min(lifetime / 4)), now + lifetime));
        let mut held = self.held.write();
        let generation = held.current.generation + 1;
        *held = Held { grant, current: Current { authorization, generation }, lifetime, dead: None };
        Ok(())
    }

    fn died(&self, error: ClientError) -> ClientError {
        self.held.write().dead = Some(error.clone());
        error
    }
}

/// The secret as it is now: all its members, and the grant among them.
async fn read(lock: &mut dyn SecretLock, ours: &OAuth2Grant) -> Result<(Map<String, Value>, OAuth2Grant), ClientError> {
    let text = lock.read().await.map_err(|error| host_error(&error))?;
    let Ok(Value::Object(members)) = serde_json::from_str::<Value>(text.expose_secret()) else {
        return Err(ClientError::Setup {
            message: "the secret is not a JSON object of strings".into(),
            code: "CNF-5572",
        });
    };
    match OAuth2Grant::read(&members) {
        Ok(grant) => Ok((members, OAuth2Grant { pat_token: ours.pat_token.clone(), ..grant })),
        Err(missing) => Err(ClientError::Setup { message: missing.message(), code: missing.code() }),
    }
}

fn same(left: &SecretString, right: &SecretString) -> bool {
    left.expose_secret() == right.expose_secret()
}

pub(super) fn bearer(token: &SecretString) -> Result<HeaderValue, ClientError> {
    let wrong =
        |_| ClientError::Setup { message: "the OAuth 2.0 access token cannot be sent".into(), code: "CNF-5572" };
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(wrong)?;
    value.set_sensitive(true);
    Ok(value)
}

fn dead_grant() -> ClientError {
    let message = "the OAuth 2.0 grant has ended: its refresh token is used up, expired or revoked; run `sangam connect confluence` again to renew it";
    ClientError::Grant { message: message.into(), code: "CNF-5572" }
}

fn wrong_app() -> ClientError {
    let message = "the authorisation server does not accept the secret's `confluenceAppKey` and `confluenceAppSecret`; compare them with the app's settings, and run `sangam connect confluence` again";
    ClientError::Grant { message: message.into(), code: "CNF-5516" }
}

fn unavailable(error: &OAuthError) -> ClientError {
    // Without a token nothing goes on, so the run ends here and not call by call.
    let retry_at = Some(Timestamp::now().as_second() + PARKED_FOR.as_secs() as i64);
    ClientError::Unavailable { path: "oauth/token".into(), what: error.to_string(), retry_at }
}

fn host_error(error: &HostError) -> ClientError {
    ClientError::Host { message: error.0.trim_end_matches('.').to_owned() }
}
