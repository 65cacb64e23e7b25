//! Rules about how an index lets readers be named.

use sangam_api::kendra::{IndexEdition, UserContextPolicy, UserTokenConfiguration};

use super::IndexDocument;
use crate::error::{Outcome, invalid};

/// Checks what the edition allows, and that a token configuration says how tokens are read.
///
/// # Errors
/// `ValidationException`.
pub(crate) fn check(document: &IndexDocument) -> Outcome<()> {
    let configurations = document.user_token_configurations.as_deref().unwrap_or_default();
    let uses_tokens = document.user_context_policy == UserContextPolicy::UserToken;
    if document.edition == IndexEdition::GenAiEnterpriseEdition && (uses_tokens || !configurations.is_empty()) {
        return Err(invalid("an index of GEN_AI_ENTERPRISE_EDITION cannot use user tokens"));
    }
    configurations.iter().try_for_each(check_configuration)
}

fn check_configuration(configuration: &UserTokenConfiguration) -> Outcome<()> {
    match (&configuration.jwt_token_type_configuration, &configuration.json_token_type_configuration) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(invalid(
            "a user token configuration must have one of JwtTokenTypeConfiguration and JsonTokenTypeConfiguration",
        )),
    }
}
