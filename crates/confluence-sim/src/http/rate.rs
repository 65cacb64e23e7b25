//! What answers tell of the caller's budget, and the answer when it is used up.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::reply::Reply;
use super::routes::Route;
use crate::conduct::Balance;
use crate::site::Site;

/// The name of the budget in the structured headers.
const POLICY: &str = "\"global-app-quota\"";

/// The 429 of the gateway itself, which says nothing of when to come back.
pub(crate) fn gateway_limited() -> Reply {
    Reply::new(429, "text/plain", "")
        .with("x-failure-category", "FAILURE CLIENT RATE LIMITED")
        .with("x-ratelimit-limit", "360000")
}

/// The 429 of too many calls at once.
pub(crate) fn limited(retry_after: Option<Duration>) -> Reply {
    let reply = Reply::json(429, &json!({"code": 429, "message": "Rate limit exceeded"}))
        .with("ratelimit-reason", "burst")
        .with("x-ratelimit-remaining", "0");
    match retry_after {
        Some(wait) => reply.with("retry-after", wait.as_secs().to_string()),
        None => reply,
    }
}

/// The 429 of a budget that is used up.
pub(crate) fn exhausted(balance: &Balance, site: &Site) -> Reply {
    if balance.bare {
        return gateway_limited();
    }
    let reply = Reply::json(429, &json!({"code": 429, "message": "Rate limit exceeded"}))
        .with("retry-after", seconds(balance.reset_in).to_string())
        .with("ratelimit-reason", "confluence-quota-global-based");
    headers(reply, balance, site)
}

/// What a call costs whose answer this is.
pub(crate) fn cost(route: &Route, reply: &Reply) -> u64 {
    let people = ["/user", "/group", "/users-bulk"].iter().any(|part| route.pattern.contains(part));
    1 + reply.n_objects * if people { 2 } else { 1 }
}

pub(crate) fn headers(reply: Reply, balance: &Balance, site: &Site) -> Reply {
    let (budget, left, reset_s) = (balance.budget, balance.left, seconds(balance.reset_in));
    let reset = site.now().checked_add(SignedDuration::from_secs(reset_s as i64)).unwrap_or_else(|_| site.now());
    reply
        .with("x-ratelimit-limit", budget.to_string())
        .with("x-ratelimit-remaining", left.to_string())
        .with("x-ratelimit-reset", format!("{reset:.0}"))
        .with("x-ratelimit-nearlimit", (left * 5 < budget).to_string())
        .with("beta-ratelimit-policy", format!("{POLICY};q={budget};w=3600"))
        .with("beta-ratelimit", format!("{POLICY};r={left};t={reset_s}"))
}

/// Up to the next full second, so that who waits so long does not come too early.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
