//! View lists that were not empty and read empty now.
//!
//! A restriction that was lifted and one whose people were all deleted read alike: deleted people are left out of answers. Whoever of
//! the stored list has an account still would be shown if the list still were there, so that a list of living people was lifted. Where
//! some are gone, only the site's hash over the lists tells: it is the one of empty lists, or the page stays closed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::{StreamExt, stream};
use sangam_access::{Layer, Principal};
use sangam_sync::{NodeAccess, SourceError};

use super::{Run, USERS_PER_CALL, people, restrictions, users_by_id};
use crate::{
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    tree::unknown,
    wire::RestrictionState,
};

/// Pages that are asked for the hash of empty lists: more than one, as one of them may be restricted to deleted people itself.
const REFERENCES_MAX: usize = 5;

/// Pages of unknown access that must agree about a hash if there is no page that never was restricted.
const AGREEING_MIN: usize = 3;

/// A page or blog post whose list reads empty now.
struct Emptied {
    id: String,
    /// Whom its stored list names; nobody if its access was unknown.
    stored: BTreeSet<Principal>,
    /// Those of them who are gone; `None` if that could not be learnt.
    gone: Option<BTreeSet<Principal>>,
}

/// What `/restriction` says of a page.
struct State {
    hash: String,
    reads_empty: bool,
}

impl Run<'_> {
    /// Closes those of the open `accesses` that are not proven to be open, having been closed at the last sync.
    pub(super) async fn verify_emptied(
        &mut self,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> Result<(), SourceError> {
        let open = accesses.iter().filter(|(_, access)| matches!(access, NodeAccess::Open));
        let (closed_before, never_closed): (Vec<_>, Vec<_>) =
            open.map(|(id, _)| id.clone()).partition(|id| self.stored.contains_key(id));
        if closed_before.is_empty() {
            return Ok(());
        }
        let in_doubt = self.in_doubt(closed_before).await?;
        let ids: Vec<&str> = in_doubt.iter().map(|node| node.id.as_str()).collect();
        let states = states(&self.client, &ids).await?;
        if states.values().flatten().next().is_some() {
            self.learn_empty_hash(never_closed, &states).await?;
        }
        for node in in_doubt {
            let state = states.get(&node.id).and_then(Option::as_ref);
            let is_empty = state.is_some_and(|state| self.empty_hash.as_ref() == Some(&state.hash));
            if !is_empty {
                let id = node.id.clone();
                accesses.insert(id, self.still_closed(node));
            }
        }
        Ok(())
    }

    /// What a page is whose list is not proven to be empty.
    fn still_closed(&mut self, node: Emptied) -> NodeAccess {
        match node.gone {
            Some(gone) if !gone.is_empty() => {
                self.outbox.warn(format!(
                    "`{}` stays closed: its view list reads empty, but people or groups that it named are gone, and the site does not confirm that it was lifted",
                    node.id
                ));
                NodeAccess::Layer { layer: Layer::only(gone) }
            }
            _ => unknown("its view list reads empty, and the site does not confirm that it is"),
        }
    }

    /// Those of `ids` of which it is not certain that their lists were lifted.
    async fn in_doubt(&self, mut ids: Vec<String>) -> Result<Vec<Emptied>, SourceError> {
        ids.sort_unstable();
        let stored = |id: &String| self.stored.get(id).cloned().unwrap_or_default();
        let named: BTreeSet<Principal> = ids.iter().flat_map(stored).collect();
        // Asked now, after the lists were read: who is there now was there then.
        let living = match living(&self.client, &named).await {
            Ok(living) => Some(living),
            Err(error) if error.ends_the_sync() => return Err(error.into()),
            Err(error) => {
                tracing::warn!("confluence: it could not be learnt who is gone: {error}");
                None
            }
        };
        let emptied = ids.into_iter().map(|id| {
            let stored = stored(&id);
            let gone =
                living.as_ref().map(|living| stored.iter().filter(|one| !is_living(one, living)).cloned().collect());
            Emptied { id, stored, gone }
        });
        let is_lifted = |node: &Emptied| !node.stored.is_empty() && node.gone.as_ref().is_some_and(BTreeSet::is_empty);
        Ok(emptied.filter(|node| !is_lifted(node)).collect())
    }

    /// Learns the hash of lists that are empty, once a sync: from pages that never were closed, of this space or any.
    async fn learn_empty_hash(
        &mut self,
        mut never_closed: Vec<String>,
        in_doubt: &HashMap<String, Option<State>>,
    ) -> Result<(), SourceError> {
        if self.empty_hash.is_some() {
            return Ok(());
        }
        if never_closed.is_empty() {
            never_closed = match restrictions::some_open(&self.client, &self.principals).await {
                Ok(ids) => ids.into_iter().filter(|id| !self.stored.contains_key(id)).collect(),
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(_) => Vec::new(),
            };
        }
        never_closed.sort_unstable();
        let ids: Vec<&str> = never_closed.iter().take(REFERENCES_MAX).map(String::as_str).collect();
        let references = states(&self.client, &ids).await?;
        self.empty_hash = most_frequent(&references, 1);
        if self.empty_hash.is_none() {
            // Nothing was ever seen open, as after a sync in which no list could be read.
            let of_unknown = in_doubt.iter().filter(|(id, _)| self.stored.get(*id).is_some_and(BTreeSet::is_empty));
            self.empty_hash = most_frequent(of_unknown, AGREEING_MIN);
        }
        Ok(())
    }
}

