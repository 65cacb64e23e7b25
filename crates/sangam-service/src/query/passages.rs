//! `Retrieve`

use sangam_api::kendra::{RetrieveRequest, RetrieveResult};

use super::{Arrangement, Common, answer, request};
use crate::Service;
use crate::error::{Outcome, constraint, not_built};
use crate::indices::IndexDocument;
use crate::service::new_id;

/// A page of passages for a question.
pub(crate) async fn retrieve(service: &Service, input: RetrieveRequest) -> Outcome<RetrieveResult> {
    let record = service.active_index(&input.index_id).await?;
    if input.query_text.trim().is_empty() {
        return Err(constraint("queryText", "", "have length greater than or equal to 1"));
    }
    if input.document_relevance_override_configurations.as_ref().is_some_and(|list| !list.is_empty()) {
        return Err(not_built("DocumentRelevanceOverrideConfigurations"));
    }
    let common = Common {
        text: input.query_text,
        attribute_filter: input.attribute_filter,
        requested_attributes: input.requested_document_attributes,
        user_context: input.user_context,
        page_number: input.page_number,
        page_size: input.page_size,
    };
    let index = IndexDocument::of(&record)?;
    let request = request(service, &record, &index, common, Arrangement::default()).await?;
    let found = service.searcher().passages(&request).await?;
    let query_id = new_id();
    let items = found.items.into_iter().map(|item| answer::passage(&query_id, item)).collect();
    Ok(RetrieveResult { query_id: Some(query_id), result_items: Some(items) })
}
