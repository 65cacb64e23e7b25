//! How this installation knows its provider.

use std::fmt;

use reqwest::Url;
use secrecy::SecretString;

use super::OidcError;

/// The claim that carries an e-mail address, and the only one that needs [`OidcSettings::allowed_email_domains`].
pub const EMAIL_CLAIM: &str = "email";
/// The claim in which most providers list groups, if they are told to.
pub const GROUPS_CLAIM: &str = "groups";
/// The scope without which it is not OpenID Connect.
const OPENID: &str = "openid";
/// What is asked for unless the settings say otherwise.
const SCOPES: [&str; 3] = [OPENID, "email", "profile"];

/// The provider, this client of it, and what of its claims counts.
#[derive(Clone)]
pub struct OidcSettings {
    /// The provider's identifier: an address that discovery begins at, with https unless it is this machine.
    pub issuer: String,
    /// The id that the provider gave this installation.
    pub client_id: String,
    /// The secret that came with it; `None` for a public client.
    pub client_secret: Option<SecretString>,
    /// Our address that the provider sends browsers back to, as it was registered there.
    pub redirect_url: String,
    /// What is asked for; `openid` is added if it is lacking.
    pub scopes: Vec<String>,
    /// The claim by which a person is found in the data sources. [`EMAIL_CLAIM`] counts only if the provider says that it is verified and
    /// the domain is one of [`Self::allowed_email_domains`]. Every other claim is believed as it stands: name one that people cannot change
    /// by themselves.
    pub user_claim: String,
    /// The domains whose addresses count, without `@`. An empty list allows none: everybody finds what is public. Subdomains are domains of
    /// their own.
    pub allowed_email_domains: Vec<String>,
    /// The claim that lists a person's groups.
    pub groups_claim: String,
    /// Whether these groups are groups of the reader, beside those that the data sources know.
    pub use_groups: bool,
    /// Who is in this group is an administrator.
    pub administrators_group: Option<String>,
    /// Who is in this group, and not in the administrators', is an auditor. Everybody else may search.
    pub auditors_group: Option<String>,
    /// Certificates in PEM form that are believed beside the system's.
    pub extra_ca: Option<Vec<u8>>,
}

impl OidcSettings {
    /// Settings with the usual claims, no allowed domain and no groups.
    pub fn new(issuer: &str, client_id: &str, client_secret: Option<SecretString>, redirect_url: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret,
            redirect_url: redirect_url.to_owned(),
            scopes: SCOPES.map(str::to_owned).to_vec(),
            user_claim: EMAIL_CLAIM.to_owned(),
            allowed_email_domains: Vec::new(),
            groups_claim: GROUPS_CLAIM.to_owned(),
            use_groups: false,
            administrators_group: None,
            auditors_group: None,
            extra_ca: None,
        }
    }

    /// Whether anything depends on the groups that the provider tells.
    pub(super) fn needs_groups(&self) -> bool {
        self.use_groups || self.administrators_group.is_some() || self.auditors_group.is_some()
    }

    /// The scopes as they are asked for.
    pub(super) fn scope(&self) -> String {
        let mut scopes: Vec<&str> =
            self.scopes.iter().map(|scope| scope.trim()).filter(|scope| !scope.is_empty()).collect();
        if !scopes.contains(&OPENID) {
            scopes.insert(0, OPENID);
        }
        scopes.join(" ")
    }

    /// The settings without what would mean nothing, if they can be used.
    pub(super) fn checked(mut self) -> Result<Self, OidcError> {
        for (setting, value) in [("issuer", &self.issuer), ("redirect_url", &self.redirect_url)] {
            let url = Url::parse(value).map_err(|_| refused(setting, "it is no address"))?;
            if !is_secure(&url) {
                return Err(refused(setting, "it must begin with `https://`"));
            }
            if url.fragment().is_some() || (setting == "issuer" && url.query().is_some()) {
                return Err(refused(setting, "it has a part that does not belong there"));
            }
        }
        for (setting, value) in
            [("client_id", &self.client_id), ("user_claim", &self.user_claim), ("groups_claim", &self.groups_claim)]
        {
            if value.trim().is_empty() {
                return Err(refused(setting, "it is empty"));
            }
        }
        for group in [&mut self.administrators_group, &mut self.auditors_group] {
            // An empty name in a settings file means that there is none, not that everybody without a name is one.
            group.take_if(|group| group.trim().is_empty());
        }
        for domain in &mut self.allowed_email_domains {
            *domain = domain.trim().trim_start_matches('@').to_ascii_lowercase();
            if domain.is_empty() || domain.contains(['@', '*', ' ']) {
                return Err(refused("allowed_email_domains", "a domain looks like `example.com`"));
            }
        }
        Ok(self)
    }
}

/// Whether what is sent there stays between us: https, or this machine.
pub(super) fn is_secure(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// Whether the address is of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn refused(setting: &'static str, problem: &str) -> OidcError {
    OidcError::Setting { setting, problem: problem.to_owned() }
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> OidcSettings {
        OidcSettings::new("https://id.example", "sangam", None, "https://search.example/callback")
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_name() {
        let refused = |change: fn(&mut OidcSettings)| {
            let mut changed = settings();
            change(&mut changed);
            changed.checked().unwrap_err().to_string()
        };
        assert!(refused(|it| it.issuer = "http://id.example".into()).starts_with("`issuer` cannot be used"));
        assert!(refused(|it| it.issuer = "id.example".into()).contains("`issuer`"));
        assert!(refused(|it| it.issuer = "https://id.example?x".into()).contains("`issuer`"));
        assert!(refused(|it| it.redirect_url = "http://search.example/".into()).contains("`redirect_url`"));
        assert!(refused(|it| it.client_id = " ".into()).contains("`client_id`"));
        assert!(refused(|it| it.user_claim = String::new()).contains("`user_claim`"));
        assert!(refused(|it| it.allowed_email_domains = vec!["*".into()]).contains("`allowed_email_domains`"));
        assert!(refused(|it| it.allowed_email_domains = vec![" ".into()]).contains("`allowed_email_domains`"));
    }

    #[test]
    fn what_means_nothing_goes_and_what_must_be_there_comes() {
        let mut given = settings();
        given.administrators_group = Some(" ".into());
        given.allowed_email_domains = vec![" @Example.COM".into()];
        given.scopes = vec!["email".into()];
        let checked = given.checked().unwrap();
        assert_eq!(checked.administrators_group, None);
        assert!(!checked.needs_groups());
        assert_eq!(checked.allowed_email_domains, ["example.com"]);
        assert_eq!(checked.scope(), "openid email");
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        for (address, expected) in [
            ("https://id.example", true),
            ("http://id.example", false),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://127.0.0.1.evil.example", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(is_secure(&Url::parse(address).unwrap()), expected, "{address}");
        }
    }
}
