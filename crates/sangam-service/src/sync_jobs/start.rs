//! `StartDataSourceSyncJob`

use sangam_api::ApiError;
use sangam_api::kendra::{DataSourceType, StartDataSourceSyncJobRequest, StartDataSourceSyncJobResponse};
use sangam_store::{DataSourceRecord, DataSourceState, StoreError};

use crate::Service;
use crate::data_sources::DataSourceDocument;
use crate::error::{Outcome, not_built};
use crate::service::new_id;

/// Starts a job. For a custom data source that only opens the bracket around its caller's own puts and deletes.
pub(crate) async fn start(
    service: &Service,
    input: StartDataSourceSyncJobRequest,
) -> Outcome<StartDataSourceSyncJobResponse> {
    let index = service.active_index(&input.index_id).await?;
    let source = service.data_source(&index.id, &input.id).await?;
    if source.state == DataSourceState::Deleting {
        return Err(ApiError::conflict(format!("data source `{}` is being deleted", source.id)).into());
    }
    let is_custom = source.kind == DataSourceType::Custom.as_str();
    if !is_custom {
        check_is_built(service, &source)?;
    }
    let id = new_id();
    match service.store().insert_job(&id, &index.id, &source.id).await {
        Ok(()) => {}
        Err(StoreError::Exists { id, .. }) => {
            return Err(ApiError::in_use(format!("data source `{}` has sync job `{id}` in progress", source.id)).into());
        }
        Err(error) => return Err(error.into()),
    }
    if !is_custom && let Some(job) = service.store().job(&id).await? {
        service.jobs().start(&job).await?;
    }
    Ok(StartDataSourceSyncJobResponse { execution_id: Some(id) })
}

/// Refuses what would otherwise be a job that ignores a part of its configuration.
fn check_is_built(service: &Service, source: &DataSourceRecord) -> Outcome<()> {
    let document = DataSourceDocument::of(source)?;
    if document.enrichment.is_some() {
        return Err(not_built("a sync with CustomDocumentEnrichmentConfiguration"));
    }
    if document.connector_configuration().is_some_and(|configuration| service.connector(&configuration).is_some()) {
        return Ok(());
    }
    Err(not_built(&format!("a sync of a data source of type {}", what(source, &document))))
}

fn what(source: &DataSourceRecord, document: &DataSourceDocument) -> String {
    let template_type = document.template().and_then(|template| template.get("type")).and_then(|value| value.as_str());
    match template_type {
        Some(template_type) => format!("{} {template_type}", source.kind),
        None => source.kind.clone(),
    }
}
