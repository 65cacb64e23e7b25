//! People by their account ids.

use serde_json::{Value, json};

use super::json;
use crate::http::call::Call;
use crate::http::reply::{Reply, v2};

/// The most ids in one call.
const IDS_MAX: usize = 250;

/// Known people in the order asked for; unknown ids are left out without a word.
pub(crate) fn bulk(call: &Call<'_>) -> Result<Reply, Reply> {
    let body = call.json_body().unwrap_or_default();
    let ids = body["accountIds"].as_array().filter(|ids| !ids.is_empty() && ids.len() <= IDS_MAX);
    let ids = ids.ok_or_else(|| v2::bad_parameter("accountIds", "List"))?;
    let users = ids.iter().filter_map(Value::as_str).filter_map(|id| call.site.users.get(id));
    let results: Vec<Value> = users.map(json::user).collect();
    Ok(Reply::ok(&json!({"results": results, "_links": {"base": call.base()}})))
}
