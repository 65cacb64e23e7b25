//! `indices/{id}/people` and `groups`: what the identity crawler found, and what somebody can see, by place.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use sangam_access::{AccountState, DirectoryUser, ReaderRequest, fold};
use sangam_api::ApiError;
use sangam_ingest::Index;
use sangam_store::PlaceCount;
use serde_json::{Value, json};

use super::{Endpoints, given, internal, limit};

/// People or groups in one answer.
const LISTED_MAX: u32 = 200;
/// Members told of one group.
const MEMBERS_MAX: usize = 500;

/// One of many, with how the list goes on.
struct Page {
    from: usize,
    limit: usize,
    like: String,
}

impl Page {
    fn read(query: &[(String, String)]) -> Result<Self, ApiError> {
        let from = given(query, "from").map_or(Ok(0), str::parse);
        let from = from.map_err(|_| ApiError::validation("`from` must be a number"))?;
        let limit = limit(query, LISTED_MAX)? as usize;
        Ok(Self { from, limit, like: fold(given(query, "like").unwrap_or_default()) })
    }

    /// The part of `all` that this page shows, how many there are, and where the next begins.
    fn cut(&self, all: Vec<Value>) -> (Vec<Value>, usize, Option<usize>) {
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
        let found = catalogue.directory().users().filter(|(_, user)| is_like(user));
        let mut all: Vec<Value> = found.map(|(source, user)| person_json(source, user, &contested)).collect();
        all.sort_by_cached_key(|person| fold(person["displayName"].as_str().unwrap_or_default()));
        let (people, n, next) = page.cut(all);
        Ok(json!({ "people": people, "total": n, "next": next }))
    }

    pub(super) fn groups_of(&self, index_id: &str, query: &[(String, String)]) -> Result<Value, ApiError> {
        let (page, index) = (Page::read(query)?, self.open_index(index_id)?);
        let catalogue = index.catalogue();
        let found = catalogue.directory().groups();
        let found = found.filter(|(_, group)| fold(&group.name).contains(&page.like) || fold(&group.id) == page.like);
        let mut all: Vec<Value> = found
            .map(|(source, group)| {
                json!({
                    "dataSourceId": source,
                    "id": group.id,
                    "name": group.name,
                    "members": group.members.len(),
                    "nestedGroups": group.member_groups.len(),
                    "productAccess": group.product_access,
                    "administers": group.administers,
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
        let named = |group: &&sangam_access::DirectoryGroup| json!({ "id": group.id, "name": group.name });
        Ok(json!({
            "dataSourceId": source_id,
            "id": found.group.id,
            "name": found.group.name,
            "productAccess": found.group.product_access,
            "administers": found.group.administers,
            "members": members.map(|user| person_json(source_id, user, &HashSet::new())).collect::<Vec<_>>(),
            "memberCount": found.group.members.len(),
            "unknownMembers": n_unknown,
            "nestedGroups": found.nested.iter().map(named).collect::<Vec<_>>(),
            "heldBy": found.holders.iter().map(named).collect::<Vec<_>>(),
        }))
    }

    /// For each place of each data source: how many documents there are, and how many `account` can read.
    async fn places(&self, index_id: &str, index: &Arc<Index>, account: &str) -> Result<Value, ApiError> {
        let counts = self.store.documents_by_place(index_id).await.map_err(internal)?;
        let catalogue = index.catalogue();
        let request = ReaderRequest { user: Some(account.to_owned()), ..ReaderRequest::default() };
        let passing = catalogue.table().passing(&catalogue.directory().resolve(&request));
        let mut places: BTreeMap<(String, Option<String>), (u64, u64)> = BTreeMap::new();
        for PlaceCount { data_source_id, place, access, n_documents } in counts {
            let (readable, all) = places.entry((data_source_id, place)).or_default();
            *all += n_documents;
            if access != sangam_access::AccessId::HIDDEN && passing.contains(access.0) {
                *readable += n_documents;
            }
        }
        let titles = self.titles_of_places(index_id, index, places.keys()).await?;
        let told = places.into_iter().map(|((source, place), (readable, all))| {
            let title = place.as_ref().and_then(|place| titles.get(&(source.clone(), place.clone())));
            json!({ "dataSourceId": source, "place": place, "title": title, "readable": readable, "documents": all })
        });
        Ok(told.collect())
    }

    /// What places are called: the title of the document that a source puts for the place itself.
    async fn titles_of_places<'k>(
        &self,
        index_id: &str,
        index: &Arc<Index>,
        places: impl Iterator<Item = &'k (String, Option<String>)>,
    ) -> Result<HashMap<(String, String), String>, ApiError> {
        let of = |(source, place): &(String, Option<String>)| {
            let place = place.clone()?;
            Some((format!("confluence/{source}/{place}"), (source.clone(), place)))
        };
        let wanted: HashMap<String, (String, String)> = places.filter_map(of).collect();
        let ids: Vec<String> = wanted.keys().cloned().collect();
        let entries = self.store.entries(index_id, &ids).await.map_err(internal)?;
        let ordinals: HashMap<u32, String> =
            entries.iter().filter_map(|(id, entry)| Some((entry.ordinal?, id.clone()))).collect();
        let view = index.unfiltered_view().map_err(internal)?;
        let list: Vec<u32> = ordinals.keys().copied().collect();
        let stored = tokio::task::spawn_blocking(move || view.engine.fetch(&list));
        let stored = stored.await.map_err(internal)?.map_err(internal)?;
        let titled = stored.into_iter().filter_map(|document| {
            let place = wanted.get(ordinals.get(&document.ordinal)?)?;
            Some((place.clone(), document.title))
        });
        Ok(titled.collect())
    }

    fn open_index(&self, index_id: &str) -> Result<Arc<Index>, ApiError> {
        self.indices.get(index_id).map_err(|_| ApiError::not_found(format!("index `{index_id}` not found")))
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
