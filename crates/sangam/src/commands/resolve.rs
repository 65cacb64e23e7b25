//! From what a person types to an id: names are for people, ids for the API.

use sangam_api::KendraRequest;
use sangam_api::kendra::{ListDataSourcesRequest, ListDataSourcesResponse, ListIndicesRequest, ListIndicesResponse};

use crate::client::Client;
use crate::failure::Failure;

/// Pages of a listing: at a hundred a page more than any installation has, and an end for a server that never stops.
const PAGES_MAX: usize = 1_000;
/// The most that a page holds.
const PAGE_SIZE: i32 = 100;
/// Names shown of those that there are.
const SHOWN: usize = 20;

/// What an id and a name belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
}

/// The id of the index that `given` is the id or the name of.
pub(super) async fn index(client: &Client, given: &str) -> Result<String, Failure> {
    if is_id(given) {
        return Ok(given.to_owned());
    }
    pick("index", given, &indices(client).await?)
}

/// All indices that there are.
pub(super) async fn indices(client: &Client) -> Result<Vec<Named>, Failure> {
    let mut named = Vec::new();
    let mut next_token = None;
    for _ in 0..PAGES_MAX {
        let request = ListIndicesRequest { next_token, max_results: Some(PAGE_SIZE) };
        let page: ListIndicesResponse = client.kendra(&KendraRequest::ListIndices(Box::new(request))).await?;
        let items = page.index_configuration_summary_items.unwrap_or_default();
        named.extend(
            items.into_iter().filter_map(|item| Some(Named { id: item.id?, name: item.name.unwrap_or_default() })),
        );
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    Ok(named)
}

/// The id of the data source of `index_id` that `given` is the id or the name of.
pub(super) async fn data_source(client: &Client, index_id: &str, given: &str) -> Result<String, Failure> {
    if is_id(given) {
        return Ok(given.to_owned());
    }
    let mut named = Vec::new();
    let mut next_token = None;
    for _ in 0..PAGES_MAX {
        let request =
            ListDataSourcesRequest { index_id: index_id.to_owned(), next_token, max_results: Some(PAGE_SIZE) };
        let page: ListDataSourcesResponse = client.kendra(&KendraRequest::ListDataSources(Box::new(request))).await?;
        let items = page.summary_items.unwrap_or_default();
        named.extend(
            items.into_iter().filter_map(|item| Some(Named { id: item.id?, name: item.name.unwrap_or_default() })),
        );
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    pick("data source", given, &named)
}

/// Ids are UUIDs: one needs no listing, which a key may not have the right to.
pub(super) fn is_id(given: &str) -> bool {
    uuid::Uuid::parse_str(given).is_ok_and(|id| id.hyphenated().to_string() == given)
}

/// The one that `given` names: by its exact id or name, else by its name in another case.
pub(super) fn pick(kind: &str, given: &str, named: &[Named]) -> Result<String, Failure> {
    let exact = |item: &&Named| item.id == given || item.name == given;
    let loose = |item: &&Named| item.name.to_lowercase() == given.to_lowercase();
    let mut found: Vec<&Named> = named.iter().filter(exact).collect();
    if found.is_empty() {
        found = named.iter().filter(loose).collect();
    }
    match found.as_slice() {
        [only] => Ok(only.id.clone()),
        [] if named.is_empty() => {
            Err(Failure::wrong_input(format!("{kind} `{given}` not found: there is no {kind} at all")))
        }
        [] => Err(Failure::wrong_input(format!("{kind} `{given}` not found"))
            .hint(format!("there is {}", list(named.iter().map(|item| item.name.as_str()))))),
        several => Err(Failure::wrong_input(format!("`{given}` is the name of {} of the kind {kind}", several.len()))
            .hint(format!("use one of the ids {}", list(several.iter().map(|item| item.id.as_str()))))),
    }
}

/// Names for a sentence, the first of them if they are many.
pub(super) fn list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<String> = names.take(SHOWN).map(|name| format!("`{name}`")).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pairs: &[(&str, &str)]) -> Vec<Named> {
        pairs.iter().map(|(id, name)| Named { id: (*id).to_owned(), name: (*name).to_owned() }).collect()
    }

    #[test]
    fn a_name_finds_its_id_in_any_case_and_the_exact_one_first() {
        let all = named(&[("1", "docs"), ("2", "Docs"), ("3", "wiki")]);
        assert_eq!(pick("index", "docs", &all).unwrap(), "1");
        assert_eq!(pick("index", "WIKI", &all).unwrap(), "3");
        assert_eq!(pick("index", "2", &all).unwrap(), "2");
    }

    #[test]
    fn what_is_ambiguous_or_missing_is_answered_with_what_there_is() {
        let all = named(&[("1", "docs"), ("2", "docs"), ("3", "wiki")]);
        let told = pick("index", "docs", &all).unwrap_err().to_string();
        assert!(told.contains("`1`, `2`") && !told.contains("`3`"), "{told}");
        let told = pick("index", "dogs", &all).unwrap_err().to_string();
        assert!(told.contains("index `dogs` not found") && told.contains("`docs`, `docs`, `wiki`"), "{told}");
        assert!(pick("index", "dogs", &[]).unwrap_err().to_string().contains("no index at all"));
    }

    #[test]
    fn only_a_uuid_as_we_write_it_needs_no_listing() {
        assert!(is_id("0123abcd-0000-4000-8000-0123456789ab"));
        for name in ["", "docs", "0123abcd00004000800000123456789ab", "0123ABCD-0000-4000-8000-0123456789AB"] {
            assert!(!is_id(name), "{name}");
        }
    }
}
