//! The credentials of a data source, from the JSON object that its secret holds.

use reqwest::Url;
use sangam_sync::SourceError;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::config::{AuthType, ConfluenceConfig, Hosting, same_site};

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
        let text =
            |name: &str| members.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        check_host(text("hostUrl"), &config.host_url)?;
        let wanted: &[(&str, &str)] = match (config.hosting, config.auth) {
            (_, AuthType::Basic) => &[("username", "CNF-5500"), ("password", "CNF-5522")],
            (_, AuthType::OAuth2) => &[
                ("confluenceAppKey", "CNF-5502"),
                ("confluenceAppSecret", "CNF-5503"),
                ("confluenceAccessToken", "CNF-5504"),
                ("confluenceRefreshToken", "CNF-5505"),
            ],
            (_, AuthType::PersonalToken) => &[("patToken", "CNF-5540")],
        };
        let missing: Vec<_> = wanted.iter().filter(|(name, _)| text(name).is_none()).collect();
        if let Some((_, code)) = missing.first() {
            let names: Vec<String> = missing.iter().map(|(name, _)| format!("`{name}`")).collect();
            return Err(configuration(&format!("the secret has no {}", names.join(", ")), Some(code)));
        }
        match (config.hosting, config.auth) {
            (Hosting::Cloud, AuthType::Basic) => Ok(Self::Basic {
                username: text("username").unwrap_or_default().to_owned(),
                password: text("password").unwrap_or_default().to_owned().into(),
            }),
            (Hosting::Cloud, AuthType::OAuth2 | AuthType::PersonalToken) => Err(configuration(
                "OAuth 2.0 for Confluence Cloud is not implemented yet; use `Basic` with an API token",
                None,
            )),
            (Hosting::DataCenter, _) => Err(configuration("Confluence Data Center is not implemented yet", None)),
        }
    }
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
    fn what_is_not_built_yet_says_so() {
        let oauth = config("https://acme.atlassian.net", "SAAS", "OAuth2");
        let keys = r#"{"confluenceAppKey":"a","confluenceAppSecret":"b","confluenceAccessToken":"c","confluenceRefreshToken":"d"}"#;
        assert!(parse(keys, &oauth).unwrap_err().contains("not implemented yet"));
        assert!(parse("{}", &oauth).unwrap_err().contains("`confluenceAppKey`"));
        let token = config("https://wiki.example.com", "ON_PREM", "Personal-token");
        assert!(parse(r#"{"patToken":"x"}"#, &token).unwrap_err().contains("Data Center is not implemented yet"));
    }
}
