//! CQL: `content/search` answers with content, `search` with results about content.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::Call;
use super::content_json as shapes;
use super::page::{self, LIMIT_DEFAULT, Window};
use super::reply;
use crate::content::{Content, Status};
use crate::http::reply::Reply;
use crate::http::v1::cql::Cql;
use crate::http::v1::scope::Scope;
use crate::ids::ContentId;
use crate::searches::Key;
use crate::space::SpaceStatus;

/// `GET /rest/api/content/search`.
pub(crate) fn content(call: &Call<'_>) -> Result<Reply, Reply> {
    let expand = call.expand("");
    let window = Window::of(call, LIMIT_DEFAULT, expand.limit_max())?;
    answer(call, window, |content| shapes::content(call, content, &expand))
}

/// `GET /rest/api/search`.
pub(crate) fn everything(call: &Call<'_>) -> Result<Reply, Reply> {
    let expand = call.expand("");
    let below = expand.below("content");
    let window = Window::of(call, LIMIT_DEFAULT, below.limit_max())?;
    answer(call, window, |content| {
        let space = call.site.space(content.space);
        let key = space.map_or("", |space| space.key.as_str());
        let at = content.version.created_at;
        json!({
            "content": shapes::content(call, content, &below),
            "title": content.title.replace('&', "&amp;").replace('<', "&lt;"),
            "excerpt": "",
            "url": shapes::webui(call, content),
            "resultGlobalContainer": {
                "title": space.map(|space| space.name.as_str()),
                "displayUrl": format!("/display/{key}"),
            },
            "entityType": "content",
            "iconCssClass": format!("aui-icon content-type-{}", content.kind.as_str()),
            "lastModified": call.time(at),
            "friendlyLastModified": at.strftime("%b %d, %Y").to_string(),
            "timestamp": at.as_millisecond(),
        })
    })
}

/// Only what the caller may see is counted and cut: the index knows who may see what.
fn answer(call: &Call<'_>, window: Window, row: impl Fn(&Content) -> Value) -> Result<Reply, Reply> {
    let text = call.query.get("cql").unwrap_or_default();
    let cql = Cql::parse(text, call.site);
    let cql = cql.ok_or_else(|| reply::bad_request(&format!("Could not parse cql : {text}")))?;
    let archived_spaces = call.query.flag("includeArchivedSpaces");
    let is_wanted = |content: &Content| {
        let space = call.site.space(content.space);
        content.status == Status::Current
            && (archived_spaces || space.is_some_and(|space| space.status == SpaceStatus::Current))
            && cql.matches(call.site, content)
            && call.reads(content)
    };
    let find = || -> Vec<ContentId> {
        let among = Scope::of(&cql, call.site).contents(call.site).inspect(|_| call.searches.look());
        let mut found: Vec<&Content> = among.filter(|content| is_wanted(content)).collect();
        found.sort_by_cached_key(|content| place(&cql, content));
        if cql.order().is_some_and(|(_, descending)| descending) {
            found.reverse();
        }
        found.iter().map(|content| content.id).collect()
    };
    let found: Arc<[ContentId]> = if cql.goes_by_clock() {
        Arc::from(find())
    } else {
        let (generation, caller) = (call.site.generation, format!("{:?}", call.caller));
        call.searches.found(Key { generation, caller, query: format!("{archived_spaces} {text}") }, find)
    };
    let mut body = page::body(call, &found, window, |id| call.site.content(*id).map(&row));
    body["totalSize"] = json!(found.len());
    body["cqlQuery"] = json!(text);
    body["searchDuration"] = json!(1);
    Ok(Reply::ok(&body))
}

/// The place of a result in the order: the value of the field, then the id.
fn place(cql: &Cql, content: &Content) -> (i64, String, u64) {
    let (number, text) = match cql.order().map(|(field, _)| field) {
        Some("lastmodified") => (content.version.created_at.as_millisecond(), String::new()),
        Some("created") => (content.created_at.as_millisecond(), String::new()),
        Some("title") => (0, content.title.to_lowercase()),
        _ => (0, String::new()),
    };
    (number, text, content.id.0)
}
