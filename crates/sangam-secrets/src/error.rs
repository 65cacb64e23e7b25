//! What can go wrong with a secret or an access key, and what a client is told.

use sangam_api::{ApiError, ErrorKind};
use sangam_store::StoreError;

use crate::sealing::SealError;

/// Why a secret or an access key could not be used. No message holds a part of a value.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// There is none.
    #[error("{what} not found")]
    NotFound {
        /// What was looked for, e.g. ``secret `handbook` ``.
        what: String,
    },
    /// It waits for its removal. Terraform searches messages for the words of the first sentence.
    #[error(
        "You can't perform this operation on the secret because it was marked for deletion. \
         RestoreSecret brings `{name}` back until its recovery window ends."
    )]
    MarkedForDeletion {
        /// The secret's name.
        name: String,
    },
    /// The name is taken.
    #[error("secret `{name}` already exists")]
    Exists {
        /// The name.
        name: String,
    },
    /// The name is taken by a secret that waits for its removal. Not "scheduled for deletion": Terraform would try again for minutes.
    #[error(
        "the name `{name}` belongs to a secret that was marked for deletion: restore it with RestoreSecret, or delete it with \
         ForceDeleteWithoutRecovery first"
    )]
    NameHeld {
        /// The name.
        name: String,
    },
    /// The request token names a version with another value.
    #[error("version `{version}` of secret `{name}` exists with another value: use a new ClientRequestToken")]
    VersionExists {
        /// The secret's name.
        name: String,
        /// The request token.
        version: String,
    },
    /// The name or ARN is of no valid form. The service was seen to answer this one as a violated constraint.
    #[error(
        "a secret's name has letters, digits and `/_+=.@!-` only, its ARN the form `arn:aws:secretsmanager:<region>:<account>:secret:<name>`"
    )]
    InvalidName,
    /// A parameter makes no sense.
    #[error("{0}")]
    InvalidParameter(String),
    /// The request makes no sense, or not in this state.
    #[error("{0}")]
    InvalidRequest(String),
    /// Too many of something.
    #[error("{0}")]
    LimitExceeded(String),
    /// The token of the next page is not ours, or is for another listing.
    #[error("the NextToken is not one that this listing returned")]
    InvalidNextToken,
    /// A stored value does not open.
    #[error("{what}: {source}")]
    Sealed {
        /// Whose value, e.g. ``secret `handbook` ``.
        what: String,
        /// Why not.
        source: SealError,
    },
    /// Somebody else replaces the value, and did not end in time.
    #[error("secret `{name}` is being replaced by somebody else for too long")]
    Locked {
        /// The secret's name.
        name: String,
    },
    /// The lock was held for longer than its lease and not prolonged, so that somebody else may have it by now.
    #[error("the lock on secret `{name}` ended before the new value was stored")]
    LockLost {
        /// The secret's name.
        name: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SecretsError {
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        Self::InvalidParameter(message.into())
    }

    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::InvalidRequest(message.into())
    }

    pub(crate) fn no_secret(id: &str) -> Self {
        Self::NotFound { what: format!("secret `{id}`") }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::ResourceNotFound,
            Self::Exists { .. } | Self::VersionExists { .. } => ErrorKind::ResourceExists,
            Self::MarkedForDeletion { .. }
            | Self::NameHeld { .. }
            | Self::Locked { .. }
            | Self::LockLost { .. }
            | Self::InvalidRequest(_) => ErrorKind::InvalidRequest,
            Self::InvalidName => ErrorKind::Validation,
            Self::InvalidParameter(_) => ErrorKind::InvalidParameter,
            Self::LimitExceeded(_) => ErrorKind::LimitExceeded,
            Self::InvalidNextToken => ErrorKind::InvalidNextToken,
            Self::Sealed { .. } => ErrorKind::DecryptionFailure,
            Self::Store(_) => ErrorKind::InternalServiceError,
        }
    }
}

impl From<SecretsError> for ApiError {
    /// What the client is told: everything, except how the store failed.
    fn from(error: SecretsError) -> Self {
        let message = match &error {
            SecretsError::Store(_) => "the state could not be read or written; try again".to_owned(),
            other => other.to_string(),
        };
        Self::new(error.kind(), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_keeps_its_troubles_to_itself() {
        let error: ApiError = SecretsError::Store(StoreError::not_found("table", "secret_versions")).into();
        assert_eq!((error.code(), error.status()), ("InternalServiceError", 500));
        assert!(!error.message.contains("secret_versions"), "{error}");
    }

    #[test]
    fn infrastructure_clients_find_their_words_and_none_that_make_them_wait() {
        let marked = SecretsError::MarkedForDeletion { name: "a".into() }.to_string();
        assert!(marked.contains("You can't perform this operation on the secret because it was marked for deletion"));
        let held = SecretsError::NameHeld { name: "a".into() }.to_string();
        assert!(!held.contains("scheduled for deletion") && !held.contains("was deleted"), "{held}");
    }
}
