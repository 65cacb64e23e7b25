//! People and groups of a Data Center to a directory. Pure.
//!
//! A person is their key; the name may change and finds them all the same. Membership through other groups counts where the site itself
//! was seen to count it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sangam_access::{AccountState, DirectoryGroup, DirectoryUser, SourceDirectory, fold};

use super::{permissions::group_id, wire::Person};
use crate::config::UserIdField;

/// The group whose members see all content, by exactly this name. It opens nothing in a search.
const ADMINISTRATORS: &str = "confluence-administrators";

/// The group that holds those who may use Confluence in their own right. No group of a site is called so.
const OWN_RIGHT: &str = "(may use Confluence in their own right)";

/// A group as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReadGroup {
    /// Its name, as written.
    pub name: String,
    /// Keys of the people whom its listing has.
    pub members: BTreeSet<String>,
    /// Names of the groups in it, of those whose members were seen to be in it too.
    pub child_groups: BTreeSet<String>,
}

/// Who may use the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Users {
    /// Groups by name.
    pub groups: BTreeSet<String>,
    /// People by key.
    pub keys: BTreeSet<String>,
}

/// What was read about people.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// Everybody that any listing had, by key.
    pub persons: BTreeMap<String, Person>,
    /// All groups.
    pub groups: Vec<ReadGroup>,
    /// Who may use the site; `None` if memberships were not read, and then it is not asked.
    pub users: Option<Users>,
    /// E-mail addresses that the site shows, by key.
    pub emails: HashMap<String, String>,
}

impl People {
    /// The key of whoever goes by this user name now.
    pub(crate) fn key_of(&self, username: &str) -> Option<String> {
        let name = fold(username);
        let mut found = self.persons.values().filter(|person| fold(&person.username) == name);
        let person = found.next()?;
        // The first directory of several decides on the server; here nobody does.
        found.next().is_none().then(|| person.user_key.clone())
    }

    /// The directory that these people make.
    ///
    /// An account without the right to use the site reads what is public and nothing more, whatever spaces and view lists name it.
    pub(crate) fn directory(&self, shown: UserIdField) -> SourceDirectory {
        let licensed = self.users.as_ref().map(|users| self.licensed(users));
        let users = self.persons.values().map(|person| {
            let may_use = licensed.as_ref().is_none_or(|keys| keys.contains(person.user_key.as_str()));
            let state = if person.is_current() && may_use { AccountState::Active } else { AccountState::Inactive };
            DirectoryUser {
                id: person.user_key.clone(),
                aliases: self.aliases(person, shown),
                display_name: person.display_name.clone(),
                state,
            }
        });
        let mut groups = self.merged_groups();
        if let Some(users) = self.users.as_ref().filter(|users| !users.keys.is_empty()) {
            groups.push(DirectoryGroup {
                id: OWN_RIGHT.to_owned(),
                name: OWN_RIGHT.to_owned(),
                members: users.keys.iter().cloned().collect(),
                member_groups: Vec::new(),
                product_access: true,
                administers: false,
            });
        }
        SourceDirectory { users: users.collect(), groups }
    }

    /// The groups, those of one name from several directories as one: the server knows no others by that name.
    fn merged_groups(&self) -> Vec<DirectoryGroup> {
        let gives_use: HashSet<String> =
            self.users.iter().flat_map(|users| &users.groups).map(|name| group_id(name)).collect();
        let mut merged: BTreeMap<String, (&str, BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
        for group in &self.groups {
            let entry = merged.entry(group_id(&group.name)).or_insert((&group.name, BTreeSet::new(), BTreeSet::new()));
            entry.1.extend(group.members.iter().cloned());
            entry.2.extend(group.child_groups.iter().map(|name| group_id(name)));
        }
        let group =
            |(id, (name, members, children)): (String, (&str, BTreeSet<String>, BTreeSet<String>))| DirectoryGroup {
                name: name.to_owned(),
                members: members.into_iter().collect(),
                member_groups: children.into_iter().collect(),
                product_access: gives_use.contains(&id),
                administers: id == ADMINISTRATORS,
                id,
            };
        merged.into_iter().map(group).collect()
    }

    /// The keys of those who may use the site: in their own right, or by a group, directly or through others.
    fn licensed<'p>(&'p self, users: &'p Users) -> HashSet<&'p str> {
        let groups: HashMap<String, Vec<&ReadGroup>> = self.groups.iter().fold(HashMap::new(), |mut groups, group| {
            groups.entry(group_id(&group.name)).or_insert_with(Vec::new).push(group);
            groups
        });
        let mut open: Vec<String> = users.groups.iter().map(|name| group_id(name)).collect();
        let mut closed = HashSet::new();
        let mut licensed: HashSet<&str> = users.keys.iter().map(String::as_str).collect();
        while let Some(id) = open.pop() {
            if !closed.insert(id.clone()) {
                continue;
            }
            for group in groups.get(&id).into_iter().flatten() {
                licensed.extend(group.members.iter().map(String::as_str));
                open.extend(group.child_groups.iter().map(|name| group_id(name)));
            }
        }
        licensed
    }

    /// The names that find a person besides the key, the one that is shown first.
    fn aliases(&self, person: &Person, shown: UserIdField) -> Vec<String> {
        let name = Some(person.username.clone()).filter(|name| !name.is_empty());
        let email = self.emails.get(&person.user_key).cloned();
        match shown {
            UserIdField::Email => email.into_iter().chain(name).collect(),
            UserIdField::UserName => name.into_iter().chain(email).collect(),
            UserIdField::AccountId => std::iter::once(person.user_key.clone()).chain(name).chain(email).collect(),
        }
    }
}

/// Names that several people go by, which therefore find none of them.
pub(crate) fn n_contested(directory: &SourceDirectory) -> usize {
    let mut owners: HashMap<String, HashSet<&str>> = HashMap::new();
    for user in &directory.users {
        for alias in user.aliases.iter().chain([&user.id]) {
            owners.entry(fold(alias)).or_default().insert(&user.id);
        }
    }
    owners.values().filter(|owners| owners.len() > 1).count()
}

/// An e-mail address that is one: sites may mask them, as `user at example dot com`.
pub(crate) fn plain_email(text: &str) -> Option<String> {
    let text = text.trim();
    let (name, domain) = text.split_once('@')?;
    let is_address = !name.is_empty()
        && domain.contains('.')
        && !domain.contains('@')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '*' | '<' | '>' | '…'));
    is_address.then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
