//! A Confluence site opened for one data source.

use std::sync::Arc;

use async_trait::async_trait;
use sangam_sync::{BatchSink, CrawlEnd, CrawlRequest, KnownDocuments, Presence, Probe, Source, SourceError};
use tokio_util::sync::CancellationToken;

use crate::{
    client::Client,
    config::ConfluenceConfig,
    crawl::{Confirmation, Run},
    secret::Credentials,
    settings::ConfluenceSettings,
};

/// A Confluence site, ready to be crawled.
#[derive(Debug)]
pub struct ConfluenceSource {
    data_source_id: String,
    config: ConfluenceConfig,
    client: Client,
    settings: Arc<ConfluenceSettings>,
}

impl ConfluenceSource {
    /// A source for the site of `config`; nothing is sent yet.
    ///
    /// # Errors
    /// [`SourceError::Configuration`] if the credentials cannot be sent or the proxy is none.
    pub fn new(
        data_source_id: String,
        config: ConfluenceConfig,
        credentials: &Credentials,
        settings: Arc<ConfluenceSettings>,
    ) -> Result<Self, SourceError> {
        let client = Client::new(&config, credentials, Arc::clone(&settings))?;
        Ok(Self { data_source_id, config, client, settings })
    }
}

#[async_trait]
impl Source for ConfluenceSource {
    async fn crawl(
        &self,
        request: &CrawlRequest,
        known: &dyn KnownDocuments,
        sink: &mut dyn BatchSink,
    ) -> Result<CrawlEnd, SourceError> {
        let client = self.client.for_run(request.stop.clone());
        let run = Run::new(&self.data_source_id, &self.config, &self.settings, client, request, known, sink);
        run.crawl().await
    }

    async fn confirm(&self, ids: &[String]) -> Result<Vec<Presence>, SourceError> {
        let client = self.client.for_run(CancellationToken::new());
        Confirmation::new(&self.config, client).presences(ids).await
    }

    async fn probe(&self) -> Result<Probe, SourceError> {
        self.client.for_run(CancellationToken::new()).probe().await
    }
}
