//! Accounts and groups that access lists or groups name and that no data source described: no query resolves to them, so what lets in
//! only them, nobody reads.

use std::collections::{BTreeMap, HashSet};

use super::{Directory, DirectoryGroup, ReaderRequest, ScopedGroup, fold};
use crate::{AccessTable, Allow, LayerId, Principal};

/// An account or a group of a data source of which nothing is known but its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPrincipal<'d> {
    /// A `SourceUser` or a `SourceGroup`.
    pub principal: Principal,
    /// The layers that name it.
    pub layers: Vec<LayerId>,
    /// The groups that it is said to be in.
    pub groups: Vec<&'d DirectoryGroup>,
}

impl Directory {
    /// Whom the layers of `table` and the groups name and nobody described, by data source and id. What access control lists of the API
    /// name is not among them: they are matched as given, and described nowhere.
    pub fn unknown_principals<'d>(&'d self, table: &AccessTable) -> Vec<UnknownPrincipal<'d>> {
        let known = self.known_ids();
        let mut found: BTreeMap<Principal, UnknownPrincipal<'d>> = BTreeMap::new();
        let mut note = |principal: Principal, layer: Option<LayerId>, group: Option<&'d DirectoryGroup>| {
            let unknown = found.entry(principal.clone()).or_insert(UnknownPrincipal {
                principal,
                layers: Vec::new(),
                groups: Vec::new(),
            });
            unknown.layers.extend(layer);
            unknown.groups.extend(group);
        };
        for (id, record) in table.layers() {
            let allowed = match &record.layer.allow {
                Allow::Everyone => None,
                Allow::Only(allowed) => Some(allowed),
            };
            let mentioned: HashSet<&Principal> = allowed.into_iter().flatten().chain(&record.layer.deny).collect();
            for principal in mentioned {
                let is_of_source = matches!(principal, Principal::SourceUser { .. } | Principal::SourceGroup { .. });
                if is_of_source && !known.contains(principal) {
                    note(principal.clone(), Some(id), None);
                }
            }
        }
        for (data_source, group) in self.groups() {
            let members = group.members.iter().map(|id| user(data_source, id));
            let nested = group.member_groups.iter().map(|id| source_group(data_source, id));
            for principal in members.chain(nested).filter(|principal| !known.contains(principal)) {
                note(principal, None, Some(group));
            }
        }
        found.into_values().collect()
    }

    /// Whether a data source or a mapping knows the user, or an access control list names them.
    pub fn knows_user(&self, table: &AccessTable, name: &str) -> bool {
        let principal = Principal::User { name: name.to_owned() };
        !self.accounts(name).is_empty()
            || self.mapped_groups_of_user.contains_key(&fold(name))
            || is_named(table, &principal)
    }

    /// The same of a group.
    pub fn knows_group(&self, table: &AccessTable, name: &str) -> bool {
        let group = ScopedGroup { name: name.to_owned(), data_source: None };
        let principal = Principal::Group { name: name.to_owned(), data_source: None };
        let is_of_source = self.sources.values().any(|source| source.group_by_alias.contains_key(&fold(name)));
        let mut mapped = self.mapped_groups_of_user.values().chain(self.mapped_parents.values()).flatten();
        is_of_source
            || self.mapped_parents.contains_key(&group)
            || mapped.any(|known| *known == group)
            || is_named(table, &principal)
    }

    /// Those of a request's user and groups whom nobody knows: a name that was mistyped finds what is public, like any stranger's.
    pub fn unknown_names(&self, table: &AccessTable, request: &ReaderRequest) -> Vec<String> {
        let user = request.user.iter().filter(|user| !self.knows_user(table, user));
        let groups = request.groups.iter().filter(|group| !self.knows_group(table, group));
        user.chain(groups).cloned().collect()
    }

    fn known_ids(&self) -> HashSet<Principal> {
        let users = self.users().map(|(source, found)| user(source, &found.id));
        users.chain(self.groups().map(|(source, found)| source_group(source, &found.id))).collect()
    }
}

fn is_named(table: &AccessTable, principal: &Principal) -> bool {
    table.layers().any(|(_, record)| match &record.layer.allow {
        Allow::Only(allowed) if allowed.contains(principal) => true,
        _ => record.layer.deny.contains(principal),
    })
}

fn user(data_source: &str, id: &str) -> Principal {
    Principal::SourceUser { data_source: data_source.to_owned(), id: id.to_owned() }
}

fn source_group(data_source: &str, id: &str) -> Principal {
    Principal::SourceGroup { data_source: data_source.to_owned(), id: id.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::tests::{directory, named, people};
    use crate::{Layer, LayerOrigin, LayerRecord};

    fn table(principals: &[Principal]) -> AccessTable {
        let mut table = AccessTable::default();
        let origin = LayerOrigin::AccessControlList { level: 0 };
        for id in 1..=2 {
            let mut layer = Layer::only(principals.iter().cloned());
            layer.deny = [user("ds", "denied")].into();
            table.put_layer(LayerId(id), LayerRecord::known(layer, origin.clone()));
        }
        table
    }

    #[test]
    fn whom_layers_and_groups_name_and_nobody_described_is_told_once() {
        let mut people = people();
        people.groups[1].members.push("gone".into());
        people.groups[2].member_groups.push("lost".into());
        let directory = Directory::new([("ds".to_owned(), people)], &[]);
        let table = table(&[user("ds", "ada"), user("ds", "gone"), source_group("ds", "eng"), user("other", "ada")]);
        let told: Vec<_> = directory
            .unknown_principals(&table)
            .into_iter()
            .map(|unknown| (unknown.principal, unknown.layers.len(), unknown.groups.len()))
            .collect();
        assert_eq!(
            told,
            [
                (user("ds", "denied"), 2, 0),
                (user("ds", "gone"), 2, 1),
                (user("other", "ada"), 2, 0),
                (source_group("ds", "lost"), 0, 1),
            ]
        );
    }

    #[test]
    fn a_name_is_known_by_a_source_a_mapping_or_a_list() {
        let of_list = [
            Principal::User { name: "api-user".into() },
            Principal::Group { name: "api-group".into(), data_source: None },
        ];
        let unknown = |user, groups: &[&str]| directory().unknown_names(&table(&of_list), &named(user, groups));
        assert!(unknown(Some("Ada@Acme.example "), &["eng", "ENG-name"]).is_empty());
        assert!(unknown(Some("api-user"), &["api-group"]).is_empty());
        assert_eq!(unknown(Some("ghost@x"), &["engg"]), ["ghost@x", "engg"]);
        assert_eq!(unknown(Some("shared@acme.example"), &[]), ["shared@acme.example"], "several claim it");
    }
}
