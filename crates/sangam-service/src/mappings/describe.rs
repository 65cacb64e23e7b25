//! `DescribePrincipalMapping`

use sangam_api::Timestamp;
use sangam_api::kendra::{
    DescribePrincipalMappingRequest, DescribePrincipalMappingResponse, GroupOrderingIdSummary, PrincipalMappingStatus,
};
use sangam_store::{GroupKey, MappingState, MappingSummary, StoreError};

use super::scope;
use crate::Service;
use crate::error::Outcome;

/// The last calls about a group, highest ordering id first.
pub(crate) async fn describe(
    service: &Service,
    input: DescribePrincipalMappingRequest,
) -> Outcome<DescribePrincipalMappingResponse> {
    let index = service.index(&input.index_id).await?;
    let scope = scope(service, &index.id, input.data_source_id.as_deref()).await?;
    let group = GroupKey { index_id: &index.id, scope: &scope, group_id: &input.group_id };
    let summaries = service.store().mapping_summaries(&group).await?;
    if summaries.is_empty() {
        return Err(StoreError::not_found("group", input.group_id).into());
    }
    Ok(DescribePrincipalMappingResponse {
        index_id: Some(index.id),
        data_source_id: input.data_source_id,
        group_id: Some(input.group_id),
        group_ordering_id_summaries: Some(summaries.into_iter().map(wire).collect()),
    })
}

fn wire(summary: MappingSummary) -> GroupOrderingIdSummary {
    let status = match summary.state {
        MappingState::Succeeded => PrincipalMappingStatus::Succeeded,
        MappingState::Deleted => PrincipalMappingStatus::Deleted,
        MappingState::Failed => PrincipalMappingStatus::Failed,
    };
    GroupOrderingIdSummary {
        status: Some(status),
        last_updated_at: Some(Timestamp::from_millis(summary.updated_at)),
        received_at: Some(Timestamp::from_millis(summary.received_at)),
        ordering_id: Some(summary.ordering_id),
        failure_reason: summary.failure,
    }
}
