//! What each operation does; `api` connects them to the wire.

mod batch;
mod create;
mod delete;
mod describe;
mod get;
mod list;
mod policy;
mod put;
mod restore;
mod rotate;
mod tag;
mod update;
mod version_stage;
mod versions;

use crate::error::SecretsError;

/// The request token, which becomes the version's id. SDKs fill it in; who speaks plain HTTP must.
fn token(token: Option<String>) -> Result<String, SecretsError> {
    token.ok_or_else(|| {
        SecretsError::request("ClientRequestToken is needed: it becomes the version's id, a new UUID serves well")
    })
}

/// Text where `""` means none.
fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
