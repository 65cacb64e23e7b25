//! What is counted for a query, and the counts on the wire.

use sangam_api::kendra::{DocumentAttributeValueCountPair, Facet as WireFacet, FacetResult};
use sangam_engine::{Facet, FacetValue, ValueKind};

use super::answer::wire_value;
use crate::error::{Outcome, invalid, not_built};
use crate::indices::{Field, FieldKind, IndexDocument};

/// Values of a facet when the request does not say.
const VALUES: usize = 10;

/// The facets of a request.
///
/// # Errors
/// `ValidationException` for an attribute that is none of the index's or not facetable, and for facets below facets.
pub(super) fn facets(index: &IndexDocument, wanted: Option<&[WireFacet]>) -> Outcome<Vec<Facet>> {
    wanted.unwrap_or_default().iter().map(|facet| one(index, facet)).collect()
}

fn one(index: &IndexDocument, facet: &WireFacet) -> Outcome<Facet> {
    let key = facet.document_attribute_key.as_deref();
    let key = key.ok_or_else(|| invalid("a facet must have a DocumentAttributeKey"))?;
    let field = defined(index, key)?;
    if !field.search.facetable {
        return Err(invalid(format!("Attribute {key} is not facetable, set Facetable for it in the index's fields")));
    }
    if facet.facets.as_ref().is_some_and(|below| !below.is_empty()) {
        return Err(not_built("a facet below a facet"));
    }
    let n_values = facet.max_results.map_or(VALUES, |n| usize::try_from(n).unwrap_or(0));
    Ok(Facet { field: key.to_owned(), kind: value_kind(field.kind), n_values })
}

/// A field of the index.
///
/// # Errors
/// `ValidationException` if there is none of that name.
pub(super) fn defined<'i>(index: &'i IndexDocument, key: &str) -> Outcome<&'i Field> {
    index.field(key).ok_or_else(|| invalid(format!("Attribute {key} is not defined at the index level")))
}

/// The counts of `facets`, in their order.
pub(super) fn results(index: &IndexDocument, facets: &[Facet], counted: Vec<Vec<FacetValue>>) -> Vec<FacetResult> {
    let result = |(facet, values): (&Facet, Vec<FacetValue>)| FacetResult {
        document_attribute_key: Some(facet.field.clone()),
        document_attribute_value_type: index.field(&facet.field).map(|field| field.kind.wire()),
        document_attribute_value_count_pairs: Some(values.into_iter().map(pair).collect()),
    };
    facets.iter().zip(counted).map(result).collect()
}

fn pair(counted: FacetValue) -> DocumentAttributeValueCountPair {
    DocumentAttributeValueCountPair {
        document_attribute_value: Some(wire_value(counted.value)),
        count: Some(i32::try_from(counted.n_documents).unwrap_or(i32::MAX)),
        facet_results: None,
    }
}

/// The engine's name of a type.
pub(super) fn value_kind(kind: FieldKind) -> ValueKind {
    match kind {
        FieldKind::String => ValueKind::String,
        FieldKind::StringList => ValueKind::StringList,
        FieldKind::Long => ValueKind::Long,
        FieldKind::Date => ValueKind::Date,
    }
}
