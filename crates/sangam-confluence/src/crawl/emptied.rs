//! View lists that were not empty and read empty now.
//!
//! A restriction that was lifted and one whose people were all deleted read alike: deleted people are left out of answers. Whoever of
//! the stored list has an account still would be shown if the list still were there, so that a list of living people was lifted. Where
//! some are gone, only the site's hash over the lists tells: it is the one of empty lists, or the page stays closed.

use std::collections::{BTreeSet, HashMap};

use sangam_access::{Layer, Principal};
use sangam_sync::{NodeAccess, SourceError};

use super::{
    Run, USERS_PER_CALL, people, restrictions,
    states::{State, most_frequent, states},
    users_by_id,
};
use crate::{access::OwnList, client::Client, error::ClientError, tree::unknown, walk::verification::kept_closed};

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

impl Run<'_> {
    /// Closes those of the open `accesses` that are not proven to be open, having been closed at the last sync.
    ///
    /// Each is asked for by itself, as bulk answers lag behind; those over the limit of a run stay as they were.
    pub(super) async fn verify_emptied(
        &mut self,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> Result<(), SourceError> {
        let open = accesses.iter().filter(|(_, access)| matches!(access, NodeAccess::Open));
        let (mut closed_before, never_closed): (Vec<_>, Vec<_>) =
            open.map(|(id, _)| id.clone()).partition(|id| self.stored.contains_key(id));
        closed_before.sort_unstable();
        let over_limit = closed_before.split_off(closed_before.len().min(self.verification.checks_left));
        self.keep_closed(over_limit, accesses);
        if closed_before.is_empty() {
            return Ok(());
        }
        self.verification.checks_left -= closed_before.len();
        let ids: Vec<&str> = closed_before.iter().map(String::as_str).collect();
        let states = states(&self.client, &self.principals, &ids).await?;
        if states.values().flatten().next().is_some() {
            self.learn_empty_hash(never_closed, &states).await?;
        }
        let mut not_proven = Vec::new();
        for id in closed_before {
            match states.get(&id).and_then(Option::as_ref) {
                Some(State { read: OwnList::Only(layer), .. }) => {
                    accesses.insert(id, NodeAccess::Layer { layer: layer.clone() });
                }
                Some(state) if self.empty_hash.as_ref() == Some(&state.hash) => {}
                _ => not_proven.push(id),
            }
        }
        for node in self.in_doubt(not_proven).await? {
            let id = node.id.clone();
            accesses.insert(id, self.still_closed(node));
        }
        Ok(())
    }

    /// Leaves nodes as they were stored: it could not be verified that they are open now.
    fn keep_closed(&mut self, ids: Vec<String>, accesses: &mut HashMap<String, NodeAccess>) {
        if ids.is_empty() {
            return;
        }
        self.outbox.warn(kept_closed(ids.len()));
        for id in ids {
            let stored = self.stored.get(&id).cloned().unwrap_or_default();
            let access = NodeAccess::Layer { layer: Layer::only(stored) };
            accesses.insert(id, access);
        }
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
    async fn in_doubt(&self, ids: Vec<String>) -> Result<Vec<Emptied>, SourceError> {
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
    pub(super) async fn learn_empty_hash(
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
        let references = states(&self.client, &self.principals, &ids).await?;
        self.empty_hash = most_frequent(&references, 1);
        if self.empty_hash.is_none() {
            // Nothing was ever seen open, as after a sync in which no list could be read.
            let of_unknown = in_doubt.iter().filter(|(id, _)| self.stored.get(*id).is_some_and(BTreeSet::is_empty));
            self.empty_hash = most_frequent(of_unknown, AGREEING_MIN);
        }
        Ok(())
    }
}

/// The ids of those named whom answers would still show, and of the groups that exist.
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
        // Whoever is deactivated stays on the lists.
        let is_listed = |user: &crate::wire::User| matches!(user.account_status.as_str(), "active" | "inactive");
        living.users.extend(found.into_iter().filter(is_listed).filter_map(|user| user.account_id));
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
