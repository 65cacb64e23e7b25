//! The credentials of a data source, from the JSON object that its secret holds.

use reqwest::Url;
use sangam_sync::SourceError;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::config::{AuthType, ConfluenceConfig, Hosting, same_site};

/// The members of a secret, by their names in the contract.
pub(crate) mod member {
    /// The one host that the secret is for.
    pub(crate) const HOST: &str = "hostUrl";
    /// User name, on Cloud the e-mail address.
    pub(crate) const USERNAME: &str = "username";
    /// Password, on Cloud the API token.
    pub(crate) const PASSWORD: &str = "password";
    /// Personal access token.
    pub(crate) const PAT: &str = "patToken";
    /// Client id of the OAuth 2.0 app.
    pub(crate) const APP_KEY: &str = "confluenceAppKey";
    /// Its client secret.
    pub(crate) const APP_SECRET: &str = "confluenceAppSecret";
    /// The access token in force.
    pub(crate) const ACCESS_TOKEN: &str = "confluenceAccessToken";
    /// The refresh token that goes with it.
    pub(crate) const REFRESH_TOKEN: &str = "confluenceRefreshToken";
    /// Where the browser was sent back to; ours, because Data Center wants it at every refresh.
    pub(crate) const REDIRECT_URI: &str = "redirectUri";
}

/// Where `sangam connect` lets the browser be sent back to, unless told otherwise.
pub const DEFAULT_REDIRECT_URI: &str = "http://127.0.0.1:8723/callback";

/// What the source signs in with. `Debug` shows no value.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A user name and, on Cloud, an API token or, on Data Center, a password.
    Basic {
        /// On Cloud the e-mail address.
        username: String,
        /// The token or password.
        password: SecretString,
    },
    /// A personal access token of Data Center.
    PersonalToken(SecretString),
    /// A grant of OAuth 2.0, with tokens that rotate.
    OAuth2(OAuth2Grant),
}

/// A grant of OAuth 2.0.
#[derive(Debug, Clone)]
pub struct OAuth2Grant {
    /// Client id of the app.
    pub app_key: String,
    /// Client secret of the app.
    pub app_secret: SecretString,
    /// For calls.
    pub access_token: SecretString,
    /// For the next pair.
    pub refresh_token: SecretString,
    /// Where the browser was sent back to when the grant was made.
    pub redirect_uri: String,
    /// For reading access on a Data Center that does not let OAuth 2.0 do that.
    pub pat_token: Option<SecretString>,
}

/// Members that a secret lacks, each with its error code.
#[derive(Debug)]
pub(crate) struct Missing(Vec<(&'static str, &'static str)>);

impl Missing {
    /// The names.
    pub(crate) fn message(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|(name, _)| format!("`{name}`")).collect();
        format!("the secret has no {}", names.join(", "))
    }

    /// The code of the first.
    pub(crate) fn code(&self) -> &'static str {
        self.0.first().map_or("CNF-5501", |(_, code)| code)
    }
}

/// The filled text of a member.
fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The texts of all `wanted` members, or which of them are missing.
fn texts<'m, const N: usize>(
    members: &'m Map<String, Value>,
    wanted: [(&'static str, &'static str); N],
) -> Result<[&'m str; N], Missing> {
    let missing: Vec<_> = wanted.iter().filter(|(name, _)| text(members, name).is_none()).copied().collect();
    if missing.is_empty() {
        Ok(wanted.map(|(name, _)| text(members, name).unwrap_or_default()))
    } else {
        Err(Missing(missing))
    }
}

impl OAuth2Grant {
    /// The grant in the members of a secret.
    pub(crate) fn read(members: &Map<String, Value>) -> Result<Self, Missing> {
        let [app_key, app_secret, access_token, refresh_token] = texts(
            members,
            [
                (member::APP_KEY, "CNF-5502"),
                (member::APP_SECRET, "CNF-5503"),
                (member::ACCESS_TOKEN, "CNF-5504"),
                (member::REFRESH_TOKEN, "CNF-5505"),
            ],
        )?;
        Ok(Self {
            app_key: app_key.to_owned(),
            app_secret: app_secret.to_owned().into(),
            access_token: access_token.to_owned().into(),
            refresh_token: refresh_token.to_owned().into(),
            redirect_uri: text(members, member::REDIRECT_URI).unwrap_or(DEFAULT_REDIRECT_URI).to_owned(),
            pat_token: text(members, member::PAT).map(|token| token.to_owned().into()),
        })
    }
}

impl Credentials {
    /// Reads the secret's string for the hosting and authentication that `config` names.
    ///
    /// # Errors
    /// [`SourceError::Configuration`], which names what is missing and never what is there.
    pub fn parse(secret: &SecretString, config: &ConfluenceConfig) -> Result<Self, SourceError> {
        let Ok(Value::Object(members)) = serde_json::from_str(secret.expose_secret()) else {
            return Err(configuration("the secret is not a JSON object of strings", None));
        };
        check_host(text(&members, member::HOST), &config.host_url)?;
        Self::of(&members, config.auth, config.hosting)
            .map_err(|missing| configuration(&missing.message(), Some(missing.code())))
    }

    fn of(members: &Map<String, Value>, auth: AuthType, hosting: Hosting) -> Result<Self, Missing> {
        match auth {
            AuthType::Basic => {
                let wanted = [(member::USERNAME, "CNF-5500"), (member::PASSWORD, "CNF-5522")];
                let [username, password] = texts(members, wanted)?;
                Ok(Self::Basic { username: username.to_owned(), password: password.to_owned().into() })
            }
            AuthType::PersonalToken => {
                let [token] = texts(members, [(member::PAT, "CNF-5540")])?;
                Ok(Self::PersonalToken(token.to_owned().into()))
            }
            AuthType::OAuth2 => {
                let grant = OAuth2Grant::read(members)?;
                let pat_token = grant.pat_token.filter(|_| hosting == Hosting::DataCenter);
                Ok(Self::OAuth2(OAuth2Grant { pat_token, ..grant }))
            }
        }
    }
}

