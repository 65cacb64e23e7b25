//! The three services behind the one port.

use sangam_api::{ApiError, RequestContext, arn};

/// A service, as signatures, policies and metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Kendra,
    Secrets,
    Sangam,
}

impl Service {
    /// The name in policies and metrics; for the two of AWS also the one in a signature's scope.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kendra => "kendra",
            Self::Secrets => "secretsmanager",
            Self::Sangam => "sangam",
        }
    }

    /// Whose scope is accepted for this service's requests. Ours also takes Kendra's, which is what an AWS SDK's signer has at hand.
    pub(super) const fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Kendra => &["kendra"],
            Self::Secrets => &["secretsmanager"],
            Self::Sangam => &["sangam", "kendra"],
        }
    }

    /// The error for a fault of ours, under the name that this service's clients know.
    pub(super) fn fault(self, message: impl Into<String>) -> ApiError {
        match self {
            Self::Kendra | Self::Sangam => ApiError::internal(message),
            Self::Secrets => ApiError::internal_service(message),
        }
    }

    /// The ARN that a denial names: an index, a secret, or everything.
    pub(super) fn resource(self, ctx: &RequestContext, id: Option<&str>) -> String {
        match (self, id) {
            (_, None) => "*".to_owned(),
            (Self::Secrets, Some(id)) if id.starts_with("arn:") => id.to_owned(),
            (Self::Secrets, Some(id)) => {
                format!("arn:aws:secretsmanager:{}:{}:secret:{id}", ctx.region, ctx.account_id)
            }
            (Self::Kendra | Self::Sangam, Some(id)) => arn::index(ctx, id),
        }
    }
}
