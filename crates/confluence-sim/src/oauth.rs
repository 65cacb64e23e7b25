//! OAuth 2.0 (3LO): apps, consents and the token pairs that come of them.
//!
//! Tokens rotate and really expire, because that is what breaks clients: a refresh kills the old
//! refresh token, and a pair that was refreshed by somebody else is dead. The clock can be moved,
//! so that no test has to wait for an hour or for ninety days.

mod grants;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock::Clock;

use grants::{Grant, State};
pub(crate) use grants::{Proof, Refusal};

/// What Atlassian gives; tests shorten it.
const ACCESS_LIFETIME: Duration = Duration::from_hours(1);

/// An app that people let use their account.
#[derive(Clone)]
pub struct OAuthApp {
    /// The public name of the app.
    pub client_id: String,
    /// What the app proves itself with; never printed.
    pub client_secret: String,
    /// Where the browser may be sent back to, exactly as written.
    pub redirect_uris: Vec<String>,
}

impl std::fmt::Debug for OAuthApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OAuthApp").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// An access token and what it is renewed with.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenPair {
    /// For the `Authorization` header; never printed.
    pub access_token: String,
    /// Good for one refresh; absent without the scope `offline_access`.
    pub refresh_token: Option<String>,
    /// How long the access token lived when it was made.
    pub expires_in: Duration,
    /// What the person consented to.
    pub scopes: BTreeSet<String>,
}

impl std::fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenPair").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// One more site that a person's tokens lead to, as `accessible-resources` lists it.
///
/// It is listed and does not answer: a client has to choose the right one by its address.
#[derive(Debug, Clone)]
pub struct OtherSite {
    /// The cloud id.
    pub cloud_id: String,
    /// The address of the site.
    pub url: String,
    /// Its name.
    pub name: String,
}

/// The identity service of a served site; all methods may be called while it is serving.
#[derive(Debug)]
pub struct OAuth {
    state: Mutex<State>,
    clock: Arc<Clock>,
}

impl OAuth {
    pub(crate) fn new(clock: Arc<Clock>) -> Self {
        Self { state: Mutex::new(State::new(ACCESS_LIFETIME)), clock }
    }

    /// Makes an app known; one with the same client id is replaced.
    pub fn register(&self, app: OAuthApp) {
        let mut state = self.state.lock();
        state.apps.retain(|known| known.client_id != app.client_id);
        state.apps.push(app);
    }

    /// Lists one more site, before the served one.
    pub fn add_site(&self, site: OtherSite) {
        self.state.lock().other_sites.push(site);
    }

    /// Who is signed in at the browser that opens the consent page: a name, e-mail or account id.
    /// Until this is called it is the first account that the site has credentials for.
    pub fn sign_in(&self, who: &str) {
        self.state.lock().signed_in = Some(who.to_owned());
    }

    /// Gives an app a fresh pair for an account, as if that person had just consented.
    pub fn mint(&self, client_id: &str, account_id: &str, scopes: &[&str]) -> TokenPair {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let now = self.now();
        self.state.lock().consent(client_id, account_id, scopes, now)
    }

    /// The pair that works now for an app and an account, whoever refreshed last; `None` when
    /// there is none or it was killed.
    pub fn current(&self, client_id: &str, account_id: &str) -> Option<TokenPair> {
        self.state.lock().current(client_id, account_id)
    }

    /// Ends a consent: every token that came of it is dead at once, newer ones too.
    pub fn kill(&self, pair: &TokenPair) {
        self.state.lock().kill(&pair.access_token);
    }

    /// How many refreshes succeeded.
    pub fn n_refreshes(&self) -> u64 {
        self.state.lock().n_refreshes
    }

    /// How many refreshes were refused: dead tokens and wrong secrets.
    pub fn n_refused(&self) -> u64 {
        self.state.lock().n_refused
    }

    /// How long access tokens live that are made from now on. An hour, unless this is called.
    pub fn set_access_lifetime(&self, lifetime: Duration) {
        self.state.lock().access_lifetime = lifetime;
    }

    /// How long a refresh token may be used again after its first use. Not at all, unless this is
    /// called; Atlassian grants ten minutes.
    pub fn set_reuse_leeway(&self, leeway: Duration) {
        self.state.lock().reuse_leeway = leeway;
    }

    /// Whether a refresh also ends the access token of the pair that it replaces. It does not,
    /// unless this is called.
    pub fn set_refresh_ends_access(&self, ends: bool) {
        self.state.lock().refresh_ends_access = ends;
    }

    /// Moves the clock forward, which is the server's: see [`crate::Handle::advance`].
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    fn now(&self) -> Duration {
        self.clock.now()
    }

    pub(crate) fn app(&self, client_id: &str) -> Option<OAuthApp> {
        self.state.lock().apps.iter().find(|app| app.client_id == client_id).cloned()
    }

    pub(crate) fn signed_in(&self) -> Option<String> {
        self.state.lock().signed_in.clone()
    }

    pub(crate) fn other_sites(&self) -> Vec<OtherSite> {
        self.state.lock().other_sites.clone()
    }

    /// A code for the app to fetch its pair with, once and soon.
    pub(crate) fn issue_code(&self, client_id: &str, account_id: &str, scopes: &str, redirect_uri: &str) -> String {
        let now = self.now();
        let scopes = scopes.split_whitespace().map(str::to_owned).collect();
        let grant = Grant::new(client_id, account_id, scopes, now);
        self.state.lock().issue_code(grant, redirect_uri, now)
    }

    pub(crate) fn exchange(&self, client: (&str, &str), code: &str, redirect_uri: &str) -> Result<TokenPair, Refusal> {
        let now = self.now();
        self.state.lock().exchange(client, code, redirect_uri, now)
    }

    pub(crate) fn refresh(&self, client: (&str, &str), refresh_token: &str) -> Result<TokenPair, Refusal> {
        let now = self.now();
        let mut state = self.state.lock();
        let result = state.refresh(client, refresh_token, now);
        if result.is_ok() {
            state.n_refreshes += 1;
        } else {
            state.n_refused += 1;
        }
        result
    }

    /// Whose token this is and what it may do; `None` when it is unknown, expired or dead.
    pub(crate) fn prove(&self, access_token: &str) -> Option<Proof> {
        let now = self.now();
        self.state.lock().prove(access_token, now)
    }
}
