//! "May this person do that with this content?", answered by Confluence itself.

use serde_json::json;

use crate::content::{Content, Kind, Operation};
use crate::http::auth::Caller;
use crate::http::call::Call;
use crate::http::reply::{Reply, v1};
use crate::visibility::Reader;

/// Everybody may ask about themselves; about others only administrators of Confluence.
pub(crate) fn check(call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.param("id");
    let body = call.json_body().unwrap_or_default();
    let (Some(kind), Some(identifier), Some(operation)) =
        (body["subject"]["type"].as_str(), body["subject"]["identifier"].as_str(), body["operation"].as_str())
    else {
        return Err(v1::bad_request("subject and operation are required"));
    };
    let Caller::Account { id: caller, .. } = &call.caller else { return Err(v1::forbidden()) };
    if identifier != caller && !call.site.is_admin(caller) {
        return Err(v1::forbidden());
    }
    let content = id.parse().ok().and_then(|id| call.site.content(id));
    let content = content.filter(|it| call.reads(it) && known(call, it)).ok_or_else(|| v1::not_found(id))?;
    let reads = match kind {
        "user" if identifier == "anonymous" => call.site.can_read(Reader::Anonymous, content.id),
        "user" => call.site.can_read(Reader::User(identifier), content.id),
        "group" => call.site.group_can_read(identifier, content),
        other => return Err(v1::bad_request(&format!("unknown subject type : {other}"))),
    };
    let allowed = match operation {
        "read" => reads,
        "update" | "delete" => reads && edits(call, content, kind, identifier),
        other => return Err(v1::bad_request(&format!("unknown operation : {other}"))),
    };
    let errors = if allowed {
        json!([])
    } else {
        json!([{
            "translation": format!("User not permitted to view content with id: ContentId{{id={id}}}"),
            "args": [],
        }])
    };
    Ok(Reply::ok(&json!({
        "hasPermission": allowed,
        "errors": errors,
        "_links": {"base": call.base(), "context": "/wiki"},
    })))
}

fn known(call: &Call<'_>, content: &Content) -> bool {
    let plain = matches!(content.kind, Kind::Folder | Kind::Whiteboard | Kind::Database | Kind::Embed { .. });
    call.site.settings.checks_folders || !plain
}

/// Editing needs the edit list of the content itself, besides being able to read.
fn edits(call: &Call<'_>, content: &Content, kind: &str, identifier: &str) -> bool {
    let list = content.restriction(Operation::Update);
    list.is_empty()
        || (kind == "group" && list.groups.contains(identifier))
        || list.users.contains(identifier)
        || call.site.groups_of(identifier).any(|group| list.groups.contains(&group.id))
}
