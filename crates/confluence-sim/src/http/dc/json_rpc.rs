//! The remote API of old: permissions over JSON-RPC, in both forms of calling.

use serde_json::{Value, json};

use super::call::Call;
use crate::content::{Operation, Restriction};
use crate::dc::{JsonRpc, user_key};
use crate::http::reply::Reply;
use crate::ids::ContentId;
use crate::people::User;
use crate::space::{Space, Subject};

/// What the remote API calls a right over a space; `None` for those that it does not know.
fn right(operation: &str, target: &str) -> Option<&'static str> {
    Some(match (operation, target) {
        ("read", "space") => "VIEWSPACE",
        ("administer", "space") => "SETSPACEPERMISSIONS",
        ("export", "space") => "EXPORTSPACE",
        ("create", "page") => "EDITSPACE",
        ("create", "blogpost") => "EDITBLOG",
        ("create", "comment") => "COMMENT",
        ("create", "attachment") => "CREATEATTACHMENT",
        ("delete", "page") => "REMOVEPAGE",
        ("delete", "blogpost") => "REMOVEBLOG",
        ("delete", "comment") => "REMOVECOMMENT",
        ("delete", "attachment") => "REMOVEATTACHMENT",
        _ => return None,
    })
}

/// `POST /rpc/json-rpc/confluenceservice-v2`: method and parameters in the body.
pub(crate) fn full(call: &Call<'_>) -> Result<Reply, Reply> {
    open(call)?;
    let body = call.json_body().unwrap_or_default();
    let id = body["id"].clone();
    let outcome = run(call, body["method"].as_str().unwrap_or_default(), &body["params"]);
    let object = match outcome {
        Ok(result) => json!({"jsonrpc": "2.0", "result": result, "id": id}),
        // An error, and 200 all the same.
        Err(error) => json!({"jsonrpc": "2.0", "error": error, "id": id}),
    };
    Ok(Reply::ok(&object))
}

/// `POST /rpc/json-rpc/confluenceservice-v2/{method}`: the body holds the parameters alone.
pub(crate) fn light(call: &Call<'_>) -> Result<Reply, Reply> {
    open(call)?;
    let params = call.json_body().unwrap_or_default();
    let object = match run(call, call.param("method"), &params) {
        Ok(result) => result,
        Err(error) => json!({"error": error}),
    };
    Ok(Reply::ok(&object))
}

fn open(call: &Call<'_>) -> Result<(), Reply> {
    match call.dc.json_rpc() {
        JsonRpc::On => Ok(()),
        JsonRpc::Off => Err(Reply::html(403, "<html><body>Remote API is disabled.</body></html>")),
        JsonRpc::WebSudo => {
            let page = "<!DOCTYPE html><html><head><title>Administrator Access - Confluence</title></head>\
                        <body id=\"authenticate-login\">…</body></html>";
            Err(Reply::html(200, page).with("x-atlassian-websudo", "Has-Authentication"))
        }
    }
}

fn fault(message: &str) -> Value {
    json!({"code": 500, "message": message, "data": null})
}

fn run(call: &Call<'_>, method: &str, params: &Value) -> Result<Value, Value> {
    let param = match &params[0] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match method {
        "getSpacePermissionSets" => {
            let space = call.site.find_space(&param).filter(|space| call.administers_space(space));
            space
                .map(|space| space_sets(call, space))
                .ok_or_else(|| fault("java.lang.reflect.InvocationTargetException"))
        }
        "getContentPermissionSets" => {
            let found = param.parse::<ContentId>().ok().and_then(|id| call.site.content(id));
            let content = found.filter(|content| call.reads(content));
            let content = content.ok_or_else(|| fault("java.lang.reflect.InvocationTargetException"))?;
            let sets = [(Operation::Read, "View"), (Operation::Update, "Edit")];
            let sets =
                sets.into_iter().map(|(operation, name)| content_set(call, content.restriction(operation), name));
            Ok(Value::Array(sets.flatten().collect()))
        }
        other => Err(json!({"code": -32_601, "message": format!("No such method: {other}"), "data": null})),
    }
}

fn space_sets(call: &Call<'_>, space: &Space) -> Value {
    let mut sets: Vec<(&str, Vec<Value>)> = Vec::new();
    for row in &space.permissions {
        let Some(name) = right(&row.operation, &row.target) else { continue };
        let (user, group) = match &row.subject {
            // Somebody who is gone has a name all the same: a row without one would be everybody's.
            Subject::User(id) => {
                let found = call.site.users.get(id);
                (Some(found.map_or_else(|| user_key(id), |user| user.username().to_owned())), None)
            }
            Subject::Group(group) => (None, Some(group.as_str())),
            // Neither: everybody, logged in or not.
            Subject::Class(_) => (None, None),
        };
        let row = json!({"type": name, "userName": user, "groupName": group});
        match sets.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row),
            None => sets.push((name, vec![row])),
        }
    }
    sets.into_iter().map(|(name, rows)| json!({"type": name, "spacePermissions": rows})).collect()
}

fn content_set(call: &Call<'_>, list: &Restriction, name: &str) -> Option<Value> {
    let users = list.users.iter().map(|id| {
        let username = call.site.users.get(id).map(User::username);
        json!({"type": name, "userName": username, "groupName": null})
    });
    let groups = list.groups.iter().map(|group| json!({"type": name, "userName": null, "groupName": group}));
    let rows: Vec<Value> = users.chain(groups).collect();
    (!rows.is_empty()).then(|| json!({"type": name, "contentPermissions": rows}))
}
