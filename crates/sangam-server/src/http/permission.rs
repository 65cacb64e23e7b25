//! Whether the key that signed may do what it asks for.

use sangam_api::{ApiError, RequestContext};

use super::service::Service;
use crate::policy::Policy;

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) service: Service,
    pub(super) operation: &'static str,
    /// The index that it is about; a policy may list indices.
    pub(super) index_id: Option<&'a str>,
    /// The index or the secret that it is about, for the text of a denial.
    pub(super) subject: Option<&'a str>,
}

/// Checks a wish against a policy.
///
/// # Errors
/// `AccessDeniedException`, with a text of the form that AWS's services send.
pub(super) fn check(policy: &Policy, ctx: &RequestContext, wish: &Wish<'_>) -> Result<(), ApiError> {
    if policy.allows(wish.service.name(), wish.operation, wish.index_id) {
        return Ok(());
    }
    Err(ApiError::access_denied(format!(
        "User: arn:aws:iam::{}:user/{} is not authorized to perform: {}:{} on resource: {}",
        ctx.account_id,
        ctx.access_key_id,
        wish.service.name(),
        wish.operation,
        wish.service.resource(ctx, wish.subject),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_names_user_action_and_resource() {
        let ctx = RequestContext::for_tests();
        let denied = |service, operation, subject| {
            let nothing = "{\"actions\":[],\"indices\":[]}".parse().unwrap();
            let wish = Wish { service, operation, index_id: None, subject };
            check(&nothing, &ctx, &wish).unwrap_err().message
        };
        let user = "User: arn:aws:iam::000000000000:user/AKIATEST is not authorized to perform: ";
        assert_eq!(
            denied(Service::Kendra, "Query", Some("i")),
            format!("{user}kendra:Query on resource: arn:aws:kendra:eu-west-1:000000000000:index/i")
        );
        assert_eq!(denied(Service::Kendra, "ListIndices", None), format!("{user}kendra:ListIndices on resource: *"));
        assert_eq!(
            denied(Service::Secrets, "GetSecretValue", Some("s")),
            format!(
                "{user}secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:000000000000:secret:s"
            )
        );
    }
}
