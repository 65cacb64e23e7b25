//! Pages and blog posts: listings by offset, and one by its id.

use serde_json::{Value, json};

use super::call::{Call, Expand};
use super::content_json as shapes;
use super::page::{self, LIMIT_DEFAULT, Window};
use super::reply;
use crate::content::{Content, Kind, Status};
use crate::dc::DcVersion;
use crate::http::reply::Reply;
use crate::ids::{ContentId, SpaceId};
use crate::shelf::Sort;

/// What one piece of content shows when the call does not say.
const EXPAND_OF_ONE: &str = "history,space,version";

/// Every type that this server has a binding for.
const TYPES: [&str; 4] = ["page", "blogpost", "comment", "attachment"];

/// The type that a listing is asked for.
///
/// # Errors
/// 400 for a type that is unknown here, as all that exists only in Cloud, and for one that this
/// listing does not have.
pub(crate) fn wanted_type(name: &str, listed: &[&'static str]) -> Result<&'static str, Reply> {
    if let Some(found) = listed.iter().find(|it| **it == name) {
        return Ok(found);
    }
    let message = if TYPES.contains(&name) {
        format!("Unsupported content type: {name}")
    } else {
        format!("No ContentTypeBinding found for type: {name}")
    };
    Err(reply::bad_request(&message))
}

/// The space of a filter by key, if there is such a filter.
///
/// # Errors
/// 404 for a space that the caller does not see.
pub(crate) fn wanted_space(call: &Call<'_>) -> Result<Option<SpaceId>, Reply> {
    let Some(key) = call.query.get("spaceKey").filter(|key| !key.is_empty()) else { return Ok(None) };
    let space = call.site.find_space(key).filter(|space| call.views_space(space));
    space.map(|space| Some(space.id)).ok_or_else(|| reply::no_space(key))
}

/// The pages or the blog posts of a space, or of all.
pub(crate) fn shelved<'c>(call: &'c Call<'_>, kind: &str, space: Option<SpaceId>) -> impl Iterator<Item = &'c Content> {
    let sort = if kind == "blogpost" { Sort::Blog } else { Sort::Page };
    call.site.shelved(sort, space, None)
}

/// `GET /rest/api/content`.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    let expand = call.expand(EXPAND_OF_ONE);
    let window = Window::of(call, LIMIT_DEFAULT, expand.limit_max())?;
    let statuses = call.statuses()?;
    let ids = call.query.all("ids");
    // Older servers do not know the parameter and pass over it.
    if !ids.is_empty() && call.has(DcVersion::V9_2) {
        let found: Vec<&Content> =
            ids.iter().filter_map(|id| call.site.content(id.parse::<ContentId>().ok()?)).collect();
        return Ok(rows(call, &found, window, &statuses, &expand));
    }
    let kind = wanted_type(call.query.get("type").unwrap_or("page"), &["page", "blogpost"])?;
    let space = wanted_space(call)?;
    let wanted = |content: &&Content| {
        statuses.contains(&content.status)
            && call.query.get("title").is_none_or(|title| content.title == title)
            && call.query.get("postingDay").is_none_or(|day| call.time(content.created_at).starts_with(day))
    };
    let found: Vec<&Content> = shelved(call, kind, space).filter(wanted).collect();
    Ok(rows(call, &found, window, &statuses, &expand))
}

/// One page of content, cut first and trimmed to the caller afterwards.
pub(crate) fn rows(
    call: &Call<'_>,
    all: &[&Content],
    window: Window,
    statuses: &[Status],
    expand: &Expand<'_>,
) -> Reply {
    page::answer(call, all, window, |content| {
        call.reads_in(content, statuses).then(|| shapes::content(call, content, expand))
    })
}

/// `GET /rest/api/content/{id}`, of any type.
pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let mut object = shapes::content(call, content, &call.expand(EXPAND_OF_ONE));
    object["_links"]["base"] = json!(call.base());
    object["_links"]["context"] = json!(call.context_path());
    Ok(Reply::ok(&object))
}

/// `GET /rest/api/content/{id}/history`.
pub(crate) fn history(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    Ok(Reply::ok(&shapes::history(call, content, &Expand(vec!["lastUpdated"]))))
}

/// `GET /rest/api/content/{id}/label`.
pub(crate) fn labels(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let prefixes = call.query.all("prefix");
    let wanted = |label: &Value| prefixes.is_empty() || prefixes.iter().any(|prefix| label["prefix"] == *prefix);
    let labels: Vec<Value> = shapes::labels(content).into_iter().filter(wanted).collect();
    Ok(page::answer(call, &labels, Window::of(call, 200, 200)?, |label| Some(label.clone())))
}

/// `GET /rest/api/content/{id}/descendant/{type}`: at any depth.
pub(crate) fn descendants(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let kind = wanted_type(call.param("type"), &["page", "comment", "attachment"])?;
    let expand = call.expand("");
    let window = Window::of(call, LIMIT_DEFAULT, expand.limit_max())?;
    let mut ids = call.site.subtree(content.id);
    ids.sort_unstable();
    let all: Vec<&Content> =
        ids.into_iter().filter_map(|id| call.site.content(id)).filter(|it| it.kind.as_str() == kind).collect();
    Ok(rows(call, &all, window, &[Status::Current], &expand))
}

/// What hangs directly on content and is of one type, in the order of ids.
pub(crate) fn children<'c>(call: &'c Call<'_>, content: &Content, kind: &str) -> Vec<&'c Content> {
    if kind == "page" {
        return call.site.tree_children(content.id).into_iter().filter(|it| it.status == Status::Current).collect();
    }
    let of_kind = |it: &&Content| it.kind.as_str() == kind && it.status == Status::Current;
    call.site.children_of(content.id).filter(of_kind).collect()
}

/// `GET /rest/api/content/{id}/child/page`.
pub(crate) fn child_pages(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let expand = call.expand("");
    let window = Window::of(call, LIMIT_DEFAULT, expand.limit_max())?;
    Ok(rows(call, &children(call, content, "page"), window, &[Status::Current], &expand))
}

/// `GET /rest/api/content/{id}/child/attachment`.
pub(crate) fn attachments(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let expand = call.expand("");
    let window = Window::of(call, 50, expand.limit_max())?;
    let mut all = children(call, content, "attachment");
    all.retain(|it| {
        let Kind::Attachment(file) = &it.kind else { return false };
        call.query.get("filename").is_none_or(|name| it.title == name)
            && call.query.get("mediaType").is_none_or(|wanted| file.media_type == wanted)
    });
    Ok(rows(call, &all, window, &[Status::Current], &expand))
}

/// `GET /rest/api/content/{id}/child`: what there is below, expanded or named.
pub(crate) fn child(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let asked: Vec<String> = call.expand("").0.iter().map(|name| format!("children.{name}")).collect();
    let mut names: Vec<&str> = asked.iter().map(String::as_str).collect();
    names.push("children");
    let mut object = shapes::content(call, content, &Expand(names));
    Ok(Reply::ok(&object["children"].take()))
}
