//! Groups, their members, and the groups of a person.

use serde_json::Value;

use super::{json, offset};
use crate::http::call::Call;
use crate::http::reply::{Reply, v1};
use crate::people::{Group, GroupAccess};

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    let (start, limit) = offset::window(call, offset::LIMIT_MAX)?;
    let access = match call.query.get("accessType") {
        None => None,
        Some("user") => Some(GroupAccess::User),
        Some("admin") => Some(GroupAccess::Admin),
        Some("site-admin") => Some(GroupAccess::SiteAdmin),
        Some(other) => return Err(v1::bad_request(&format!("unknown accessType : {other}"))),
    };
    // Administrators use what they administer, so their groups give plain access too.
    let gives = |group: &&Group| match access {
        None => true,
        Some(GroupAccess::User) => group.access != GroupAccess::None,
        Some(wanted) => group.access == wanted,
    };
    let groups = by_name(call, call.site.groups().filter(gives));
    Ok(offset::answer(call, &groups, start, limit.min(offset::LIMIT_MAX), false))
}

pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.query.get("id").unwrap_or_default();
    let group = call.site.groups().find(|group| group.id == id).ok_or_else(|| v1::not_found(id))?;
    Ok(Reply::ok(&json::group(call, group)))
}

/// An unknown group has no members: 200 and an empty list, like a group that is empty.
pub(crate) fn members(call: &Call<'_>) -> Result<Reply, Reply> {
    let (start, limit) = offset::window(call, offset::LIMIT_MAX)?;
    if limit > offset::LIMIT_MAX {
        return Err(v1::bad_request("limit must not be over 200"));
    }
    let group = call.site.groups().find(|group| group.id == call.param("id"));
    let members: Vec<Value> = group
        .iter()
        .flat_map(|group| &group.members)
        .filter_map(|id| call.site.users.get(id))
        .map(|user| json::user(call, user))
        .collect();
    Ok(offset::answer(call, &members, start, limit, call.query.flag("shouldReturnTotalSize")))
}

pub(crate) fn of_user(call: &Call<'_>) -> Result<Reply, Reply> {
    let (start, limit) = offset::window(call, offset::LIMIT_MAX)?;
    let id = call.query.get("accountId").unwrap_or_default();
    if !call.site.users.contains_key(id) {
        return Err(v1::not_found(id));
    }
    let groups = by_name(call, call.site.groups_of(id));
    Ok(offset::answer(call, &groups, start, limit.min(offset::LIMIT_MAX), false))
}

fn by_name<'g>(call: &Call<'_>, groups: impl Iterator<Item = &'g Group>) -> Vec<Value> {
    let mut groups: Vec<&Group> = groups.collect();
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    groups.into_iter().map(|group| json::group(call, group)).collect()
}
