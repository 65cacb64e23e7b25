//! Consents that somebody was sent away for, until they come back. They are kept by this process: whoever comes back after a restart, or at
//! another server, begins again, and nothing is lost by it.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use uuid::Uuid;

/// How long somebody may be away: the time that a code of Atlassian's lasts, and to read a page.
const AWAY_MAX: Duration = Duration::from_mins(10);
/// Consents at once; beyond them the oldest is forgotten.
const CONSENTS_MAX: usize = 100;

/// What somebody was sent away for.
#[derive(Clone)]
pub(crate) struct Consent {
    /// The secret that the tokens go into.
    pub(crate) secret: String,
    /// `SAAS` or `ON_PREM`.
    pub(crate) hosting: String,
    /// The site, if it was named.
    pub(crate) host_url: String,
    /// Where they come back to.
    pub(crate) redirect_uri: String,
    /// Proves that whoever has the code is who asked for it; never shown.
    pub(crate) verifier: String,
}

struct Away {
    consent: Consent,
    /// Only the browser session that left may come back.
    session: String,
    since: Instant,
}

/// All of them, by their state.
#[derive(Default)]
pub(crate) struct Consents(Mutex<HashMap<String, Away>>);

impl Consents {
    /// A verifier that nobody guesses: 64 characters, as the standard wants 43 to 128.
    pub(crate) fn verifier() -> String {
        format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
    }

    /// Remembers one; returns its state.
    pub(crate) fn begin(&self, session: &str, consent: Consent) -> String {
        let state = Uuid::new_v4().simple().to_string();
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.retain(|_, away| away.since.elapsed() < AWAY_MAX);
        if all.len() >= CONSENTS_MAX
            && let Some(oldest) = all.iter().min_by_key(|(_, away)| away.since).map(|(state, _)| state.clone())
        {
            all.remove(&oldest);
        }
        all.insert(state.clone(), Away { consent, session: session.to_owned(), since: Instant::now() });
        state
    }

    /// The one of that state, which stays.
    pub(crate) fn look(&self, session: &str, state: &str) -> Option<Consent> {
        let all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let away = all.get(state)?;
        (away.session == session && away.since.elapsed() < AWAY_MAX).then(|| away.consent.clone())
    }

    /// Takes the one of that state, if it is this session's and in time. A state works once.
    pub(crate) fn take(&self, session: &str, state: &str) -> Option<Consent> {
        let found = self.look(session, state)?;
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.remove(state).map(|_| found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consent(secret: &str) -> Consent {
        Consent {
            secret: secret.to_owned(),
            hosting: "SAAS".to_owned(),
            host_url: String::new(),
            redirect_uri: "http://x/console/connect/callback".to_owned(),
            verifier: Consents::verifier(),
        }
    }

    #[test]
    fn a_state_is_one_sessions_and_works_once() {
        let consents = Consents::default();
        let state = consents.begin("mine", consent("s"));
        assert!(consents.take("theirs", &state).is_none());
        assert!(consents.take("mine", "other").is_none());
        assert_eq!(consents.take("mine", &state).unwrap().secret, "s");
        assert!(consents.take("mine", &state).is_none());
        assert_eq!(consent("s").verifier.len(), 64);
    }

    #[test]
    fn they_are_bounded() {
        let consents = Consents::default();
        let first = consents.begin("mine", consent("first"));
        for _ in 0..CONSENTS_MAX {
            consents.begin("mine", consent("more"));
        }
        assert!(consents.take("mine", &first).is_none());
        assert_eq!(consents.0.lock().unwrap().len(), CONSENTS_MAX);
    }
}
