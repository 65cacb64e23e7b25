//! View lists and labels in bulk, by search.

use std::collections::HashMap;

use crate::{
    access::{OwnList, Principals},
    client::Client,
    error::ClientError,
    wire::{Found, Label, Space},
};

/// Results of a search page with view lists; the server gives no more with these expansions.
const SEARCH_ROWS: &str = "200";

/// What search told about the pages and blog posts of a space.
#[derive(Debug, Default)]
pub(super) struct Searched {
    /// View lists by content id.
    pub lists: HashMap<String, OwnList>,
    /// Labels by content id, where they were asked for and are whole.
    pub labels: HashMap<String, Vec<String>>,
}

/// Searches a space for view lists, and for labels if `with_labels`.
pub(super) async fn search(
    client: &Client,
    principals: &Principals,
    space: &Space,
    with_labels: bool,
) -> Result<Searched, ClientError> {
    let key = space.key.replace('\\', "\\\\").replace('"', "\\\"");
    let cql = format!("space=\"{key}\" and type in (page,blogpost)");
    let mut expand = "restrictions.read.restrictions.user,restrictions.read.restrictions.group".to_owned();
    if with_labels {
        expand.push_str(",metadata.labels");
    }
    // What is archived is only found if it is asked for.
    let context = r#"{"contentStatuses":["current","archived"]}"#;
    let mut query =
        vec![("cql", cql.as_str()), ("cqlcontext", context), ("expand", expand.as_str()), ("limit", SEARCH_ROWS)];
    if space.status == "archived" {
        query.push(("includeArchivedSpaces", "true"));
    }
    let mut listing = client.list("rest/api/content/search", &query);
    let mut searched = Searched::default();
    while let Some(page) = listing.page::<Found>().await? {
        for found in page.rows {
            let read = found.restrictions.read.as_ref();
            let list = principals.own_list(read.and_then(|read| read.restrictions.as_ref()));
            if let Some(labels) = found.metadata.labels.filter(|labels| !labels.is_cut()) {
                searched.labels.insert(found.id.clone(), label_names(&labels.results));
            }
            searched.lists.insert(found.id, list);
        }
    }
    Ok(searched)
}

/// Pages and blog posts of any space whose lists read empty, as many as one call gives.
pub(super) async fn some_open(client: &Client, principals: &Principals) -> Result<Vec<String>, ClientError> {
    let expand = "restrictions.read.restrictions.user,restrictions.read.restrictions.group";
    let query = [("cql", "type in (page,blogpost)"), ("expand", expand), ("limit", SEARCH_ROWS)];
    let page = client.list("rest/api/content/search", &query).page::<Found>().await?;
    let is_open = |found: &Found| {
        let read = found.restrictions.read.as_ref();
        principals.own_list(read.and_then(|read| read.restrictions.as_ref())) == OwnList::Open
    };
    Ok(page.into_iter().flat_map(|page| page.rows).filter(is_open).map(|found| found.id).collect())
}

/// Names of labels for everybody; `my:` labels are the crawler's own.
pub(super) fn label_names(labels: &[Label]) -> Vec<String> {
    labels.iter().filter(|label| label.prefix != "my").map(|label| label.name.clone()).collect()
}
