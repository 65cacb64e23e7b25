//! Settings: read once at the start from `sangam.toml` and the environment, refused with all their mistakes, and passed on as values.
//!
//! `table` declares each of them; nobody reads the environment afterwards.

mod client;
mod declared;
mod mistakes;
mod oidc;
mod parse;
mod reference;
mod sources;
pub mod table;
#[cfg(test)]
mod tests;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use sangam_confluence::ConfluenceSettings;
use sangam_identity::OidcSettings;
use sangam_secrets::{KeySource, PresetKey};
use sangam_server::Network;
use sangam_service::{NoUserContext, Quotas};
use sangam_sync::SyncPolicy;
use secrecy::{ExposeSecret, SecretString};

pub use client::{ClientSettings, ConnectSettings};
pub use declared::{Audience, Declared, Fallback, Info};
pub use mistakes::{Mistake, Mistakes};
pub use parse::{KeyChoice, ModelChoice};
pub use reference::reference;
pub use sources::{CONFIG_ENV, CONFIG_FILE, Sources};

use crate::data_dir;

/// Settings of the server. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where browsers reach the server, if that is not where it listens.
    pub public_url: Option<String>,
    /// Proxies whose word counts for where requests come from.
    pub trusted_proxies: Vec<Network>,
    /// The folder that holds everything.
    pub data_dir: PathBuf,
    /// A key that may do everything, if the settings give one.
    pub preset_key: Option<PresetKey>,
    /// The only region that signatures may be for, if there is one.
    pub region: Option<String>,
    /// Twelve digits.
    pub account_id: String,
    /// What a query sees that names nobody.
    pub no_user_context: NoUserContext,
    /// What turns text into vectors.
    pub model: ModelChoice,
    /// Where the key comes from that seals secrets.
    pub secrets_key: KeySource,
    /// Whether Kendra's quotas are enforced.
    pub quotas: Quotas,
    /// Bytes of the largest body.
    pub max_body_bytes: u64,
    /// The provider at which people sign in, if there is one.
    pub oidc: Option<OidcSettings>,
    /// A filter of `tracing_subscriber`'s form.
    pub log: String,
    /// What the Confluence source needs to know of Atlassian's shared hosts.
    pub confluence: ConfluenceSettings,
    /// The rules that sync jobs keep.
    pub sync: SyncPolicy,
    /// Where to abort, for kill tests.
    pub abort_at: Option<String>,
}

impl Settings {
    /// The settings that `sources` give.
    ///
    /// # Errors
    /// All mistakes: unknown names, and values that are not accepted.
    pub fn new(mut sources: Sources) -> Result<Self, Mistakes> {
        let settings = Self::read(&mut sources);
        // A setting of the commands is as wrong for the server: one file serves both.
        sources.get(&table::ENDPOINT);
        let mistakes = sources.into_mistakes();
        settings.filter(|_| mistakes.is_empty()).ok_or(Mistakes(mistakes))
    }

    /// The same settings over another data folder. A sealing key that was in the old one is in the new one.
    #[must_use]
    pub fn with_data_dir(self, data_dir: PathBuf) -> Self {
        let was_inside = self.secrets_key == key_source(KeyChoice::InDataDir, &self.data_dir);
        let secrets_key = if was_inside { key_source(KeyChoice::InDataDir, &data_dir) } else { self.secrets_key };
        Self { data_dir, secrets_key, ..self }
    }

    /// Asks for every value before it gives up on any, so that all mistakes are noted.
    fn read(sources: &mut Sources) -> Option<Self> {
        let listen = sources.get(&table::LISTEN);
        let public_url = sources.get(&table::PUBLIC_URL);
        let trusted_proxies = sources.get(&table::TRUSTED_PROXIES).unwrap_or_default();
        let data_dir = sources.get(&table::DATA_DIR);
        let preset_key = preset_key(sources);
        let region = sources.get(&table::REGION);
        let account_id = sources.get(&table::ACCOUNT_ID);
        let no_user_context = sources.get(&table::NO_USER_CONTEXT);
        let model = sources.get(&table::MODEL);
        let secrets_key = sources.get(&table::SECRETS_KEY);
        let quotas = sources.get(&table::QUOTAS);
        let max_body_bytes = sources.get(&table::MAX_BODY_BYTES);
        let log = sources.get(&table::LOG);
        let oidc = oidc::read(sources, public_url.as_deref());
        let confluence = confluence(sources);
        let sync = sync_policy(sources);
        let abort_at = sources.get(&table::ABORT_AT);
        let data_dir = data_dir?;
        Some(Self {
            listen: listen?,
            public_url,
            trusted_proxies,
            secrets_key: key_source(secrets_key?, &data_dir),
            data_dir,
            preset_key,
            region,
            account_id: account_id?,
            no_user_context: no_user_context?,
            model: model?,
            quotas: quotas?,
            max_body_bytes: max_body_bytes?,
            oidc,
            log: log?,
            confluence: confluence?,
            sync: sync?,
            abort_at,
        })
    }
}

