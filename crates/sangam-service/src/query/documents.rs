//! `Query`

use sangam_api::kendra::{QueryRequest, QueryResult, QueryResultType};

use super::{Common, answer, request};
use crate::Service;
use crate::error::{Outcome, not_built};
use crate::service::new_id;

/// A page of documents for a question.
pub(crate) async fn query(service: &Service, input: QueryRequest) -> Outcome<QueryResult> {
    let record = service.active_index(&input.index_id).await?;
    check_is_built(&input)?;
    let common = Common {
        text: input.query_text.unwrap_or_default(),
        attribute_filter: input.attribute_filter,
        requested_attributes: input.requested_document_attributes,
        user_context: input.user_context,
        page_number: input.page_number,
        page_size: input.page_size,
    };
    let request = request(service, &record, common).await?;
    let found = service.searcher().search(&request).await?;
    let query_id = new_id();
    Ok(QueryResult {
        result_items: Some(found.items.into_iter().map(|item| answer::document(&query_id, item)).collect()),
        facet_results: Some(Vec::new()),
        total_number_of_results: Some(i32::try_from(found.total).unwrap_or(i32::MAX)),
        query_id: Some(query_id),
        warnings: None,
        spell_corrected_queries: None,
        featured_results_items: None,
    })
}

fn check_is_built(input: &QueryRequest) -> Outcome<()> {
    let has_text = input.query_text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let spell = input.spell_correction_configuration.as_ref();
    let only_others = input.query_result_type_filter.is_some_and(|kind| kind != QueryResultType::Document);
    let is_used = [
        ("a query without QueryText", !has_text),
        ("Facets", input.facets.as_ref().is_some_and(|list| !list.is_empty())),
        ("SortingConfiguration", input.sorting_configuration.is_some()),
        ("SortingConfigurations", input.sorting_configurations.is_some()),
        ("CollapseConfiguration", input.collapse_configuration.is_some()),
        ("SpellCorrectionConfiguration", spell.is_some_and(|spell| spell.include_query_spell_check_suggestions)),
        ("QueryResultTypeFilter other than DOCUMENT", only_others),
        (
            "DocumentRelevanceOverrideConfigurations",
            input.document_relevance_override_configurations.as_ref().is_some_and(|list| !list.is_empty()),
        ),
    ];
    match is_used.iter().find(|(_, is_used)| *is_used) {
        Some((what, _)) => Err(not_built(what)),
        None => Ok(()),
    }
}
