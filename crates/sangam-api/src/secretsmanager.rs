//! The Secrets Manager API: 26 operations.

mod generated;

pub use generated::*;

use crate::error::{ApiError, ErrorKind};

impl SecretsOperation {
    /// The operation of an `X-Amz-Target` header, if it is one of this service's.
    pub fn from_target(target: &str) -> Option<Self> {
        target.strip_prefix(TARGET_PREFIX)?.strip_prefix('.')?.parse().ok()
    }

    /// The `X-Amz-Target` header of a request for this operation.
    pub fn target(self) -> String {
        format!("{TARGET_PREFIX}.{self}")
    }

    /// The operation's name, as in `X-Amz-Target` and in policies.
    pub const fn name(self) -> &'static str {
        self.as_str()
    }

    /// What a violated constraint is answered with: `ValidationException`, which the model does not have and the service was seen to send.
    pub const fn constraint_error(self) -> ErrorKind {
        ErrorKind::Validation
    }

    /// The answer of an operation that nobody has built yet: an error that no SDK retries.
    pub fn not_implemented(self) -> ApiError {
        ApiError::new(ErrorKind::InvalidRequest, format!("operation {self} is not implemented yet"))
    }
}