fn key_source(choice: KeyChoice, data_dir: &Path) -> KeySource {
    match choice {
        KeyChoice::InDataDir => KeySource::File(data_dir::secrets_key(data_dir)),
        KeyChoice::Elsewhere(setting) => KeySource::parse(&setting),
    }
}

/// What the Confluence source is told.
fn confluence(sources: &mut Sources) -> Option<ConfluenceSettings> {
    let defaults = ConfluenceSettings::default();
    let api_url = sources.get(&table::CONFLUENCE_API_URL);
    let auth_url = sources.get(&table::CONFLUENCE_AUTH_URL);
    let media_hosts = sources.get(&table::CONFLUENCE_MEDIA_HOSTS);
    let retry_after_max = sources.get(&table::CONFLUENCE_RETRY_AFTER_MAX);
    let folder_checks = sources.get(&table::CONFLUENCE_FOLDER_CHECKS);
    let restriction_checks = sources.get(&table::CONFLUENCE_RESTRICTION_CHECKS);
    let concurrency = sources.get(&table::CONFLUENCE_CONCURRENCY);
    let ca_file = sources.get(&table::CONFLUENCE_CA_FILE);
    let allow_insecure_http = sources.get(&table::CONFLUENCE_ALLOW_INSECURE_HTTP);
    Some(ConfluenceSettings {
        api_url: api_url.or(defaults.api_url),
        auth_url: auth_url.or(defaults.auth_url),
        media_hosts: media_hosts.unwrap_or(defaults.media_hosts),
        retry_after_max: retry_after_max?,
        folder_checks_max: folder_checks?,
        restriction_checks_max: restriction_checks?,
        concurrency,
        ca_file,
        allow_insecure_http: allow_insecure_http?,
        ..defaults
    })
}

fn sync_policy(sources: &mut Sources) -> Option<SyncPolicy> {
    let access_refresh = sources.get(&table::CONFLUENCE_ACCESS_REFRESH);
    let access_max_age = sources.get(&table::CONFLUENCE_ACCESS_MAX_AGE);
    Some(SyncPolicy {
        access_max_age: access_max_age?,
        access_refresh: access_refresh.unwrap_or_default(),
        ..SyncPolicy::default()
    })
}

/// The preset key: both halves, or neither.
fn preset_key(sources: &mut Sources) -> Option<PresetKey> {
    let id = sources.get(&table::ACCESS_KEY_ID);
    let secret = preset_secret(sources);
    let has_id = sources.has(&table::ACCESS_KEY_ID);
    let has_secret = sources.has(&table::SECRET_ACCESS_KEY) || sources.has(&table::SECRET_ACCESS_KEY_FILE);
    match (has_id, has_secret) {
        (true, false) => {
            let name = sources.name(&table::ACCESS_KEY_ID);
            sources.mistake(format!(
                "`{name}` is set without its secret: accepted is both or neither, the secret as `{}` or `{}`",
                table::SECRET_ACCESS_KEY.info.env_name(),
                table::SECRET_ACCESS_KEY_FILE.info.env_name()
            ));
        }
        (false, true) => {
            let secret = if sources.has(&table::SECRET_ACCESS_KEY) {
                sources.name(&table::SECRET_ACCESS_KEY)
            } else {
                sources.name(&table::SECRET_ACCESS_KEY_FILE)
            };
            sources.mistake(format!(
                "`{secret}` is set without `{}`: accepted is both or neither",
                table::ACCESS_KEY_ID.info.env_name()
            ));
        }
        _ => {}
    }
    Some(PresetKey { id: id?, secret: secret? })
}

/// The secret of the preset key, by itself or in a file.
fn preset_secret(sources: &mut Sources) -> Option<SecretString> {
    secret_of(sources, &table::SECRET_ACCESS_KEY, &table::SECRET_ACCESS_KEY_FILE)
}

/// A secret that is written by itself or stands in a file.
fn secret_of(
    sources: &mut Sources,
    itself: &Declared<SecretString>,
    in_file: &Declared<PathBuf>,
) -> Option<SecretString> {
    let secret = sources.get(itself);
    let Some(path) = sources.get(in_file) else { return secret };
    let name = sources.name(in_file);
    if sources.has(itself) {
        let other = sources.name(itself);
        sources.mistake(format!("`{name}` and `{other}` are both set: accepted is one of them"));
        return secret;
    }
    let text = match fs::read_to_string(&path) {
        Ok(text) => SecretString::from(text),
        Err(error) => {
            sources.mistake(format!("the file that `{name}` names cannot be read: {error}"));
            return None;
        }
    };
    let trimmed = text.expose_secret().trim_end_matches(['\r', '\n']);
    if trimmed.is_empty() {
        sources.mistake(format!("the file that `{name}` names is empty"));
        return None;
    }
    Some(trimmed.into())
}
