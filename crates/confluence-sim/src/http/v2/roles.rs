//! Roles of the site, and who has which in a space.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::http::call::Call;
use crate::http::paging::{self, Key, LIMIT_DEFAULT, Row, Sort};
use crate::http::reply::{Reply, v2};
use crate::ids::SpaceId;
use crate::roles::{Role, RoleAssignment};
use crate::space::Subject;

/// Rows stay in the order in which they were made.
const AS_MADE: Sort<'_> = Sort { field: "id", descending: false };

/// What `include-…` shows of a list inside another object.
pub(crate) const INCLUDED_MAX: usize = 50;

#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn mode(call: &Call<'_>) -> Result<Reply, Reply> {
    Ok(Reply::ok(&json!({"mode": call.site.settings.role_mode})))
}

/// A site may say that it has roles and not have this listing.
fn available(call: &Call<'_>) -> Result<(), Reply> {
    if call.site.settings.role_list_missing { Err(v2::not_found()) } else { Ok(()) }
}

fn kind(role: &Role) -> &'static str {
    if role.system { "SYSTEM" } else { "CUSTOM" }
}

fn role(role: &Role) -> Value {
    json!({
        "id": role.id,
        "type": kind(role),
        "name": role.name,
        "description": role.description,
        "spacePermissions": role.permissions,
    })
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    available(call)?;
    let space = match call.query.get("space-id") {
        None => None,
        Some(text) => {
            let id = text.parse().map(SpaceId).map_err(|_| v2::bad_parameter("space-id", "Long"))?;
            Some(call.site.space(id).filter(|space| call.views_space(space)).ok_or_else(v2::not_found)?)
        }
    };
    let by_principal = call.query.get("principal-id").is_some() || call.query.get("principal-type").is_some();
    let asked = |known: &&Role| {
        call.query.get("role-type").is_none_or(|asked| asked == kind(known))
            && (!by_principal
                || space.is_some_and(|space| {
                    space.role_assignments.iter().any(|row| row.role == known.id && names(call, row))
                }))
    };
    let rows = call.site.roles().iter().filter(asked).enumerate();
    let rows = rows.map(|(nth, it)| Row { key: Key::Id, id: nth as u64, item: it });
    paging::answer(call, AS_MADE, LIMIT_DEFAULT, rows.collect(), |_| true, |it| role(it))
}

pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    available(call)?;
    let found = call.site.roles().iter().find(|role| role.id == call.param("id")).ok_or_else(v2::not_found)?;
    Ok(Reply::ok(&role(found)))
}

/// Every permission that a role may hold.
pub(crate) fn permissions(call: &Call<'_>) -> Result<Reply, Reply> {
    available(call)?;
    let all: BTreeSet<&str> = call.site.roles().iter().flat_map(|role| &role.permissions).map(String::as_str).collect();
    let rows = all.into_iter().enumerate().map(|(nth, id)| Row { key: Key::Id, id: nth as u64, item: id });
    paging::answer(
        call,
        AS_MADE,
        LIMIT_DEFAULT,
        rows.collect(),
        |_| true,
        |id| {
            let (operation, target) = id.split_once('/').unwrap_or((id, "space"));
            json!({
                "id": id,
                "displayName": format!("{operation} {target}"),
                "description": format!("Lets people {operation} a {target}"),
                "requiredPermissionIds": if *id == "read/space" { json!([]) } else { json!(["read/space"]) },
            })
        },
    )
}

fn principal(row: &RoleAssignment) -> (&'static str, &str) {
    match &row.subject {
        Subject::User(id) => ("USER", id),
        Subject::Group(id) => ("GROUP", id),
        Subject::Class(class) => ("ACCESS_CLASS", class.role_principal()),
    }
}

/// Whether an assignment is for the principal asked for.
fn names(call: &Call<'_>, row: &RoleAssignment) -> bool {
    let (kind, id) = principal(row);
    call.query.get("principal-type").is_none_or(|asked| asked == kind)
        && call.query.get("principal-id").is_none_or(|asked| asked == id)
}

pub(crate) fn assignment(row: &RoleAssignment) -> Value {
    let (kind, id) = principal(row);
    json!({"principal": {"principalType": kind, "principalId": id}, "roleId": row.role})
}

/// Nobody has a role while the site still works with permissions alone.
pub(crate) fn assignments(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?;
    let roles = call.site.settings.role_mode != "PRE_ROLES";
    let asked = |row: &&RoleAssignment| {
        let role = call.site.find_role(&row.role);
        roles
            && names(call, row)
            && call.query.get("role-id").is_none_or(|asked| asked == row.role)
            && call.query.get("role-type").is_none_or(|asked| role.is_some_and(|role| asked == kind(role)))
    };
    let rows = space.role_assignments.iter().filter(asked).enumerate();
    let rows = rows.map(|(nth, row)| Row { key: Key::Id, id: nth as u64, item: row });
    paging::answer(call, AS_MADE, LIMIT_DEFAULT, rows.collect(), |_| true, |row| assignment(row))
}

/// A list inside another object: cut, with a word about there being more.
pub(crate) fn included(all: &[Value]) -> Value {
    let results = &all[..all.len().min(INCLUDED_MAX)];
    json!({"results": results, "meta": {"hasMore": results.len() < all.len()}, "_links": {}})
}
