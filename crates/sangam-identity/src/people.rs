//! Everything about people who sign in, in one place, and the order of a sign-in by password.

use sangam_store::Store;
use secrecy::SecretString;

use crate::identity::account_subject;
use crate::{Accounts, Attempts, Audit, Clock, Event, Identity, IdentityError, Links, Origin, Sessions};

/// The action of a sign-in in the audit trail.
pub const SIGN_IN: &str = "SignIn";
/// The action of a sign-out.
pub const SIGN_OUT: &str = "SignOut";
/// The outcome of a sign-in that was refused.
pub const WRONG_PASSWORD: &str = "WrongPassword";
/// The actor of a sign-in with a name that nobody has. What was typed is not kept: it may be a password.
pub const UNKNOWN: &str = "unknown";

/// Somebody who has just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who it is.
    pub identity: Identity,
    /// The token of their session.
    pub token: SecretString,
}

/// The people of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct People {
    /// Local accounts.
    pub accounts: Accounts,
    /// Who is signed in.
    pub sessions: Sessions,
    /// One-time links.
    pub links: Links,
    /// Attempts to sign in.
    pub attempts: Attempts,
    /// Who did what.
    pub audit: Audit,
}

impl People {
    /// The people in `store`.
    pub fn new(store: &Store, clock: &Clock) -> Self {
        Self {
            accounts: Accounts::new(store.clone(), clock.clone()),
            sessions: Sessions::new(store.clone(), clock.clone()),
            links: Links::new(store.clone(), clock.clone()),
            attempts: Attempts::new(store.clone(), clock.clone()),
            audit: Audit::new(store.clone(), clock.clone()),
        }
    }

    /// Signs in with a local account: counts the attempt, checks the password, starts a session, and puts all of it into the audit trail.
    /// `None` if name or password are wrong or the account is disabled; the page says the same in each case.
    ///
    /// # Errors
    /// [`IdentityError::TooManyAttempts`], [`IdentityError::Busy`], [`IdentityError::AccountChanged`].
    pub async fn sign_in(
        &self,
        name: &str,
        password: SecretString,
        origin: &Origin,
    ) -> Result<Option<SignedIn>, IdentityError> {
        // Nothing is written about who is over the limit: the failures that led there are in the trail, and a flood would fill it.
        self.attempts.begin(name, origin.address).await?;
        let Some(identity) = self.accounts.verify(name, password).await? else {
            self.record_refused(name, origin).await?;
            return Ok(None);
        };
        self.attempts.succeeded(name, origin.address).await?;
        Ok(Some(self.start(identity, origin).await?))
    }

    /// Starts a session for somebody whom a link or a provider vouches for, and puts it into the audit trail.
    ///
    /// # Errors
    /// [`IdentityError::AccountChanged`].
    pub async fn start(&self, identity: Identity, origin: &Origin) -> Result<SignedIn, IdentityError> {
        let token = self.sessions.start(&identity, origin).await?;
        self.audit.record(Event { address: Some(origin.address), ..Event::of(&identity, SIGN_IN) }).await?;
        Ok(SignedIn { identity, token })
    }

    /// Ends the session of that token, which is that person's own, and puts it into the audit trail.
    pub async fn sign_out(&self, identity: &Identity, token: &str, origin: &Origin) -> Result<(), IdentityError> {
        if self.sessions.end(token).await? {
            self.audit.record(Event { address: Some(origin.address), ..Event::of(identity, SIGN_OUT) }).await?;
        }
        Ok(())
    }

    async fn record_refused(&self, name: &str, origin: &Origin) -> Result<(), IdentityError> {
        let account = self.accounts.find(name).await?;
        let (actor, name) = match account {
            Some(account) => (account_subject(&account.name), account.name),
            None => (UNKNOWN.to_owned(), String::new()),
        };
        let event = Event {
            actor,
            name,
            action: SIGN_IN.into(),
            address: Some(origin.address),
            outcome: WRONG_PASSWORD.into(),
            ..Event::default()
        };
        self.audit.record(event).await
    }
}
