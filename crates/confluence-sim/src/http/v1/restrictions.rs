//! Who may view or edit one page by its own lists. What it inherits is never shown here.

use serde_json::{Value, json};

use super::{json, offset};
use crate::content::{Content, Operation, Status};
use crate::http::call::Call;
use crate::http::reply::{Reply, v1};

fn target<'c>(call: &'c Call<'_>) -> Result<&'c Content, Reply> {
    let id = call.param("id");
    let content = id.parse().ok().and_then(|id| call.site.content(id)).ok_or_else(|| v1::not_found(id))?;
    let readable = matches!(content.status, Status::Current | Status::Archived) && call.reads(content);
    if readable { Ok(content) } else { Err(v1::not_found(id)) }
}

fn window(call: &Call<'_>) -> Result<(usize, usize), Reply> {
    let (start, limit) = offset::window(call, json::RESTRICTION_PAGE)?;
    Ok((start, limit.min(json::RESTRICTION_PAGE)))
}

/// Replaces the lists by their names when nobody asked to expand them.
fn fold(mut restriction: Value, expanded: bool) -> Value {
    if !expanded && let Some(object) = restriction.as_object_mut() {
        object.remove("restrictions");
        object["_expandable"]["restrictions"] = json!("");
    }
    restriction
}

/// Both operations, and a hash that changes with either list.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = target(call)?;
    let (start, limit) = window(call)?;
    let expand = call.query.all("expand");
    let results: Vec<Value> = [Operation::Read, Operation::Update]
        .into_iter()
        .map(|operation| {
            let open = expand.iter().any(|it| {
                it.starts_with("restrictions.") || it.starts_with(&format!("{}.restrictions", operation.as_str()))
            });
            fold(json::restriction(call, content, operation, start, limit), open)
        })
        .collect();
    Ok(Reply::ok(&json!({
        "results": results,
        "start": start,
        "limit": limit,
        "size": results.len(),
        "restrictionsHash": json::restrictions_hash(content),
        "_links": links(call),
    })))
}

pub(crate) fn by_operation(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = target(call)?;
    let expand = call.query.all("expand");
    let one = |operation: Operation| {
        let open = expand.iter().any(|it| {
            it.starts_with("restrictions") || it.starts_with(&format!("{}.restrictions", operation.as_str()))
        });
        fold(json::restriction(call, content, operation, 0, json::RESTRICTION_PAGE), open)
    };
    Ok(Reply::ok(&json!({
        "read": one(Operation::Read),
        "update": one(Operation::Update),
        "_links": links(call),
    })))
}

/// One operation; users and groups are cut by the same window, each by itself.
pub(crate) fn one_operation(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = target(call)?;
    let operation = match call.param("operation") {
        "read" => Operation::Read,
        "update" => Operation::Update,
        other => return Err(v1::bad_request(&format!("unknown operation : {other}"))),
    };
    let (start, limit) = window(call)?;
    let mut object = json::restriction(call, content, operation, start, limit);
    object["_links"] = links(call);
    Ok(Reply::ok(&object))
}

fn links(call: &Call<'_>) -> Value {
    json!({"base": call.base(), "context": "/wiki", "self": format!("{}{}", call.origin(), call.path)})
}