/// True if `secret` names a host, which [`Credentials::parse`] compares with the configuration's.
pub(crate) fn names_host(secret: &SecretString) -> bool {
    let members = serde_json::from_str::<Map<String, Value>>(secret.expose_secret());
    members.is_ok_and(|members| text(&members, member::HOST).is_some())
}

/// A secret that names a host is for that host alone: who may write a configuration must not be able to send it elsewhere.
fn check_host(secret_host: Option<&str>, host_url: &Url) -> Result<(), SourceError> {
    let Some(secret_host) = secret_host else { return Ok(()) };
    if Url::parse(secret_host).is_ok_and(|url| same_site(&url, host_url)) {
        return Ok(());
    }
    let message =
        "the secret's `hostUrl` is not the `hostUrl` of the configuration; use a secret that was made for this host";
    Err(configuration(message, Some("CNF-5571")))
}

fn configuration(message: &str, code: Option<&str>) -> SourceError {
    SourceError::Configuration { message: message.to_owned(), code: code.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(host: &str, kind: &str, auth: &str) -> ConfluenceConfig {
        ConfluenceConfig::parse(&json!({
            "type": "CONFLUENCEV2",
            "syncMode": "FULL_CRAWL",
            "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
            "connectionConfiguration": { "repositoryEndpointMetadata": { "hostUrl": host, "type": kind, "authType": auth } },
            "repositoryConfigurations": {},
            "additionalProperties": {},
        }))
        .unwrap()
    }

    fn parse(secret: &str, config: &ConfluenceConfig) -> Result<Credentials, String> {
        Credentials::parse(&secret.to_owned().into(), config).map_err(|error| error.to_string())
    }

    #[test]
    fn basic_on_cloud_needs_both_keys_and_names_those_missing() {
        let config = config("https://acme.atlassian.net", "SAAS", "Basic");
        let found = parse(r#"{"username":"a@b.c","password":"t0p"}"#, &config).unwrap();
        assert!(!format!("{found:?}").contains("t0p"));
        assert_eq!(parse(r#"{"password":""}"#, &config).unwrap_err(), "the secret has no `username`, `password`");
        assert!(parse("t0p-secret", &config).unwrap_err().contains("JSON object"));
    }

    #[test]
    fn a_secret_for_another_host_is_refused_without_showing_it() {
        let config = config("https://acme.atlassian.net", "SAAS", "Basic");
        let same = r#"{"hostUrl":"https://ACME.atlassian.net/","username":"a","password":"b"}"#;
        assert!(parse(same, &config).is_ok());
        let other = parse(r#"{"hostUrl":"https://evil.example","username":"a","password":"b"}"#, &config).unwrap_err();
        assert!(other.contains("hostUrl") && !other.contains("evil"), "{other}");
    }

    #[test]
    fn every_layout_of_the_contract_is_read_and_shown_without_its_values() {
        let grant = r#"{"confluenceAppKey":"a","confluenceAppSecret":"t0p1","confluenceAccessToken":"t0p2","confluenceRefreshToken":"t0p3","patToken":"t0p4"}"#;
        let cloud = parse(grant, &config("https://acme.atlassian.net", "SAAS", "OAuth2")).unwrap();
        let Credentials::OAuth2(found) = &cloud else { panic!("{cloud:?}") };
        assert!(found.pat_token.is_none() && found.redirect_uri == DEFAULT_REDIRECT_URI);
        let site = "https://wiki.example.com/confluence";
        let own = parse(grant, &config(site, "ON_PREM", "OAuth2")).unwrap();
        let Credentials::OAuth2(found) = &own else { panic!("{own:?}") };
        assert!(found.pat_token.is_some());
        let host = r#""hostUrl":"https://wiki.example.com/confluence/""#;
        let token =
            parse(&format!(r#"{{{host},"patToken":"t0p5"}}"#), &config(site, "ON_PREM", "Personal-token")).unwrap();
        let basic = format!(r#"{{{host},"username":"u","password":"t0p6"}}"#);
        let basic = parse(&basic, &config(site, "ON_PREM", "Basic")).unwrap();
        for shown in [cloud, own, token, basic].map(|credentials| format!("{credentials:?}")) {
            assert!(!shown.contains("t0p"), "{shown}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_the_contracts_code() {
        let code = |secret: &str, kind: &str, auth: &str| {
            let host = if kind == "SAAS" { "https://acme.atlassian.net" } else { "https://wiki.example.com" };
            match Credentials::parse(&secret.to_owned().into(), &config(host, kind, auth)) {
                Err(SourceError::Configuration { code, .. }) => code.unwrap_or_default(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(code("{}", "SAAS", "Basic"), "CNF-5500");
        assert_eq!(code(r#"{"username":"a"}"#, "SAAS", "Basic"), "CNF-5522");
        assert_eq!(code("{}", "SAAS", "OAuth2"), "CNF-5502");
        let grant = r#"{"confluenceAppKey":"a","confluenceAppSecret":"b","confluenceAccessToken":"c"}"#;
        assert_eq!(code(grant, "SAAS", "OAuth2"), "CNF-5505");
        assert_eq!(code(r#"{"patToken":" "}"#, "ON_PREM", "Personal-token"), "CNF-5540");
        let other_path = r#"{"hostUrl":"https://wiki.example.com/other","patToken":"x"}"#;
        assert_eq!(code(other_path, "ON_PREM", "Personal-token"), "CNF-5571");
    }
}
