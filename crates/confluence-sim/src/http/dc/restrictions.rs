//! Restriction lists: a page's own ones by operation, and all that limit viewing at once.

use serde_json::{Map, Value, json};

use super::call::{Call, Expand};
use super::content_json::{operation_of, wire_id};
use super::page::{self, Window};
use super::{json as shapes, reply};
use crate::content::{Content, Operation, Restriction};
use crate::http::reply::Reply;

/// How many people, and how many groups, one list shows at a time.
const LIST_MAX: usize = 100;

/// The same where inherited lists are shown.
const RELEVANT_MAX: usize = 50;

fn lists(call: &Call<'_>, list: &Restriction, window: Window, expand: &Expand<'_>) -> Value {
    let mut object = Map::new();
    let mut closed = Map::new();
    let users = || list.users.iter().map(|id| shapes::user_by_id(call, id)).collect();
    let groups = || list.groups.iter().map(|name| shapes::group(call, name)).collect();
    let parts: [(&str, &dyn Fn() -> Vec<Value>); 2] = [("user", &users), ("group", &groups)];
    for (name, rows) in parts {
        if expand.has(name) {
            object.insert(name.to_owned(), page::inner(rows(), window.start, window.limit));
        } else {
            closed.insert(name.to_owned(), json!(""));
        }
    }
    if !closed.is_empty() {
        object.insert("_expandable".to_owned(), Value::Object(closed));
    }
    Value::Object(object)
}

fn link(call: &Call<'_>, content: &Content) -> String {
    format!("{}/rest/api/content/{}/restriction/byOperation", call.base(), wire_id(call, content))
}

fn one(call: &Call<'_>, content: &Content, operation: Operation, window: Window, expand: &Expand<'_>) -> Value {
    shown(call, content, operation, content.restriction(operation), window, expand)
}

fn shown(
    call: &Call<'_>,
    content: &Content,
    operation: Operation,
    list: &Restriction,
    window: Window,
    expand: &Expand<'_>,
) -> Value {
    let mut object = json!({
        "operation": operation.as_str(),
        "_links": {"self": format!("{}/{}", link(call, content), operation.as_str())},
        "_expandable": {"content": format!("/rest/api/content/{}", wire_id(call, content))},
    });
    if expand.has("restrictions") {
        object["restrictions"] = lists(call, list, window, &expand.below("restrictions"));
    } else {
        object["_expandable"]["restrictions"] = json!("");
    }
    object
}

/// What `expand=restrictions.…` shows inside of content.
pub(crate) fn expanded(call: &Call<'_>, content: &Content, expand: &Expand<'_>) -> Value {
    let mut object = json!({"_links": {"self": link(call, content)}});
    let mut closed = json!({});
    let is_stale = call.site.settings.lists_empty_in_bulk.contains(&content.id);
    let empty = Restriction::default();
    for operation in [Operation::Read, Operation::Update] {
        let name = operation.as_str();
        if expand.has(name) {
            let window = Window { start: 0, limit: LIST_MAX };
            let list = if is_stale { &empty } else { content.restriction(operation) };
            object[name] = shown(call, content, operation, list, window, &expand.below(name));
        } else {
            closed[name] = json!("");
        }
    }
    object["_expandable"] = closed;
    object
}

pub(crate) fn by_operation(call: &Call<'_>) -> Result<Reply, Reply> {
    const BOTH: &str = "read.restrictions.user,read.restrictions.group,\
                        update.restrictions.user,update.restrictions.group";
    let content = call.find()?;
    let asked = call.expand(BOTH);
    // Without a word about an operation its lists come all the same, in full.
    let all = Expand(BOTH.split(',').collect());
    let mut object = json!({"_links": page::links(call)});
    for operation in [Operation::Read, Operation::Update] {
        let name = operation.as_str();
        let expand = if asked.has(name) { asked.below(name) } else { all.below(name) };
        object[name] = one(call, content, operation, Window { start: 0, limit: LIST_MAX }, &expand);
    }
    Ok(Reply::ok(&object))
}

pub(crate) fn one_operation(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let name = call.param("operation");
    let operation = operation_of(name).ok_or_else(|| reply::bad_request(&format!("unknown operation: {name}")))?;
    let window = Window::of(call, LIST_MAX, LIST_MAX)?;
    let expand = call.expand("restrictions.user,restrictions.group");
    let settings = &call.site.settings;
    let is_stale = settings.own_lists_stale_too && settings.lists_empty_in_bulk.contains(&content.id);
    let empty = Restriction::default();
    let list = if is_stale { &empty } else { content.restriction(operation) };
    let mut object = shown(call, content, operation, list, window, &expand);
    object["_links"]["base"] = json!(call.base());
    object["_links"]["context"] = json!(call.context_path());
    Ok(Reply::ok(&object))
}

/// The own list of a page and those of the pages above it, nearest first, empty ones left out.
pub(crate) fn relevant(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let anchor = call.site.anchor(content).ok_or_else(|| reply::no_content(call.param("id")))?;
    let above = call.site.ancestors(anchor).ok_or_else(|| reply::no_content(call.param("id")))?;
    let layers: Vec<&Content> = [anchor].into_iter().chain(above).filter(|node| !node.read.is_empty()).collect();
    let window = Window::of(call, RELEVANT_MAX, RELEVANT_MAX)?;
    let inner = Window { start: 0, limit: RELEVANT_MAX };
    let row = |node: &&Content| {
        Some(json!({
            "operation": "read",
            "restrictions": lists(call, &node.read, inner, &Expand(vec!["user", "group"])),
            "content": {
                "id": node.id.to_string(),
                "type": node.kind.as_str(),
                "status": node.status.as_str(),
                "title": node.title,
            },
            "_expandable": {},
        }))
    };
    let mut list = page::body(call, &layers, window, row);
    let links = list["_links"].take();
    if let Some(list) = list.as_object_mut() {
        list.remove("_links");
    }
    Ok(Reply::ok(&json!({"viewContentRestrictions": list, "_links": links})))
}
