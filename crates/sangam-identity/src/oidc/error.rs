//! What can go wrong at the provider. The sentences are shown to who wants to sign in, and hold no token, code or claim.

use std::error::Error;

use sangam_store::StoreError;

/// Why somebody could not sign in by OpenID Connect.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The state of the installation could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A setting cannot be used.
    #[error("`{setting}` cannot be used: {problem}")]
    Setting {
        /// Its name in [`crate::OidcSettings`].
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The state that the browser came back with is none of ours, or was used, or has expired.
    #[error("this sign-in was used before, took too long or did not begin here; sign in again")]
    UnknownState,
    /// Another browser began this sign-in.
    #[error("this sign-in began in another browser; sign in again in this one")]
    OtherBrowser,
    /// The provider says no: the person refused, or may not use this application.
    #[error("the provider refused the sign-in: `{code}`")]
    Refused {
        /// The provider's code, e.g. `access_denied`.
        code: String,
    },
    /// The provider does not take the code, or does not know this client.
    #[error("the provider does not accept what it is shown: `{code}`")]
    Exchange {
        /// The provider's code, e.g. `invalid_grant` or `invalid_client`.
        code: String,
    },
    /// More people sign in at this moment than the provider is asked for at once.
    #[error("too many people sign in at this moment; try again in a few seconds")]
    Busy,
    /// The provider cannot be reached or does not answer; trying again may help.
    #[error("the provider's host `{host}` does not answer")]
    Unreachable {
        /// The host that was asked.
        host: String,
        /// What failed.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The provider answers something that no provider should.
    #[error("the provider's {what} cannot be used: {problem}")]
    Answer {
        /// Which of its answers.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The id token does not prove anything.
    #[error("the provider's id token is not valid: {0}")]
    Token(#[from] TokenProblem),
}

/// What is wrong with an id token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// It is no signed JSON Web Token.
    #[error("it is no signed token")]
    Malformed,
    /// It is not signed, or in a way that anybody could.
    #[error("it is signed in a way that is not accepted")]
    Algorithm,
    /// It is signed with a key that the provider does not publish.
    #[error("it is signed with a key that the provider does not publish")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// Somebody else issued it.
    #[error("somebody else issued it")]
    Issuer,
    /// It is meant for another application.
    #[error("it is meant for another application")]
    Audience,
    /// It has expired.
    #[error("it has expired, or the clocks differ")]
    Expired,
    /// Its time has not come.
    #[error("it is from the future, or the clocks differ")]
    NotYet,
    /// It is of another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// It names nobody.
    #[error("it names nobody")]
    Subject,
}
