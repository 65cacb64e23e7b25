//! Spaces and their permission rows.

use serde_json::{Value, json};

use super::{json, roles};
use crate::http::call::Call;
use crate::http::paging::{self, Key, LIMIT_DEFAULT, Row, Sort};
use crate::http::reply::{Reply, v2};
use crate::space::{Permission, Space, SpaceStatus, Subject};

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    let sort = paging::sort(call, &["id", "key", "name"])?;
    let (ids, keys) = (call.query.all("ids"), call.query.all("keys"));
    let status = call.query.get("status");
    if status.is_some_and(|status| !["current", "archived", "trashed"].contains(&status)) {
        return Err(v2::bad_parameter("status", "SpaceStatus"));
    }
    let asked = |space: &&Space| {
        (ids.is_empty() || ids.contains(&space.id.to_string().as_str()))
            && (keys.is_empty() || keys.contains(&space.key.as_str()))
            && call.query.get("type").is_none_or(|kind| kind == space.kind)
            // Without a status, trashed ones are left out and archived ones are not.
            && status.map_or(space.status != SpaceStatus::Trashed, |status| status == space.status.as_str())
    };
    let rows = call.site.spaces().filter(asked).map(|space| {
        let key = match sort.field {
            "key" => Key::Text(space.key.clone()),
            "name" => Key::Text(space.name.to_lowercase()),
            _ => Key::Id,
        };
        Row { key, id: space.id.0, item: space }
    });
    paging::answer(
        call,
        sort,
        LIMIT_DEFAULT,
        rows.collect(),
        |space| call.views_space(space),
        |space| json::space(call, space),
    )
}

pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?;
    let mut object = json::space(call, space);
    if call.query.flag("include-permissions") {
        let all: Vec<Value> = space.permissions.iter().map(permission).collect();
        object["permissions"] = roles::included(&all);
    }
    if call.query.flag("include-role-assignments") && call.site.settings.role_mode != "PRE_ROLES" {
        let all: Vec<Value> = space.role_assignments.iter().map(roles::assignment).collect();
        object["roleAssignments"] = roles::included(&all);
    }
    object["_links"]["base"] = json!(call.base());
    Ok(Reply::ok(&object))
}

pub(crate) fn permissions(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?;
    let rows = space.permissions.iter().map(|row| Row { key: Key::Id, id: row.id, item: row });
    let sort = Sort { field: "id", descending: false };
    paging::answer(call, sort, LIMIT_DEFAULT, rows.collect(), |_| true, |row| permission(row))
}

fn permission(row: &Permission) -> Value {
    let (kind, id) = match &row.subject {
        Subject::User(id) => ("user", id.as_str()),
        Subject::Group(id) => ("group", id.as_str()),
        Subject::Class(class) => ("access-class", class.as_str()),
    };
    json!({
        "id": row.id.to_string(),
        "principal": {"type": kind, "id": id},
        "operation": {"key": row.operation, "targetType": row.target},
    })
}
