//! `DescribeIndex`

use sangam_api::Timestamp;
use sangam_api::kendra::{
    CapacityUnitsConfiguration, DescribeIndexRequest, DescribeIndexResponse, FaqStatistics, IndexStatistics,
    IndexStatus, ServerSideEncryptionConfiguration, TextDocumentStatistics,
};
use sangam_store::IndexState;

use super::{Field, IndexDocument};
use crate::Service;
use crate::error::Outcome;

/// Everything about an index, statistics included.
pub(crate) async fn describe(service: &Service, input: DescribeIndexRequest) -> Outcome<DescribeIndexResponse> {
    let record = service.index(&input.id).await?;
    let document = IndexDocument::of(&record)?;
    let statistics = service.store().index_statistics(&record.id).await?;
    let encryption = document.kms_key_id.map(|key| ServerSideEncryptionConfiguration { kms_key_id: Some(key.into()) });
    Ok(DescribeIndexResponse {
        name: Some(record.name),
        id: Some(record.id),
        edition: Some(document.edition),
        role_arn: Some(document.role_arn),
        server_side_encryption_configuration: encryption,
        status: Some(status(record.state)),
        description: document.description,
        created_at: Some(Timestamp::from_millis(record.created_at)),
        updated_at: Some(Timestamp::from_millis(record.updated_at)),
        document_metadata_configurations: Some(document.fields.iter().map(Field::wire).collect()),
        index_statistics: Some(IndexStatistics {
            faq_statistics: FaqStatistics { indexed_question_answers_count: 0 },
            text_document_statistics: TextDocumentStatistics {
                indexed_text_documents_count: i32::try_from(statistics.n_documents).unwrap_or(i32::MAX),
                indexed_text_bytes: statistics.text_bytes,
            },
        }),
        error_message: document.error_message,
        capacity_units: Some(CapacityUnitsConfiguration {
            storage_capacity_units: document.storage_units,
            query_capacity_units: document.query_units,
        }),
        user_token_configurations: document.user_token_configurations,
        user_context_policy: Some(document.user_context_policy),
        user_group_resolution_configuration: document.user_group_resolution,
    })
}

/// The state as the API has it.
pub(crate) fn status(state: IndexState) -> IndexStatus {
    match state {
        IndexState::Creating => IndexStatus::Creating,
        IndexState::Active => IndexStatus::Active,
        IndexState::Deleting => IndexStatus::Deleting,
        IndexState::Failed => IndexStatus::Failed,
    }
}
