//! Groups of a Data Center: known by name, and in one another.

use std::collections::BTreeSet;

use super::SUPER_GROUP;
use crate::error::SimError;
use crate::ids::stable_hash;
use crate::people::{Group, GroupAccess, User};
use crate::site::Site;

impl User {
    /// The name that a Data Center knows this person by; it may change.
    pub fn username(&self) -> &str {
        &self.handle
    }

    /// The key that a Data Center knows this person by: 32 hexadecimal digits, for good.
    pub fn user_key(&self) -> String {
        user_key(&self.account_id)
    }
}

/// The key of an account, whether or not it still exists.
pub(crate) fn user_key(account_id: &str) -> String {
    let (a, b) = (stable_hash(account_id), stable_hash(&format!("{account_id}/key")));
    // Keys of one installation begin alike.
    format!("8a7f8083{:08x}{b:016x}", a >> 32)
}

impl Site {
    /// Puts one group into another. Data Center only.
    pub fn nest_group(&mut self, parent: &str, child: &str) -> Result<(), SimError> {
        let (parent, child) = (self.group_id(parent)?, self.group_id(child)?);
        self.dc_mut()?.child_groups.entry(parent).or_default().insert(child);
        Ok(())
    }

    /// Takes one group out of another. Data Center only.
    pub fn unnest_group(&mut self, parent: &str, child: &str) -> Result<(), SimError> {
        let (parent, child) = (self.group_id(parent)?, self.group_id(child)?);
        if let Some(children) = self.dc_mut()?.child_groups.get_mut(&parent) {
            children.remove(&child);
        }
        Ok(())
    }

    /// What a rename in the directory amounts to here: another group with the same members. Lists
    /// and rows go on naming the one that is gone.
    pub(crate) fn rename_in_directory(&mut self, group: &str, name: &str) -> Result<(), SimError> {
        let id = self.group_id(group)?;
        let old = self.groups.get_mut(&id).ok_or_else(|| SimError::unknown("group", &group))?;
        old.deleted = true;
        let new = Group { id: name.to_owned(), name: name.to_owned(), deleted: false, ..old.clone() };
        self.groups.insert(new.id.clone(), new);
        let nesting = &mut self.dc_mut()?.child_groups;
        let children = nesting.remove(&id);
        nesting.extend(children.map(|children| (name.to_owned(), children)));
        for children in nesting.values_mut() {
            if children.remove(&id) {
                children.insert(name.to_owned());
            }
        }
        Ok(())
    }

    /// The groups directly in a group, by name.
    pub(crate) fn groups_in<'s>(&'s self, group: &'s str) -> impl Iterator<Item = &'s Group> {
        let children = self.data_center().and_then(|dc| dc.child_groups.get(group));
        children.into_iter().flatten().filter_map(|id| self.groups.get(id)).filter(|group| !group.deleted)
    }

    /// The groups that a group is directly in, by name.
    pub(crate) fn groups_around<'s>(&'s self, group: &'s str) -> impl Iterator<Item = &'s Group> {
        self.groups().filter(move |parent| self.groups_in(&parent.id).any(|child| child.id == group))
    }

    /// All groups that somebody is in, through other groups too where nesting counts.
    pub(crate) fn effective_groups(&self, account_id: &str) -> BTreeSet<&str> {
        let direct = self.groups().filter(|group| group.members.contains(account_id));
        let mut found: BTreeSet<&str> = direct.map(|group| group.id.as_str()).collect();
        if self.data_center().is_none_or(|dc| !dc.options.nested_groups) {
            return found;
        }
        let mut open: Vec<&str> = found.iter().copied().collect();
        while let Some(at) = open.pop() {
            for parent in self.groups_around(at) {
                if found.insert(&parent.id) {
                    open.push(&parent.id);
                }
            }
        }
        found
    }

    /// Whether somebody is, by one of these groups, an administrator of the Data Center.
    pub(crate) fn administers(&self, groups: &BTreeSet<&str>) -> bool {
        groups
            .iter()
            .filter_map(|id| self.groups.get(*id))
            .any(|group| group.id == SUPER_GROUP || matches!(group.access, GroupAccess::Admin | GroupAccess::SiteAdmin))
    }
}