/// The hash that more than half of the pages that read empty have, and at least `n_min` of them.
fn most_frequent<'s>(
    states: impl IntoIterator<Item = (&'s String, &'s Option<State>)>,
    n_min: usize,
) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for state in states.into_iter().filter_map(|(_, state)| state.as_ref()).filter(|state| state.reads_empty) {
        *counts.entry(&state.hash).or_default() += 1;
    }
    let n_all: usize = counts.values().sum();
    let (hash, n) = counts.into_iter().max_by_key(|(_, n)| *n)?;
    (n >= n_min && n * 2 > n_all).then(|| hash.to_owned())
}

/// The ids of those named who have an account, and of the groups that exist.
async fn living(client: &Client, named: &BTreeSet<Principal>) -> Result<Living, ClientError> {
    let mut living = Living::default();
    let users: Vec<String> = named
        .iter()
        .filter_map(|one| match one {
            Principal::SourceUser { id, .. } => Some(id.clone()),
            _ => None,
        })
        .collect();
    for chunk in users.chunks(USERS_PER_CALL) {
        let found = users_by_id(client, chunk).await?;
        let is_active = |user: &crate::wire::User| user.account_status == "active";
        living.users.extend(found.into_iter().filter(is_active).filter_map(|user| user.account_id));
    }
    if named.iter().any(|one| matches!(one, Principal::SourceGroup { .. })) {
        living.groups.extend(people::groups(client, None).await?.into_iter().filter_map(|group| group.id));
    }
    Ok(living)
}

#[derive(Default)]
struct Living {
    users: BTreeSet<String>,
    groups: BTreeSet<String>,
}

fn is_living(principal: &Principal, living: &Living) -> bool {
    match principal {
        Principal::SourceUser { id, .. } => living.users.contains(id),
        Principal::SourceGroup { id, .. } => living.groups.contains(id),
        Principal::Class { .. } | Principal::User { .. } | Principal::Group { .. } => false,
    }
}

/// What the site says of the lists of pages; `None` for those of which it says nothing.
async fn states(client: &Client, ids: &[&str]) -> Result<HashMap<String, Option<State>>, ClientError> {
    let mut calls = Vec::with_capacity(ids.len());
    for id in ids.iter().map(|id| (*id).to_owned()) {
        calls.push(async move {
            let state = state(client, &id).await;
            (id, state)
        });
    }
    let mut answers = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
    let mut states = HashMap::new();
    while let Some((id, state)) = answers.next().await {
        let state = match state {
            Ok(state) => state,
            Err(error) if error.ends_the_sync() => return Err(error),
            Err(_) => None,
        };
        states.insert(id, state);
    }
    Ok(states)
}

async fn state(client: &Client, id: &str) -> Result<Option<State>, ClientError> {
    let query = [("expand", "restrictions.user,restrictions.group")];
    let answer: RestrictionState = client.get(&format!("rest/api/content/{id}/restriction"), &query).await?;
    let reads_empty = !answer.results.is_empty()
        && answer.results.iter().all(|one| {
            one.restrictions.as_ref().is_some_and(|lists| {
                lists.user.as_ref().is_some_and(|users| users.results.is_empty())
                    && lists.group.as_ref().is_some_and(|groups| groups.results.is_empty())
            })
        });
    let hash = answer.restrictions_hash;
    Ok((!hash.is_empty()).then_some(State { hash, reads_empty }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(hashes: &[(&str, bool)]) -> HashMap<String, Option<State>> {
        let state = |(n, (hash, reads_empty)): (usize, &(&str, bool))| {
            (n.to_string(), Some(State { hash: (*hash).to_owned(), reads_empty: *reads_empty }))
        };
        hashes.iter().enumerate().map(state).collect()
    }

    #[test]
    fn only_a_majority_of_pages_that_read_empty_makes_the_hash_of_empty_lists() {
        assert_eq!(most_frequent(&states(&[]), 1), None);
        assert_eq!(most_frequent(&states(&[("a", true)]), 1).as_deref(), Some("a"));
        assert_eq!(most_frequent(&states(&[("a", true), ("b", true)]), 1), None);
        assert_eq!(most_frequent(&states(&[("a", true), ("b", true), ("a", true)]), 1).as_deref(), Some("a"));
        assert_eq!(most_frequent(&states(&[("a", false), ("a", false), ("b", true)]), 1).as_deref(), Some("b"));
        assert_eq!(most_frequent(&states(&[("a", true), ("a", true)]), AGREEING_MIN), None);
    }
}
