//! One-time links: who can read the terminal or the log of the server may sign in without an account.

use std::time::Duration;

use sangam_store::Store;
use secrecy::{ExposeSecret, SecretString};

use crate::{Clock, Identity, IdentityError, Role, token};

/// How long a link may be used: from the terminal to the browser.
pub const LINK_AGE_MAX: Duration = Duration::from_mins(15);
/// Links that wait to be used; a script that makes more wants something else, and the oldest end.
const LINKS_MAX: i64 = 100;

/// The one-time links of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Links {
    store: Store,
    clock: Clock,
}

impl Links {
    /// The links in `store`.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Makes a link for `role`. Returns its token, which [`Self::take`] accepts once within [`LINK_AGE_MAX`].
    pub async fn make(&self, role: Role) -> Result<SecretString, IdentityError> {
        let token = token::random();
        let now = self.clock.now_ms();
        let expires_at = now + LINK_AGE_MAX.as_millis() as i64;
        let hash = token::hash(token.expose_secret());
        self.store.insert_sign_in_link(&hash, role.as_str(), now, expires_at, LINKS_MAX).await?;
        Ok(token)
    }

    /// The identity of the link with that token; `None` if there is none, it is too old, or somebody has taken it.
    ///
    /// A mail scanner or a browser that looks ahead would take it too: ask for it with a form, not when the address is opened.
    pub async fn take(&self, token: &str) -> Result<Option<Identity>, IdentityError> {
        if !token::is_token(token) {
            return Ok(None);
        }
        let role = self.store.take_sign_in_link(&token::hash(token), self.clock.now_ms()).await?;
        Ok(role.map(|role| Identity::of_link(Role::stored(&role))))
    }
}
