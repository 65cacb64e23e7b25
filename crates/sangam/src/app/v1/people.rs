//! `indices/{id}/people` and `groups`: what the identity crawler found, and what is odd about it.

use std::collections::HashSet;
use std::sync::Arc;

use sangam_access::{AccountState, Directory, DirectoryGroup, DirectoryUser, fold};
use sangam_api::ApiError;
use sangam_ingest::Index;
use serde_json::{Value, json};

use super::{Endpoints, given, limit};

/// People or groups in one answer.
const LISTED_MAX: u32 = 200;
/// Members told of one group.
const MEMBERS_MAX: usize = 500;
/// What people can be asked for by: what is odd about them, or their state.
const PEOPLE_FLAGS: &[&str] = &["hidden-email", "contested", "guest", "inactive", "app"];
/// The same of groups.
const GROUP_FLAGS: &[&str] = &["unknown-members"];

/// One of many, with how the list goes on.
pub(super) struct Page {
    from: usize,
    limit: usize,
    pub(super) like: String,
}

impl Page {
    pub(super) fn read(query: &[(String, String)]) -> Result<Self, ApiError> {
        let from = given(query, "from").map_or(Ok(0), str::parse);
        let from = from.map_err(|_| ApiError::validation("`from` must be a number"))?;
        let limit = limit(query, LISTED_MAX)? as usize;
        Ok(Self { from, limit, like: fold(given(query, "like").unwrap_or_default()) })
    }

    /// The part of `all` that this page shows, how many there are, and where the next begins.
    pub(super) fn cut<T>(&self, all: Vec<T>) -> (Vec<T>, usize, Option<usize>) {
        let n = all.len();
        let next = self.from.saturating_add(self.limit);
        let shown = all.into_iter().skip(self.from).take(self.limit).collect();
        (shown, n, (next < n).then_some(next))
    }
}

impl Endpoints {
    pub(super) fn people_of(&self, index_id: &str, query: &[(String, String)]) -> Result<Value, ApiError> {
        let (page, index) = (Page::read(query)?, self.open_index(index_id)?);
        let catalogue = index.catalogue();
        let contested: HashSet<(&str, &str)> = catalogue.directory().contested_aliases().into_iter().collect();
        let is_like = |user: &DirectoryUser| {
            let mut names = user.aliases.iter().chain([&user.id, &user.display_name]);
            names.any(|name| fold(name).contains(&page.like))
        };
        let flag = flag(query, PEOPLE_FLAGS)?;
        let has_flag = |person: &Value| match flag {
            None => true,
            Some("hidden-email") => person["hiddenEmail"] == true,
            Some("contested") => person["contestedAliases"] != json!([]),
            Some(state) => person["state"] == state,
        };
        let found = catalogue.directory().users().filter(|(_, user)| is_like(user));
        let found = found.map(|(source, user)| person_json(source, user, &contested));
        let mut all: Vec<Value> = found.filter(has_flag).collect();
        all.sort_by_cached_key(|person| fold(person["displayName"].as_str().unwrap_or_default()));
        let (people, n, next) = page.cut(all);
        let n_unknown = catalogue.directory().unknown_principals(catalogue.table()).len();
        Ok(json!({ "people": people, "total": n, "next": next, "unknownPrincipals": n_unknown }))
    }

    pub(super) fn groups_of(&self, index_id: &str, query: &[(String, String)]) -> Result<Value, ApiError> {
        let (page, index) = (Page::read(query)?, self.open_index(index_id)?);
        let catalogue = index.catalogue();
        let found = catalogue.directory().groups();
        let found = found.filter(|(_, group)| fold(&group.name).contains(&page.like) || fold(&group.id) == page.like);
        let (known, flag) = (Known::of(catalogue.directory()), flag(query, GROUP_FLAGS)?);
        let mut all: Vec<Value> = found
            .map(|(source, group)| (source, group, known.n_unknown(source, group)))
            .filter(|(_, _, n_unknown)| flag.is_none() || *n_unknown > 0)
            .map(|(source, group, n_unknown)| {
                json!({
                    "dataSourceId": source,
                    "id": group.id,
                    "name": group.name,
                    "members": group.members.len(),
                    "nestedGroups": group.member_groups.len(),
                    "productAccess": group.product_access,
                    "administers": group.administers,
                    "unknownMembers": n_unknown,
                })
            })
            .collect();
        all.sort_by_cached_key(|group| fold(group["name"].as_str().unwrap_or_default()));
        let (groups, n, next) = page.cut(all);
        Ok(json!({ "groups": groups, "total": n, "next": next }))
    }

