//! The page tree: nodes without text, what is above them and what is below.

use serde_json::{Value, json};

use super::json;
use crate::content::{Content, Kind, Status};
use crate::http::call::Call;
use crate::http::paging::{self, Key, LIMIT_DEFAULT, Row, Sort};
use crate::http::reply::{Reply, v2};

/// Descendants deeper than this are missing without a word.
const DEPTH_MAX: usize = 10;
const DEPTH_DEFAULT: usize = 2;

pub(crate) fn folder(call: &Call<'_>) -> Result<Reply, Reply> {
    one(call, |kind| matches!(kind, Kind::Folder))
}

pub(crate) fn whiteboard(call: &Call<'_>) -> Result<Reply, Reply> {
    one(call, |kind| matches!(kind, Kind::Whiteboard))
}

pub(crate) fn database(call: &Call<'_>) -> Result<Reply, Reply> {
    one(call, |kind| matches!(kind, Kind::Database))
}

pub(crate) fn embed(call: &Call<'_>) -> Result<Reply, Reply> {
    one(call, |kind| matches!(kind, Kind::Embed { .. }))
}

fn one(call: &Call<'_>, kind: fn(&Kind) -> bool) -> Result<Reply, Reply> {
    Ok(Reply::ok(&json::node(call, call.find(call.id()?, kind)?)))
}

/// The kind of node that the path names.
fn in_path(call: &Call<'_>) -> impl Fn(&Kind) -> bool + use<> {
    let section = call.path.split('/').nth(4).unwrap_or_default().trim_end_matches('s').to_owned();
    move |kind| kind.is_tree_node() && kind.as_str() == section
}

/// Ids and types, the topmost first. There is no cursor: with more than `limit` of them the lowest
/// are given, and the rest is had by asking again with the id of the first one.
pub(crate) fn ancestors(call: &Call<'_>) -> Result<Reply, Reply> {
    let limit = paging::limit(call, LIMIT_DEFAULT)?;
    let content = call.find(call.id()?, in_path(call))?;
    let mut above = call.site.ancestors(content).ok_or_else(v2::not_found)?;
    above.truncate(limit);
    let results: Vec<Value> =
        above.iter().rev().map(|node| json!({"id": node.id.to_string(), "type": node.kind.as_str()})).collect();
    Ok(paging::envelope(call, results, None))
}

fn listed(node: &Content) -> bool {
    node.status == Status::Current
}

pub(crate) fn direct_children(call: &Call<'_>) -> Result<Reply, Reply> {
    let sort = paging::sort(call, &["child-position", "id", "created-date", "modified-date", "title"])?;
    let content = call.find(call.id()?, in_path(call))?;
    let rows = call.site.tree_children(content.id).into_iter().filter(|node| listed(node));
    let rows = rows.map(|node| Row { key: paging::key(node, sort), id: node.id.0, item: node });
    paging::answer(
        call,
        sort,
        LIMIT_DEFAULT,
        rows.collect(),
        |node| call.reads(node),
        |node| {
            json!({
                "id": node.id.to_string(),
                "status": node.status.as_str(),
                "title": node.title,
                "type": node.kind.as_str(),
                "spaceId": node.space.to_string(),
                "childPosition": node.position,
            })
        },
    )
}

pub(crate) fn descendants(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find(call.id()?, in_path(call))?;
    let depth = match call.query.get("depth") {
        None => DEPTH_DEFAULT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|depth| (1..=DEPTH_MAX).contains(depth))
            .ok_or_else(|| v2::bad_parameter("depth", "Integer"))?,
    };
    let mut rows = Vec::new();
    let mut level: Vec<&Content> = vec![content];
    for at in 1..=depth {
        level = level.iter().flat_map(|node| call.site.tree_children(node.id)).filter(|node| listed(node)).collect();
        rows.extend(level.iter().map(|node| Row { key: Key::Number(at as i64), id: node.id.0, item: (at, *node) }));
    }
    let sort = Sort { field: "depth", descending: false };
    paging::answer(
        call,
        sort,
        LIMIT_DEFAULT,
        rows,
        |(_, node)| call.reads(node),
        |(at, node)| {
            json!({
                "id": node.id.to_string(),
                "status": node.status.as_str(),
                "title": node.title,
                "type": node.kind.as_str(),
                "parentId": node.parent.map(|id| id.to_string()),
                "depth": at,
                "childPosition": node.position,
            })
        },
    )
}

pub(crate) fn types_of_ids(call: &Call<'_>) -> Result<Reply, Reply> {
    let body = call.json_body().ok_or_else(|| v2::bad_parameter("body", "ContentIdToContentTypeRequest"))?;
    let ids = body["contentIds"].as_array().ok_or_else(|| v2::bad_parameter("contentIds", "List"))?;
    let mut results = serde_json::Map::new();
    for id in ids {
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let found = text.parse().ok().and_then(|id| call.site.content(id)).filter(|content| call.reads(content));
        let kind = found.map(|content| match content.kind {
            Kind::FooterComment => "footer-comment",
            Kind::InlineComment { .. } => "inline-comment",
            ref other => other.as_str(),
        });
        results.insert(text, json!(kind));
    }
    Ok(Reply::ok(&json!({"results": results})))
}
