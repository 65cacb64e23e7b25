//! `ListDataSources`

use sangam_api::Timestamp;
use sangam_api::kendra::{DataSourceSummary, ListDataSourcesRequest, ListDataSourcesResponse};

use super::document::kind_of;
use super::{DataSourceDocument, status};
use crate::Service;
use crate::error::Outcome;
use crate::page_token::{self, Place};

/// A page of an index's data sources, oldest first.
pub(crate) async fn list(service: &Service, input: ListDataSourcesRequest) -> Outcome<ListDataSourcesResponse> {
    service.index(&input.index_id).await?;
    let after = page_token::parse(input.next_token.as_deref())?;
    let limit = page_token::limit(input.max_results, page_token::PAGE_DEFAULT);
    let place = after.as_ref().map(|place| (place.order, place.id.as_str()));
    let rows = service.store().data_sources(&input.index_id, place, limit + 1).await?;
    let (rows, next_token) = page_token::page(rows, limit, |row| Place { order: row.created_at, id: row.id.clone() });
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(DataSourceSummary {
            r#type: Some(kind_of(&row)?),
            language_code: Some(DataSourceDocument::of(&row)?.language_code),
            name: Some(row.name),
            id: Some(row.id),
            created_at: Some(Timestamp::from_millis(row.created_at)),
            updated_at: Some(Timestamp::from_millis(row.updated_at)),
            status: Some(status(row.state)),
        });
    }
    Ok(ListDataSourcesResponse { summary_items: Some(items), next_token })
}
