//! The shapes of v1 objects, as the fixtures have them.

use serde_json::{Value, json};

use crate::content::{Content, Kind, Operation, Restriction};
use crate::http::call::{Call, wire_time};
use crate::http::v2::json as v2;
use crate::ids::stable_hash;
use crate::people::{Group, User};

/// How many users, and how many groups, one restriction list shows at a time.
pub(crate) const RESTRICTION_PAGE: usize = 100;

/// How many labels `metadata.labels` shows; the others are missing without a word.
const LABELS_MAX: usize = 200;

pub(crate) fn user(call: &Call<'_>, user: &User) -> Value {
    let id = &user.account_id;
    json!({
        "type": "known",
        "accountId": id,
        "accountType": user.account_type.as_str(),
        "email": user.shown_email(),
        "publicName": user.shown_name(),
        "profilePicture": {
            "path": format!("/wiki/aa-avatar/{id}"),
            "width": 48,
            "height": 48,
            "isDefault": user.status != crate::people::AccountStatus::Active,
        },
        "displayName": user.shown_name(),
        "isExternalCollaborator": user.guest,
        "isGuest": user.guest,
        "locale": "en_US",
        "accountStatus": user.status.as_str(),
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {"self": format!("{}/rest/api/user?accountId={id}", call.base())},
    })
}

pub(crate) fn user_by_id(call: &Call<'_>, id: &str) -> Value {
    call.site.users.get(id).map_or_else(|| json!({"type": "unknown", "accountId": id}), |found| user(call, found))
}

pub(crate) fn group(call: &Call<'_>, group: &Group) -> Value {
    json!({
        "type": "group",
        "name": group.name,
        "id": group.id,
        "usageType": "USERBASE_GROUP",
        "managedBy": "ADMINS",
        "_links": {"self": format!("{}/rest/api/group/by-id?id={}", call.base(), group.id)},
    })
}

/// The own list of a piece of content for one operation. Lists of folders and other nodes without
/// text are never shown (CONFCLOUD-82920); deleted people are left out, deleted groups are not.
pub(crate) fn restriction(
    call: &Call<'_>,
    content: &Content,
    operation: Operation,
    start: usize,
    limit: usize,
) -> Value {
    shown_restriction(call, content, operation, content.restriction(operation), (start, limit))
}

fn shown_restriction(
    call: &Call<'_>,
    content: &Content,
    operation: Operation,
    list: &Restriction,
    (start, limit): (usize, usize),
) -> Value {
    let hidden = !matches!(content.kind, Kind::Page { .. } | Kind::BlogPost);
    let users: Vec<Value> =
        list.users.iter().filter_map(|id| call.site.users.get(id)).map(|found| user(call, found)).collect();
    let groups: Vec<Value> =
        list.groups.iter().filter_map(|id| call.site.groups.get(id)).map(|found| group(call, found)).collect();
    let cut = |all: Vec<Value>| {
        let results: Vec<Value> = if hidden { Vec::new() } else { all.into_iter().skip(start).take(limit).collect() };
        json!({"size": results.len(), "results": results, "start": start, "limit": limit})
    };
    json!({
        "operation": operation.as_str(),
        "restrictions": {"user": cut(users), "group": cut(groups)},
        "_expandable": {"content": format!("/rest/api/content/{}", content.wire_id())},
        "_links": {"self": format!("{}/{}", restriction_link(call, content), operation.as_str())},
    })
}

/// The address of both lists by operation.
pub(crate) fn restriction_link(call: &Call<'_>, content: &Content) -> String {
    format!("{}/rest/api/content/{}/restriction/byOperation", call.base(), content.wire_id())
}

/// Changes with any change of either list, also by people who are no longer shown.
pub(crate) fn restrictions_hash(content: &Content) -> String {
    let visible = matches!(content.kind, Kind::Page { .. } | Kind::BlogPost);
    let text = if visible { format!("{:?}{:?}", content.read, content.update) } else { String::new() };
    format!("{:016x}{:016x}", stable_hash(&text), stable_hash(&format!("{text}/2")))
}

