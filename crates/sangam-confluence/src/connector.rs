//! Opens Confluence sources for the sync jobs.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sangam_sync::{Connector, CrawlMode, OpenRequest, Source, SourceError, SyncHost};
use secrecy::SecretString;
use serde_json::Value;

use crate::{
    client::{Client, Extras, certificates},
    config::{AuthType, ConfluenceConfig, Hosting},
    secret::{Credentials, names_host},
    settings::ConfluenceSettings,
    source::ConfluenceSource,
    user_map::UserMap,
};

/// Where a template has the site's address.
const ENDPOINT: &str = "/connectionConfiguration/repositoryEndpointMetadata";

/// Largest file with certificates: the whole list of public authorities has a quarter of this.
const CERTIFICATE_BYTES_MAX: u64 = 1 << 20;

/// The Confluence connector.
#[derive(Debug, Clone, Default)]
pub struct ConfluenceConnector {
    settings: Arc<ConfluenceSettings>,
}

impl ConfluenceConnector {
    /// A connector with the operator's settings.
    pub fn new(settings: ConfluenceSettings) -> Self {
        Self { settings: Arc::new(settings) }
    }

    /// Reads a configuration. Where the operator allows plain HTTP, a Data Center's address is read as if it were secure, and used as it is.
    fn parse(&self, configuration: &Value) -> Result<ConfluenceConfig, Vec<String>> {
        let text = |name: &str| configuration.pointer(&format!("{ENDPOINT}/{name}")).and_then(Value::as_str);
        let rest = text("hostUrl").and_then(|host_url| host_url.strip_prefix("http://"));
        let (Some(rest), Some("ON_PREM"), true) = (rest, text("type"), self.settings.allow_insecure_http) else {
            return ConfluenceConfig::parse(configuration);
        };
        let mut secured = configuration.clone();
        if let Some(host_url) = secured.pointer_mut(&format!("{ENDPOINT}/hostUrl")) {
            *host_url = format!("https://{rest}").into();
        }
        let mut config = ConfluenceConfig::parse(&secured)?;
        let is_set = config.host_url.set_scheme("http").is_ok();
        debug_assert!(is_set, "both schemes are of the same kind");
        Ok(config)
    }
}

#[async_trait]
impl Connector for ConfluenceConnector {
    fn name(&self) -> &'static str {
        "confluence"
    }

    fn crawls_access(&self, configuration: &Value) -> bool {
        // Of a template that does not parse nothing may be taken for public.
        self.parse(configuration).map_or(true, |config| config.crawl_acl)
    }

    fn handles(&self, configuration: &Value) -> bool {
        ConfluenceConfig::handles(configuration)
    }

    fn validate(&self, configuration: &Value) -> Vec<String> {
        self.parse(configuration).err().unwrap_or_default()
    }

    fn secret_id(&self, configuration: &Value) -> Option<String> {
        ConfluenceConfig::secret_id(configuration)
    }

    fn destination(&self, configuration: &Value) -> Option<String> {
        let config = self.parse(configuration).ok()?;
        let (site, proxy) = (config.host_url.as_str().trim_end_matches('/'), config.proxy);
        match proxy {
            None => Some(site.to_owned()),
            // The proxy's own secret is sent to the proxy, which also reads what is not encrypted.
            Some(proxy) if proxy.secret_id.is_some() || config.host_url.scheme() == "http" => None,
            Some(proxy) => Some(format!("{site} by {}:{}", proxy.host, proxy.port)),
        }
    }

    fn is_bound(&self, secret: &SecretString) -> bool {
        names_host(secret)
    }

    fn crawl_mode(&self, configuration: &Value) -> CrawlMode {
        // A template that does not parse is refused before a job asks, so its mode does not matter.
        self.parse(configuration).map_or(CrawlMode::Changes, |config| config.mode)
    }

    fn access_refresh_every(&self, configuration: &Value) -> Duration {
        // An OAuth2 app's points are few on Cloud.
        let is_scarce = |config: &ConfluenceConfig| config.hosting == Hosting::Cloud && config.auth == AuthType::OAuth2;
        let is_scarce = ConfluenceConfig::parse(configuration).is_ok_and(|config| is_scarce(&config));
        if is_scarce { Duration::from_hours(1) } else { Duration::from_mins(10) }
    }

    fn deletion_threshold_percent(&self, configuration: &Value) -> Option<u8> {
        // With a template that does not parse nothing may be deleted.
        self.parse(configuration).map_or(Some(0), |config| config.deletion_threshold_percent)
    }

    async fn open(&self, request: OpenRequest) -> Result<Box<dyn Source>, SourceError> {
        let mut config = self.parse(&request.configuration).map_err(|violations| SourceError::Configuration {
            message: format!("the configuration is not valid: {}", violations.join("; ")),
            code: None,
        })?;
        if let Some(proxy) = &mut config.proxy {
            proxy.sign_in(&*request.host).await?;
        }
        let credentials = Credentials::parse(&request.secret, &config)?;
        let user_map = match &config.users_acl_s3_path {
            Some(path) => UserMap::open(path, request.host.as_ref()).await?,
            None => UserMap::default(),
        };
        let extras = extras(&config, &self.settings, request.host.as_ref()).await?;
        let client = Client::new(&config, credentials, Arc::clone(&self.settings), extras, request.host)?;
        let source = ConfluenceSource::new(request.data_source_id, config, client, Arc::clone(&self.settings));
        Ok(Box::new(source.with_user_map(user_map)))
    }
}