    pub(super) async fn person(&self, index_id: &str, source_id: &str, account: &str) -> Result<Value, ApiError> {
        let index = self.open_index(index_id)?;
        let catalogue = index.catalogue();
        let contested: HashSet<(&str, &str)> = catalogue.directory().contested_aliases().into_iter().collect();
        let found = catalogue.directory().memberships(source_id, account);
        let (user, memberships) = found.ok_or_else(|| ApiError::not_found(format!("person `{account}` not found")))?;
        let groups: Vec<Value> = memberships
            .iter()
            .map(|membership| {
                json!({ "id": membership.group.id, "name": membership.group.name, "direct": membership.direct })
            })
            .collect();
        let places = self.places(index_id, &index, &user.id).await?;
        let mut told = person_json(source_id, user, &contested);
        told["groups"] = groups.into();
        told["places"] = places;
        Ok(told)
    }

    pub(super) fn group(&self, index_id: &str, source_id: &str, group_id: &str) -> Result<Value, ApiError> {
        let index = self.open_index(index_id)?;
        let catalogue = index.catalogue();
        let found = catalogue.directory().group(source_id, group_id);
        let found = found.ok_or_else(|| ApiError::not_found(format!("group `{group_id}` not found")))?;
        let n_unknown = found.group.members.len() - found.members.len();
        let members = found.members.iter().take(MEMBERS_MAX);
        let named = |group: &&DirectoryGroup| json!({ "id": group.id, "name": group.name });
        let known: HashSet<&String> = found.members.iter().map(|user| &user.id).collect();
        let known_groups: HashSet<&String> = found.nested.iter().map(|group| &group.id).collect();
        let strangers = |ids: &[String], known: &HashSet<&String>| {
            ids.iter().filter(|id| !known.contains(id)).take(MEMBERS_MAX).cloned().collect::<Vec<_>>()
        };
        Ok(json!({
            "dataSourceId": source_id,
            "id": found.group.id,
            "name": found.group.name,
            "productAccess": found.group.product_access,
            "administers": found.group.administers,
            "members": members.map(|user| person_json(source_id, user, &HashSet::new())).collect::<Vec<_>>(),
            "memberCount": found.group.members.len(),
            "unknownMembers": n_unknown,
            "unknownMemberIds": strangers(&found.group.members, &known),
            "unknownGroupIds": strangers(&found.group.member_groups, &known_groups),
            "nestedGroups": found.nested.iter().map(named).collect::<Vec<_>>(),
            "heldBy": found.holders.iter().map(named).collect::<Vec<_>>(),
        }))
    }

    pub(super) fn open_index(&self, index_id: &str) -> Result<Arc<Index>, ApiError> {
        self.indices.get(index_id).map_err(|_| ApiError::not_found(format!("index `{index_id}` not found")))
    }
}

/// The parameter `flag`, one of those.
fn flag<'q>(query: &'q [(String, String)], known: &[&str]) -> Result<Option<&'q str>, ApiError> {
    match given(query, "flag") {
        Some(flag) if !known.contains(&flag) => {
            Err(ApiError::validation(format!("`flag` must be one of `{}`", known.join("`, `"))))
        }
        flag => Ok(flag),
    }
}

/// Everybody whom data sources described, to find those whom they did not.
struct Known<'d> {
    users: HashSet<(&'d str, &'d str)>,
    groups: HashSet<(&'d str, &'d str)>,
}

impl<'d> Known<'d> {
    fn of(directory: &'d Directory) -> Self {
        Self {
            users: directory.users().map(|(source, user)| (source, user.id.as_str())).collect(),
            groups: directory.groups().map(|(source, group)| (source, group.id.as_str())).collect(),
        }
    }

    /// Members and nested groups that nobody described.
    fn n_unknown(&self, source: &str, group: &DirectoryGroup) -> usize {
        let users = group.members.iter().filter(|id| !self.users.contains(&(source, id.as_str())));
        let groups = group.member_groups.iter().filter(|id| !self.groups.contains(&(source, id.as_str())));
        users.count() + groups.count()
    }
}

/// A person, with what is odd about them.
fn person_json(source: &str, user: &DirectoryUser, contested: &HashSet<(&str, &str)>) -> Value {
    let state = match user.state {
        AccountState::Active => "active",
        AccountState::Guest => "guest",
        AccountState::Inactive => "inactive",
        AccountState::App => "app",
    };
    let email = user.aliases.iter().find(|alias| alias.contains('@'));
    let shared: Vec<&String> =
        user.aliases.iter().filter(|alias| contested.contains(&(source, fold(alias).as_str()))).collect();
    json!({
        "dataSourceId": source,
        "id": user.id,
        "displayName": user.display_name,
        "aliases": user.aliases,
        "email": email,
        "hiddenEmail": email.is_none(),
        "contestedAliases": shared,
        "state": state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_begins() {
        let query = |from: &str| vec![("from".to_owned(), from.to_owned()), ("limit".to_owned(), "2".to_owned())];
        let all = || (0..5).map(Value::from).collect::<Vec<_>>();
        let (shown, n, next) = Page::read(&query("0")).unwrap().cut(all());
        assert_eq!((shown.len(), n, next), (2, 5, Some(2)));
        let (shown, _, next) = Page::read(&query("4")).unwrap().cut(all());
        assert_eq!((shown.len(), next), (1, None));
        assert!(Page::read(&query("x")).is_err());
    }
}