/// A content object with what `expand` asks for; the rest is named in `_expandable`.
pub(crate) fn content(call: &Call<'_>, content: &Content, expand: &[&str]) -> Value {
    let id = content.wire_id();
    let own = format!("{}/rest/api/content/{id}", call.base());
    let wants = |name: &str| expand.iter().any(|it| *it == name || it.starts_with(&format!("{name}.")));
    let mut object = json!({
        "id": id,
        "type": content.kind.as_str(),
        "status": content.status.as_str(),
        "title": content.title,
    });
    let mut closed = serde_json::Map::new();
    let mut part = |name: &str, open: bool, value: &dyn Fn() -> Value, link: String| {
        if open {
            object[name] = value();
        } else {
            closed.insert(name.to_owned(), json!(link));
        }
    };
    let key = call.site.space(content.space).map_or("", |space| space.key.as_str());
    let here = format!("/rest/api/content/{id}");
    part("space", wants("space"), &|| space(call, content), format!("/rest/api/space/{key}"));
    part("history", wants("history"), &|| history(call, content), format!("{here}/history"));
    part("version", wants("version"), &|| version(call, content), String::new());
    part("ancestors", wants("ancestors"), &|| ancestors(call, content), String::new());
    part("container", wants("container"), &|| container(call, content), format!("/rest/api/space/{key}"));
    part("metadata", wants("metadata"), &|| metadata(call, content), String::new());
    part("body", wants("body"), &|| body(call, content, expand), String::new());
    part(
        "restrictions",
        wants("restrictions"),
        &|| restrictions(call, content, expand),
        format!("{here}/restriction/byOperation"),
    );
    for (name, link) in
        [("childTypes", ""), ("schedulePublishInfo", ""), ("operations", ""), ("schedulePublishDate", "")]
    {
        closed.insert(name.to_owned(), json!(link));
    }
    closed.insert("children".to_owned(), json!(format!("{here}/child")));
    closed.insert("descendants".to_owned(), json!(format!("{here}/descendant")));
    object["macroRenderedOutput"] = json!({});
    object["extensions"] = extensions(content);
    object["_expandable"] = Value::Object(closed);
    object["_links"] = json!({
        "editui": format!("/pages/resumedraft.action?draftId={id}"),
        "webui": v2::webui(call, content),
        "edituiv2": format!("/spaces/{key}/pages/edit-v2/{id}"),
        "self": own,
        "tinyui": v2::tinyui(content),
    });
    object
}

fn extensions(content: &Content) -> Value {
    match &content.kind {
        Kind::Attachment(file) => json!({
            "mediaType": file.media_type,
            "fileSize": file.bytes.len(),
            "comment": "",
            "fileId": file.file_id,
        }),
        Kind::FooterComment => json!({"location": "footer"}),
        Kind::InlineComment { resolution, .. } => {
            json!({"location": "inline", "resolution": {"status": resolution.as_str()}})
        }
        _ => json!({"position": content.position}),
    }
}

fn space(call: &Call<'_>, content: &Content) -> Value {
    let Some(space) = call.site.space(content.space) else { return Value::Null };
    let key = &space.key;
    let homepage = space.homepage.map(|id| format!("/rest/api/content/{id}")).unwrap_or_default();
    json!({
        // A number here, a string in v2.
        "id": space.id.0,
        "key": key,
        "alias": key,
        "name": space.name,
        "type": space.kind,
        "status": space.status.as_str(),
        "_expandable": {
            "settings": format!("/rest/api/space/{key}/settings"),
            "metadata": "",
            "operations": "",
            "lookAndFeel": format!("/rest/api/settings/lookandfeel?spaceKey={key}"),
            "identifiers": "",
            "permissions": "",
            "roles": "",
            "icon": "",
            "description": "",
            "theme": format!("/rest/api/space/{key}/theme"),
            "history": "",
            "homepage": homepage,
        },
        "_links": {"webui": format!("/spaces/{key}"), "self": format!("{}/rest/api/space/{key}", call.base())},
    })
}

fn version(call: &Call<'_>, content: &Content) -> Value {
    let (id, number) = (content.wire_id(), content.version.number);
    json!({
        "by": user_by_id(call, &content.version.author),
        "when": wire_time(content.version.created_at),
        "friendlyWhen": content.version.created_at.strftime("%b %d, %Y").to_string(),
        "message": "",
        "number": number,
        "minorEdit": content.version.minor_edit,
        "ncsStepVersion": "1",
        "ncsStepVersionSource": "ncs-ack",
        "confRev": format!("confluence$content${id}.{number}"),
        "contentTypeModified": false,
        "_expandable": {"collaborators": "", "content": format!("/rest/api/content/{id}")},
        "_links": {"self": format!("{}/rest/api/content/{id}/version/{number}", call.base())},
    })
}

