//! The directory as people look at it: who is in it, in which groups, and how they got there.

use super::{Claim, Directory, DirectoryGroup, DirectoryUser, SourceIndex, fold};

/// A group that holds somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership<'d> {
    /// The group.
    pub group: &'d DirectoryGroup,
    /// Whether it holds the account itself, and not only through a group in it.
    pub direct: bool,
}

/// What is around a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFound<'d> {
    /// The group.
    pub group: &'d DirectoryGroup,
    /// The accounts in it that are known; ids alone are in `group.members`.
    pub members: Vec<&'d DirectoryUser>,
    /// The groups nested in it that are known.
    pub nested: Vec<&'d DirectoryGroup>,
    /// The groups that hold it, directly or nested.
    pub holders: Vec<&'d DirectoryGroup>,
}

impl Directory {
    /// All accounts, each with its data source, in the order in which sources reported them.
    pub fn users(&self) -> impl Iterator<Item = (&str, &DirectoryUser)> {
        self.sources.iter().flat_map(|(id, source)| source.users.iter().map(move |user| (id.as_str(), user)))
    }

    /// All groups, each with its data source.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &DirectoryGroup)> {
        self.sources.iter().flat_map(|(id, source)| source.groups.iter().map(move |group| (id.as_str(), group)))
    }

    /// The account of that id in a data source, and the groups that hold it, directly ones first.
    pub fn memberships(&self, data_source_id: &str, account_id: &str) -> Option<(&DirectoryUser, Vec<Membership<'_>>)> {
        let source = self.sources.get(data_source_id)?;
        let user = source.users.iter().find(|user| user.id == account_id)?;
        let direct: Vec<usize> = source.groups_of_user.get(&user.id).into_iter().flatten().copied().collect();
        let mut found: Vec<Membership<'_>> = source
            .groups_of(user)
            .into_iter()
            .map(|at| Membership { group: &source.groups[at], direct: direct.contains(&at) })
            .collect();
        found.sort_by(|a, b| b.direct.cmp(&a.direct).then_with(|| a.group.name.cmp(&b.group.name)));
        Some((user, found))
    }

    /// The group of that id in a data source, with what is around it.
    pub fn group(&self, data_source_id: &str, group_id: &str) -> Option<GroupFound<'_>> {
        let source = self.sources.get(data_source_id)?;
        let at = source.groups.iter().position(|group| group.id == group_id)?;
        let group = &source.groups[at];
        let mut holders: Vec<&DirectoryGroup> = source
            .closure([at])
            .into_iter()
            .filter(|holder| *holder != at)
            .map(|holder| &source.groups[holder])
            .collect();
        holders.sort_by(|a, b| a.name.cmp(&b.name));
        Some(GroupFound {
            group,
            members: group.members.iter().filter_map(|id| source.user_of_id(id)).collect(),
            nested: group
                .member_groups
                .iter()
                .filter_map(|id| source.groups.iter().find(|nested| nested.id == *id))
                .collect(),
            holders,
        })
    }
}

impl SourceIndex {
    /// The account of that id; an id is an alias, and one that several claim finds none.
    fn user_of_id(&self, id: &str) -> Option<&DirectoryUser> {
        match self.user_by_alias.get(&fold(id))? {
            Claim::One(at) => self.users.get(*at).filter(|user| user.id == id),
            Claim::Several => self.users.iter().find(|user| user.id == id),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{AccountState, Directory, DirectoryGroup, DirectoryUser, SourceDirectory};

    fn group(id: &str, members: &[&str], nested: &[&str]) -> DirectoryGroup {
        DirectoryGroup {
            id: id.into(),
            name: format!("{id}-name"),
            members: members.iter().map(ToString::to_string).collect(),
            member_groups: nested.iter().map(ToString::to_string).collect(),
            product_access: false,
            administers: false,
        }
    }

    #[test]
    fn memberships_tell_direct_from_nested_and_groups_tell_who_is_around() {
        let ada = DirectoryUser {
            id: "ada".into(),
            aliases: vec![],
            display_name: "Ada".into(),
            state: AccountState::Active,
        };
        let people = SourceDirectory {
            users: vec![ada],
            groups: vec![
                group("inner", &["ada", "gone"], &[]),
                group("outer", &[], &["inner", "outer"]),
                group("other", &[], &[]),
            ],
        };
        let directory = Directory::new([("s".to_owned(), people)], &[]);
        let (user, found) = directory.memberships("s", "ada").unwrap();
        assert_eq!(user.display_name, "Ada");
        let told: Vec<_> = found.iter().map(|found| (found.group.id.as_str(), found.direct)).collect();
        assert_eq!(told, [("inner", true), ("outer", false)]);
        let inner = directory.group("s", "inner").unwrap();
        assert_eq!((inner.members.len(), inner.group.members.len()), (1, 2));
        assert_eq!(inner.holders.iter().map(|group| group.id.as_str()).collect::<Vec<_>>(), ["outer"]);
        assert_eq!(directory.group("s", "outer").unwrap().nested.len(), 2);
        assert!(directory.memberships("s", "nobody").is_none() && directory.group("t", "inner").is_none());
    }
}
