//! Why a call gave no answer, and what that means for the sync.

use sangam_sync::SourceError;

/// Why a call to Confluence gave no answer that can be used. Paths are without their query; nothing of an answer is quoted.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ClientError {
    /// The credentials were refused, or the answer is a page for people to sign in.
    #[error("Confluence refused the credentials at `{path}` ({what})")]
    Unauthorized { path: String, what: String },
    /// The site wants a person to sign in before any password is taken; each further try makes it worse.
    #[error("Confluence takes no password at `{path}` before a person has solved its puzzle")]
    Locked { path: String },
    /// The token lacks a scope for this call, which needs these.
    #[error("the token lacks a scope for `{path}`, which needs {scopes}")]
    Scope { path: String, scopes: &'static str },
    /// There is no token to call with any more.
    #[error("{message}")]
    Grant { message: String, code: &'static str },
    /// Configuration and secret do not go with what was found.
    #[error("{message}")]
    Setup { message: String, code: &'static str },
    /// The installation did not let the token be replaced.
    #[error("the secret's new token could not be fetched and stored: {message}")]
    Host { message: String },
    /// The account may not make this call.
    #[error("the account is not permitted to call `{path}` ({what})")]
    Forbidden { path: String, what: &'static str },
    /// Nothing there, or nothing that the account may see.
    #[error("`{path}` was not found")]
    NotFound { path: String },
    /// The call itself was wrong, such as an expired cursor.
    #[error("Confluence rejected the call to `{path}` with status {status}")]
    Rejected { path: String, status: u16 },
    /// The answer is not what the interface promises.
    #[error("the answer of `{path}` could not be read: {what}")]
    Malformed { path: String, what: &'static str },
    /// The answer is larger than this call may give.
    #[error("the answer of `{path}` is over the limit of {limit_bytes} bytes")]
    TooLarge { path: String, limit_bytes: u64 },
    /// No usable answer after all repetitions.
    #[error("`{path}` is unavailable: {what}")]
    Unavailable { path: String, what: String, retry_at: Option<i64> },
    /// The sync was stopped.
    #[error("the sync was stopped")]
    Stopped,
}

impl ClientError {
    /// True if no further call can be expected to succeed, so that the sync must end and not only this part of it.
    pub(crate) fn ends_the_sync(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized { .. }
                | Self::Locked { .. }
                | Self::Grant { .. }
                | Self::Setup { .. }
                | Self::Host { .. }
                | Self::Stopped
                | Self::Unavailable { retry_at: Some(_), .. }
        )
    }

    /// True if the same call may succeed in a later sync.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

impl From<ClientError> for SourceError {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        match error {
            ClientError::Stopped => Self::Stopped,
            ClientError::Unauthorized { .. } => Self::Unauthorized { message, code: Some("CNF-5501".into()) },
            ClientError::Locked { .. } => Self::Unauthorized {
                message: format!(
                    "{message}; sign in as this account in a browser once, correct the secret if its password has changed, and sync again only then"
                ),
                code: Some("CNF-5501".into()),
            },
            ClientError::Scope { .. } => Self::Unauthorized {
                message: format!("{message}; add it to the app or token, and run `sangam connect confluence` again"),
                code: Some("CNF-5501".into()),
            },
            ClientError::Grant { code, .. } => Self::Unauthorized { message, code: Some(code.into()) },
            ClientError::Setup { code, .. } => Self::Configuration { message, code: Some(code.into()) },
            ClientError::Forbidden { .. } => Self::Unauthorized {
                message: format!(
                    "{message}; give the account access to Confluence and to the spaces that are to be crawled"
                ),
                code: Some("CNF-5501".into()),
            },
            ClientError::Unavailable { retry_at, .. } => {
                Self::Unavailable { message, code: Some("CNF-5565".into()), retry_at }
            }
            ClientError::Host { .. }
            | ClientError::NotFound { .. }
            | ClientError::Rejected { .. }
            | ClientError::Malformed { .. }
            | ClientError::TooLarge { .. } => Self::Unavailable { message, code: None, retry_at: None },
        }
    }
}
