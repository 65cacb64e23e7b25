//! Opens Confluence sources for the sync jobs.

use std::sync::Arc;

use async_trait::async_trait;
use sangam_sync::{Connector, CrawlMode, OpenRequest, Source, SourceError};
use serde_json::Value;

use crate::{config::ConfluenceConfig, secret::Credentials, settings::ConfluenceSettings, source::ConfluenceSource};

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
        let source = ConfluenceSource::new(request.data_source_id, config, &credentials, Arc::clone(&self.settings))?;
        Ok(Box::new(source))
    }
}
