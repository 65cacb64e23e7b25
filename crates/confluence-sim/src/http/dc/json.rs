//! The shapes of people, groups and spaces.

use serde_json::{Value, json};

use super::call::{Call, Expand};
use crate::dc::user_key;
use crate::http::query::encode;
use crate::people::{AccountStatus, Group, User};
use crate::space::Space;

fn picture(call: &Call<'_>) -> Value {
    json!({
        "path": format!("{}/images/icons/profilepics/default.svg", call.context_path()),
        "width": 48,
        "height": 48,
        "isDefault": true,
    })
}

/// Somebody with an account. Nothing tells that it is deactivated but `status`, expanded.
pub(crate) fn user(call: &Call<'_>, user: &User, expand: &Expand<'_>) -> Value {
    let key = user.user_key();
    let mut object = json!({
        "type": "known",
        "username": user.username(),
        "userKey": key,
        "profilePicture": picture(call),
        "displayName": user.display_name,
        "_links": {"self": format!("{}/rest/api/user?key={key}", call.base())},
        "_expandable": {"status": ""},
    });
    if expand.has("status") {
        let active = user.status == AccountStatus::Active;
        object["status"] = json!(if active { "CURRENT" } else { "DEACTIVATED" });
        object["_expandable"] = json!({});
    }
    object
}

/// Somebody by account id; an account that is gone is a key and nothing else.
pub(crate) fn user_by_id(call: &Call<'_>, id: &str) -> Value {
    if let Some(found) = call.site.users.get(id) {
        return user(call, found, &Expand(Vec::new()));
    }
    let key = user_key(id);
    json!({
        "type": "unknown",
        "userKey": key,
        "profilePicture": picture(call),
        "displayName": format!("Unknown User ({key})"),
        "_links": {"self": format!("{}/rest/api/user?key={key}", call.base())},
        "_expandable": {"status": ""},
    })
}

pub(crate) fn anonymous(call: &Call<'_>) -> Value {
    json!({"type": "anonymous", "profilePicture": picture(call), "displayName": "Anonymous"})
}

/// A group; nothing tells whether it still exists.
pub(crate) fn group(call: &Call<'_>, name: &str) -> Value {
    // The slash stays, as real servers write it; such a link leads nowhere.
    let path = encode(name).replace("%2F", "/");
    json!({"type": "group", "name": name, "_links": {"self": format!("{}/rest/api/group/{path}", call.base())}})
}

pub(crate) fn groups<'g>(call: &Call<'_>, groups: impl Iterator<Item = &'g Group>) -> Vec<Value> {
    let mut names: Vec<&str> = groups.map(|group| group.name.as_str()).collect();
    names.sort_unstable();
    names.into_iter().map(|name| group(call, name)).collect()
}

pub(crate) fn space(call: &Call<'_>, space: &Space, expand: &Expand<'_>) -> Value {
    let key = &space.key;
    let homepage = space.homepage.map(|id| format!("/rest/api/content/{id}")).unwrap_or_default();
    let mut object = json!({
        // A number, where content has strings.
        "id": space.id.0,
        "key": key,
        "name": space.name,
        "status": space.status.as_str(),
        "type": space.kind,
        "_links": {
            "webui": format!("/display/{key}"),
            "self": format!("{}/rest/api/space/{key}", call.base()),
        },
    });
    let mut closed =
        json!({"metadata": "", "icon": "", "description": "", "retentionPolicy": "", "homepage": homepage});
    let mut open = |name: &str, value: Value| {
        object[name] = value;
        if let Some(closed) = closed.as_object_mut() {
            closed.remove(name);
        }
    };
    if expand.has("description") {
        let text = space.description.clone().unwrap_or_default();
        let plain = json!({"value": text, "representation": "plain", "embeddedContent": []});
        open("description", if expand.has("description.plain") { json!({"plain": plain}) } else { json!({}) });
    }
    if expand.has("homepage")
        && let Some(home) = space.homepage.and_then(|id| call.site.content(id)).filter(|home| call.reads(home))
    {
        open("homepage", super::content_json::brief(call, home));
    }
    object["_expandable"] = closed;
    object
}
