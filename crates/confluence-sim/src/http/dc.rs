//! The wire of a Data Center: its own doors, its own shapes, one table of endpoints.

mod bytes;
mod call;
mod comments;
mod content;
mod content_json;
mod door;
mod groups;
mod json;
mod json_rpc;
mod oauth;
mod page;
mod pages;
mod permissions;
mod reply;
mod restrictions;
pub(crate) mod routes;
mod scan;
mod search;
mod spaces;
mod system;
mod users;

use std::collections::BTreeMap;

use axum::http::request::Parts;

use self::call::Call;
use self::routes::Route;
use super::query::Query;
use super::reply::Reply;
use crate::dc::DataCenter;
use crate::oauth::OAuth;
use crate::searches::Searches;
use crate::site::Site;

pub(crate) use reply::{not_a_page, rate_limited};

/// What answers are made of besides the site.
pub(crate) struct Server<'s> {
    pub(crate) dc: &'s DataCenter,
    pub(crate) oauth: &'s OAuth,
    pub(crate) searches: &'s Searches,
    /// Scheme, host and port that are listened on.
    pub(crate) origin: &'s str,
}

/// Answers one call in one look at the site.
pub(crate) fn answer(
    site: &Site,
    server: &Server<'_>,
    route: &Route,
    params: BTreeMap<String, String>,
    head: &Parts,
    body: &[u8],
) -> Reply {
    let dc = server.dc;
    let served = format!("{}{}", server.origin, dc.options.context_path);
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (caller, reply) = match door::enter(site, server, route, header("authorization").as_deref(), &served) {
        Ok(caller) => (caller, None),
        Err(reply) => (door::Caller::Anonymous, Some(reply)),
    };
    let name = caller.username(site).to_owned();
    let reply = reply.unwrap_or_else(|| {
        let path = head.uri.path();
        if route.since > dc.options.version {
            return reply::not_a_page();
        }
        if !dc.options.slash_in_paths && path.to_ascii_lowercase().contains("%2f") {
            return Reply::html(400, "<html><body>HTTP Status 400 - Bad Request</body></html>");
        }
        let call = Call {
            site,
            dc,
            oauth: server.oauth,
            searches: server.searches,
            viewer: crate::dc::DcViewer::new(site, caller.reader()),
            caller,
            path: path.strip_prefix(&dc.options.context_path).unwrap_or(path).to_owned(),
            params,
            query: Query::parse(head.uri.query().unwrap_or_default()),
            accept: header("accept").unwrap_or_default(),
            body: body.to_vec(),
            served,
        };
        match (route.handler)(&call) {
            Ok(reply) | Err(reply) => reply,
        }
    });
    let reply = reply.with("x-ausername", name);
    if dc.options.rate_headers { reply::with_budget(reply, reply::BUCKET - 1) } else { reply }
}
