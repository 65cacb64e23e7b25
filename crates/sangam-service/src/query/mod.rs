//! Asking an index: `Query` and `Retrieve`.
//!
//! A request becomes who is asking ([`reader`], [`identity`]), what the documents must satisfy ([`filter`]) and which part of the results is
//! wanted ([`page`]); the answer goes back through [`answer`]. Whatever of a request cannot be understood or is not built yet is an
//! error: a filter that is ignored would show too much, a facet that is ignored would mislead.

mod answer;
mod documents;
mod facets;
mod filter;
mod identity;
mod page;
mod passages;
mod reader;
mod sorting;

pub(crate) use documents::query;
pub(crate) use passages::retrieve;

use sangam_api::kendra::{AttributeFilter, UserContext};
use sangam_engine::{Facet, SortKey};
use sangam_store::IndexRecord;

use crate::error::{Outcome, constraint};
use crate::indices::IndexDocument;
use crate::{SearchRequest, Service};

/// Longest question, by the API's documentation.
const QUERY_CHARS_MAX: usize = 1_000;

/// The parts of a request that both operations have.
struct Common {
    text: String,
    attribute_filter: Option<AttributeFilter>,
    requested_attributes: Option<Vec<String>>,
    user_context: Option<UserContext>,
    page_number: Option<i32>,
    page_size: Option<i32>,
}

/// What `Query` alone has.
#[derive(Default)]
struct Arrangement {
    facets: Vec<Facet>,
    sort: Vec<SortKey>,
}

/// Checks what both operations have and makes it a search.
async fn request(
    service: &Service,
    record: &IndexRecord,
    index: &IndexDocument,
    common: Common,
    arrangement: Arrangement,
) -> Outcome<SearchRequest> {
    let n_chars = common.text.chars().count();
    if n_chars > QUERY_CHARS_MAX {
        let must = format!("have length less than or equal to {QUERY_CHARS_MAX}");
        // The question itself is not repeated.
        return Err(constraint("queryText", format_args!("{n_chars} characters"), &must));
    }
    let page = page::page(common.page_number, common.page_size, service.settings().quotas.results_max())?;
    let (filter, named) = match &common.attribute_filter {
        Some(filter) => identity::split(index, filter, service.settings().quotas.filter_strings_max())?,
        None => (None, None),
    };
    let audience = reader::audience(service, record, index, common.user_context, named).await?;
    Ok(SearchRequest {
        index_id: record.id.clone(),
        text: common.text,
        audience,
        filter,
        offset: page.offset,
        limit: page.limit,
        attributes: shown(index, common.requested_attributes.as_deref()),
        facets: arrangement.facets,
        sort: arrangement.sort,
    })
}

/// The attributes to answer: the displayable ones, or those of them that were asked for.
fn shown(index: &IndexDocument, requested: Option<&[String]>) -> Vec<String> {
    let is_wanted = |name: &String| requested.is_none_or(|requested| requested.contains(name));
    let displayable = index.fields.iter().filter(|field| field.search.displayable);
    displayable.map(|field| field.name.clone()).filter(is_wanted).collect()
}
