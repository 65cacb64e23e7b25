//! The shape of content: what every row has, and what `expand` adds to it.

use serde_json::{Map, Value, json};

use super::call::{Call, Expand};
use super::restrictions;
use super::{json as shapes, page};
use crate::content::{Content, Kind, Operation, Resolution, Version};
use crate::dc::DcVersion;
use crate::http::query::encode_title;
use crate::ids::{ContentId, stable_hash};

/// How many labels, and how many children, an expanded list shows.
const LABELS_MAX: usize = 200;
const CHILDREN_MAX: usize = 25;

/// The id as this version writes it: attachments carry `att` from 8.0 on.
pub(crate) fn wire_id(call: &Call<'_>, content: &Content) -> String {
    if call.has(DcVersion::V8_5) { content.wire_id() } else { content.id.to_string() }
}

/// The path in the browser, relative to the base.
pub(crate) fn webui(call: &Call<'_>, content: &Content) -> String {
    let Some(anchor) = call.site.anchor(content) else { return String::new() };
    let key = call.site.space(anchor.space).map_or("", |space| space.key.as_str());
    let (id, title) = (anchor.id, encode_title(&anchor.title));
    let in_url = |c: char| c.is_ascii_alphanumeric() || " -_.~".contains(c);
    let plain = !anchor.title.is_empty() && anchor.title.chars().all(in_url);
    let page = match anchor.kind {
        Kind::BlogPost => {
            let date = call.time(anchor.created_at).split('T').next().unwrap_or_default().replace('-', "/");
            format!("/display/{key}/{date}/{title}")
        }
        _ if call.has(DcVersion::V10_0) => format!("/spaces/{key}/pages/{id}/{title}"),
        _ if plain => format!("/display/{key}/{title}"),
        _ => format!("/pages/viewpage.action?pageId={id}"),
    };
    match content.kind {
        Kind::FooterComment | Kind::InlineComment { .. } => {
            let id = content.id;
            format!("/pages/viewpage.action?pageId={}&focusedCommentId={id}#comment-{id}", anchor.id)
        }
        Kind::Attachment(_) => format!("{page}?preview=%2F{id}%2F{}%2F{}", content.id, encode_title(&content.title)),
        _ => page,
    }
}

fn tinyui(content: &Content) -> String {
    let short = stable_hash(&content.id.to_string()) & 0xff_ffff;
    format!("/x/{short:06x}")
}

fn own_link(call: &Call<'_>, content: &Content) -> String {
    format!("{}/rest/api/content/{}", call.base(), wire_id(call, content))
}

/// A row with nothing expanded.
pub(crate) fn brief(call: &Call<'_>, content: &Content) -> Value {
    self::content(call, content, &Expand(Vec::new()))
}

/// A content object with what `expand` asks for; the rest is named in `_expandable`.
pub(crate) fn content(call: &Call<'_>, content: &Content, expand: &Expand<'_>) -> Value {
    let id = wire_id(call, content);
    let key = call.site.space(content.space).map_or("", |space| space.key.as_str());
    let here = format!("/rest/api/content/{id}");
    let mut object = json!({
        "id": id,
        "type": content.kind.as_str(),
        "status": content.status.as_str(),
        "title": content.title,
    });
    if content.kind.is_tree_node() && expand.has("ancestors") {
        object["position"] = json!(content.position);
    }
    let mut closed = Map::new();
    let mut part = |name: &str, link: String, value: &dyn Fn() -> Value| {
        if expand.has(name) {
            object[name] = value();
        } else {
            closed.insert(name.to_owned(), json!(link));
        }
    };
    part("space", format!("/rest/api/space/{key}"), &|| space(call, content, &expand.below("space")));
    part("history", format!("{here}/history"), &|| history(call, content, &expand.below("history")));
    part("version", String::new(), &|| version(call, content));
    part("ancestors", String::new(), &|| Value::Array(ancestors(call, content)));
    part("container", container_link(call, content), &|| container(call, content));
    part("body", String::new(), &|| body(call, content, &expand.below("body")));
    part("restrictions", format!("{here}/restriction/byOperation"), &|| {
        restrictions::expanded(call, content, &expand.below("restrictions"))
    });
    part("children", format!("{here}/child"), &|| children(call, content, &expand.below("children")));
    for (name, link) in [("operations", String::new()), ("descendants", format!("{here}/descendant"))] {
        closed.insert(name.to_owned(), json!(link));
    }
    if call.has(DcVersion::V9_2) {
        let link = format!("{here}/restriction/relevantViewRestrictions");
        closed.insert("relevantViewRestrictions".to_owned(), json!(link));
    }
    // An attachment has metadata unasked: its media type is there.
    if expand.has("metadata") || matches!(content.kind, Kind::Attachment(_)) {
        object["metadata"] = metadata(call, content, &expand.below("metadata"));
    } else {
        closed.insert("metadata".to_owned(), json!(""));
    }
    object["extensions"] = extensions(content, &expand.below("extensions"));
    object["_links"] = links(call, content);
    object["_expandable"] = Value::Object(closed);
    object
}

