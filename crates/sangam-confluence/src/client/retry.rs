//! When a call is repeated, and after how long.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{StatusCode, header::HeaderMap};

use super::{
    Client, Patience, call::Call, http::certificate_refused, media::location, rates::retry_after, sign_in::Ticket,
};
use crate::error::ClientError;

/// Times that a call is made at most, if the site does not say how long to wait.
const TRIES_MAX: u32 = 4;

/// Times that a site may ask to wait for one call.
const WAITS_MAX: u32 = 100;

/// Longest pause of our own; a site that needs more says so.
const BACKOFF_MAX: Duration = Duration::from_secs(30);

/// Times that a call is made again with newer credentials: once for a token that expired, once more if it expires again meanwhile.
const RENEWALS_MAX: u32 = 2;

/// When a run that got no answer but "too many calls" is tried again; the site did not say.
const PARKED_FOR: Duration = Duration::from_mins(10);

/// Shortest wait that people are told of.
const WAIT_TOLD: Duration = Duration::from_secs(2);

/// The header by which Data Center says that no password will do before a person has signed in.
const DENIED_HEADER: &str = "x-authentication-denied-reason";

/// A failed try: what it means if it stays so, and whether to try again.
#[derive(Debug)]
pub(super) struct Failure {
    error: ClientError,
    repeat: Repeat,
    location: Option<String>,
    /// True if the site said that it is too much.
    is_throttled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Never,
    /// After a pause of our own.
    Soon,
    /// After as long as the site asks for.
    After(Duration),
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self { error, repeat: Repeat::Never, location: None, is_throttled: false }
    }
}

impl Failure {
    /// The connection failed.
    pub(super) fn transport(path: &str, error: &reqwest::Error) -> Self {
        let (what, repeat) = if let Some(what) = certificate_refused(error) {
            // The next try would meet the same certificate.
            (what, Repeat::Never)
        } else if error.is_connect() {
            ("the host cannot be reached".to_owned(), Repeat::Soon)
        } else if error.is_timeout() {
            ("it did not answer in time".to_owned(), Repeat::Soon)
        } else {
            ("the connection broke off".to_owned(), Repeat::Soon)
        };
        let error = ClientError::Unavailable { path: path.to_owned(), what, retry_at: None };
        Self { error, repeat, location: None, is_throttled: false }
    }

    /// The answer has a status that is no success.
    pub(super) fn status(path: &str, status: StatusCode, headers: &HeaderMap) -> Self {
        let path = path.to_owned();
        let code = status.as_u16();
        let unavailable = |what: String| ClientError::Unavailable { path: path.clone(), what, retry_at: None };
        let (error, repeat) = match code {
            401 => {
                let what = format!("status {code}");
                (ClientError::Unauthorized { path: path.clone(), what }, Repeat::Never)
            }
            403 if is_captcha(headers) => (ClientError::Locked { path: path.clone() }, Repeat::Never),
            // Under load a site has been seen to refuse what it permits a moment later.
            403 => (ClientError::Forbidden { path: path.clone(), what: "status 403" }, Repeat::Soon),
            404 | 410 => (ClientError::NotFound { path: path.clone() }, Repeat::Never),
            429 | 503 => {
                let what =
                    if code == 429 { "the site asks for fewer calls".to_owned() } else { format!("status {code}") };
                let repeat = retry_after(headers).map_or(Repeat::Soon, Repeat::After);
                (unavailable(what), repeat)
            }
            408 | 500..=599 => (unavailable(format!("status {code}")), Repeat::Soon),
            300..=399 => {
                let what = format!("it redirects with status {code}, as a site does that wants people to sign in");
                (ClientError::Unauthorized { path: path.clone(), what }, Repeat::Never)
            }
            _ => (ClientError::Rejected { path: path.clone(), status: code }, Repeat::Never),
        };
        let location = status.is_redirection().then(|| location(headers)).flatten();
        Self { error, repeat, location, is_throttled: code == 429 }
    }

