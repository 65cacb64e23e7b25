//! Paging by `start` and `limit`.

use serde_json::{Value, json};

use crate::http::call::Call;
use crate::http::reply::{Reply, v1};

/// The largest page; members beyond it are refused, groups are cut to it.
pub(crate) const LIMIT_MAX: usize = 200;

/// `start` and `limit` of a call.
///
/// # Errors
/// 400 for what is not a number.
pub(crate) fn window(call: &Call<'_>, default: usize) -> Result<(usize, usize), Reply> {
    let number = |name: &str, default: usize| match call.query.get(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| v1::bad_request(&format!("{name} must be a number : {text}"))),
    };
    Ok((number("start", 0)?, number("limit", default)?))
}

/// One page of `all`. The `next` link is relative to `_links.base`, so without `/wiki`.
pub(crate) fn answer(call: &Call<'_>, all: &[Value], start: usize, limit: usize, total: bool) -> Reply {
    let from = start.min(all.len());
    let results = &all[from..all.len().min(from + limit)];
    let mut links = json!({
        "base": call.base(),
        "context": "/wiki",
        "self": format!("{}{}", call.origin(), call.path),
    });
    if from + limit < all.len() {
        let rest = call.query.without(&["start", "limit"]);
        let rest = if rest.is_empty() { rest } else { format!("{rest}&") };
        let path = call.path.trim_start_matches("/wiki");
        links["next"] = json!(format!("{path}?{rest}limit={limit}&start={}", from + limit));
    }
    let mut body = json!({"results": results, "start": start, "limit": limit, "size": results.len()});
    if total {
        body["totalSize"] = json!(all.len());
    }
    body["_links"] = links;
    Reply::ok(&body)
}
