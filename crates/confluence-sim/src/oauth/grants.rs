//! Consents and their chains of token pairs, on a clock that is handed in.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{OAuthApp, OtherSite, TokenPair};
use crate::ids::stable_uuid;

/// A code is for the redirect that carries it.
const CODE_LIFETIME: Duration = Duration::from_mins(5);

/// A refresh token that was not used for so long is dead.
const REFRESH_IDLE_MAX: Duration = Duration::from_hours(90 * 24);

/// A consent ends after so long, however often it was renewed.
const CONSENT_LIFETIME: Duration = Duration::from_hours(365 * 24);

/// Why the token endpoint gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The app is unknown or its secret wrong.
    Client,
    /// The refresh token is unknown, used up, expired or of a consent that was ended.
    RefreshToken,
    /// The code is unknown, used up, expired, or for another address.
    Code,
}

/// What an access token proves.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    pub(crate) account_id: String,
    pub(crate) scopes: BTreeSet<String>,
}

/// A person's consent to an app.
#[derive(Debug)]
pub(crate) struct Grant {
    client_id: String,
    account_id: String,
    scopes: BTreeSet<String>,
    since: Duration,
    dead: bool,
    /// All pairs ever made; the last one is current.
    pairs: Vec<Issued>,
}

#[derive(Debug)]
struct Issued {
    pair: TokenPair,
    at: Duration,
    access_until: Duration,
    /// When the refresh token was first used.
    replaced_at: Option<Duration>,
}

#[derive(Debug)]
struct Code {
    code: String,
    redirect_uri: String,
    until: Duration,
    grant: Grant,
}

/// Everything that the identity service knows.
#[derive(Debug)]
pub(super) struct State {
    pub(super) apps: Vec<OAuthApp>,
    pub(super) other_sites: Vec<OtherSite>,
    pub(super) signed_in: Option<String>,
    pub(super) access_lifetime: Duration,
    pub(super) reuse_leeway: Duration,
    pub(super) refresh_ends_access: bool,
    pub(super) n_refreshes: u64,
    pub(super) n_refused: u64,
    n_issued: u64,
    codes: Vec<Code>,
    grants: Vec<Grant>,
}

impl Grant {
    pub(super) fn new(client_id: &str, account_id: &str, scopes: BTreeSet<String>, now: Duration) -> Self {
        let (client_id, account_id) = (client_id.to_owned(), account_id.to_owned());
        Self { client_id, account_id, scopes, since: now, dead: false, pairs: Vec::new() }
    }
}

impl State {
    pub(super) fn new(access_lifetime: Duration) -> Self {
        Self {
            apps: Vec::new(),
            other_sites: Vec::new(),
            signed_in: None,
            access_lifetime,
            reuse_leeway: Duration::ZERO,
            refresh_ends_access: false,
            n_refreshes: 0,
            n_refused: 0,
            n_issued: 0,
            codes: Vec::new(),
            grants: Vec::new(),
        }
    }

    pub(super) fn consent(
        &mut self,
        client_id: &str,
        account_id: &str,
        scopes: BTreeSet<String>,
        now: Duration,
    ) -> TokenPair {
        let grant = Grant::new(client_id, account_id, scopes, now);
        self.begin(grant, now)
    }

    pub(super) fn issue_code(&mut self, grant: Grant, redirect_uri: &str, now: Duration) -> String {
        self.n_issued += 1;
        let code = stable_uuid(&format!("code/{}", self.n_issued));
        let redirect_uri = redirect_uri.to_owned();
        self.codes.push(Code { code: code.clone(), redirect_uri, until: now + CODE_LIFETIME, grant });
        code
    }

    pub(super) fn exchange(
        &mut self,
        client: (&str, &str),
        code: &str,
        redirect_uri: &str,
        now: Duration,
    ) -> Result<TokenPair, Refusal> {
        self.check_client(client)?;
        let at = self.codes.iter().position(|known| known.code == code).ok_or(Refusal::Code)?;
        // Used up even when something else about it is wrong.
        let code = self.codes.remove(at);
        let fits = code.redirect_uri == redirect_uri && code.grant.client_id == client.0 && now <= code.until;
        if fits { Ok(self.begin(code.grant, now)) } else { Err(Refusal::Code) }
    }

