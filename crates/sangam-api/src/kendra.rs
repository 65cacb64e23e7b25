//! The Kendra API: 66 operations.

mod generated;

pub use generated::*;

use crate::error::{ApiError, ErrorKind};

/// A `UserContext.UserId` that names nobody on purpose: what everybody may read is answered, also where a request without a user context
/// would be answered with everything. An extension of ours; as any other user id, the original would take it for a stranger's.
pub const NOBODY: &str = "sangam:nobody";

impl KendraOperation {
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

    /// What a violated constraint is answered with: `ValidationException`, but `InvalidRequestException` where the operation does not
    /// declare that one (`GetSnapshots`).
    pub fn constraint_error(self) -> ErrorKind {
        if self.errors().contains(&ErrorKind::Validation) { ErrorKind::Validation } else { ErrorKind::InvalidRequest }
    }

    /// The answer of an operation that nobody has built yet: an error that no SDK retries.
    pub fn not_implemented(self) -> ApiError {
        ApiError::new(self.constraint_error(), format!("operation {self} is not implemented yet"))
    }
}
