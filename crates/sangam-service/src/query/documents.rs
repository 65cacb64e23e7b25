//! `Query`

use sangam_api::kendra::{QueryRequest, QueryResult, QueryResultType};

use super::{Arrangement, Common, answer, facets, request, sorting};
use crate::Service;
use crate::error::{Outcome, invalid, not_built};
use crate::indices::IndexDocument;
use crate::service::new_id;

/// A page of documents for a question.
pub(crate) async fn query(service: &Service, input: QueryRequest) -> Outcome<QueryResult> {
    let record = service.active_index(&input.index_id).await?;
    check_is_built(&input)?;
    let index = IndexDocument::of(&record)?;
    let one = input.sorting_configuration.as_ref();
    let arrangement = Arrangement {
        facets: facets::facets(&index, input.facets.as_deref())?,
        sort: sorting::keys(&index, one, input.sorting_configurations.as_deref())?,
    };
    check_browse(&input, &arrangement)?;
    let common = Common {
        text: input.query_text.unwrap_or_default(),
        attribute_filter: input.attribute_filter,
        requested_attributes: input.requested_document_attributes,
        user_context: input.user_context,
        page_number: input.page_number,
        page_size: input.page_size,
    };
    let request = request(service, &record, &index, common, arrangement).await?;
    let found = service.searcher().search(&request).await?;
    let query_id = new_id();
    Ok(QueryResult {
        result_items: Some(found.items.into_iter().map(|item| answer::document(&query_id, item)).collect()),
        facet_results: Some(facets::results(&index, &request.facets, found.facets)),
        total_number_of_results: Some(i32::try_from(found.total).unwrap_or(i32::MAX)),
        query_id: Some(query_id),
        warnings: None,
        spell_corrected_queries: None,
        featured_results_items: None,
    })
}

/// A request without a question browses the index: it must say which documents, or what to count, and in which order.
fn check_browse(input: &QueryRequest, arrangement: &Arrangement) -> Outcome<()> {
    let has_text = input.query_text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let narrows = input.attribute_filter.is_some() || !arrangement.facets.is_empty();
    if has_text || (narrows && !arrangement.sort.is_empty()) {
        return Ok(());
    }
    Err(invalid("A query without QueryText must have an AttributeFilter or Facets, and a SortingConfiguration"))
}

fn check_is_built(input: &QueryRequest) -> Outcome<()> {
    let spell = input.spell_correction_configuration.as_ref();
    let only_others = input.query_result_type_filter.is_some_and(|kind| kind != QueryResultType::Document);
    let is_used = [
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
