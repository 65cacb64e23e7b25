//! What the operator of the service decides for all Confluence sources.

use std::{path::PathBuf, time::Duration};

use reqwest::Url;

/// Settings of the connector; [`ConfluenceSettings::default`] is for Atlassian's own hosts.
#[derive(Debug, Clone)]
pub struct ConfluenceSettings {
    /// Base of the API gateway for tokens that the site's own host does not take; `None` is Atlassian's.
    pub api_url: Option<Url>,
    /// Base of the authorisation server; `None` is Atlassian's.
    pub auth_url: Option<Url>,
    /// Hosts that the bytes of attachments may be fetched from, without credentials: `host` or `host:port`. The site's own host always is one.
    pub media_hosts: Vec<String>,
    /// Longest wait that a site may ask for before a sync ends and says when it is welcome again.
    pub retry_after_max: Duration,
    /// Wait before the first repetition of a failed call; it doubles with each further one.
    pub backoff_base: Duration,
    /// Calls that may be under way at once at one site; `None` is what suits its hosting.
    pub concurrency: Option<usize>,
    /// A file with further authorities whose certificates are believed, in PEM or DER form.
    pub ca_file: Option<PathBuf>,
    /// Whether sites may be reached over plain HTTP from elsewhere than this machine.
    pub allow_insecure_http: bool,
    /// Questions of the kind "may this person see this folder" that one sync may ask.
    pub folder_checks_max: usize,
    /// View lists that one run may verify, each by a call of its own.
    pub restriction_checks_max: usize,
    /// How long an answer holds that listings do not bring up to date: a verified view list, a folder's readers, people outside of groups.
    pub recheck_after: Duration,
}

/// Where Atlassian serves attachments from.
const MEDIA_HOSTS: [&str; 1] = ["api.media.atlassian.com"];

impl Default for ConfluenceSettings {
    fn default() -> Self {
        Self {
            api_url: None,
            auth_url: None,
            media_hosts: MEDIA_HOSTS.map(str::to_owned).to_vec(),
            retry_after_max: Duration::from_hours(1),
            backoff_base: Duration::from_secs(1),
            concurrency: None,
            ca_file: None,
            allow_insecure_http: false,
            folder_checks_max: 2000,
            restriction_checks_max: 5000,
            recheck_after: Duration::from_hours(24),
        }
    }
}
