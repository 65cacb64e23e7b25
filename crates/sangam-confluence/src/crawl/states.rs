//! What the site says of single view lists: the lists themselves, and a hash over them in which deleted people count.

use std::collections::{BTreeMap, HashMap};

use futures::{StreamExt, stream};

use crate::{
    access::{OwnList, Principals},
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    walk::view_list::read_one,
    wire::{Restriction, RestrictionState},
};

/// What `/restriction` says of a page.
#[derive(Debug)]
pub(super) struct State {
    /// Over both lists.
    pub hash: String,
    /// Who may view it.
    pub read: OwnList,
    /// True if both lists read empty, so that the hash is the one of empty lists unless somebody on them is gone.
    pub reads_empty: bool,
}

/// The hash that more than half of the pages that read empty have, and at least `n_min` of them.
pub(super) fn most_frequent<'s>(
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

/// What the site says of the lists of pages; `None` for those of which it says nothing.
pub(super) async fn states(
    client: &Client,
    principals: &Principals,
    ids: &[&str],
) -> Result<HashMap<String, Option<State>>, ClientError> {
    let mut calls = Vec::with_capacity(ids.len());
    for id in ids.iter().map(|id| (*id).to_owned()) {
        calls.push(async move {
            let state = state(client, principals, &id).await;
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

async fn state(client: &Client, principals: &Principals, id: &str) -> Result<Option<State>, ClientError> {
    let query = [("expand", "restrictions.user,restrictions.group")];
    let answer: RestrictionState = client.get(&format!("rest/api/content/{id}/restriction"), &query).await?;
    let list_of = |operation: &str| {
        let found = answer.results.iter().find(|one| one.operation == operation);
        principals.own_list(found.and_then(|one| one.restrictions.as_ref()))
    };
    let (read, update) = (list_of("read"), list_of("update"));
    let read = match read {
        OwnList::Incomplete => read_one::<Restriction>(client, principals, id).await?,
        read => read,
    };
    let reads_empty = read == OwnList::Open && update == OwnList::Open;
    let hash = answer.restrictions_hash;
    Ok((!hash.is_empty()).then_some(State { hash, read, reads_empty }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(hashes: &[(&str, bool)]) -> HashMap<String, Option<State>> {
        let state = |(n, (hash, reads_empty)): (usize, &(&str, bool))| {
            (n.to_string(), Some(State { hash: (*hash).to_owned(), read: OwnList::Open, reads_empty: *reads_empty }))
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
        assert_eq!(most_frequent(&states(&[("a", true), ("a", true)]), 3), None);
    }
}
