//! What can go wrong where accounts, sessions and links are concerned. The sign-in at a provider has its own: [`crate::OidcError`].

use std::time::Duration;

use sangam_store::StoreError;

/// Why something about people who sign in could not be done.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The state could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is an account of that name.
    #[error("an account named `{name}` exists already")]
    AccountExists {
        /// The name, in lower case.
        name: String,
    },
    /// There is no account of that name.
    #[error("there is no account named `{name}`")]
    AccountNotFound {
        /// The name, in lower case.
        name: String,
    },
    /// There are as many accounts as there may be.
    #[error("there are {n_max} accounts already, which is the most; use an OpenID provider for more people")]
    TooManyAccounts {
        /// How many there may be.
        n_max: i64,
    },
    /// A name that no account may have. It is not repeated: people type passwords into the wrong field.
    #[error(
        "an account's name has 1 to {chars_max} characters: letters from a to z, digits, and `.`, `-`, `_`, `@`, `+`"
    )]
    Name {
        /// The longest name.
        chars_max: usize,
    },
    /// A password that is too short.
    #[error("a password needs at least {chars_min} characters")]
    PasswordTooShort {
        /// The shortest password.
        chars_min: usize,
    },
    /// A password that is too long.
    #[error("a password may have at most {bytes_max} bytes")]
    PasswordTooLong {
        /// The longest password.
        bytes_max: usize,
    },
    /// A password that is the account's name.
    #[error("the password must not be the account's name")]
    PasswordIsName,
    /// A user id that no reader can have.
    #[error("the user id has 1 to {chars_max} characters, none of them a control character")]
    UserId {
        /// The longest user id.
        chars_max: usize,
    },
    /// The account was changed, disabled or removed while somebody signed in with it.
    #[error("the account changed while you signed in; sign in again")]
    AccountChanged,
    /// There were too many attempts to sign in.
    #[error("too many attempts to sign in; try again in {} minutes", retry_after.as_secs().div_ceil(60).max(1))]
    TooManyAttempts {
        /// How long until the next one is looked at.
        retry_after: Duration,
    },
    /// More people sign in at this moment than passwords can be checked.
    #[error("too many people sign in at this moment; try again in a few seconds")]
    Busy,
    /// The password could not be hashed.
    #[error("the password could not be processed")]
    Hashing,
}
