//! How a reader comes to be in a group: from one group to the next that holds it.

use std::collections::{HashSet, VecDeque};

use super::{AccountState, Claim, Directory, ReaderRequest, ScopedGroup, fold};
use crate::Principal;

/// A group on the way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Step<'d> {
    /// As a request or a caller's mapping names it.
    Named(ScopedGroup),
    /// A group of a data source, by its place there.
    Source(&'d str, usize),
}

/// A group with the way to it.
type Way<'d> = (Step<'d>, Vec<String>);

impl Directory {
    /// What people call the reader that `request` names and the groups through which they are in `group`, as few as can be: "Ada, team-a,
    /// staff". `None` for a principal that is no group, and where no way leads.
    pub fn chain(&self, request: &ReaderRequest, group: &Principal) -> Option<Vec<String>> {
        let mut open: VecDeque<Way<'_>> = self.beginnings(request).into();
        let mut seen = HashSet::new();
        while let Some((step, way)) = open.pop_front() {
            if self.is_at(&step, group) {
                return Some(way);
            }
            if seen.insert(step.clone()) {
                open.extend(self.next(&step, &way));
            }
        }
        None
    }

    /// The groups that the request names, and those that hold the user.
    fn beginnings(&self, request: &ReaderRequest) -> Vec<Way<'_>> {
        let mut ways = Vec::new();
        if let Some(user) = &request.user {
            for group in self.mapped_groups_of_user.get(&fold(user)).into_iter().flatten() {
                ways.push((Step::Named(group.clone()), vec![user.clone(), group.name.clone()]));
            }
            for (id, source) in &self.sources {
                let found = source.user(user).filter(|found| {
                    // Others are in their groups by name only.
                    matches!(found.state, AccountState::Active | AccountState::Guest)
                });
                let Some(found) = found else { continue };
                for at in source.groups_of_user.get(&found.id).into_iter().flatten() {
                    let way = vec![found.display_name.clone(), source.groups[*at].name.clone()];
                    ways.push((Step::Source(id, *at), way));
                }
            }
        }
        let plain = request.groups.iter().map(|name| ScopedGroup { name: name.clone(), data_source: None });
        for group in plain.chain(request.data_source_groups.iter().cloned()) {
            let way = vec![group.name.clone()];
            ways.push((Step::Named(group), way));
        }
        ways
    }

    /// The groups that hold one.
    fn next<'d>(&'d self, step: &Step<'d>, way: &[String]) -> Vec<Way<'d>> {
        let with = |name: &str| way.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
        match step {
            Step::Named(group) => {
                let holders = self.mapped_parents.get(group).into_iter().flatten();
                let mut ways: Vec<Way<'_>> =
                    holders.map(|holder| (Step::Named(holder.clone()), with(&holder.name))).collect();
                for (id, source) in &self.sources {
                    let is_asked = group.data_source.as_ref().is_none_or(|wanted| wanted == id);
                    if let Some(Claim::One(at)) = source.group_by_alias.get(&fold(&group.name)).filter(|_| is_asked) {
                        // The same group, by its own name.
                        let mut way = way.to_vec();
                        if let Some(last) = way.last_mut() {
                            last.clone_from(&source.groups[*at].name);
                        }
                        ways.push((Step::Source(id, *at), way));
                    }
                }
                ways
            }
            Step::Source(id, at) => {
                let Some(source) = self.sources.get(*id) else { return Vec::new() };
                let holders = source.parents.get(at).into_iter().flatten();
                holders.map(|holder| (Step::Source(id, *holder), with(&source.groups[*holder].name))).collect()
            }
        }
    }

    fn is_at(&self, step: &Step<'_>, group: &Principal) -> bool {
        match (step, group) {
            (Step::Named(at), Principal::Group { name, data_source }) => {
                at.name == *name && at.data_source == *data_source
            }
            (Step::Source(source, at), Principal::SourceGroup { data_source, id }) => {
                source == data_source && self.sources[*source].groups[*at].id == *id
            }
            (Step::Source(source, at), Principal::Group { name, data_source: Some(data_source) }) => {
                source == data_source && fold(&self.sources[*source].groups[*at].name) == fold(name)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::directory::tests::{directory, named};
    use crate::{Directory, GroupMapping, MappedMember, Principal, ScopedGroup};

    fn source_group(id: &str) -> Principal {
        Principal::SourceGroup { data_source: "ds".into(), id: id.into() }
    }

    #[test]
    fn the_way_goes_from_the_person_through_nested_groups() {
        let chain = |user, id| directory().chain(&named(Some(user), &[]), &source_group(id));
        assert_eq!(chain("ada@acme.example", "eng").unwrap(), ["ADA", "eng-name"]);
        assert_eq!(chain("ada", "outer").unwrap(), ["ADA", "eng-name", "outer-name"]);
        assert_eq!(chain("ben", "outer"), None);
        assert_eq!(chain("dmitri", "eng"), None, "who is not active is in no group that counts");
        assert_eq!(chain("nobody", "eng"), None);
        let user = Principal::User { name: "ada".into() };
        assert_eq!(directory().chain(&named(Some("ada"), &[]), &user), None);
    }

    #[test]
    fn the_way_goes_from_a_group_that_is_named_and_through_mappings() {
        let chain = directory().chain(&named(None, &["eng"]), &source_group("outer"));
        assert_eq!(chain.unwrap(), ["eng-name", "outer-name"]);
        let group = |name: &str| ScopedGroup { name: name.into(), data_source: None };
        let mapping = |holder: &str, member| GroupMapping { group: group(holder), members: vec![member] };
        let mapped = Directory::new(
            [],
            &[
                mapping("inner", MappedMember::User { name: "Ada".into() }),
                mapping("outer", MappedMember::Group { group: group("inner") }),
                mapping("inner", MappedMember::Group { group: group("outer") }),
            ],
        );
        let outer = Principal::Group { name: "outer".into(), data_source: None };
        assert_eq!(mapped.chain(&named(Some("ada"), &[]), &outer).unwrap(), ["ada", "inner", "outer"]);
        let other = Principal::Group { name: "other".into(), data_source: None };
        assert_eq!(mapped.chain(&named(Some("ada"), &[]), &other), None, "a cycle ends");
    }
}
