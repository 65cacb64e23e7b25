//! People in v1.

use serde_json::{Value, json};

use super::{json, offset};
use crate::http::auth::Caller;
use crate::http::call::Call;
use crate::http::reply::{Reply, v1};

/// The most people in one bulk look-up.
const BULK_MAX: usize = 100;

/// Whoever the credentials turned out to be: the check that a token works and is whose one thinks.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn current(call: &Call<'_>) -> Result<Reply, Reply> {
    let Caller::Account { id, .. } = &call.caller else {
        return Ok(Reply::ok(&json!({
            "type": "anonymous",
            "profilePicture": {"path": "/wiki/aa-avatar/anonymous", "width": 48, "height": 48, "isDefault": true},
            "displayName": "Anonymous",
            "isExternalCollaborator": false,
            "isGuest": false,
            "_expandable": {"operations": "", "personalSpace": ""},
            "_links": {"base": call.base(), "context": "/wiki"},
        })));
    };
    let mut user = json::user_by_id(call, id);
    user["timeZone"] = json!(call.site.settings.time_zone);
    Ok(Reply::ok(&user))
}

pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.query.get("accountId").ok_or_else(|| v1::bad_request("accountId is required"))?;
    let user = call.site.users.get(id).ok_or_else(|| v1::not_found(id))?;
    Ok(Reply::ok(&json::user(call, user)))
}

pub(crate) fn bulk(call: &Call<'_>) -> Result<Reply, Reply> {
    let ids = call.query.all("accountId");
    if ids.is_empty() || ids.len() > BULK_MAX {
        return Err(v1::bad_request("between 1 and 100 accountIds are accepted"));
    }
    let users: Vec<Value> =
        ids.iter().filter_map(|id| call.site.users.get(*id)).map(|user| json::user(call, user)).collect();
    Ok(offset::answer(call, &users, 0, BULK_MAX, false))
}

/// For apps that Atlassian approved, of which there are none here.
pub(crate) fn email(_: &Call<'_>) -> Result<Reply, Reply> {
    Err(Reply::json(
        403,
        &json!({
            "statusCode": 403,
            "data": {"authorized": false, "valid": true, "errors": [], "successful": false},
            "message": "com.atlassian.confluence.api.service.exceptions.PermissionException: \
                        App is not allowed to access user email",
        }),
    ))
}
