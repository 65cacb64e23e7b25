//! The key that lets an administrator see everything for a while.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use crate::http::auth::Caller;
use crate::http::call::{Call, wire_time};
use crate::http::reply::{Reply, v2};

/// How long a key works when nobody says.
const MINUTES_DEFAULT: u64 = 10;

/// How long it can work at most.
const MINUTES_MAX: u64 = 60;

fn administrator<'c>(call: &'c Call<'_>) -> Result<&'c str, Reply> {
    match &call.caller {
        Caller::Account { id, .. } if call.site.is_admin(id) && call.site.settings.has_admin_keys => Ok(id),
        _ => Err(v2::not_found()),
    }
}

fn answer(call: &Call<'_>, account: &str) -> Result<Reply, Reply> {
    let left = call.conduct.admin_key(account).ok_or_else(v2::not_found)?;
    let left = SignedDuration::try_from(left).unwrap_or(SignedDuration::ZERO);
    let until = call.site.now().checked_add(left).unwrap_or_else(|_| call.site.now());
    Ok(Reply::ok(&json!({"accountId": account, "expirationTime": wire_time(until)})))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Reply> {
    answer(call, administrator(call)?)
}

pub(crate) fn give(call: &Call<'_>) -> Result<Reply, Reply> {
    let account = administrator(call)?;
    let minutes = match call.json_body().unwrap_or_default().get("durationInMinutes") {
        None => MINUTES_DEFAULT,
        Some(value) => value
            .as_u64()
            .filter(|minutes| (1..=MINUTES_MAX).contains(minutes))
            .ok_or_else(|| v2::bad_parameter("durationInMinutes", "Integer"))?,
    };
    call.conduct.give_admin_key(account, Duration::from_mins(minutes));
    answer(call, account)
}

/// 204, whether there was a key or not.
pub(crate) fn take_back(call: &Call<'_>) -> Result<Reply, Reply> {
    call.conduct.take_admin_key(administrator(call)?);
    Ok(Reply::new(204, "application/json", ""))
}
