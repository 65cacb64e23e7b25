//! `GET /wiki/rest/api/audit`: for administrators of sites with a paid plan.

use serde_json::{Value, json};

use super::offset;
use crate::audit::AuditRecord;
use crate::http::auth::Caller;
use crate::http::call::Call;
use crate::http::reply::{Reply, v1};

/// The largest page, and the one that is given when none is asked for.
const LIMIT_MAX: usize = 1_000;

/// The newest first, between two points in time in milliseconds.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    let admin = matches!(&call.caller, Caller::Account { id, .. } if call.site.is_admin(id));
    if !admin || !call.site.settings.paid_plan {
        return Err(v1::forbidden());
    }
    let (start, limit) = offset::window(call, LIMIT_MAX)?;
    let time = |name: &str| match call.query.get(name) {
        None => Ok(None),
        Some(text) => text.parse::<i64>().map(Some).map_err(|_| v1::bad_request(&format!("{name} : {text}"))),
    };
    let (from, to) = (time("startDate")?, time("endDate")?);
    let wanted = |record: &&AuditRecord| {
        let at = record.at.as_millisecond();
        from.is_none_or(|from| at >= from) && to.is_none_or(|to| at <= to)
    };
    let records: Vec<Value> = call.site.audit().iter().rev().filter(wanted).map(|it| record(call, it)).collect();
    Ok(offset::answer(call, &records, start, limit.min(LIMIT_MAX), false))
}

fn record(call: &Call<'_>, record: &AuditRecord) -> Value {
    let object = |(name, kind): &(String, &'static str)| json!({"name": name, "objectType": kind});
    let name = call.site.users.get(&record.author).map(crate::people::User::shown_name).unwrap_or_default();
    json!({
        "author": {
            "type": "user",
            "displayName": name,
            "operations": null,
            "username": null,
            "userKey": null,
            "accountId": record.author,
            "accountType": "",
            "externalCollaborator": false,
            "isExternalCollaborator": false,
            "isGuest": false,
            "publicName": "Unknown user",
        },
        "remoteAddress": "203.0.113.9",
        "creationDate": record.at.as_millisecond(),
        "summary": record.summary,
        "description": "",
        "category": record.category,
        "sysAdmin": false,
        "superAdmin": false,
        "affectedObject": object(&record.affected),
        "changedValues": [],
        "associatedObjects": record.associated.iter().map(object).collect::<Vec<_>>(),
    })
}
