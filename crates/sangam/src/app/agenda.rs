//! The data sources in use: all of them, and as the scheduler sees them.

use async_trait::async_trait;
use sangam_service::DataSourceDocument;
use sangam_store::{DataSourceRecord, DataSourceState, IndexState, Store, StoreError, data_source_resource};
use sangam_sync::{ACCESS_REFRESH_TAG, Agenda, HostError, PlannedSource};

/// Rows asked for at once.
const PAGE: u32 = 100;
/// The API's type of data sources that nothing here syncs.
const CUSTOM: &str = "CUSTOM";

/// Reads them from the store.
pub(super) struct StoredAgenda(pub(super) Store);

#[async_trait]
impl Agenda for StoredAgenda {
    async fn sources(&self) -> Result<Vec<PlannedSource>, HostError> {
        self.read().await.map_err(|error| HostError(format!("The state did not answer: {error}.")))
    }
}

/// Every data source in use of every active index, those of the API's own kind without a source left out.
pub(super) async fn sources_in_use(store: &Store) -> Result<Vec<DataSourceRecord>, StoreError> {
    let mut found = Vec::new();
    let mut after: Option<(i64, String)> = None;
    loop {
        let page = store.indices(after.as_ref().map(|(at, id)| (*at, id.as_str())), PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some((last.created_at, last.id.clone()));
        for index in page.iter().filter(|index| index.state == IndexState::Active) {
            sources_of(store, &index.id, &mut found).await?;
        }
    }
}

async fn sources_of(store: &Store, index_id: &str, found: &mut Vec<DataSourceRecord>) -> Result<(), StoreError> {
    let mut after: Option<(i64, String)> = None;
    loop {
        let page = store.data_sources(index_id, after.as_ref().map(|(at, id)| (*at, id.as_str())), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.created_at, last.id.clone()));
        found.extend(page.into_iter().filter(|it| it.state == DataSourceState::Active && it.kind != CUSTOM));
    }
}

impl StoredAgenda {
    async fn read(&self) -> Result<Vec<PlannedSource>, StoreError> {
        let mut planned = Vec::new();
        for source in sources_in_use(&self.0).await? {
            planned.push(self.planned(source).await?);
        }
        Ok(planned)
    }

    async fn planned(&self, source: DataSourceRecord) -> Result<PlannedSource, StoreError> {
        let document = DataSourceDocument::of(&source)?;
        let tags = self.0.tags(&data_source_resource(&source.index_id, &source.id)).await?;
        Ok(PlannedSource {
            configuration: document.template().cloned().unwrap_or_default(),
            schedule: document.schedule,
            access_refresh: tags.into_iter().find(|(key, _)| key == ACCESS_REFRESH_TAG).map(|(_, value)| value),
            updated_at: source.updated_at,
            index_id: source.index_id,
            data_source_id: source.id,
        })
    }
}
