//! When a call is repeated, and after how long.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{
    RequestBuilder, StatusCode, Url,
    header::{HeaderMap, RETRY_AFTER},
};
use serde::de::DeserializeOwned;

use super::{Client, media::location};
use crate::error::ClientError;

/// Times that a call is made at most, if the site does not say how long to wait.
const TRIES_MAX: u32 = 4;

/// Times that a site may ask to wait for one call.
const WAITS_MAX: u32 = 100;

/// Longest pause of our own; a site that needs more says so.
const BACKOFF_MAX: Duration = Duration::from_secs(30);

/// Which refusals are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// All that may be temporary.
    Normal,
    /// A 403 is the answer.
    NotRefused,
}

/// A failed try: what it means if it stays so, and whether to try again.
#[derive(Debug)]
pub(super) struct Failure {
    error: ClientError,
    repeat: Repeat,
    location: Option<String>,
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
        Self { error, repeat: Repeat::Never, location: None }
    }
}

impl Failure {
    /// The connection failed.
    pub(super) fn transport(path: &str, error: &reqwest::Error) -> Self {
        let what = if error.is_connect() {
            "the host cannot be reached"
        } else if error.is_timeout() {
            "it did not answer in time"
        } else {
            "the connection broke off"
        };
        let error = ClientError::Unavailable { path: path.to_owned(), what: what.to_owned(), retry_at: None };
        Self { error, repeat: Repeat::Soon, location: None }
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
            // Under load a site has been seen to refuse what it permits a moment later.
            403 => (ClientError::Forbidden { path: path.clone() }, Repeat::Soon),
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
        Self { error, repeat, location }
    }

    /// Where the answer redirects to, if it does.
    pub(super) fn into_redirect(self) -> Result<String, Self> {
        match self.location {
            Some(location) => Ok(location),
            None => Err(self),
        }
    }
}

impl Client {
    /// Makes the call until it succeeds or repeating it is of no use.
    pub(super) async fn repeated<T: DeserializeOwned>(
        &self,
        url: &Url,
        limit_bytes: u64,
        patience: Patience,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, ClientError> {
        let path = url.path();
        self.with_repetitions(path, patience, || async { self.once(request(), path, limit_bytes).await }).await
    }

    /// Runs `attempt` until it succeeds or repeating it is of no use.
    pub(super) async fn with_repetitions<T, F>(
        &self,
        path: &str,
        patience: Patience,
        attempt: impl Fn() -> F,
    ) -> Result<T, ClientError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let (mut tries, mut waits) = (0, 0);
        loop {
            let failure = match attempt().await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let is_refused = matches!(failure.error, ClientError::Forbidden { .. });
            let pause = match failure.repeat {
                Repeat::Never => return Err(failure.error),
                _ if is_refused && patience == Patience::NotRefused => return Err(failure.error),
                Repeat::After(wait) if wait > self.settings.retry_after_max => {
                    return Err(too_long(failure.error, wait));
                }
                Repeat::After(wait) => {
                    waits += 1;
                    if waits > WAITS_MAX {
                        return Err(failure.error);
                    }
                    wait
                }
                Repeat::Soon => {
                    tries += 1;
                    if tries >= TRIES_MAX {
                        return Err(failure.error);
                    }
                    backoff(self.settings.backoff_base, tries, chance())
                }
            };
            tracing::debug!(pause_ms = pause.as_millis() as u64, "repeating the call to `{path}` after a pause");
            tokio::select! {
                () = self.stop.cancelled() => return Err(ClientError::Stopped),
                () = tokio::time::sleep(pause) => {}
            }
        }
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

/// `Retry-After` in seconds or as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    let seconds = date.as_second() - Timestamp::now().as_second();
    Some(Duration::from_secs(seconds.max(0).unsigned_abs()))
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
    fn retry_after_is_seconds_or_a_date() {
        let header = |text: &str| HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
        assert_eq!(retry_after(&header("5")), Some(Duration::from_secs(5)));
        assert_eq!(retry_after(&header("Wed, 21 Oct 2015 07:28:00 GMT")), Some(Duration::ZERO));
        assert_eq!(retry_after(&header("soon")), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
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
    }
}
