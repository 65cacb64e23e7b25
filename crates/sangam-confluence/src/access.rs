//! Permissions and restrictions to layers. Pure; what is not understood opens nothing.

use std::collections::{BTreeSet, HashMap};

use sangam_access::{AccessClass, Allow, Layer, Principal};

use crate::wire::{Group, RestrictionLists, RoleAssignment, SpacePermission, User};

/// Makes the principals of one data source.
#[derive(Debug, Clone)]
pub(crate) struct Principals {
    data_source: String,
    /// Ids of groups by their folded name, for answers that name a group without its id.
    group_ids: HashMap<String, String>,
}

/// The layer of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpaceLayer {
    /// Who may view the space by rows that name them or their class.
    pub layer: Layer,
    /// There is a row for people who are not signed in; what it means depends on the site's own switch.
    pub is_anonymous: bool,
    /// Kinds of principals that were not understood and open nothing.
    pub not_understood: BTreeSet<String>,
}

/// A page's own view list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OwnList {
    /// Read to its end, and empty: no layer here.
    Open,
    /// Read to its end: these and nobody else.
    Only(Layer),
    /// Not there, or not read to its end.
    Incomplete,
}

impl Principals {
    pub(crate) fn new(data_source: &str) -> Self {
        Self { data_source: data_source.to_owned(), group_ids: HashMap::new() }
    }

    /// Learns the names of groups.
    pub(crate) fn learn_groups<'g>(&mut self, groups: impl IntoIterator<Item = (&'g str, &'g str)>) {
        self.group_ids.extend(groups.into_iter().map(|(id, name)| (sangam_access::fold(name), id.to_owned())));
    }

    pub(crate) fn user(&self, id: &str) -> Principal {
        Principal::SourceUser { data_source: self.data_source.clone(), id: id.to_owned() }
    }

    pub(crate) fn group(&self, id: &str) -> Principal {
        Principal::SourceGroup { data_source: self.data_source.clone(), id: id.to_owned() }
    }

    pub(crate) fn class(&self, class: AccessClass) -> Principal {
        Principal::Class { data_source: self.data_source.clone(), class }
    }

    /// The layer that the rows of a space's permissions make: a union. Only viewing the space counts; administering it, or
    /// creating in it, does not let anybody read.
    pub(crate) fn space_layer(&self, rows: &[SpacePermission]) -> SpaceLayer {
        let viewing = rows.iter().filter(|row| row.operation.key == "read" && row.operation.target_type == "space");
        self.union_of(viewing.map(|row| (row.principal.kind.as_str(), row.principal.id.as_str())))
    }

    /// The layer that the roles of a space make, of which `views` tells whether they include viewing it.
    pub(crate) fn role_layer(&self, assigned: &[RoleAssignment], views: impl Fn(&str) -> bool) -> SpaceLayer {
        let viewing = assigned.iter().filter(|one| views(&one.role_id));
        self.union_of(viewing.map(|one| (one.principal.kind.as_str(), one.principal.id.as_str())))
    }

    /// Everybody of these kinds and ids. A kind that is not understood opens nothing.
    fn union_of<'s>(&self, subjects: impl Iterator<Item = (&'s str, &'s str)>) -> SpaceLayer {
        let mut allowed = BTreeSet::new();
        let mut is_anonymous = false;
        let mut not_understood = BTreeSet::new();
        for (kind, id) in subjects {
            match kind.to_ascii_lowercase().replace('_', "-").as_str() {
                "user" => drop(allowed.insert(self.user(id))),
                "group" => drop(allowed.insert(self.group(id))),
                "anonymous" => is_anonymous = true,
                "access-class" => match access_class(id) {
                    Some(Audience::Everyone) => is_anonymous = true,
                    Some(Audience::Class(class)) => drop(allowed.insert(self.class(class))),
                    None => drop(not_understood.insert(format!("access class `{id}`"))),
                },
                kind => drop(not_understood.insert(format!("principal type `{kind}`"))),
            }
        }
        SpaceLayer { layer: Layer::only(allowed), is_anonymous, not_understood }
    }

    /// What a view list of search or of `byOperation` says.
    pub(crate) fn own_list(&self, lists: Option<&RestrictionLists>) -> OwnList {
        let Some((users, groups)) = lists.and_then(|lists| Some((lists.user.as_ref()?, lists.group.as_ref()?))) else {
            return OwnList::Incomplete;
        };
        if users.is_cut() || groups.is_cut() {
            return OwnList::Incomplete;
        }
        self.whole_list(&users.results, &groups.results)
    }

    /// What a view list that was read to its end says. An account that is no longer known stays an entry: a list of
    /// such entries is not empty, and nobody passes it.
    pub(crate) fn whole_list(&self, users: &[User], groups: &[Group]) -> OwnList {
        if users.is_empty() && groups.is_empty() {
            return OwnList::Open;
        }
        let users = users.iter().filter_map(|user| Some(self.user(user.account_id.as_deref()?)));
        let groups = groups.iter().map(|group| match &group.id {
            Some(id) => self.group(id),
            None => self.group(self.group_ids.get(&sangam_access::fold(&group.name)).unwrap_or(&group.name)),
        });
        OwnList::Only(Layer::only(users.chain(groups)))
    }
}