    pub(super) fn refresh(
        &mut self,
        client: (&str, &str),
        refresh_token: &str,
        now: Duration,
    ) -> Result<TokenPair, Refusal> {
        self.check_client(client)?;
        let (leeway, ends_access) = (self.reuse_leeway, self.refresh_ends_access);
        let fresh = self.fresh_pair();
        let grant = self
            .grants
            .iter_mut()
            .find(|grant| grant.pairs.iter().any(|issued| issued.pair.refresh_token.as_deref() == Some(refresh_token)))
            .filter(|grant| grant.client_id == client.0 && !grant.dead && now <= grant.since + CONSENT_LIFETIME)
            .ok_or(Refusal::RefreshToken)?;
        let used = grant
            .pairs
            .iter_mut()
            .find(|issued| issued.pair.refresh_token.as_deref() == Some(refresh_token))
            .ok_or(Refusal::RefreshToken)?;
        let in_time = match used.replaced_at {
            Some(at) => !leeway.is_zero() && now <= at + leeway,
            None => now <= used.at + REFRESH_IDLE_MAX,
        };
        if !in_time {
            return Err(Refusal::RefreshToken);
        }
        used.replaced_at.get_or_insert(now);
        if ends_access {
            grant.pairs.iter_mut().for_each(|issued| issued.access_until = issued.access_until.min(now));
        }
        Ok(grant.issue(fresh, now))
    }

    pub(super) fn prove(&self, access_token: &str, now: Duration) -> Option<Proof> {
        self.grants.iter().filter(|grant| !grant.dead).find_map(|grant| {
            let issued = grant.pairs.iter().find(|issued| issued.pair.access_token == access_token)?;
            (now < issued.access_until)
                .then(|| Proof { account_id: grant.account_id.clone(), scopes: grant.scopes.clone() })
        })
    }

    pub(super) fn current(&self, client_id: &str, account_id: &str) -> Option<TokenPair> {
        let of_them = |grant: &&Grant| !grant.dead && grant.client_id == client_id && grant.account_id == account_id;
        self.grants.iter().rev().find(of_them)?.pairs.last().map(|issued| issued.pair.clone())
    }

    pub(super) fn kill(&mut self, access_token: &str) {
        for grant in &mut self.grants {
            grant.dead |= grant.pairs.iter().any(|issued| issued.pair.access_token == access_token);
        }
    }

    fn check_client(&self, (id, secret): (&str, &str)) -> Result<(), Refusal> {
        let known = self.apps.iter().any(|app| app.client_id == id && app.client_secret == secret);
        if known { Ok(()) } else { Err(Refusal::Client) }
    }

    fn begin(&mut self, mut grant: Grant, now: Duration) -> TokenPair {
        let fresh = self.fresh_pair();
        let pair = grant.issue(fresh, now);
        self.grants.push(grant);
        pair
    }

    /// Tokens that were never given out before.
    fn fresh_pair(&mut self) -> TokenPair {
        self.n_issued += 1;
        let n = self.n_issued;
        TokenPair {
            access_token: format!("sim-access-{n}-{}", stable_uuid(&format!("access/{n}"))),
            refresh_token: Some(format!("sim-refresh-{n}-{}", stable_uuid(&format!("refresh/{n}")))),
            expires_in: self.access_lifetime,
            scopes: BTreeSet::new(),
        }
    }
}

