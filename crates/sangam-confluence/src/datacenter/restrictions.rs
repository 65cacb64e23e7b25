//! View lists: inline with a listing, and one by one where they are missing or cut there.

use std::collections::HashMap;

use futures::{StreamExt, stream};
use sangam_sync::NodeAccess;

use super::{
    permissions::group_id,
    wire::{Lists, NamedGroup, OperationRow, Person},
};
use crate::{
    access::{OwnList, Principals},
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    tree::unknown,
    wire::Group,
};

/// What a listing is asked for, to have view lists inline.
pub(super) const EXPAND: &str = "restrictions.read.restrictions.user,restrictions.read.restrictions.group";

/// Entries of one page of a view list.
const LIST_ROWS: u64 = 100;

/// Pages of one view list: 100,000 entries.
const LIST_PAGES_MAX: u64 = 1000;

/// What a list says that came whole or not at all.
pub(super) fn own_list(principals: &Principals, lists: Option<&Lists>) -> OwnList {
    let Some((users, groups)) = lists.and_then(|lists| Some((lists.user.as_ref()?, lists.group.as_ref()?))) else {
        return OwnList::Incomplete;
    };
    if users.is_cut() || groups.is_cut() {
        return OwnList::Incomplete;
    }
    whole_list(principals, &users.results, &groups.results)
}

/// What a list says that was read to its end. Accounts and groups that are gone stay entries: a list of such entries is not empty, and
/// nobody passes it.
pub(super) fn whole_list(principals: &Principals, users: &[Person], groups: &[NamedGroup]) -> OwnList {
    let users: Vec<_> = users.iter().map(Person::as_user).collect();
    let groups: Vec<_> =
        groups.iter().map(|group| Group { id: Some(group_id(&group.name)), name: group.name.clone() }).collect();
    principals.whole_list(&users, &groups)
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
        let answer: OperationRow = client.get(&path, &query).await?;
        let lists = answer.restrictions.and_then(|lists| Some((lists.user?, lists.group?)));
        let (user_page, group_page) = lists.ok_or_else(|| malformed("it has no lists"))?;
        // The server may give fewer than asked for; both lists are cut by the same window.
        start += user_page.limit.or(group_page.limit).unwrap_or(LIST_ROWS).max(1);
        let is_last = !user_page.is_cut() && !group_page.is_cut();
        users.extend(user_page.results);
        groups.extend(group_page.results);
        if is_last {
            return Ok(whole_list(principals, &users, &groups));
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

#[cfg(test)]
mod tests {
    use sangam_access::Layer;
    use serde_json::{Value, json};

    use super::*;
    use crate::datacenter::{fixture, wire::ByOperation};

    fn lists(value: Value) -> Lists {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_list_is_a_union_of_people_and_groups_by_name() {
        let principals = Principals::new("ds");
        let read: ByOperation = serde_json::from_value(fixture("dc-restriction-byoperation")).unwrap();
        let list = own_list(&principals, read.read.unwrap().restrictions.as_ref());
        let ben = principals.user("8a7f80838f1c2d3e018f1c2e4a5b0002");
        assert_eq!(list, OwnList::Only(Layer::only([ben, principals.group("engineering")])));
    }

    #[test]
    fn strangers_keep_a_list_closed_and_a_cut_or_missing_list_is_unknown() {
        let principals = Principals::new("ds");
        let page = |results: Value, limit: u64| json!({ "size": results.as_array().unwrap().len(), "results": results, "limit": limit });
        let gone = lists(json!({ "user": page(json!([{ "type": "unknown" }]), 100), "group": page(json!([]), 100) }));
        assert_eq!(own_list(&principals, Some(&gone)), OwnList::Only(Layer::nobody()));
        let cut = lists(json!({ "user": page(json!([{ "userKey": "a" }]), 1), "group": page(json!([]), 100) }));
        assert_eq!(own_list(&principals, Some(&cut)), OwnList::Incomplete);
        assert_eq!(own_list(&principals, Some(&lists(json!({ "user": page(json!([]), 1) })))), OwnList::Incomplete);
        assert_eq!(own_list(&principals, None), OwnList::Incomplete);
        let open = lists(json!({ "user": page(json!([]), 100), "group": page(json!([]), 100) }));
        assert_eq!(own_list(&principals, Some(&open)), OwnList::Open);
    }
}
