//! `ListGroupsOlderThanOrderingId`

use sangam_api::kendra::{GroupSummary, ListGroupsOlderThanOrderingIdRequest, ListGroupsOlderThanOrderingIdResponse};

use super::scope;
use crate::Service;
use crate::error::Outcome;
use crate::page_token::{self, Place};

/// Groups on a page when the request does not say, which is also the most.
const PAGE: u32 = 10;

/// A page of the groups whose members were put before `OrderingId`: what an identity crawler did not see in its last run.
pub(crate) async fn list_older(
    service: &Service,
    input: ListGroupsOlderThanOrderingIdRequest,
) -> Outcome<ListGroupsOlderThanOrderingIdResponse> {
    let index = service.index(&input.index_id).await?;
    let scope = scope(service, &index.id, input.data_source_id.as_deref()).await?;
    let after = page_token::parse(input.next_token.as_deref())?.map(|place| place.id).unwrap_or_default();
    let limit = page_token::limit(input.max_results, PAGE);
    let rows = service.store().groups_older_than(&index.id, &scope, input.ordering_id, &after, limit + 1).await?;
    let (rows, next_token) = page_token::page(rows, limit, |row| Place { order: 0, id: row.group_id.clone() });
    let summaries = rows
        .into_iter()
        .map(|row| GroupSummary { group_id: Some(row.group_id), ordering_id: Some(row.ordering_id) })
        .collect();
    Ok(ListGroupsOlderThanOrderingIdResponse { groups_summaries: Some(summaries), next_token })
}
