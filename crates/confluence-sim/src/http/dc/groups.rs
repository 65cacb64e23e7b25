//! Groups: known by name, and in one another.

use serde_json::Value;

use super::call::{Call, Expand};
use super::page::{self, PEOPLE_MAX, Window};
use super::{json as shapes, reply};
use crate::http::reply::Reply;
use crate::people::{Group, User};

fn find<'c>(call: &'c Call<'_>) -> Result<&'c Group, Reply> {
    let name = call.param("name");
    let found = call.site.groups().find(|group| group.name == name);
    found.ok_or_else(|| reply::nothing(&format!("No group found with name: {name}")))
}

fn list_of(call: &Call<'_>, all: &[Value]) -> Result<Reply, Reply> {
    let window = Window::of(call, PEOPLE_MAX, PEOPLE_MAX)?;
    Ok(page::answer(call, all, window, |row| Some(row.clone())))
}

/// `GET /rest/api/group`.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    logged_in(call)?;
    list_of(call, &shapes::groups(call, call.site.groups()))
}

/// `GET /rest/api/group/{name}`.
pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    logged_in(call)?;
    Ok(Reply::ok(&shapes::group(call, &find(call)?.name)))
}

/// `GET /rest/api/group/{name}/member`, for administrators; disabled people too. Members of groups
/// in the group are among them where the directory is so set up.
pub(crate) fn members(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    let group = find(call)?;
    let flat = call.dc.options.members_flattened;
    let is_member = |user: &&User| {
        group.members.contains(&user.account_id)
            || (flat && call.site.effective_groups(&user.account_id).contains(group.id.as_str()))
    };
    let mut users: Vec<&User> = call.site.everyone().filter(is_member).collect();
    users.sort_by_key(|user| user.username());
    let expand = call.expand("");
    let rows: Vec<Value> = users.into_iter().map(|user| shapes::user(call, user, &expand)).collect();
    list_of(call, &rows)
}

/// `GET /rest/api/group/{name}/groupmember`: the groups directly in it.
pub(crate) fn children(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    let group = find(call)?;
    list_of(call, &shapes::groups(call, call.site.groups_in(&group.id)))
}

/// `GET /rest/api/group/{name}/groupparent`: the groups that it is directly in.
pub(crate) fn parents(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    let group = find(call)?;
    list_of(call, &shapes::groups(call, call.site.groups_around(&group.id)))
}

/// `GET /rest/api/group/{name}/groupancestor`: the groups around it, at any distance.
pub(crate) fn ancestors(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    let group = find(call)?;
    let mut found: Vec<&Group> = Vec::new();
    let mut open = vec![group];
    while let Some(at) = open.pop() {
        for parent in call.site.groups_around(&at.id) {
            if parent.id != group.id && found.iter().all(|known| known.id != parent.id) {
                found.push(parent);
                open.push(parent);
            }
        }
    }
    list_of(call, &shapes::groups(call, found.into_iter()))
}

/// `GET /rest/api/user/memberof`: every group that counts for somebody.
pub(crate) fn of_user(call: &Call<'_>) -> Result<Reply, Reply> {
    logged_in(call)?;
    let user = super::users::asked_for(call)?;
    let groups = call.site.effective_groups(&user.account_id);
    let groups = groups.into_iter().filter_map(|id| call.site.groups.get(id));
    list_of(call, &shapes::groups(call, groups))
}

/// People and groups are shown to whoever is logged in.
pub(crate) fn logged_in(call: &Call<'_>) -> Result<(), Reply> {
    if call.viewer.can_use() {
        return Ok(());
    }
    Err(reply::not_permitted("Not permitted to view users and groups"))
}

/// All rows of people, with what the call expands.
pub(crate) fn people(call: &Call<'_>, users: &[&User], expand: &Expand<'_>) -> Result<Reply, Reply> {
    let rows: Vec<Value> = users.iter().map(|user| shapes::user(call, user, expand)).collect();
    list_of(call, &rows)
}
