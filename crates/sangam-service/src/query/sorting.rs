//! What the results of a query are sorted by.

use sangam_api::kendra::{SortOrder, SortingConfiguration};
use sangam_engine::SortKey;

use super::facets::{defined, value_kind};
use crate::error::{Outcome, invalid};
use crate::indices::IndexDocument;

/// The keys of a request, the most important one first; without any, results are sorted by relevance.
///
/// # Errors
/// `ValidationException` for both members at once, and for an attribute that is none of the index's or not sortable.
pub(super) fn keys(
    index: &IndexDocument,
    one: Option<&SortingConfiguration>,
    several: Option<&[SortingConfiguration]>,
) -> Outcome<Vec<SortKey>> {
    if one.is_some() && several.is_some() {
        return Err(invalid("SortingConfiguration and SortingConfigurations cannot be used together"));
    }
    several.unwrap_or_default().iter().chain(one).map(|sorting| key(index, sorting)).collect()
}

fn key(index: &IndexDocument, sorting: &SortingConfiguration) -> Outcome<SortKey> {
    let name = &sorting.document_attribute_key;
    let field = defined(index, name)?;
    if !field.search.sortable {
        return Err(invalid(format!("Attribute {name} is not sortable, set Sortable for it in the index's fields")));
    }
    let descending = sorting.sort_order == SortOrder::Desc;
    Ok(SortKey { field: name.clone(), kind: value_kind(field.kind), descending })
}
