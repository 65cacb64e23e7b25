//! Opens Confluence sources for the sync jobs.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sangam_sync::{Connector, CrawlMode, OpenRequest, Source, SourceError, SyncHost};
use serde_json::Value;

use crate::{
    client::{Client, Extras, certificates},
    config::{AuthType, ConfluenceConfig, Hosting},
    secret::Credentials,
    settings::ConfluenceSettings,
    source::ConfluenceSource,
    user_map::UserMap,
};

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
}

#[async_trait]
impl Connector for ConfluenceConnector {
    fn name(&self) -> &'static str {
        "confluence"
    }

    fn crawls_access(&self, configuration: &Value) -> bool {
        // Of a template that does not parse nothing may be taken for public.
        ConfluenceConfig::parse(configuration).map_or(true, |config| config.crawl_acl)
    }

    fn handles(&self, configuration: &Value) -> bool {
        ConfluenceConfig::handles(configuration)
    }

    fn validate(&self, configuration: &Value) -> Vec<String> {
        ConfluenceConfig::parse(configuration).err().unwrap_or_default()
    }

    fn secret_id(&self, configuration: &Value) -> Option<String> {
        ConfluenceConfig::secret_id(configuration)
    }

    fn crawl_mode(&self, configuration: &Value) -> CrawlMode {
        // A template that does not parse is refused before a job asks, so its mode does not matter.
        ConfluenceConfig::parse(configuration).map_or(CrawlMode::Changes, |config| config.mode)
    }

    fn access_refresh_every(&self, configuration: &Value) -> Duration {
        // An OAuth2 app's points are few on Cloud.
        let is_scarce = |config: &ConfluenceConfig| config.hosting == Hosting::Cloud && config.auth == AuthType::OAuth2;
        let is_scarce = ConfluenceConfig::parse(configuration).is_ok_and(|config| is_scarce(&config));
        if is_scarce { Duration::from_hours(1) } else { Duration::from_mins(10) }
    }

    fn deletion_threshold_percent(&self, configuration: &Value) -> Option<u8> {
        // With a template that does not parse nothing may be deleted.
        ConfluenceConfig::parse(configuration).map_or(Some(0), |config| config.deletion_threshold_percent)
    }

    async fn open(&self, request: OpenRequest) -> Result<Box<dyn Source>, SourceError> {
        let mut config =
            ConfluenceConfig::parse(&request.configuration).map_err(|violations| SourceError::Configuration {
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

/// Reads what of the connection lies in files.
async fn extras(
    config: &ConfluenceConfig,
    settings: &ConfluenceSettings,
    host: &dyn SyncHost,
) -> Result<Extras, SourceError> {
    let wrong = |message: String| SourceError::Configuration { message, code: None };
    let mut found = Extras::default();
    if let Some(path) = &settings.ca_file {
        let bytes = tokio::fs::read(path).await;
        let bytes =
            bytes.map_err(|error| wrong(format!("the file of `confluence.ca_file` cannot be read: {error}")))?;
        found.certificates.extend(certificates(&bytes, "the file of `confluence.ca_file`")?);
    }
    if let Some((bucket, key)) = &config.certificate {
        let bytes = host.file(bucket, key, CERTIFICATE_BYTES_MAX).await;
        let bytes = bytes.map_err(|error| wrong(format!("`sslCertificatePath` cannot be read: {error}")))?;
        found.certificates.extend(certificates(&bytes, "the file of `sslCertificatePath`")?);
    }
    Ok(found)
}