/// The authorities in the file of `confluence.ca_file`, none without one.
///
/// # Errors
/// [`SourceError::Configuration`] if the file cannot be read or holds none.
pub async fn further_authorities(settings: &ConfluenceSettings) -> Result<Vec<reqwest::Certificate>, SourceError> {
    let Some(path) = &settings.ca_file else { return Ok(Vec::new()) };
    let what = "the file of `confluence.ca_file`";
    let wrong = |error| SourceError::Configuration { message: format!("{what} cannot be read: {error}"), code: None };
    certificates(&tokio::fs::read(path).await.map_err(wrong)?, what)
}

/// Reads what of the connection lies in files.
async fn extras(
    config: &ConfluenceConfig,
    settings: &ConfluenceSettings,
    host: &dyn SyncHost,
) -> Result<Extras, SourceError> {
    let wrong = |message: String| SourceError::Configuration { message, code: None };
    let mut found = Extras::default();
    found.certificates.extend(further_authorities(settings).await?);
    if let Some((bucket, key)) = &config.certificate {
        let bytes = host.file(bucket, key, CERTIFICATE_BYTES_MAX).await;
        let bytes = bytes.map_err(|error| wrong(format!("`sslCertificatePath` cannot be read: {error}")))?;
        found.certificates.extend(certificates(&bytes, "the file of `sslCertificatePath`")?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_http_needs_the_operators_word_and_a_data_center() {
        let template = |host: &str, kind: &str| {
            json!({
                "type": "CONFLUENCEV2",
                "syncMode": "FULL_CRAWL",
                "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
                "connectionConfiguration": { "repositoryEndpointMetadata": {
                    "hostUrl": host, "type": kind, "authType": "Basic" } },
                "repositoryConfigurations": {},
                "additionalProperties": {},
            })
        };
        let allowed = ConfluenceSettings { allow_insecure_http: true, ..ConfluenceSettings::default() };
        let (strict, lax) = (ConfluenceConnector::default(), ConfluenceConnector::new(allowed));
        let own = template("http://wiki.example.com:8090/confluence", "ON_PREM");
        assert!(!strict.validate(&own).is_empty());
        assert_eq!(lax.parse(&own).unwrap().host_url.as_str(), "http://wiki.example.com:8090/confluence");
        assert!(!lax.validate(&template("http://acme.atlassian.net", "SAAS")).is_empty());
        assert!(lax.validate(&template("https://wiki.example.com", "ON_PREM")).is_empty());
    }

    #[test]
    fn a_destination_is_site_and_proxy_and_a_proxy_with_a_secret_is_none() {
        let configuration = |url: &str, proxy: Value| {
            json!({ "ConfluenceConfiguration": {
                "ServerUrl": url, "SecretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
                "Version": "SERVER", "ProxyConfiguration": proxy
            } })
        };
        let of = |url: &str, proxy: Value| ConfluenceConnector::default().destination(&configuration(url, proxy));
        let (site, port) = ("https://wiki.example.com/confluence", 3128);
        assert_eq!(of(site, Value::Null).as_deref(), Some(site));
        assert_eq!(of("https://WIKI.example.com:443/confluence/", Value::Null).as_deref(), Some(site));
        assert_ne!(of("https://wiki.example.com", Value::Null).as_deref(), Some(site));
        let by_proxy = of(site, json!({ "Host": "proxy.example.com", "Port": port })).unwrap();
        assert!(by_proxy.contains("proxy.example.com:3128"), "{by_proxy}");
        let credentials = "arn:aws:secretsmanager:us-east-1:111122223333:secret:y";
        let proxy = json!({ "Host": "proxy.example.com", "Port": port, "Credentials": credentials });
        assert_eq!(of(site, proxy), None);
        let is_bound = |text: &str| ConfluenceConnector::default().is_bound(&text.to_owned().into());
        assert!(is_bound(r#"{"hostUrl": "https://wiki.example.com", "patToken": "t"}"#));
        for unbound in [r#"{"patToken": "t"}"#, r#"{"hostUrl": "  ", "patToken": "t"}"#, r#"{"hostUrl": 1}"#, "text"] {
            assert!(!is_bound(unbound), "{unbound}");
        }
    }

    #[test]
    fn a_file_of_certificates_holds_some() {
        assert!(certificates(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "the file").is_err());
        assert!(certificates(b"", "the file").is_err());
        let told = certificates(b"text", "the file").unwrap_err().to_string();
        assert!(told.starts_with("the file holds no certificate"), "{told}");
    }
}