impl Grant {
    fn issue(&mut self, mut pair: TokenPair, now: Duration) -> TokenPair {
        pair.scopes.clone_from(&self.scopes);
        if !self.scopes.contains("offline_access") {
            pair.refresh_token = None;
        }
        let access_until = now + pair.expires_in;
        self.pairs.push(Issued { pair: pair.clone(), at: now, access_until, replaced_at: None });
        pair
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: (&str, &str) = ("app", "secret");
    const DAY: Duration = Duration::from_hours(24);
    const T0: Duration = Duration::from_secs(10);

    fn state() -> (State, TokenPair) {
        let mut state = State::new(Duration::from_hours(1));
        state.apps.push(OAuthApp {
            client_id: "app".to_owned(),
            client_secret: "secret".to_owned(),
            redirect_uris: Vec::new(),
        });
        let scopes = ["read:page:confluence", "offline_access"].map(str::to_owned).into();
        let pair = state.consent("app", "ada", scopes, T0);
        (state, pair)
    }

    fn token(pair: &TokenPair) -> &str {
        pair.refresh_token.as_deref().unwrap()
    }

    #[test]
    fn a_refresh_token_is_good_once() {
        let (mut state, first) = state();
        let second = state.refresh(CLIENT, token(&first), T0).unwrap();
        assert_ne!(second, first);
        assert_eq!(state.refresh(CLIENT, token(&first), T0), Err(Refusal::RefreshToken));
        assert!(state.prove(&first.access_token, T0).is_some(), "access tokens live until they expire");
        assert_eq!(state.current("app", "ada"), Some(second.clone()));
        assert!(state.refresh(CLIENT, token(&second), T0).is_ok());
    }

    #[test]
    fn a_leeway_lets_the_old_one_be_used_again_for_a_while() {
        let (mut state, first) = state();
        state.reuse_leeway = Duration::from_mins(10);
        state.refresh(CLIENT, token(&first), T0).unwrap();
        assert!(state.refresh(CLIENT, token(&first), T0 + Duration::from_mins(10)).is_ok());
        assert!(state.refresh(CLIENT, token(&first), T0 + Duration::from_secs(601)).is_err());
    }

    #[test]
    fn tokens_end_by_age_and_by_disuse() {
        let (mut state, first) = state();
        assert!(state.prove(&first.access_token, T0 + Duration::from_secs(3_599)).is_some());
        assert!(state.prove(&first.access_token, T0 + Duration::from_hours(1)).is_none());
        assert!(state.refresh(CLIENT, token(&first), T0 + 91 * DAY).is_err());
        let mut last = first;
        for month in 1..=12 {
            last = state.refresh(CLIENT, token(&last), T0 + month * 30 * DAY).unwrap();
        }
        assert!(state.refresh(CLIENT, token(&last), T0 + 366 * DAY).is_err(), "a consent ends after a year");
    }

    #[test]
    fn a_killed_consent_has_no_token_left() {
        let (mut state, first) = state();
        let second = state.refresh(CLIENT, token(&first), T0).unwrap();
        state.kill(&first.access_token);
        assert!(state.prove(&second.access_token, T0).is_none());
        assert!(state.refresh(CLIENT, token(&second), T0).is_err());
        assert_eq!(state.current("app", "ada"), None);
    }

    #[test]
    fn nothing_is_renewed_without_offline_access() {
        let (mut state, _) = state();
        let pair = state.consent("app", "ada", ["read:page:confluence".to_owned()].into(), T0);
        assert_eq!(pair.refresh_token, None);
    }

    #[test]
    fn a_code_is_good_once_and_for_its_own_address() {
        let (mut state, _) = state();
        let grant = || Grant::new("app", "ada", BTreeSet::new(), T0);
        let code = state.issue_code(grant(), "https://here.example/", T0);
        assert_eq!(state.exchange(("app", "wrong"), &code, "https://here.example/", T0), Err(Refusal::Client));
        assert!(state.exchange(CLIENT, &code, "https://here.example/", T0).is_ok());
        assert_eq!(state.exchange(CLIENT, &code, "https://here.example/", T0), Err(Refusal::Code));
        let code = state.issue_code(grant(), "https://here.example/", T0);
        assert_eq!(state.exchange(CLIENT, &code, "https://there.example/", T0), Err(Refusal::Code));
        let late = state.issue_code(grant(), "https://here.example/", T0);
        assert!(state.exchange(CLIENT, &late, "https://here.example/", T0 + CODE_LIFETIME + DAY).is_err());
    }

    #[test]
    fn a_refresh_can_end_the_old_access_token_too() {
        let (mut state, first) = state();
        state.refresh_ends_access = true;
        let second = state.refresh(CLIENT, token(&first), T0).unwrap();
        assert!(state.prove(&first.access_token, T0).is_none());
        assert!(state.prove(&second.access_token, T0).is_some());
    }
}
