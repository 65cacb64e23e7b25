//! The people, groups and memberships that sources and callers reported, and how a query resolves to a reader.
//!
//! Groups are expanded here, at query time, so that a changed membership is one row and never touches a document.

mod chain;
mod listing;
mod unknown;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{AccessClass, Principal, Reader};

pub use listing::{GroupFound, Membership};
pub use unknown::UnknownPrincipal;

/// What an account may do at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// A person's account in use.
    Active,
    /// A guest: named spaces and anonymous ones, never what is granted to all licensed users.
    Guest,
    /// Deactivated, closed or unknown: reads what is public and nothing more.
    Inactive,
    /// An app's or bot's account: reads what is public and nothing more.
    App,
}

/// One account of a data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryUser {
    /// Confluence Cloud: account id. Data Center: user key.
    pub id: String,
    /// Further names that find the person: visible e-mail, user name. The id itself always does.
    pub aliases: Vec<String>,
    /// For people to read; never matched.
    pub display_name: String,
    /// What the account may do.
    pub state: AccountState,
}

/// One group of a data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryGroup {
    /// Confluence Cloud: group id. Data Center: name.
    pub id: String,
    /// The group's name, which a query may use as well.
    pub name: String,
    /// Ids of the accounts in it.
    pub members: Vec<String>,
    /// Ids of groups nested in it.
    pub member_groups: Vec<String>,
    /// Membership makes an account a licensed user of the product.
    pub product_access: bool,
    /// Membership makes an account an administrator of the product.
    pub administers: bool,
}

/// Everything one data source reported about its people, complete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceDirectory {
    /// The accounts.
    pub users: Vec<DirectoryUser>,
    /// The groups.
    pub groups: Vec<DirectoryGroup>,
}

/// A member in a caller's group mapping.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum MappedMember {
    /// A user, by the name that queries use.
    User {
        /// The user's name.
        name: String,
    },
    /// A nested group.
    Group {
        /// The nested group.
        group: ScopedGroup,
    },
}

/// A group that may belong to a data source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ScopedGroup {
    /// The group's name or id as given.
    pub name: String,
    /// The data source it belongs to, if any.
    pub data_source: Option<String>,
}

/// A group and its members as put by `PutPrincipalMapping`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMapping {
    /// The group.
    pub group: ScopedGroup,
    /// Its members.
    pub members: Vec<MappedMember>,
}

/// Whom a request names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ReaderRequest {
    /// The user, by any alias.
    pub user: Option<String>,
    /// Groups without a data source.
    pub groups: Vec<String>,
    /// Groups of a data source.
    pub data_source_groups: Vec<ScopedGroup>,
}

impl ReaderRequest {
    /// True if the request names nobody.
    pub fn is_empty(&self) -> bool {
        self.user.is_none() && self.groups.is_empty() && self.data_source_groups.is_empty()
    }
}

/// Folds an alias for comparison: surrounding white space off, lower case.
pub fn fold(alias: &str) -> String {
    alias.trim().to_lowercase()
}

/// What an alias stands for within one data source.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Claim {
    One(usize),
    /// Claimed by several: it finds none of them.
    Several,
}

/// One data source's people, indexed.
#[derive(Debug, Clone, Default)]
struct SourceIndex {
    users: Vec<DirectoryUser>,
    groups: Vec<DirectoryGroup>,
    user_by_alias: HashMap<String, Claim>,
    group_by_alias: HashMap<String, Claim>,
    /// Groups that directly hold the account of this id.
    groups_of_user: HashMap<String, Vec<usize>>,
    /// Groups that directly hold the group of this index.
    parents: HashMap<usize, Vec<usize>>,
    /// Per group: an active account with product access is in it, directly or nested.
    has_licensed_member: Vec<bool>,
}

/// The people of one index, ready to resolve requests.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    sources: BTreeMap<String, SourceIndex>,
    mapped_groups_of_user: HashMap<String, Vec<ScopedGroup>>,
    mapped_parents: HashMap<ScopedGroup, Vec<ScopedGroup>>,
}

