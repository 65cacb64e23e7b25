//! The shapes of v2 objects, as the fixtures have them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::adf;
use crate::content::{Content, Kind, Version};
use crate::http::call::{Call, wire_time};
use crate::http::query::{encode, encode_title};
use crate::http::reply::{Reply, v2};
use crate::people::User;
use crate::space::Space;

/// Which body a listing shall carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFormat {
    /// None: the body is an empty object.
    Absent,
    /// The source.
    Storage,
    /// The document of the editor.
    Adf,
    /// A rendering, or what an app gave; the simulator gives the source under that name.
    Rendered(&'static str),
}

/// The body format asked for. Listings know fewer than single objects do.
pub(crate) fn body_format(call: &Call<'_>, single: bool) -> Result<BodyFormat, Reply> {
    known_format(call, single)
}

/// The same for custom content, whose bodies can be what only its app understands.
pub(crate) fn custom_body_format(call: &Call<'_>, single: bool) -> Result<BodyFormat, Reply> {
    if call.query.get("body-format") == Some("raw") {
        return Ok(BodyFormat::Rendered("raw"));
    }
    known_format(call, single)
}

fn known_format(call: &Call<'_>, single: bool) -> Result<BodyFormat, Reply> {
    match call.query.get("body-format") {
        None => Ok(BodyFormat::Absent),
        Some("storage") => Ok(BodyFormat::Storage),
        Some("atlas_doc_format") => Ok(BodyFormat::Adf),
        Some("view") if single => Ok(BodyFormat::Rendered("view")),
        Some("export_view") if single => Ok(BodyFormat::Rendered("export_view")),
        Some(_) => Err(v2::bad_parameter("body-format", "BodyRepresentation")),
    }
}

/// The path of a content's page in the browser, below `_links.base`.
pub(crate) fn webui(call: &Call<'_>, content: &Content) -> String {
    let Some(anchor) = call.site.anchor(content) else { return String::new() };
    let key = call.site.space(anchor.space).map_or("", |space| space.key.as_str());
    let (id, title) = (anchor.id, encode_title(&anchor.title));
    let page = match &anchor.kind {
        Kind::Page { .. } => format!("/spaces/{key}/pages/{id}/{title}"),
        Kind::BlogPost => {
            let day = anchor.created_at.strftime("%Y/%m/%d");
            format!("/spaces/{key}/blog/{day}/{id}/{title}")
        }
        Kind::Custom { .. } => format!("/spaces/{key}/custom-content/{id}"),
        node => format!("/spaces/{key}/{}/{id}", node.as_str()),
    };
    match content.kind {
        Kind::FooterComment | Kind::InlineComment { .. } => format!("{page}?focusedCommentId={}", content.id),
        Kind::Custom { .. } if content.id != id => format!("{page}?customContentId={}", content.id),
        Kind::Attachment(_) => {
            let preview = encode(&format!("/{id}/{}/{}", content.id, content.title));
            format!("/pages/viewpageattachments.action?pageId={id}&preview={preview}")
        }
        _ => page,
    }
}

/// The short link: the id, little-endian, in an URL-safe alphabet without its padding of zeroes.
pub(crate) fn tinyui(content: &Content) -> String {
    let bytes: Vec<u8> = content.id.0.to_le_bytes().into();
    format!("/x/{}", URL_SAFE_NO_PAD.encode(bytes).trim_end_matches('A'))
}

pub(crate) fn version(version: &Version) -> Value {
    json!({
        "number": version.number,
        "message": "",
        "minorEdit": version.minor_edit,
        "authorId": version.author,
        "createdAt": wire_time(version.created_at),
        "ncsStepVersion": null,
    })
}

/// The body in one format: what was never published has nothing but ADF.
pub(crate) fn body(call: &Call<'_>, content: &Content, format: BodyFormat) -> Value {
    let (name, value) = match format {
        BodyFormat::Adf => ("atlas_doc_format", adf::document(call.site, call.origin(), content).to_string()),
        BodyFormat::Storage if !content.adf_only => ("storage", content.storage().into_owned()),
        BodyFormat::Rendered(name) if !content.adf_only => (name, content.storage().into_owned()),
        _ => return json!({}),
    };
    json!({name: {"value": value, "representation": name}})
}

pub(crate) fn space(call: &Call<'_>, space: &Space) -> Value {
    let description = match (call.query.get("description-format"), &space.description) {
        (Some(format), Some(text)) => json!({format: {"value": text, "representation": format}}),
        _ => Value::Null,
    };
    json!({
        "id": space.id.to_string(),
        "key": space.key,
        "name": space.name,
        "type": space.kind,
        "status": space.status.as_str(),
        "authorId": space.author,
        "spaceOwnerId": space.author,
        "currentActiveAlias": space.key,
        "createdAt": wire_time(space.created_at),
        "homepageId": space.homepage.map(|id| id.to_string()),
        "description": description,
        "icon": null,
        "_links": {"webui": format!("/spaces/{}", space.key)},
    })
}

/// A page or blog post.
pub(crate) fn page(call: &Call<'_>, content: &Content, format: BodyFormat) -> Value {
    let key = call.site.space(content.space).map_or("", |space| space.key.as_str());
    let id = content.id;
    let mut object = json!({
        "id": id.to_string(),
        "status": content.status.as_str(),
        "title": content.title,
        "spaceId": content.space.to_string(),
    });
    let section = if matches!(content.kind, Kind::BlogPost) {
        "blog"
    } else {
        object["parentId"] = json!(content.parent.map(|id| id.to_string()));
        object["parentType"] = json!(content.parent.and_then(|id| call.site.content(id)).map(|it| it.kind.as_str()));
        object["position"] = json!(content.position);
        "pages"
    };
    object["authorId"] = json!(content.author);
    if matches!(content.kind, Kind::Page { .. }) {
        object["ownerId"] = json!(content.author);
        object["lastOwnerId"] = Value::Null;
    }
    object["createdAt"] = json!(wire_time(content.created_at));
    object["version"] = version(&content.version);
    object["body"] = body(call, content, format);
    object["_links"] = json!({
        "editui": format!("/pages/resumedraft.action?draftId={id}"),
        "webui": webui(call, content),
        "edituiv2": format!("/spaces/{key}/{section}/edit-v2/{id}"),
        "tinyui": tinyui(content),
    });
    if matches!(content.kind, Kind::Page { live: true }) {
        object["subtype"] = json!("live");
    }
    object
}

