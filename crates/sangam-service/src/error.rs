//! From what failed inside to what a client reads.

use sangam_api::ApiError;
use sangam_store::StoreError;

use crate::SeamError;

/// Why an operation did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The request is refused, in these words.
    #[error(transparent)]
    Refused(#[from] ApiError),
    /// The state failed or lacks what the request is about.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something behind a seam failed.
    #[error(transparent)]
    Seam(#[from] SeamError),
}

/// What an operation's function returns.
pub(crate) type Outcome<T> = Result<T, ServiceError>;

/// What a client reads when the fault is ours; the log has the cause, under the request's id.
const INTERNAL: &str = "the request could not be completed because of an internal error";

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Refused(error) => error,
            ServiceError::Store(error @ StoreError::NotFound { .. }) => Self::not_found(error.to_string()),
            ServiceError::Store(error @ StoreError::Exists { .. }) => Self::conflict(error.to_string()),
            ServiceError::Store(error) => internal(&error),
            ServiceError::Seam(error @ SeamError::NotOpen { .. }) => Self::conflict(error.to_string()),
            ServiceError::Seam(error @ SeamError::Busy) => Self::throttling(error.to_string()),
            ServiceError::Seam(error @ SeamError::Failed { .. }) => internal(&error),
        }
    }
}

fn internal(error: &dyn std::error::Error) -> ApiError {
    let mut causes = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        causes = format!("{causes}: {cause}");
        next = cause.source();
    }
    tracing::error!(error = %causes, "an operation failed");
    ApiError::internal(INTERNAL)
}

/// `ValidationException` in the form of a violated constraint: the member in lowerCamel, and what it must be.
pub(crate) fn constraint(member: &str, value: impl std::fmt::Display, must: &str) -> ServiceError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {must}"
    ))
}

/// `ValidationException` in the service's own words.
pub(crate) fn invalid(message: impl Into<String>) -> ServiceError {
    ApiError::validation(message).into()
}

/// `ValidationException` for a part of an operation that is not built yet; no SDK retries it.
pub(crate) fn not_built(what: &str) -> ServiceError {
    invalid(format!("{what} is not implemented yet"))
}

#[cfg(test)]
mod tests {
    use sangam_api::ErrorKind;

    use super::*;

    fn kind(error: impl Into<ServiceError>) -> ErrorKind {
        ApiError::from(error.into()).kind
    }

    #[test]
    fn every_cause_has_its_exception() {
        assert_eq!(kind(StoreError::not_found("index", "i")), ErrorKind::ResourceNotFound);
        assert_eq!(kind(SeamError::NotOpen { index_id: "i".into() }), ErrorKind::Conflict);
        assert_eq!(kind(SeamError::Busy), ErrorKind::Throttling);
        assert_eq!(kind(SeamError::failed("disk full")), ErrorKind::InternalServer);
    }

    #[test]
    fn an_internal_error_does_not_say_what_is_inside() {
        let error = ApiError::from(ServiceError::from(SeamError::failed("secret path")));
        assert!(!error.message.contains("secret"), "{error}");
    }
}
