//! The rule once more, written from its description and without any index, cache or set of principals.

use sangam_access::{AccessClass, AccountState, Allow, DirectoryGroup, DirectoryUser, Principal, ReaderRequest};

use crate::worlds::{DATA_SOURCE, World};

/// True if whoever `request` names passes each of `layers`.
pub(crate) fn can_read(world: &World, request: &ReaderRequest, layers: &[usize]) -> bool {
    let nobody = request.user.is_none() && request.groups.is_empty();
    layers.iter().all(|layer| {
        let layer = &world.layers[*layer];
        if nobody {
            return layer.allow == Allow::Everyone && layer.deny.is_empty();
        }
        let is = |principal: &Principal| is(world, request, principal);
        let allowed = match &layer.allow {
            Allow::Everyone => true,
            Allow::Only(allowed) => allowed.iter().any(is),
        };
        allowed && !layer.deny.iter().any(is)
    })
}

fn is(world: &World, request: &ReaderRequest, principal: &Principal) -> bool {
    let user = account(world, request);
    let refused = user.is_some_and(|user| matches!(user.state, AccountState::Inactive | AccountState::App));
    match principal {
        Principal::User { name } => request.user.as_ref() == Some(name),
        Principal::Group { name, data_source } => data_source.is_none() && request.groups.contains(name),
        _ if refused => false,
        Principal::SourceUser { data_source, id } => {
            data_source == DATA_SOURCE && user.is_some_and(|user| user.id == *id)
        }
        Principal::SourceGroup { data_source, id } => {
            data_source == DATA_SOURCE
                && world.people.groups.iter().filter(|group| group.id == *id).any(|group| {
                    user.is_some_and(|user| holds_user(world, group, &user.id, 0))
                        || named(world, request).iter().any(|inner| holds_group(world, group, &inner.id, 0))
                })
        }
        Principal::Class { class, .. } => in_class(world, request, user, *class),
    }
}

fn in_class(world: &World, request: &ReaderRequest, user: Option<&DirectoryUser>, class: AccessClass) -> bool {
    let licensed = |user: &DirectoryUser| {
        user.state == AccountState::Active
            && world.people.groups.iter().any(|group| group.product_access && holds_user(world, group, &user.id, 0))
    };
    let by_user = user.is_some_and(|user| match class {
        AccessClass::LoggedIn => true,
        AccessClass::SiteUser => licensed(user) || user.state == AccountState::Guest,
        AccessClass::Licensed => licensed(user),
        AccessClass::ProductAdmin => {
            licensed(user)
                && world.people.groups.iter().any(|group| group.administers && holds_user(world, group, &user.id, 0))
        }
    });
    let around_named = |wanted: &dyn Fn(&DirectoryGroup) -> bool| {
        named(world, request).iter().any(|inner| {
            world.people.groups.iter().any(|group| holds_group(world, group, &inner.id, 0) && wanted(group))
        })
    };
    by_user
        || match class {
            AccessClass::Licensed => around_named(&|group| group.product_access),
            AccessClass::SiteUser => around_named(&|group| {
                world.people.users.iter().any(|user| licensed(user) && holds_user(world, group, &user.id, 0))
            }),
            AccessClass::LoggedIn | AccessClass::ProductAdmin => false,
        }
}

/// The one account that goes by the request's user name, whatever its case.
fn account<'a>(world: &'a World, request: &ReaderRequest) -> Option<&'a DirectoryUser> {
    let wanted = request.user.as_ref()?.to_lowercase();
    let goes_by = |user: &&DirectoryUser| {
        user.id.to_lowercase() == wanted || user.aliases.iter().any(|alias| alias.to_lowercase() == wanted)
    };
    let mut claimants = world.people.users.iter().filter(goes_by);
    let first = claimants.next()?;
    claimants.next().is_none().then_some(first)
}

fn named<'a>(world: &'a World, request: &ReaderRequest) -> Vec<&'a DirectoryGroup> {
    let named = |group: &&DirectoryGroup| {
        request.groups.iter().any(|name| {
            let name = name.to_lowercase();
            group.id.to_lowercase() == name || group.name.to_lowercase() == name
        })
    };
    world.people.groups.iter().filter(named).collect()
}

fn holds_user(world: &World, group: &DirectoryGroup, user: &str, depth: usize) -> bool {
    group.members.iter().any(|member| member == user)
        || (depth < world.people.groups.len()
            && nested(world, group).any(|inner| holds_user(world, inner, user, depth + 1)))
}

fn holds_group(world: &World, group: &DirectoryGroup, wanted: &str, depth: usize) -> bool {
    group.id == wanted
        || (depth < world.people.groups.len()
            && nested(world, group).any(|inner| holds_group(world, inner, wanted, depth + 1)))
}

fn nested<'a>(world: &'a World, group: &'a DirectoryGroup) -> impl Iterator<Item = &'a DirectoryGroup> {
    world.people.groups.iter().filter(|inner| group.member_groups.contains(&inner.id))
}
