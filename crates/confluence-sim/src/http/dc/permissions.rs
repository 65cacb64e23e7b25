//! Who may do what in a space and on the site, over REST.

use serde_json::{Value, json};

use super::call::Call;
use super::door::Caller;
use super::{json as shapes, reply};
use crate::dc::user_key;
use crate::http::reply::Reply;
use crate::people::GroupAccess;
use crate::space::{Permission, Space, Subject};

fn subject(call: &Call<'_>, subject: &Subject) -> Value {
    match subject {
        Subject::User(id) => {
            let name = shapes::user_by_id(call, id)["displayName"].take();
            json!({"type": "user", "userKey": user_key(id), "displayName": name})
        }
        Subject::Group(name) => json!({"type": "group", "name": name, "displayName": name}),
        Subject::Class(_) => json!({"type": "anonymous", "displayName": "Anonymous"}),
    }
}

/// The space in the path, for those who may see its rows: not by tokens of OAuth, and everybody
/// else without the right gets an error of the server (CONFSERVER-99908).
fn space<'c>(call: &'c Call<'_>) -> Result<&'c Space, Reply> {
    if matches!(call.caller, Caller::Account { oauth: true, .. }) {
        return Err(reply::not_permitted("This resource is not available to OAuth2 tokens"));
    }
    let space = call.find_space()?;
    if call.administers_space(space) { Ok(space) } else { Err(reply::broken()) }
}

fn rows(call: &Call<'_>, wanted: impl Fn(&Permission) -> bool) -> Result<Reply, Reply> {
    let space = space(call)?;
    let rows = space.permissions.iter().filter(|row| wanted(row)).map(|row| {
        json!({
            "operation": {"targetType": row.target, "operationKey": row.operation},
            "subject": subject(call, &row.subject),
            "spaceKey": space.key,
            "spaceId": space.id.0,
        })
    });
    Ok(Reply::ok(&Value::Array(rows.collect())))
}

/// `GET /rest/api/space/{key}/permissions`: one flat list, without paging.
pub(crate) fn of_space(call: &Call<'_>) -> Result<Reply, Reply> {
    rows(call, |_| true)
}

pub(crate) fn of_space_anonymous(call: &Call<'_>) -> Result<Reply, Reply> {
    rows(call, |row| matches!(row.subject, Subject::Class(_)))
}

pub(crate) fn of_space_group(call: &Call<'_>) -> Result<Reply, Reply> {
    let name = call.param("name");
    rows(call, |row| matches!(&row.subject, Subject::Group(it) if it == name))
}

pub(crate) fn of_space_user(call: &Call<'_>) -> Result<Reply, Reply> {
    let key = call.param("user");
    rows(call, |row| matches!(&row.subject, Subject::User(id) if user_key(id) == key))
}

/// A row of the site's own permissions.
fn global(subject: &Value, operation: &str) -> Value {
    json!({"operation": {"targetType": "application", "operationKey": operation}, "subject": subject})
}

fn of_access(access: GroupAccess) -> &'static [&'static str] {
    match access {
        GroupAccess::None => &[],
        GroupAccess::User => &["use"],
        GroupAccess::Admin | GroupAccess::SiteAdmin => &["use", "administer"],
    }
}

fn group_rows(call: &Call<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Value> {
    // Rows of a group that is gone stay.
    let groups = call.site.groups.values().filter(|group| wanted(&group.name));
    let rows = groups.flat_map(|group| {
        let who = subject(call, &Subject::Group(group.name.clone()));
        of_access(group.access).iter().map(move |operation| global(&who, operation))
    });
    rows.collect()
}

fn user_rows(call: &Call<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Value> {
    let people = call.dc.can_use.iter().filter(|id| wanted(id));
    people.map(|id| global(&subject(call, &Subject::User(id.clone())), "use")).collect()
}

fn anonymous_rows(call: &Call<'_>) -> Vec<Value> {
    let everybody = json!({"type": "anonymous", "displayName": "Anonymous"});
    if call.site.settings.anonymous_access { vec![global(&everybody, "use")] } else { Vec::new() }
}

/// `GET /rest/api/permissions`, for administrators.
pub(crate) fn of_site(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    let mut rows = group_rows(call, |_| true);
    rows.extend(user_rows(call, |_| true));
    rows.extend(anonymous_rows(call));
    Ok(Reply::ok(&Value::Array(rows)))
}

pub(crate) fn of_site_anonymous(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    Ok(Reply::ok(&Value::Array(anonymous_rows(call))))
}

/// Nobody without a licence is let in here.
pub(crate) fn of_site_unlicensed(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    Ok(Reply::ok(&json!([])))
}

pub(crate) fn of_site_group(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    let name = call.param("name");
    if call.site.find_group(name).is_none() {
        return Err(reply::nothing(&format!("No group found with name: {name}")));
    }
    Ok(Reply::ok(&Value::Array(group_rows(call, |it| it == name))))
}

/// The user by key or by name.
pub(crate) fn of_site_user(call: &Call<'_>) -> Result<Reply, Reply> {
    call.admins_only()?;
    let who = call.param("user");
    let user = call.site.everyone().find(|user| user.user_key() == who || user.username() == who);
    let user = user.ok_or_else(|| reply::nothing(&format!("No user found : {who}")))?;
    Ok(Reply::ok(&Value::Array(user_rows(call, |id| id == user.account_id))))
}
