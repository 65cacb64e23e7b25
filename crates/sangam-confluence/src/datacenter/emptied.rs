//! View lists that were not empty and read empty now.
//!
//! Each is asked for by itself, as what stands behind a listing may be stale. Then, a restriction that was lifted and one whose people
//! were all deleted may read alike. Whoever of the stored list is there still would be shown if the list were. Where some are gone, only a server that tells all lists that count for a page can say that there is none: else
//! the page stays closed.

use std::collections::{BTreeSet, HashMap};

use sangam_access::{Layer, Principal};
use sangam_sync::{NodeAccess, SourceError};

use super::{Run, capabilities::Feature, people::person, permissions::group_id, wire::RelevantRestrictions};
use crate::{
    access::OwnList,
    error::ClientError,
    tree::unknown,
    walk::verification::{OwnAnswer, kept_closed},
};

impl Run<'_> {
    /// Closes those of the open `accesses` that are not proven to be open, having been closed at the last sync.
    pub(super) async fn verify_emptied(
        &mut self,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> Result<(), SourceError> {
        let is_open = |access: &NodeAccess| matches!(access, NodeAccess::Open);
        let mut closed_before: Vec<String> = accesses
            .iter()
            .filter(|(id, access)| is_open(access) && self.stored.contains_key(*id))
            .map(|(id, _)| id.clone())
            .collect();
        closed_before.sort_unstable();
        let over_limit = closed_before.split_off(closed_before.len().min(self.verification.checks_left));
        self.verification.checks_left -= closed_before.len();
        if !over_limit.is_empty() {
            self.outbox.warn(kept_closed(over_limit.len()));
        }
        for id in over_limit {
            let access = self.as_stored(&id);
            accesses.insert(id, access);
        }
        self.look_up(&closed_before).await?;
        let ids: Vec<&str> = closed_before.iter().map(String::as_str).collect();
        let mut answers = self.own_answers(&ids).await?;
        for id in closed_before {
            let access = match answers.remove(&id).flatten() {
                Some(OwnAnswer { list: OwnList::Only(layer), .. }) => NodeAccess::Layer { layer },
                Some(OwnAnswer { list: OwnList::Open, is_proven }) => self.emptied(&id, is_proven),
                // Nothing was learnt, and a listing alone opens nothing.
                Some(OwnAnswer { list: OwnList::Incomplete, .. }) | None => self.as_stored(&id),
            };
            accesses.insert(id, access);
        }
        Ok(())
    }

    /// A page as the last sync stored it.
    fn as_stored(&self, id: &str) -> NodeAccess {
        NodeAccess::Layer { layer: Layer::only(self.stored.get(id).cloned().unwrap_or_default()) }
    }

    /// What a page is whose list reads empty by itself too. `is_proven` is false if the server says otherwise about all that counts for it.
    fn emptied(&mut self, id: &str, is_proven: bool) -> NodeAccess {
        let stored = self.stored.get(id).cloned().unwrap_or_default();
        let gone: BTreeSet<Principal> = stored.iter().filter(|one| !self.is_there(one)).cloned().collect();
        let is_certain = gone.is_empty() || self.capabilities.has(Feature::RelevantRestrictions);
        if is_proven && is_certain {
            return NodeAccess::Open;
        }
        if gone.is_empty() {
            return unknown("its view list reads empty, and the server does not confirm that it is");
        }
        self.outbox.warn(format!(
            "`{id}` stays closed: its view list reads empty, but people or groups that it named are gone, and the server does not confirm that it was lifted"
        ));
        NodeAccess::Layer { layer: Layer::only(gone) }
    }

    /// Looks up accounts that the stored lists of pages name and that no listing of people had.
    async fn look_up(&mut self, ids: &[String]) -> Result<(), SourceError> {
        let Some(people) = &self.people else { return Ok(()) };
        let named = ids.iter().filter_map(|id| self.stored.get(id)).flatten().filter_map(|one| match one {
            Principal::SourceUser { id, .. } => Some(id.clone()),
            _ => None,
        });
        let unknown: BTreeSet<String> = named.filter(|id| !people.persons.contains_key(id)).collect();
        for key in unknown {
            match person(&self.client, "key", &key).await {
                Ok(Some(person)) if person.kind != "unknown" => drop(self.accounts_elsewhere.insert(key)),
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                // Not found, or not told: it counts as gone.
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// True if whoever is named by a list has an account, or is a group that exists.
    fn is_there(&self, principal: &Principal) -> bool {
        let Some(people) = &self.people else { return false };
        match principal {
            Principal::SourceUser { id, .. } => people.persons.contains_key(id) || self.accounts_elsewhere.contains(id),
            Principal::SourceGroup { id, .. } => people.groups.iter().any(|group| group_id(&group.name) == *id),
            Principal::Class { .. } | Principal::User { .. } | Principal::Group { .. } => false,
        }
    }

    /// True if the lists that count for a page came whole and none of them is its own.
    pub(super) async fn has_no_list(&self, id: &str) -> Result<bool, ClientError> {
        let path = format!("rest/api/content/{id}/restriction/relevantViewRestrictions");
        let answer: RelevantRestrictions = self.client.get(&path, &[("limit", "50")]).await?;
        let lists = answer.view_content_restrictions;
        let is_own = |content: Option<&str>| content.is_none_or(|content| content == id);
        let has_own = lists.results.iter().any(|row| is_own(row.content.as_ref().map(|content| content.id.as_str())));
        Ok(!lists.is_cut() && !has_own)
    }
}