impl Directory {
    /// Builds the directory of an index from what each data source reported and the callers' group mappings.
    pub fn new(sources: impl IntoIterator<Item = (String, SourceDirectory)>, mappings: &[GroupMapping]) -> Self {
        let sources = sources.into_iter().map(|(id, people)| (id, SourceIndex::new(people))).collect();
        let mut mapped_groups_of_user: HashMap<String, Vec<ScopedGroup>> = HashMap::new();
        let mut mapped_parents: HashMap<ScopedGroup, Vec<ScopedGroup>> = HashMap::new();
        for mapping in mappings {
            for member in &mapping.members {
                match member {
                    MappedMember::User { name } => {
                        mapped_groups_of_user.entry(fold(name)).or_default().push(mapping.group.clone());
                    }
                    MappedMember::Group { group } => {
                        mapped_parents.entry(group.clone()).or_default().push(mapping.group.clone());
                    }
                }
            }
        }
        Self { sources, mapped_groups_of_user, mapped_parents }
    }

    /// The reader that `request` names: nobody if it is empty, else the principals of the user, of the groups and of all
    /// groups that hold them, transitively.
    pub fn resolve(&self, request: &ReaderRequest) -> Reader {
        if request.is_empty() {
            return Reader::Nobody;
        }
        let groups = self.named_and_mapped_groups(request);
        let mut principals = HashSet::new();
        if let Some(user) = &request.user {
            principals.insert(Principal::User { name: user.clone() });
        }
        for group in &groups {
            principals.insert(Principal::Group { name: group.name.clone(), data_source: group.data_source.clone() });
        }
        for (data_source, source) in &self.sources {
            let found = request.user.as_deref().and_then(|user| source.user(user));
            match found.map(|user| user.state) {
                Some(AccountState::Inactive | AccountState::App) => continue,
                Some(AccountState::Active | AccountState::Guest) => {
                    source.add_user(data_source, found.expect("just matched"), &mut principals);
                }
                None => {}
            }
            let of_source = groups.iter().filter(|group| group.data_source.as_ref().is_none_or(|id| id == data_source));
            source.add_groups(data_source, of_source.map(|group| group.name.as_str()), &mut principals);
        }
        Reader::Named(principals)
    }

    /// Data sources in which `user` finds an account, with its id, display name and state; for explanations.
    pub fn accounts(&self, user: &str) -> Vec<(&str, &DirectoryUser)> {
        self.sources.iter().filter_map(|(id, source)| Some((id.as_str(), source.user(user)?))).collect()
    }

    /// What people call an account or a group of a data source; `None` for other principals and for those it does not know.
    pub fn name_of(&self, principal: &Principal) -> Option<&str> {
        match principal {
            Principal::SourceUser { data_source, id } => {
                let user = self.sources.get(data_source)?.user(id)?;
                Some(&user.display_name)
            }
            Principal::SourceGroup { data_source, id } => {
                let source = self.sources.get(data_source)?;
                source.groups.iter().find(|group| group.id == *id).map(|group| group.name.as_str())
            }
            _ => None,
        }
    }

    /// Aliases that several accounts of one data source claim, so that they find none of them; sorted.
    pub fn contested_aliases(&self) -> Vec<(&str, &str)> {
        let mut contested: Vec<_> = self
            .sources
            .iter()
            .flat_map(|(id, source)| {
                let several = source.user_by_alias.iter().filter(|(_, claim)| **claim == Claim::Several);
                several.map(move |(alias, _)| (id.as_str(), alias.as_str()))
            })
            .collect();
        contested.sort_unstable();
        contested
    }

    /// The groups that the request names and those that callers mapped the user or these groups into.
    fn named_and_mapped_groups(&self, request: &ReaderRequest) -> HashSet<ScopedGroup> {
        let plain = request.groups.iter().map(|name| ScopedGroup { name: name.clone(), data_source: None });
        let mut open: Vec<ScopedGroup> = plain.chain(request.data_source_groups.iter().cloned()).collect();
        if let Some(user) = &request.user {
            open.extend(self.mapped_groups_of_user.get(&fold(user)).into_iter().flatten().cloned());
        }
        let mut groups = HashSet::new();
        while let Some(group) = open.pop() {
            if groups.contains(&group) {
                continue;
            }
            open.extend(self.mapped_parents.get(&group).into_iter().flatten().cloned());
            groups.insert(group);
        }
        groups
    }
}

impl SourceIndex {
    fn new(people: SourceDirectory) -> Self {
        let mut index = Self { users: people.users, groups: people.groups, ..Self::default() };
        for (position, user) in index.users.iter().enumerate() {
            for alias in std::iter::once(&user.id).chain(&user.aliases) {
                claim(&mut index.user_by_alias, alias, position);
            }
        }
        let mut position_of: HashMap<&str, usize> = HashMap::new();
        for (position, group) in index.groups.iter().enumerate() {
            claim(&mut index.group_by_alias, &group.id, position);
            claim(&mut index.group_by_alias, &group.name, position);
            position_of.insert(&group.id, position);
        }
        for (position, group) in index.groups.iter().enumerate() {
            for member in &group.members {
                index.groups_of_user.entry(member.clone()).or_default().push(position);
            }
            for nested in &group.member_groups {
                if let Some(nested) = position_of.get(nested.as_str()) {
                    index.parents.entry(*nested).or_default().push(position);
                }
            }
        }
        index.has_licensed_member = index.groups_with_licensed_members();
        index
    }

