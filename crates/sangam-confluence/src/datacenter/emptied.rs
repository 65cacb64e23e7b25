//! View lists that were not empty and read empty now.
//!
//! A restriction that was lifted and one whose people were all deleted may read alike. Whoever of the stored list is there still would be
//! shown if the list were. Where some are gone, only a server that tells all lists that count for a page can say that there is none: else
//! the page stays closed.

use std::collections::{BTreeSet, HashMap};

use sangam_access::{Layer, Principal};
use sangam_sync::{NodeAccess, SourceError};

use super::{
    Run,
    capabilities::Feature,
    people::person,
    permissions::group_id,
    wire::{OperationRow, RelevantRestrictions},
};
use crate::{
    access::OwnList,
    error::ClientError,
    tree::unknown,
    walk::{verification::kept_closed, view_list::read_one},
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
        self.look_up(&closed_before).await?;
        let mut n_kept = 0;
        for id in closed_before {
            let stored = self.stored.get(&id).cloned().unwrap_or_default();
            let gone: BTreeSet<Principal> = stored.iter().filter(|one| !self.is_there(one)).cloned().collect();
            if !stored.is_empty() && gone.is_empty() {
                continue;
            }
            if self.verification.checks_left == 0 {
                n_kept += 1;
                accesses.insert(id, NodeAccess::Layer { layer: Layer::only(stored) });
                continue;
            }
            self.verification.checks_left -= 1;
            if !self.reads_open(&id, stored.is_empty()).await? {
                let access = if gone.is_empty() {
                    unknown("its view list reads empty, and the server does not confirm that it is")
                } else {
                    self.outbox.warn(format!(
                        "`{id}` stays closed: its view list reads empty, but people or groups that it named are gone, and the server does not confirm that it was lifted"
                    ));
                    NodeAccess::Layer { layer: Layer::only(gone) }
                };
                accesses.insert(id, access);
            }
        }
        if n_kept > 0 {
            self.outbox.warn(kept_closed(n_kept));
        }
        Ok(())
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

    /// Asks for all lists that count for a page. Without that call a page whose list was unknown is asked once more for its own.
    async fn reads_open(&self, id: &str, was_unknown: bool) -> Result<bool, SourceError> {
        if self.capabilities.has(Feature::RelevantRestrictions) {
            return match self.has_no_list(id).await {
                Ok(is_open) => Ok(is_open),
                Err(error) if error.ends_the_sync() => Err(error.into()),
                Err(_) => Ok(false),
            };
        }
        if !was_unknown {
            return Ok(false);
        }
        match read_one::<OperationRow>(&self.client, &self.principals, id).await {
            Ok(list) => Ok(list == OwnList::Open),
            Err(error) if error.ends_the_sync() => Err(error.into()),
            Err(_) => Ok(false),
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
