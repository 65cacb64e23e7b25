//! Errors of a Data Center, in the words that it has for them.

use std::time::Duration;

use serde_json::json;

use crate::http::query::encode;
use crate::http::reply::Reply;

/// The calls that a full bucket of the rate limit holds.
pub(crate) const BUCKET: u64 = 100;

fn error(status: u16, reason: &str, message: &str, authorized: bool) -> Reply {
    Reply::json(
        status,
        &json!({
            "statusCode": status,
            "data": {
                "authorized": authorized,
                "valid": true,
                "allowedInReadOnlyMode": true,
                "errors": [],
                "successful": false,
            },
            "message": message,
            "reason": reason,
        }),
    )
}

/// For what is missing and for what the caller may not see: nobody can tell which.
pub(crate) fn no_content(id: &str) -> Reply {
    error(404, "Not Found", &format!("No content found with id: ContentId{{id={id}}}"), false)
}

pub(crate) fn no_space(key: &str) -> Reply {
    error(404, "Not Found", &format!("No space found with key : {key}"), false)
}

pub(crate) fn nothing(message: &str) -> Reply {
    error(404, "Not Found", message, false)
}

pub(crate) fn bad_request(message: &str) -> Reply {
    error(400, "Bad Request", message, true)
}

pub(crate) fn not_permitted(message: &str) -> Reply {
    error(403, "Forbidden", message, false)
}

/// What a few permission calls answer where 403 was meant (CONFSERVER-99908).
pub(crate) fn broken() -> Reply {
    error(500, "Internal Server Error", "java.lang.RuntimeException: NotPermittedException", false)
}

pub(crate) fn unauthorized(served: &str, login_reason: Option<&str>) -> Reply {
    let page = "<!doctype html><html lang=\"en\"><head><title>HTTP Status 401 – Unauthorized</title></head></html>";
    let reply = Reply::html(401, page).with("www-authenticate", format!("OAuth realm=\"{}\"", encode(served)));
    match login_reason {
        Some(reason) => reply.with("x-seraph-loginreason", reason),
        None => reply,
    }
}

pub(crate) fn captcha(served: &str) -> Reply {
    let page = "<html><title>Basic Authentication Failure - Reason : AUTHENTICATION_DENIED</title></html>";
    Reply::html(403, page)
        .with("x-seraph-loginreason", "AUTHENTICATION_DENIED")
        .with("x-authentication-denied-reason", format!("CAPTCHA_CHALLENGE; login-url={served}/login.action"))
}

pub(crate) fn sso_login() -> Reply {
    Reply::html(200, "<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>")
}

/// For addresses that mean nothing to this version.
pub(crate) fn not_a_page() -> Reply {
    Reply::html(404, "<html><head><title>Page Not Found</title></head><body></body></html>")
}

/// Tells of the budget.
pub(crate) fn with_budget(reply: Reply, remaining: u64) -> Reply {
    reply
        .with("x-ratelimit-limit", BUCKET.to_string())
        .with("x-ratelimit-remaining", remaining.to_string())
        .with("x-ratelimit-interval-seconds", "60")
        .with("x-ratelimit-fillrate", "10")
        .with("retry-after", "0")
}

pub(crate) fn rate_limited(retry_after: Option<Duration>) -> Reply {
    let mut reply = with_budget(Reply::json(429, &json!({"message": "Rate limit exceeded."})), 0);
    reply.headers.retain(|(name, _)| *name != "retry-after");
    match retry_after {
        Some(wait) => reply.with("retry-after", wait.as_secs().to_string()),
        None => reply,
    }
}
