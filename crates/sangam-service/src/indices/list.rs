//! `ListIndices`

use sangam_api::Timestamp;
use sangam_api::kendra::{IndexConfigurationSummary, ListIndicesRequest, ListIndicesResponse};

use super::IndexDocument;
use super::describe::status;
use crate::Service;
use crate::error::Outcome;
use crate::page_token::{self, Place};

/// A page of the indices, oldest first.
pub(crate) async fn list(service: &Service, input: ListIndicesRequest) -> Outcome<ListIndicesResponse> {
    let after = page_token::parse(input.next_token.as_deref())?;
    let limit = page_token::limit(input.max_results, page_token::PAGE_DEFAULT);
    let place = after.as_ref().map(|place| (place.order, place.id.as_str()));
    let rows = service.store().indices(place, limit + 1).await?;
    let (rows, next_token) = page_token::page(rows, limit, |row| Place { order: row.created_at, id: row.id.clone() });
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(IndexConfigurationSummary {
            edition: Some(IndexDocument::of(&row)?.edition),
            name: Some(row.name),
            id: Some(row.id),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            status: status(row.state),
        });
    }
    Ok(ListIndicesResponse { index_configuration_summary_items: Some(items), next_token })
}