impl SpaceLayer {
    /// Whom either lets in.
    pub(crate) fn union(mut self, other: &Self) -> Self {
        self.not_understood.extend(other.not_understood.iter().cloned());
        let layer = Layer::only(self.named().union(&other.named()).cloned());
        Self { layer, is_anonymous: self.is_anonymous || other.is_anonymous, not_understood: self.not_understood }
    }

    /// Whom both let in by the same name.
    pub(crate) fn intersection(mut self, other: &Self) -> Self {
        self.not_understood.extend(other.not_understood.iter().cloned());
        let layer = Layer::only(self.named().intersection(&other.named()).cloned());
        Self { layer, is_anonymous: self.is_anonymous && other.is_anonymous, not_understood: self.not_understood }
    }

    /// True if both let the same people in.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.layer == other.layer && self.is_anonymous == other.is_anonymous
    }

    fn named(&self) -> BTreeSet<Principal> {
        match &self.layer.allow {
            Allow::Everyone => BTreeSet::new(),
            Allow::Only(allowed) => allowed.clone(),
        }
    }
}

enum Audience {
    Everyone,
    Class(AccessClass),
}

/// The classes that rows and role assignments name, in both spellings.
fn access_class(id: &str) -> Option<Audience> {
    Some(match id.to_ascii_lowercase().replace('_', "-").as_str() {
        "anonymous-users" => Audience::Everyone,
        "all-licensed-users" => Audience::Class(AccessClass::Licensed),
        "authenticated-users" => Audience::Class(AccessClass::LoggedIn),
        "all-product-admins" => Audience::Class(AccessClass::ProductAdmin),
        _ => return None,
    })
}

/// The layer of a space with a row for people who are not signed in.
///
/// Where the site is open to the public that is everyone. Where it is not, the row counts for `guests` alone (and for people without a
/// licence, who are no users of a search): they get in even then, and others only by other rows.
pub(crate) fn with_anonymous(layer: Layer, site_is_open: bool, guests: impl IntoIterator<Item = Principal>) -> Layer {
    match layer.allow {
        _ if site_is_open => Layer::everyone(),
        Allow::Everyone => layer,
        Allow::Only(allowed) => Layer { allow: Allow::Only(allowed.into_iter().chain(guests).collect()), ..layer },
    }
}

/// The account ids that a layer names.
pub(crate) fn named_users(layer: &Layer) -> impl Iterator<Item = &str> {
    let allowed = match &layer.allow {
        Allow::Everyone => None,
        Allow::Only(allowed) => Some(allowed),
    };
    allowed.into_iter().flatten().filter_map(|principal| match principal {
        Principal::SourceUser { id, .. } => Some(id.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