/// A folder, whiteboard, database or embed: never a text.
pub(crate) fn node(call: &Call<'_>, content: &Content) -> Value {
    let mut object = json!({
        "id": content.id.to_string(),
        "type": content.kind.as_str(),
        "status": content.status.as_str(),
        "title": content.title,
        "parentId": content.parent.map(|id| id.to_string()),
        "parentType": content.parent.and_then(|id| call.site.content(id)).map(|it| it.kind.as_str()),
        "position": content.position,
        "authorId": content.author,
        "ownerId": content.author,
        "createdAt": wire_time(content.created_at),
        "spaceId": content.space.to_string(),
        "version": version(&content.version),
    });
    if let Kind::Embed { url } = &content.kind {
        object["embedUrl"] = json!(url);
    }
    object["_links"] = json!({"webui": webui(call, content), "base": call.base()});
    object
}

/// A comment. A reply tells its parent comment and not its page, as the listing of children does.
pub(crate) fn comment(call: &Call<'_>, content: &Content, format: BodyFormat) -> Value {
    let mut object = json!({
        "id": content.id.to_string(),
        "status": content.status.as_str(),
        "title": content.title,
    });
    if let Some(parent) = content.parent.and_then(|id| call.site.content(id)) {
        let name = match parent.kind {
            Kind::BlogPost => "blogPostId",
            Kind::Attachment(_) => "attachmentId",
            Kind::Custom { .. } => "customContentId",
            Kind::FooterComment | Kind::InlineComment { .. } => "parentCommentId",
            _ => "pageId",
        };
        object[name] = json!(parent.wire_id());
    }
    if let Kind::InlineComment { selection, resolution } = &content.kind {
        let marker = crate::ids::stable_uuid(&format!("marker/{}", content.id));
        object["resolutionStatus"] = json!(resolution.as_str());
        object["properties"] = json!({
            "inlineMarkerRef": marker,
            "inlineOriginalSelection": selection,
            "inline-marker-ref": marker,
            "inline-original-selection": selection,
        });
    }
    object["version"] = version(&content.version);
    object["body"] = body(call, content, format);
    object["_links"] = json!({"webui": webui(call, content)});
    object
}

pub(crate) fn attachment(call: &Call<'_>, content: &Content) -> Value {
    let Kind::Attachment(file) = &content.kind else { return Value::Null };
    let container = content.parent.and_then(|id| call.site.content(id));
    let holder = container.map_or("pageId", |it| holder(&it.kind));
    let on = container.map(Content::wire_id).unwrap_or_default();
    let webui = webui(call, content);
    let download = format!(
        "/download/attachments/{on}/{}?version={}&modificationDate={}&cacheVersion=1&api=v2",
        encode(&content.title),
        content.version.number,
        content.version.created_at.as_millisecond(),
    );
    json!({
        "id": content.wire_id(),
        "status": content.status.as_str(),
        "title": content.title,
        "createdAt": wire_time(content.created_at),
        holder: on,
        "mediaType": file.media_type,
        "mediaTypeDescription": describe(&file.media_type),
        "comment": "",
        "fileId": file.file_id,
        "fileSize": file.bytes.len(),
        "webuiLink": webui,
        "downloadLink": download,
        "version": version(&content.version),
        "_links": {"webui": webui, "download": download},
    })
}

/// The name under which content tells what it is on.
fn holder(kind: &Kind) -> &'static str {
    match kind {
        Kind::BlogPost => "blogPostId",
        Kind::Custom { .. } => "customContentId",
        _ => "pageId",
    }
}

/// Custom content: its space always, and what it is on, if anything.
pub(crate) fn custom_content(call: &Call<'_>, content: &Content, format: BodyFormat) -> Value {
    let mut object = json!({
        "id": content.id.to_string(),
        "type": content.kind.as_str(),
        "status": content.status.as_str(),
        "title": content.title,
        "spaceId": content.space.to_string(),
        "authorId": content.author,
        "createdAt": wire_time(content.created_at),
        "version": version(&content.version),
        "body": body(call, content, format),
        "_links": {"webui": webui(call, content)},
    });
    if let Some(container) = content.parent.and_then(|id| call.site.content(id)) {
        object[holder(&container.kind)] = json!(container.id.to_string());
    }
    object
}

fn describe(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "PDF Document",
        "image/png" => "PNG Image",
        "text/csv" | "text/markdown" | "text/plain" => "Text File",
        "text/html" => "HTML Document",
        _ => "File",
    }
}

pub(crate) fn user(user: &User) -> Value {
    json!({
        "displayName": user.shown_name(),
        "timeZone": null,
        "personalSpaceId": null,
        "isExternalCollaborator": user.guest,
        "accountStatus": user.status.as_str(),
        "accountId": user.account_id,
        "email": user.shown_email(),
        "accountType": user.account_type.as_str(),
        "publicName": user.shown_name(),
        "profilePicture": {
            "path": format!("/wiki/aa-avatar/{}", user.account_id),
            "isDefault": user.status != crate::people::AccountStatus::Active,
        },
    })
}
