//! `DescribeDataSource`

use sangam_api::Timestamp;
use sangam_api::kendra::{DescribeDataSourceRequest, DescribeDataSourceResponse};

use super::document::kind_of;
use super::{DataSourceDocument, status};
use crate::Service;
use crate::error::Outcome;

/// Everything about a data source, as it was given.
pub(crate) async fn describe(
    service: &Service,
    input: DescribeDataSourceRequest,
) -> Outcome<DescribeDataSourceResponse> {
    service.index(&input.index_id).await?;
    let record = service.data_source(&input.index_id, &input.id).await?;
    let document = DataSourceDocument::of(&record)?;
    Ok(DescribeDataSourceResponse {
        r#type: Some(kind_of(&record)?),
        id: Some(record.id),
        index_id: Some(record.index_id),
        name: Some(record.name),
        configuration: document.configuration,
        vpc_configuration: document.vpc_configuration,
        created_at: Some(Timestamp::from_millis(record.created_at)),
        updated_at: Some(Timestamp::from_millis(record.updated_at)),
        description: document.description,
        status: Some(status(record.state)),
        schedule: document.schedule,
        role_arn: document.role_arn,
        error_message: None,
        language_code: Some(document.language_code),
        custom_document_enrichment_configuration: document.enrichment,
    })
}