fn links(call: &Call<'_>, content: &Content) -> Value {
    let id = content.id;
    let mut links = json!({"webui": webui(call, content), "self": own_link(call, content)});
    match &content.kind {
        Kind::Attachment(_) => {
            let on = content.parent.map(|id| id.to_string()).unwrap_or_default();
            let name = crate::http::query::encode(&content.title);
            let version = content.version.number;
            let at = content.version.created_at.as_millisecond();
            links["download"] =
                json!(format!("/download/attachments/{on}/{name}?version={version}&modificationDate={at}&api=v2"));
            links["thumbnail"] = json!(format!("/download/thumbnails/{on}/{name}?api=v2"));
        }
        Kind::FooterComment | Kind::InlineComment { .. } => {}
        _ => {
            links["edit"] = json!(format!("/pages/resumedraft.action?draftId={id}"));
            links["tinyui"] = json!(tinyui(content));
        }
    }
    links
}

fn extensions(content: &Content, expand: &Expand<'_>) -> Value {
    match &content.kind {
        Kind::Attachment(file) => {
            json!({"mediaType": file.media_type, "fileSize": file.bytes.len(), "comment": ""})
        }
        Kind::FooterComment => {
            json!({"location": "footer", "_expandable": {"inlineProperties": "", "resolution": ""}})
        }
        Kind::InlineComment { selection, resolution } => {
            let mut object = json!({"location": "inline"});
            let mut closed = json!({});
            let properties = json!({
                "originalSelection": selection,
                "markerRef": crate::ids::stable_uuid(&format!("marker/{}", content.id)),
            });
            let resolved = if *resolution == Resolution::Resolved { "resolved" } else { "open" };
            for (name, value) in [("inlineProperties", properties), ("resolution", json!({"status": resolved}))] {
                if expand.has(name) { object[name] = value } else { closed[name] = json!("") }
            }
            object["_expandable"] = closed;
            object
        }
        // Not a number as long as nobody has put the page into another place by hand.
        _ => json!({"position": "none"}),
    }
}

fn space(call: &Call<'_>, content: &Content, expand: &Expand<'_>) -> Value {
    call.site.space(content.space).map_or(Value::Null, |space| shapes::space(call, space, expand))
}

/// A version, the latest one.
pub(crate) fn version(call: &Call<'_>, content: &Content) -> Value {
    let Version { number, created_at, author, minor_edit } = &content.version;
    let id = wire_id(call, content);
    json!({
        "by": shapes::user_by_id(call, author),
        "when": call.time(*created_at),
        "message": "",
        "number": number,
        "minorEdit": minor_edit,
        "hidden": false,
        "_links": {"self": format!("{}/rest/experimental/content/{id}/version/{number}", call.base())},
        "_expandable": {"content": format!("/rest/api/content/{id}")},
    })
}

/// Who made it and when; who changed it last, before 9.2 only when asked for.
pub(crate) fn history(call: &Call<'_>, content: &Content, expand: &Expand<'_>) -> Value {
    let mut object = json!({
        "latest": true,
        "createdBy": shapes::user_by_id(call, &content.author),
        "createdDate": call.time(content.created_at),
        "_links": {"self": format!("{}/history", own_link(call, content))},
        "_expandable": {"previousVersion": "", "contributors": "", "nextVersion": ""},
    });
    if expand.has("lastUpdated") || call.has(DcVersion::V9_2) {
        object["lastUpdated"] = version(call, content);
    } else {
        object["_expandable"]["lastUpdated"] = json!("");
    }
    object
}

/// The pages above a page, from the root on; the comments above a comment.
fn ancestors(call: &Call<'_>, content: &Content) -> Vec<Value> {
    if content.kind.is_comment() {
        let mut above = Vec::new();
        let mut at = content.parent.and_then(|id| call.site.content(id));
        while let Some(comment) = at.filter(|it| it.kind.is_comment()) {
            above.push(json!({
                "id": comment.id.to_string(),
                "type": "comment",
                "status": comment.status.as_str(),
                "_links": {"self": own_link(call, comment)},
            }));
            at = comment.parent.and_then(|id| call.site.content(id));
        }
        above.reverse();
        return above;
    }
    let above = if content.kind.is_tree_node() { call.site.ancestors(content) } else { None };
    let row = |node: &Content| {
        let mut row = brief(call, node);
        // Here it is a number, where the page's own is a word.
        row["extensions"] = json!({"position": node.position});
        row
    };
    above.unwrap_or_default().into_iter().rev().map(row).collect()
}

