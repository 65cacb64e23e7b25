//! What a program needs that asks a person for a grant: the challenge, and the sites that the grant turned out to be for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::server::OAuthError;
use crate::{
    client::{self, GrantedSite},
    config::same_site,
    error::ClientError,
    settings::ConfluenceSettings,
};

/// The challenge for a verifier: its SHA-256 in base64url (RFC 7636, `S256`).
pub fn code_challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}

/// The Cloud sites that an access token is for.
///
/// # Errors
/// [`OAuthError::DeadGrant`] if the gateway refuses the token, else [`OAuthError::Unavailable`].
pub async fn granted_sites(
    http: &reqwest::Client,
    settings: &ConfluenceSettings,
    access_token: &SecretString,
) -> Result<Vec<GrantedSite>, OAuthError> {
    let authorization = super::tokens::bearer(access_token)
        .map_err(|_| OAuthError::Malformed { what: "its `access_token` cannot be sent" })?;
    let sites = client::granted_sites(http, client::api_url(settings), &authorization).await;
    sites.map_err(|error| match error {
        ClientError::Unauthorized { .. } => OAuthError::DeadGrant,
        error => OAuthError::Unavailable { host: client::api_url(settings).to_owned(), what: error.to_string() },
    })
}

/// The one of `sites` that is at `host_url`.
pub fn site_at<'s>(sites: &'s [GrantedSite], host_url: &Url) -> Option<&'s GrantedSite> {
    sites.iter().find(|site| Url::parse(&site.url).is_ok_and(|url| same_site(&url, host_url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_standards_example() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned().into();
        assert_eq!(code_challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