    fn user(&self, alias: &str) -> Option<&DirectoryUser> {
        match self.user_by_alias.get(&fold(alias))? {
            Claim::One(position) => Some(&self.users[*position]),
            Claim::Several => None,
        }
    }

    /// Groups that hold one of `direct`, transitively, themselves included. Cycles end.
    fn closure(&self, direct: impl IntoIterator<Item = usize>) -> HashSet<usize> {
        let mut open: Vec<usize> = direct.into_iter().collect();
        let mut closed = HashSet::new();
        while let Some(group) = open.pop() {
            if closed.insert(group) {
                open.extend(self.parents.get(&group).into_iter().flatten());
            }
        }
        closed
    }

    fn groups_of(&self, user: &DirectoryUser) -> HashSet<usize> {
        self.closure(self.groups_of_user.get(&user.id).into_iter().flatten().copied())
    }

    fn is_licensed(&self, user: &DirectoryUser, groups: &HashSet<usize>) -> bool {
        user.state == AccountState::Active && groups.iter().any(|group| self.groups[*group].product_access)
    }

    fn groups_with_licensed_members(&self) -> Vec<bool> {
        let mut flags = vec![false; self.groups.len()];
        for user in &self.users {
            let groups = self.groups_of(user);
            if self.is_licensed(user, &groups) {
                for group in groups {
                    flags[group] = true;
                }
            }
        }
        flags
    }

    fn add_user(&self, data_source: &str, user: &DirectoryUser, principals: &mut HashSet<Principal>) {
        principals.insert(Principal::SourceUser { data_source: data_source.into(), id: user.id.clone() });
        let groups = self.groups_of(user);
        let licensed = self.is_licensed(user, &groups);
        let mut class = |class| principals.insert(Principal::Class { data_source: data_source.into(), class });
        class(AccessClass::LoggedIn);
        if licensed || user.state == AccountState::Guest {
            class(AccessClass::SiteUser);
        }
        if licensed {
            class(AccessClass::Licensed);
        }
        if licensed && groups.iter().any(|group| self.groups[*group].administers) {
            class(AccessClass::ProductAdmin);
        }
        self.add_group_principals(data_source, &groups, principals);
    }

    /// Adds the groups named in a request: the caller vouches that the reader is in them.
    fn add_groups<'a>(
        &self,
        data_source: &str,
        names: impl Iterator<Item = &'a str>,
        principals: &mut HashSet<Principal>,
    ) {
        let direct = names.filter_map(|name| match self.group_by_alias.get(&fold(name))? {
            Claim::One(position) => Some(*position),
            Claim::Several => None,
        });
        let groups = self.closure(direct);
        let mut class = |class| principals.insert(Principal::Class { data_source: data_source.into(), class });
        if groups.iter().any(|group| self.has_licensed_member[*group]) {
            class(AccessClass::SiteUser);
        }
        if groups.iter().any(|group| self.groups[*group].product_access) {
            class(AccessClass::Licensed);
        }
        self.add_group_principals(data_source, &groups, principals);
    }

    fn add_group_principals(&self, data_source: &str, groups: &HashSet<usize>, principals: &mut HashSet<Principal>) {
        for group in groups {
            let group = &self.groups[*group];
            principals.insert(Principal::SourceGroup { data_source: data_source.into(), id: group.id.clone() });
            // A caller's access list may name the source's groups, as if they had been put by PutPrincipalMapping.
            for name in [group.name.clone(), fold(&group.name)] {
                principals.insert(Principal::Group { name, data_source: Some(data_source.into()) });
            }
        }
    }
}

/// Notes that the owner at `position` goes by `alias`; a second owner makes it find nobody.
fn claim(claims: &mut HashMap<String, Claim>, alias: &str, position: usize) {
    let alias = fold(alias);
    if alias.is_empty() {
        return;
    }
    claims
        .entry(alias)
        .and_modify(|claim| {
            if *claim != Claim::One(position) {
                *claim = Claim::Several;
            }
        })
        .or_insert(Claim::One(position));
}

#[cfg(test)]
mod tests;
