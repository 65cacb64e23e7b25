//! View lists: in bulk by search, and one by one where search does not have them or has them cut.

use std::collections::HashMap;

use futures::{StreamExt, stream};
use sangam_sync::NodeAccess;

use crate::{
    access::{OwnList, Principals},
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    tree::unknown,
    wire::{Found, Label, Restriction, Space},
};

/// Results of a search page with view lists; the server gives no more with these expansions.
const SEARCH_ROWS: &str = "200";

/// Entries of one page of a view list.
const LIST_ROWS: u64 = 100;

/// Pages of one view list: 100,000 entries.
const LIST_PAGES_MAX: u64 = 1000;

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

/// The view list of one page, read to its end.
pub(super) async fn read_one(client: &Client, principals: &Principals, id: &str) -> Result<OwnList, ClientError> {
    let path = format!("rest/api/content/{id}/restriction/byOperation/read");
    let malformed = |what| ClientError::Malformed { path: path.clone(), what };
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    let mut start = 0;
    for _ in 0..LIST_PAGES_MAX {
        let (start_text, limit) = (start.to_string(), LIST_ROWS.to_string());
        let query = [("expand", "restrictions.user,restrictions.group"), ("start", &start_text), ("limit", &limit)];
        let answer: Restriction = client.get(&path, &query).await?;
        let lists = answer.restrictions.and_then(|lists| Some((lists.user?, lists.group?)));
        let (user_page, group_page) = lists.ok_or_else(|| malformed("it has no lists"))?;
        // The server may give fewer than asked for; both lists are cut by the same window.
        start += user_page.limit.or(group_page.limit).unwrap_or(LIST_ROWS).max(1);
        let is_last = !user_page.is_cut() && !group_page.is_cut();
        users.extend(user_page.results);
        groups.extend(group_page.results);
        if is_last {
            return Ok(principals.whole_list(&users, &groups));
        }
    }
    Err(malformed("the list does not end"))
}

/// The accesses of pages, each read by itself. One that cannot be read is unknown; the second value says how many are.
pub(super) async fn read_each(
    client: &Client,
    principals: &Principals,
    ids: Vec<String>,
) -> Result<(HashMap<String, NodeAccess>, usize), ClientError> {
    let mut calls = Vec::with_capacity(ids.len());
    for id in ids {
        calls.push(async move {
            let list = read_one(client, principals, &id).await;
            (id, list)
        });
    }
    let mut answers = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
    let (mut accesses, mut n_unknown) = (HashMap::new(), 0);
    while let Some((id, list)) = answers.next().await {
        let access = match list {
            Ok(list) => access_of(list),
            Err(error) if error.ends_the_sync() => return Err(error),
            Err(error) => {
                n_unknown += 1;
                unknown(&format!("its view list could not be read: {error}"))
            }
        };
        accesses.insert(id, access);
    }
    Ok((accesses, n_unknown))
}

/// The access that a list makes.
pub(super) fn access_of(list: OwnList) -> NodeAccess {
    match list {
        OwnList::Open => NodeAccess::Open,
        OwnList::Only(layer) => NodeAccess::Layer { layer },
        OwnList::Incomplete => unknown("its view list was not read to its end"),
    }
}
