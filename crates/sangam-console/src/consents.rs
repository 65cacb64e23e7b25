//! Consents that somebody was sent away for, until they come back. Nothing is kept here: what they are for leaves in OAuth's `state`, signed by
//! the session, so they survive a restart and may come back to another server.

use std::time::Duration;

use jiff::Timestamp;
use sangam_identity::Session;
use serde_json::{Value, json};
use uuid::Uuid;

/// How long somebody may be away: the time that a code of Atlassian's lasts, and to read a page.
const AWAY_MAX: Duration = Duration::from_mins(10);
/// What a session signs them for.
const STATE: &str = "consent";
/// What a session derives their verifier for.
const VERIFIER: &str = "consent verifier";

/// What somebody was sent away for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Consent {
    /// The secret that the tokens go into.
    pub(crate) secret: String,
    /// `SAAS` or `ON_PREM`.
    pub(crate) hosting: String,
    /// The site, if it was named.
    pub(crate) host_url: String,
    /// What is this one's alone.
    nonce: String,
}

impl Consent {
    /// One that begins.
    pub(crate) fn new(secret: &str, hosting: &str, host_url: &str) -> Self {
        let nonce = Uuid::new_v4().simple().to_string();
        Self { secret: secret.to_owned(), hosting: hosting.to_owned(), host_url: host_url.to_owned(), nonce }
    }

    /// Proves that whoever has the code is who asked for it: 43 characters, as the standard wants 43 to 128. It never leaves the server.
    pub(crate) fn verifier(&self, session: &Session) -> String {
        session.derive(VERIFIER, &self.nonce)
    }

    /// The `state` that comes back with the code.
    pub(crate) fn state(&self, session: &Session) -> String {
        let away = Timestamp::now().as_millisecond() + AWAY_MAX.as_millis() as i64;
        session.sign(STATE, &json!([self.secret, self.hosting, self.host_url, self.nonce, away]).to_string())
    }

    /// The one of that state, if it is this session's and in time.
    pub(crate) fn of_state(session: &Session, state: &str) -> Option<Self> {
        Self::read(&session.verified(STATE, state)?, Timestamp::now().as_millisecond())
    }

    fn read(signed: &str, now: i64) -> Option<Self> {
        let signed: Value = serde_json::from_str(signed).ok()?;
        let text = |at: usize| signed[at].as_str().map(str::to_owned);
        let consent = Self { secret: text(0)?, hosting: text(1)?, host_url: text(2)?, nonce: text(3)? };
        (now < signed[4].as_i64()?).then_some(consent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_last_for_a_time() {
        let signed = r#"["s", "SAAS", "", "n", 20]"#;
        assert_eq!(Consent::read(signed, 19).unwrap().secret, "s");
        assert_eq!(Consent::read(signed, 20), None);
        assert_eq!(Consent::read(r#"["s", "SAAS"]"#, 0), None);
        assert_ne!(Consent::new("s", "SAAS", "").nonce, Consent::new("s", "SAAS", "").nonce);
    }
}
