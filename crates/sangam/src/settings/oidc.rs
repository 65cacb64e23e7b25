//! The settings of the sign-in at an OpenID provider, as one value: all that belongs together, or none of it.

use std::fs;

use sangam_console::CALLBACK_PATH;
use sangam_identity::OidcSettings;

use super::declared::Declared;
use super::table::{self, oidc};
use super::{Sources, secret_of};

/// What the settings say about the provider. Every value is asked for, so that all mistakes are noted.
pub(super) fn read(sources: &mut Sources, public_url: Option<&str>) -> Option<OidcSettings> {
    let issuer = sources.get(&oidc::ISSUER);
    let client_id = sources.get(&oidc::CLIENT_ID);
    let client_secret = secret_of(sources, &oidc::CLIENT_SECRET, &oidc::CLIENT_SECRET_FILE);
    let scopes = sources.get(&oidc::SCOPES);
    let user_claim = sources.get(&oidc::USER_CLAIM);
    let allowed_email_domains = sources.get(&oidc::ALLOWED_EMAIL_DOMAINS);
    let groups_claim = sources.get(&oidc::GROUPS_CLAIM);
    let use_groups = sources.get(&oidc::USE_GROUPS);
    let administrators_group = sources.get(&oidc::ADMINISTRATORS_GROUP);
    let auditors_group = sources.get(&oidc::AUDITORS_GROUP);
    let extra_ca = extra_ca(sources);
    if !sources.has(&oidc::ISSUER) {
        alone(sources);
        return None;
    }
    needed(sources, &table::PUBLIC_URL, "the provider sends browsers back to an address that begins with it");
    needed(sources, &oidc::CLIENT_ID, "it is how the provider knows this server");
    let redirect_url = format!("{}{CALLBACK_PATH}", public_url?.trim_end_matches('/'));
    Some(OidcSettings {
        scopes: scopes?,
        user_claim: user_claim?,
        allowed_email_domains: allowed_email_domains.unwrap_or_default(),
        groups_claim: groups_claim?,
        use_groups: use_groups?,
        administrators_group,
        auditors_group,
        extra_ca,
        ..OidcSettings::new(issuer?.as_str(), &client_id?, client_secret, &redirect_url)
    })
}

/// Notes a setting that is lacking.
fn needed<T>(sources: &mut Sources, setting: &Declared<T>, why: &str) {
    if !sources.has(setting) {
        let issuer = sources.name(&oidc::ISSUER);
        sources.mistake(format!("`{issuer}` is set without `{}`: {why}", setting.info.env_name()));
    }
}

/// Notes who can sign in by what is set, where nobody can.
fn alone(sources: &mut Sources) {
    for (is_set, name) in [
        (sources.has(&oidc::CLIENT_ID), sources.name(&oidc::CLIENT_ID)),
        (sources.has(&oidc::ADMINISTRATORS_GROUP), sources.name(&oidc::ADMINISTRATORS_GROUP)),
        (sources.has(&oidc::AUDITORS_GROUP), sources.name(&oidc::AUDITORS_GROUP)),
        (sources.has(&oidc::ALLOWED_EMAIL_DOMAINS), sources.name(&oidc::ALLOWED_EMAIL_DOMAINS)),
    ] {
        if is_set {
            sources
                .mistake(format!("`{name}` is set without `{}`: it means nothing then", oidc::ISSUER.info.env_name()));
        }
    }
}

/// The certificates in the file that is named.
fn extra_ca(sources: &mut Sources) -> Option<Vec<u8>> {
    let path = sources.get(&oidc::CA_FILE)?;
    match fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let name = sources.name(&oidc::CA_FILE);
            sources.mistake(format!("the file that `{name}` names cannot be read: {error}"));
            None
        }
    }
}
