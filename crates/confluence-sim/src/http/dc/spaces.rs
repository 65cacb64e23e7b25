//! Spaces, and what is in one.

use serde_json::{Value, json};

use super::call::Call;
use super::content::{rows, shelved, wanted_type};
use super::page::{self, LIMIT_DEFAULT, Window};
use super::{json as shapes, reply};
use crate::content::{Content, Status};
use crate::http::reply::Reply;
use crate::space::{Space, SpaceStatus};

/// `GET /rest/api/space`.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    let expand = call.expand("");
    if expand.has("permissions") {
        return Err(reply::broken());
    }
    let keys = call.query.all("spaceKey");
    let wanted = |space: &&Space| {
        space.status != SpaceStatus::Trashed
            && (keys.is_empty() || keys.iter().any(|key| key.eq_ignore_ascii_case(&space.key)))
            && call.query.get("type").is_none_or(|kind| kind == space.kind)
            && call.query.get("status").is_none_or(|status| status == space.status.as_str())
    };
    let mut all: Vec<&Space> = call.site.spaces().filter(wanted).collect();
    all.sort_by(|a, b| a.key.cmp(&b.key));
    let window = Window::of(call, LIMIT_DEFAULT, expand.limit_max())?;
    Ok(page::answer(call, &all, window, |space| call.views_space(space).then(|| shapes::space(call, space, &expand))))
}

/// `GET /rest/api/space/{key}`.
pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?;
    let expand = call.expand("");
    if expand.has("permissions") {
        return Err(reply::broken());
    }
    let mut object = shapes::space(call, space, &expand);
    object["_links"]["base"] = json!(call.base());
    object["_links"]["context"] = json!(call.context_path());
    Ok(Reply::ok(&object))
}

fn contents<'c>(call: &'c Call<'_>, space: &Space, kind: &str) -> Vec<&'c Content> {
    let root = call.query.get("depth") == Some("root");
    let wanted = |content: &&Content| content.status == Status::Current && !(root && content.parent.is_some());
    shelved(call, kind, Some(space.id)).filter(wanted).collect()
}

/// `GET /rest/api/space/{key}/content`: one list per type.
pub(crate) fn content(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?;
    let expand = call.expand("");
    let window = Window::of(call, LIMIT_DEFAULT, expand.limit_max())?;
    let mut object = json!({"_links": page::links(call)});
    for kind in ["page", "blogpost"] {
        let all = contents(call, space, kind);
        let mut list = page::body(call, &all, window, |content| {
            call.reads(content).then(|| super::content_json::content(call, content, &expand))
        });
        // Each list goes on at its own address.
        if let Some(next) = list["_links"]["next"].as_str() {
            let next = next.replacen("/content?", &format!("/content/{kind}?"), 1);
            list["_links"]["next"] = Value::String(next);
        }
        object[kind] = list;
    }
    Ok(Reply::ok(&object))
}

/// `GET /rest/api/space/{key}/content/{type}`.
pub(crate) fn content_of_type(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?;
    let kind = wanted_type(call.param("type"), &["page", "blogpost"])?;
    let expand = call.expand("");
    let window = Window::of(call, LIMIT_DEFAULT, expand.limit_max())?;
    Ok(rows(call, &contents(call, space, kind), window, &[Status::Current], &expand))
}