fn container_link(call: &Call<'_>, content: &Content) -> String {
    match contained_in(call, content) {
        Some(id) => format!("/rest/api/content/{id}"),
        None => format!("/rest/api/space/{}", call.site.space(content.space).map_or("", |space| space.key.as_str())),
    }
}

/// What a comment is finally on, and what an attachment hangs on.
fn contained_in(call: &Call<'_>, content: &Content) -> Option<ContentId> {
    match content.kind {
        Kind::FooterComment | Kind::InlineComment { .. } => call.site.anchor(content).map(|anchor| anchor.id),
        Kind::Attachment(_) => content.parent,
        _ => None,
    }
}

fn container(call: &Call<'_>, content: &Content) -> Value {
    match contained_in(call, content).and_then(|id| call.site.content(id)) {
        Some(on) => brief(call, on),
        None => space(call, content, &Expand(Vec::new())),
    }
}

fn body(call: &Call<'_>, content: &Content, expand: &Expand<'_>) -> Value {
    let mut object = Map::new();
    let mut closed = Map::new();
    for name in ["storage", "editor", "view", "export_view", "styled_view", "anonymous_export_view"] {
        if expand.has(name) {
            let value = json!({
                "value": content.storage(),
                "representation": name,
                "_expandable": {"content": format!("/rest/api/content/{}", wire_id(call, content))},
            });
            object.insert(name.to_owned(), value);
        } else {
            closed.insert(name.to_owned(), json!(""));
        }
    }
    object.insert("_expandable".to_owned(), Value::Object(closed));
    Value::Object(object)
}

/// Labels, in the form that lists have them.
pub(crate) fn labels(content: &Content) -> Vec<Value> {
    let labels = content.labels.iter().map(|label| {
        let id = stable_hash(&format!("{}:{}", label.prefix, label.name)) >> 40;
        json!({"prefix": label.prefix, "name": label.name, "id": id.to_string(), "label": label.name})
    });
    labels.collect()
}

fn metadata(call: &Call<'_>, content: &Content, expand: &Expand<'_>) -> Value {
    let mut object = json!({});
    let mut closed = json!({"currentuser": "", "properties": "", "frontend": "", "editorHtml": ""});
    if let Kind::Attachment(file) = &content.kind {
        object["mediaType"] = json!(file.media_type);
        closed = json!({"currentuser": "", "properties": "", "comment": ""});
    }
    if expand.has("labels") || matches!(content.kind, Kind::Attachment(_)) {
        let mut list = page::inner(labels(content), 0, LABELS_MAX);
        list["_links"] = json!({"self": format!("{}/label", own_link(call, content))});
        object["labels"] = list;
    } else {
        closed["labels"] = json!("");
    }
    object["_expandable"] = closed;
    object
}

fn children(call: &Call<'_>, content: &Content, expand: &Expand<'_>) -> Value {
    let mut object = json!({});
    let mut closed = json!({});
    for kind in ["attachment", "comment", "page"] {
        let link = format!("/rest/api/content/{}/child/{kind}", wire_id(call, content));
        if !expand.has(kind) {
            closed[kind] = json!(link);
            continue;
        }
        let below = expand.below(kind);
        let all: Vec<&Content> = call.site.children_of(content.id).filter(|it| it.kind.as_str() == kind).collect();
        let rows = all.iter().take(CHILDREN_MAX).filter(|it| call.reads(it));
        let rows = rows.map(|it| self::content(call, it, &below)).collect();
        let mut list = page::inner(rows, 0, CHILDREN_MAX);
        list["_links"] = json!({"self": format!("{}{link}", call.base())});
        if all.len() > CHILDREN_MAX {
            list["_links"]["next"] = json!(format!("{link}?limit={CHILDREN_MAX}&start={CHILDREN_MAX}"));
        }
        object[kind] = list;
    }
    object["_expandable"] = closed;
    object["_links"] = json!({"self": format!("{}/child", own_link(call, content))});
    object
}

/// What an operation of a restriction is called in a path.
pub(crate) fn operation_of(text: &str) -> Option<Operation> {
    [Operation::Read, Operation::Update].into_iter().find(|operation| operation.as_str() == text)
}
