//! `UpdateDataSource`

use sangam_api::ApiError;
use sangam_api::kendra::UpdateDataSourceRequest;
use sangam_store::{DataSourceRecord, DataSourceState};

use super::document::kind_of;
use super::{DataSourceDocument, configuration};
use crate::Service;
use crate::error::{Outcome, ServiceError};

/// Changes what the request names and leaves the rest; a configuration is replaced as a whole.
pub(crate) async fn update(service: &Service, input: UpdateDataSourceRequest) -> Outcome<()> {
    service.active_index(&input.index_id).await?;
    let (index_id, id) = (input.index_id.clone(), input.id.clone());
    let change = service.store().modify_data_source(&index_id, &id, |record| change(service, record, input));
    change.await.map(drop)
}

fn change(
    service: &Service,
    record: &mut DataSourceRecord,
    input: UpdateDataSourceRequest,
) -> Result<(), ServiceError> {
    if record.state != DataSourceState::Active {
        return Err(ApiError::conflict(format!("data source `{}` is being deleted", record.id)).into());
    }
    let mut document = DataSourceDocument::of(record)?;
    if let Some(name) = input.name {
        record.name = name;
    }
    if let Some(configuration) = input.configuration {
        document.configuration = Some(configuration);
    }
    if let Some(vpc_configuration) = input.vpc_configuration {
        document.vpc_configuration = Some(vpc_configuration);
    }
    if let Some(description) = input.description {
        document.description = Some(description).filter(|description| !description.is_empty());
    }
    if let Some(schedule) = input.schedule {
        document.schedule = Some(schedule).filter(|schedule| !schedule.is_empty());
    }
    if let Some(role_arn) = input.role_arn {
        document.role_arn = Some(role_arn);
    }
    if let Some(language_code) = input.language_code {
        document.language_code = language_code;
    }
    if let Some(enrichment) = input.custom_document_enrichment_configuration {
        document.enrichment = Some(enrichment);
    }
    configuration::check(service, kind_of(record)?, &document)?;
    record.document = document.to_json();
    Ok(())
}
