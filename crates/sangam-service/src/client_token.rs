//! Client tokens of requests: what makes two requests the same one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sangam_api::ApiError;
use sangam_store::{ClientToken, Creation};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::Outcome;

/// A digest of a request, its client token left out by the caller.
pub(crate) fn digest<T: Serialize>(request: &T) -> String {
    let json = serde_json::to_vec(request).expect("requests came from JSON and go back to it");
    URL_SAFE_NO_PAD.encode(Sha256::digest(json))
}

/// The token of a request to `operation`, if it has one.
pub(crate) fn claim<'a>(
    operation: &'a str,
    scope: &'a str,
    token: Option<&'a str>,
    request_digest: &'a str,
) -> Option<ClientToken<'a>> {
    token.map(|token| ClientToken { operation, scope, token, request_digest })
}

/// The id to answer: the new one, or that of the resource which the same request made before.
pub(crate) fn created_id(creation: Creation, new_id: String, what: &str) -> Outcome<(String, bool)> {
    match creation {
        Creation::New => Ok((new_id, true)),
        Creation::Same(id) => Ok((id, false)),
        Creation::Different => Err(ApiError::conflict("the client token was used before with other parameters").into()),
        Creation::LimitReached => {
            Err(ApiError::quota_exceeded(format!("there are as many {what} as the quota allows")).into())
        }
    }
}