fn history(call: &Call<'_>, content: &Content) -> Value {
    let mut last = version(call, content);
    if let Some(object) = last.as_object_mut() {
        for name in ["ncsStepVersion", "ncsStepVersionSource", "confRev"] {
            object.remove(name);
        }
    }
    json!({
        "latest": true,
        "createdBy": user_by_id(call, &content.author),
        "createdDate": wire_time(content.created_at),
        "lastUpdated": last,
        "_expandable": {"previousVersion": "", "contributors": "", "nextVersion": "", "ownedBy": "", "lastOwnedBy": ""},
        "_links": {"self": format!("{}/rest/api/content/{}/history", call.base(), content.wire_id())},
    })
}

fn ancestors(call: &Call<'_>, content: &Content) -> Value {
    let above = if content.kind.is_tree_node() { call.site.ancestors(content) } else { None };
    let key = call.site.space(content.space).map_or("", |space| space.key.as_str());
    let list = above.unwrap_or_default().into_iter().rev().map(|node| {
        let id = node.id;
        json!({
            "id": id.to_string(),
            "type": node.kind.as_str(),
            "status": node.status.as_str(),
            "title": node.title,
            "macroRenderedOutput": {},
            "extensions": {"position": node.position},
            "_expandable": {
                "container": format!("/rest/api/space/{key}"),
                "body": "",
                "version": "",
                "space": format!("/rest/api/space/{key}"),
                "restrictions": format!("/rest/api/content/{id}/restriction/byOperation"),
            },
            "_links": {
                "self": format!("{}/rest/api/content/{id}", call.base()),
                "tinyui": v2::tinyui(node),
                "webui": v2::webui(call, node),
            },
        })
    });
    Value::Array(list.collect())
}

/// What a comment or attachment is on; the space for everything else.
fn container(call: &Call<'_>, content: &Content) -> Value {
    match call.site.anchor(content) {
        Some(anchor) if anchor.id != content.id => self::content(call, anchor, &[]),
        _ => space(call, content),
    }
}

fn metadata(call: &Call<'_>, content: &Content) -> Value {
    let labels: Vec<Value> = content
        .labels
        .iter()
        .take(LABELS_MAX)
        .map(crate::http::v2::labels::label)
        .map(|label| json!({"prefix": label["prefix"], "name": label["name"], "id": label["id"], "label": label["name"]}))
        .collect();
    json!({
        "labels": {
            "size": labels.len(),
            "results": labels,
            "start": 0,
            "limit": LABELS_MAX,
            "_links": {"self": format!("{}/rest/api/content/{}/label", call.base(), content.wire_id())},
        },
        "_expandable": {
            "currentuser": "", "comments": "", "simple": "", "properties": "", "frontend": "", "likes": "",
        },
    })
}

fn body(call: &Call<'_>, content: &Content, expand: &[&str]) -> Value {
    const REPRESENTATIONS: [&str; 9] = [
        "storage",
        "editor",
        "atlas_doc_format",
        "view",
        "export_view",
        "styled_view",
        "dynamic",
        "editor2",
        "anonymous_export_view",
    ];
    let mut body = serde_json::Map::new();
    let mut closed = serde_json::Map::new();
    for name in REPRESENTATIONS {
        let is_adf = name == "atlas_doc_format";
        if expand.contains(&format!("body.{name}").as_str()) && (is_adf || !content.adf_only) {
            let value = if is_adf {
                crate::adf::document(call.site, call.origin(), content).to_string()
            } else {
                content.storage().into_owned()
            };
            body.insert(
                name.to_owned(),
                json!({
                    "value": value,
                    "representation": name,
                    "embeddedContent": [],
                    "_expandable": {"content": format!("/rest/api/content/{}", content.wire_id())},
                }),
            );
        } else {
            closed.insert(name.to_owned(), json!(""));
        }
    }
    body.insert("_expandable".to_owned(), Value::Object(closed));
    Value::Object(body)
}

fn restrictions(call: &Call<'_>, content: &Content, expand: &[&str]) -> Value {
    let mut object = serde_json::Map::new();
    let mut closed = serde_json::Map::new();
    let is_stale = call.site.settings.lists_empty_in_bulk.contains(&content.id);
    let empty = Restriction::default();
    for operation in [Operation::Read, Operation::Update] {
        let name = operation.as_str();
        let list = if is_stale { &empty } else { content.restriction(operation) };
        if expand.iter().any(|it| it.starts_with(&format!("restrictions.{name}"))) {
            object.insert(name.to_owned(), shown_restriction(call, content, operation, list, (0, RESTRICTION_PAGE)));
        } else {
            closed.insert(name.to_owned(), json!(""));
        }
    }
    object.insert("_expandable".to_owned(), Value::Object(closed));
    object.insert("_links".to_owned(), json!({"byOperation": restriction_link(call, content)}));
    Value::Object(object)
}