    /// True if each further try makes it worse.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self.error, ClientError::Locked { .. })
    }

    /// Where the answer redirects to, if it does.
    pub(super) fn into_redirect(self) -> Result<String, Self> {
        match self.location {
            Some(location) => Ok(location),
            None => Err(self),
        }
    }
}

fn is_captcha(headers: &HeaderMap) -> bool {
    let reason = headers.get(DENIED_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    reason.contains("CAPTCHA")
}

/// How often a call was repeated, and why.
#[derive(Default)]
struct Counts {
    tries: u32,
    /// Those of them that the site found too many.
    throttled: u32,
    waits: u32,
    renewals: u32,
}

impl Client {
    /// Runs `attempt` until it succeeds or repeating it is of no use.
    pub(super) async fn with_repetitions<T, F>(
        &self,
        call: &Call,
        patience: Patience,
        attempt: impl Fn(Ticket) -> F,
    ) -> Result<T, ClientError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut counts = Counts::default();
        loop {
            self.wait_if_held().await?;
            let ticket = self.ticket().await?;
            let failure = match attempt(ticket.clone()).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            if matches!(failure.error, ClientError::Unauthorized { .. }) {
                counts.renewals += 1;
                let is_of_use = counts.renewals <= RENEWALS_MAX && self.may_renew(patience, &ticket).await?;
                if is_of_use && self.is_renewed_since(&ticket).await? {
                    continue;
                }
                return Err(self.refusal(failure.error, patience));
            }
            let pause = self.pause(failure, patience, &mut counts)?;
            tracing::debug!(pause_ms = pause.as_millis() as u64, "repeating the call to `{}` after a pause", call.path);
            tokio::select! {
                () = self.stop.cancelled() => return Err(ClientError::Stopped),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// How long to wait before the next try; the failure itself if there is to be none.
    fn pause(&self, failure: Failure, patience: Patience, counts: &mut Counts) -> Result<Duration, ClientError> {
        let is_refused = matches!(failure.error, ClientError::Forbidden { .. });
        match failure.repeat {
            Repeat::Never => Err(failure.error),
            _ if is_refused && patience != Patience::Normal => Err(failure.error),
            Repeat::After(wait) if wait > self.shared.settings.retry_after_max => Err(too_long(failure.error, wait)),
            Repeat::After(wait) => {
                counts.waits += 1;
                if counts.waits > WAITS_MAX {
                    return Err(failure.error);
                }
                // What one call is told holds for all: the loop waits before its next try.
                self.shared.pace.hold(wait);
                Ok(Duration::ZERO)
            }
            Repeat::Soon => {
                counts.tries += 1;
                counts.throttled += u32::from(failure.is_throttled);
                if counts.tries >= TRIES_MAX {
                    return Err(if counts.throttled == counts.tries { parked(failure.error) } else { failure.error });
                }
                Ok(backoff(self.shared.settings.backoff_base, counts.tries, chance()))
            }
        }
    }

    /// Waits as long as the site asked for, and says so.
    async fn wait_if_held(&self) -> Result<(), ClientError> {
        let Some(mut left) = self.shared.pace.held_for() else { return Ok(()) };
        let is_told = left >= WAIT_TOLD;
        if is_told {
            let until = Timestamp::now() + left;
            self.progress.note(Some(format!(
                "Confluence asks for fewer calls: waiting until {} UTC.",
                until.strftime("%Y-%m-%d %H:%M:%S")
            )));
        }
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return Err(ClientError::Stopped),
                () = tokio::time::sleep(left) => {}
            }
            match self.shared.pace.held_for() {
                Some(more) => left = more,
                None => break,
            }
        }
        if is_told {
            self.progress.note(None);
        }
        Ok(())
    }

    /// Whether newer credentials may be fetched for a call that was refused. A function that is closed to this kind of credentials refuses
    /// every token, so with one that is optional the token is tried elsewhere first.
    async fn may_renew(&self, patience: Patience, ticket: &Ticket) -> Result<bool, ClientError> {
        if patience != Patience::Optional {
            return Ok(true);
        }
        let probe = Call::get(self.url("rest/api/user/current", &[]));
        match self.json_once::<serde_json::Value>(&probe, ticket.clone()).await {
            Err(Failure { error: ClientError::Stopped, .. }) => Err(ClientError::Stopped),
            answer => Ok(matches!(answer, Err(Failure { error: ClientError::Unauthorized { .. }, .. }))),
        }
    }

    /// A refusal that stays.
    fn refusal(&self, error: ClientError, patience: Patience) -> ClientError {
        match error {
            ClientError::Unauthorized { path, .. } if patience == Patience::Optional => {
                ClientError::Forbidden { path, what: "it is switched off or closed to these credentials" }
            }
            ClientError::Unauthorized { path, what } => {
                ClientError::Unauthorized { path, what: format!("{what}; {}", self.advice()) }
            }
            error => error,
        }
    }
}

/// Nothing but "too many calls": the run is parked, and says from when on it is worth another try.
fn parked(error: ClientError) -> ClientError {
    match error {
        ClientError::Unavailable { path, what, .. } => {
            let retry_at = Some(Timestamp::now().as_second() + PARKED_FOR.as_secs() as i64);
            ClientError::Unavailable { path, what, retry_at }
        }
        other => other,
    }
}

/// A wait that is over the limit ends the run, and says when the site is ready again.
fn too_long(error: ClientError, wait: Duration) -> ClientError {
    match error {
        ClientError::Unavailable { path, .. } => ClientError::Unavailable {
            path,
            what: format!("the site asks to wait for {} seconds", wait.as_secs()),
            retry_at: Some(Timestamp::now().as_second() + wait.as_secs() as i64),
        },
        other => other,
    }
}

/// The pause before repetition `tries`, counted from 1, with `chance` from 0 to 1: doubling, spread by 0.7 to 1.3, capped.
fn backoff(base: Duration, tries: u32, chance: f64) -> Duration {
    let doubled = base.saturating_mul(1 << (tries - 1).min(16)).min(BACKOFF_MAX);
    doubled.mul_f64(0.7 + 0.6 * chance)
}

/// A number from 0 to 1 that differs between callers; the clock's last digits are good enough to spread calls.
fn chance() -> f64 {
    f64::from(Timestamp::now().subsec_nanosecond().unsigned_abs() % 1_000_000) / 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_are_spread_and_have_a_cap() {
        let base = Duration::from_secs(1);
        assert_eq!(backoff(base, 1, 0.5), Duration::from_secs(1));
        assert_eq!(backoff(base, 3, 0.5), Duration::from_secs(4));
        assert_eq!(backoff(base, 1, 0.0), Duration::from_millis(700));
        assert_eq!(backoff(base, 1, 1.0), Duration::from_millis(1300));
        assert_eq!(backoff(base, 30, 1.0), BACKOFF_MAX.mul_f64(1.3));
    }

    #[test]
    fn statuses_mean_what_the_reference_says() {
        let failure = |code: u16| Failure::status("/x", StatusCode::from_u16(code).unwrap(), &HeaderMap::new());
        assert!(matches!(failure(401).error, ClientError::Unauthorized { .. }));
        assert!(matches!(failure(302).error, ClientError::Unauthorized { .. }));
        assert!(matches!(failure(410).error, ClientError::NotFound { .. }));
        assert!(matches!(failure(400).error, ClientError::Rejected { status: 400, .. }));
        for code in [403, 429, 500, 502, 503, 504] {
            assert_eq!(failure(code).repeat, Repeat::Soon, "{code}");
        }
        assert_eq!(failure(401).repeat, Repeat::Never);
        let denied =
            [("x-authentication-denied-reason", "CAPTCHA_CHALLENGE; login-url=https://x.example/login.action")];
        let denied = denied.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let locked = Failure::status("/x", StatusCode::FORBIDDEN, &HeaderMap::from_iter(denied));
        assert!(locked.is_locked() && locked.repeat == Repeat::Never);
    }
}
