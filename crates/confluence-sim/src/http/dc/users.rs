//! People: by name or key, all of them, and the one who is calling.

use serde_json::json;

use super::call::Call;
use super::door::Caller;
use super::groups::{logged_in, people};
use super::{json as shapes, reply};
use crate::dc::{DcViewer, EmailVisibility};
use crate::http::reply::Reply;
use crate::people::{AccountStatus, User};
use crate::visibility::Reader;

fn by_name<'c>(call: &'c Call<'_>, name: &str) -> Option<&'c User> {
    call.site.everyone().find(|user| user.username().eq_ignore_ascii_case(name))
}

/// The person that `username` or `key` names.
///
/// # Errors
/// 400 for neither, 404 for nobody.
pub(crate) fn asked_for<'c>(call: &'c Call<'_>) -> Result<&'c User, Reply> {
    match (call.query.get("username"), call.query.get("key")) {
        (Some(name), _) => {
            by_name(call, name).ok_or_else(|| reply::nothing(&format!("No user found with username : {name}")))
        }
        (None, Some(key)) => {
            let found = call.site.everyone().find(|user| user.user_key() == key);
            found.ok_or_else(|| reply::nothing(&format!("No user found with key : {key}")))
        }
        (None, None) => Err(reply::bad_request("Either username or key is required")),
    }
}

/// `GET /rest/api/user`.
pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    logged_in(call)?;
    Ok(Reply::ok(&shapes::user(call, asked_for(call)?, &call.expand(""))))
}

/// `GET /rest/api/user/list`: everyone registered, the disabled too.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    logged_in(call)?;
    let mut users: Vec<&User> = call.site.everyone().collect();
    users.sort_by_key(|user| user.username());
    people(call, &users, &call.expand(""))
}

/// `GET /rest/api/admin/users/list/active`: whoever counts for the licence.
pub(crate) fn active(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    let counts = |user: &&User| {
        user.status == AccountStatus::Active && DcViewer::new(call.site, Reader::User(&user.account_id)).can_use()
    };
    let mut users: Vec<&User> = call.site.everyone().filter(counts).collect();
    users.sort_by_key(|user| user.username());
    people(call, &users, &call.expand(""))
}

/// `GET /rest/pat/latest/tokens`: the caller's own tokens, without what they are.
pub(crate) fn own_tokens(call: &Call<'_>) -> Result<Reply, Reply> {
    logged_in(call)?;
    let Caller::Account { id, .. } = &call.caller else { return Ok(Reply::ok(&json!([]))) };
    let own = call.site.credentials().iter().filter(|credential| credential.account_id == *id);
    let tokens: Vec<_> = own
        .enumerate()
        .map(|(nth, credential)| {
            let mut token = json!({ "id": nth + 1, "name": format!("token {}", nth + 1) });
            if let Some(end) = call.dc.token_ends.get(&credential.token) {
                token["expiringAt"] = json!(end.to_string());
            }
            token
        })
        .collect();
    Ok(Reply::ok(&json!(tokens)))
}

/// `GET /rest/api/user/current`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn current(call: &Call<'_>) -> Result<Reply, Reply> {
    let user = match &call.caller {
        Caller::Account { id, .. } => call.site.users.get(id),
        Caller::Anonymous => None,
    };
    let object = match user {
        Some(user) => shapes::user(call, user, &call.expand("")),
        None => shapes::anonymous(call),
    };
    Ok(Reply::ok(&object))
}

/// `GET /rest/api/user/anonymous`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn anonymous(call: &Call<'_>) -> Result<Reply, Reply> {
    Ok(Reply::ok(&shapes::anonymous(call)))
}

/// `GET /rest/mobile/1.0/profile/{username}`: the one place with an e-mail address.
pub(crate) fn mobile_profile(call: &Call<'_>) -> Result<Reply, Reply> {
    logged_in(call)?;
    let name = call.param("name");
    let user = by_name(call, name).ok_or_else(|| reply::nothing(&format!("No user found : {name}")))?;
    let email = match call.dc.options.emails {
        EmailVisibility::Public => user.email.clone(),
        EmailVisibility::Masked => masked(&user.email),
        EmailVisibility::AdminsOnly if call.viewer.is_admin() => user.email.clone(),
        EmailVisibility::AdminsOnly | EmailVisibility::Hidden => String::new(),
    };
    Ok(Reply::ok(&json!({
        "userName": user.username(),
        "fullName": user.display_name,
        "email": email,
        "about": "",
        "avatarUrl": format!("{}/images/icons/profilepics/default.svg", call.context_path()),
    })))
}

fn masked(email: &str) -> String {
    email.replace('@', " at ").replace('.', " dot ")
}
