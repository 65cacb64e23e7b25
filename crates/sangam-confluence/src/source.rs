//! A Confluence site opened for one data source.

use std::sync::Arc;

use async_trait::async_trait;
use sangam_sync::{BatchSink, CrawlEnd, CrawlRequest, KnownDocuments, Presence, Probe, Progress, Source, SourceError};
use tokio_util::sync::CancellationToken;

use crate::{
    client::Client,
    config::{ConfluenceConfig, Hosting},
    crawl::{Confirmation, Run},
    datacenter,
    probe::probe,
    settings::ConfluenceSettings,
    user_map::UserMap,
};

/// A Confluence site, ready to be crawled.
#[derive(Debug)]
pub struct ConfluenceSource {
    data_source_id: String,
    config: ConfluenceConfig,
    client: Client,
    settings: Arc<ConfluenceSettings>,
    user_map: Arc<UserMap>,
}

impl ConfluenceSource {
    /// A source for the site of `config`; nothing is sent yet.
    pub(crate) fn new(
        data_source_id: String,
        config: ConfluenceConfig,
        client: Client,
        settings: Arc<ConfluenceSettings>,
    ) -> Self {
        Self { data_source_id, config, client, settings, user_map: Arc::default() }
    }

    /// The same source with e-mail addresses that people hide.
    #[must_use]
    pub(crate) fn with_user_map(self, user_map: UserMap) -> Self {
        Self { user_map: Arc::new(user_map), ..self }
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
        let client = self.client.for_run(request.stop.clone(), request.progress.clone());
        match self.config.hosting {
            Hosting::Cloud => {
                let run = Run::new(&self.data_source_id, &self.config, &self.settings, client, request, known, sink);
                run.with_user_map(Arc::clone(&self.user_map)).crawl().await
            }
            Hosting::DataCenter => {
                let run = datacenter::Run::new(
                    &self.data_source_id,
                    &self.config,
                    &self.settings,
                    client,
                    request,
                    known,
                    sink,
                );
                run.with_user_map(Arc::clone(&self.user_map)).crawl().await
            }
        }
    }

    async fn confirm(&self, ids: &[String]) -> Result<Vec<Presence>, SourceError> {
        let client = self.client.for_run(CancellationToken::new(), Progress::default());
        match self.config.hosting {
            Hosting::Cloud => Confirmation::new(&self.config, client).presences(ids).await,
            Hosting::DataCenter => datacenter::Confirmation::new(&self.config, client).presences(ids).await,
        }
    }

    async fn probe(&self) -> Result<Probe, SourceError> {
        probe(&self.client.for_run(CancellationToken::new(), Progress::default()), &self.config).await
    }
}
