//! View lists, one by one: where a listing does not have them or has them cut, and where it is not believed.

use std::collections::HashMap;

use futures::{StreamExt, stream};
use sangam_sync::NodeAccess;
use serde::de::DeserializeOwned;

use crate::{
    access::{OwnList, Principals},
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    tree::unknown,
    wire::Restriction,
};

/// Entries of one page of a view list.
const LIST_ROWS: u64 = 100;

/// Pages of one view list: 100,000 entries.
const LIST_PAGES_MAX: u64 = 1000;

/// The view list of one page, read to its end. `A` is the form that its hosting answers in.
pub(crate) async fn read_one<A>(client: &Client, principals: &Principals, id: &str) -> Result<OwnList, ClientError>
where
    A: DeserializeOwned + Into<Restriction>,
{
    let path = format!("rest/api/content/{id}/restriction/byOperation/read");
    let malformed = |what| ClientError::Malformed { path: path.clone(), what };
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    let mut start = 0;
    for _ in 0..LIST_PAGES_MAX {
        let (start_text, limit) = (start.to_string(), LIST_ROWS.to_string());
        let query = [("expand", "restrictions.user,restrictions.group"), ("start", &start_text), ("limit", &limit)];
        let answer: Restriction = client.get::<A>(&path, &query).await?.into();
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
pub(crate) async fn read_each<A>(
    client: &Client,
    principals: &Principals,
    ids: Vec<String>,
) -> Result<(HashMap<String, NodeAccess>, usize), ClientError>
where
    A: DeserializeOwned + Into<Restriction>,
{
    let mut calls = Vec::with_capacity(ids.len());
    for id in ids {
        calls.push(async move {
            let list = read_one::<A>(client, principals, &id).await;
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
pub(crate) fn access_of(list: OwnList) -> NodeAccess {
    match list {
        OwnList::Open => NodeAccess::Open,
        OwnList::Only(layer) => NodeAccess::Layer { layer },
        OwnList::Incomplete => unknown("its view list was not read to its end"),
    }
}
