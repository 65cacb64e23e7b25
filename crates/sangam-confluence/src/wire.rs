//! Confluence's JSON, as far as it is read. Everything that an answer may lack is optional; unknown words are kept as text.

mod people;
mod view_list;

use std::{collections::HashMap, fmt};

use serde::{Deserialize, Deserializer};

use crate::client::Row;

pub(crate) use people::{FoundUser, User, Users};
pub(crate) use view_list::{CutList, Restriction, RestrictionLists, RestrictionState, Restrictions};

/// A string that may be sent as a number (version one sends space ids so) or as `null`, which is empty.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(optional_text(deserializer)?.unwrap_or_default())
}

pub(crate) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

pub(crate) fn or_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// `_links` of a row.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RowLinks {
    #[serde(default, deserialize_with = "text")]
    pub webui: String,
}

/// A version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Version {
    #[serde(default)]
    pub number: i64,
    #[serde(default, deserialize_with = "text")]
    pub created_at: String,
    pub author_id: Option<String>,
}

/// `body`; it may be empty, and so may the representation that was asked for.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Body {
    pub storage: Option<Representation>,
    pub atlas_doc_format: Option<Representation>,
}

/// One representation of a body.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Representation {
    pub value: Option<String>,
}

impl fmt::Debug for Representation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "Representation({} bytes)", value.len()),
            None => write!(f, "Representation(none)"),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Body").field(&self.storage).finish()
    }
}

impl Body {
    /// True if there is no body in storage format at all; an empty one is one.
    pub(crate) fn lacks_storage(&self) -> bool {
        self.storage.as_ref().is_none_or(|storage| storage.value.is_none())
    }

    /// The body in Atlassian's document format, empty if there is none.
    pub(crate) fn into_adf(self) -> String {
        self.atlas_doc_format.and_then(|document| document.value).unwrap_or_default()
    }

    /// The body in storage format, empty if there is none.
    pub(crate) fn into_storage(self) -> String {
        self.storage.and_then(|storage| storage.value).unwrap_or_default()
    }
}

/// A space.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Space {
    #[serde(deserialize_with = "text")]
    pub id: String,
    pub key: String,
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    pub author_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub created_at: String,
    #[serde(default, deserialize_with = "or_default")]
    pub description: Description,
    #[serde(default, rename = "_links", deserialize_with = "or_default")]
    pub links: RowLinks,
}

/// A space's description.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Description {
    pub plain: Option<Representation>,
}

/// A row of a space's permissions.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SpacePermission {
    #[serde(default, deserialize_with = "text")]
    pub id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub principal: PermissionPrincipal,
    #[serde(default, deserialize_with = "or_default")]
    pub operation: PermissionOperation,
}

/// A role that somebody has in a space.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleAssignment {
    #[serde(default, deserialize_with = "or_default")]
    pub principal: RolePrincipal,
    #[serde(default, deserialize_with = "text")]
    pub role_id: String,
}

/// Who has a role.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RolePrincipal {
    #[serde(default, rename = "principalType", deserialize_with = "text")]
    pub kind: String,
    #[serde(default, rename = "principalId", deserialize_with = "text")]
    pub id: String,
}

/// A role and what it consists of.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpaceRole {
    #[serde(deserialize_with = "text")]
    pub id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub space_permissions: Vec<String>,
}

/// Whether the site gives access by roles.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SpaceRoleMode {
    #[serde(default, deserialize_with = "text")]
    pub mode: String,
}

/// Whom a row is for.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct PermissionPrincipal {
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    #[serde(default, deserialize_with = "text")]
    pub id: String,
}

/// What a row permits.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PermissionOperation {
    #[serde(default, deserialize_with = "text")]
    pub key: String,
    #[serde(default, deserialize_with = "text")]
    pub target_type: String,
}

/// A page, a blog post, or a folder and the like.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    #[serde(deserialize_with = "text")]
    pub id: String,
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    #[serde(default, deserialize_with = "text")]
    pub title: String,
    #[serde(default, deserialize_with = "text")]
    pub space_id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub parent_id: Option<String>,
    pub parent_type: Option<String>,
    /// The type of a node of the tree; pages and blog posts do not say theirs.
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    pub author_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub created_at: String,
    #[serde(default, deserialize_with = "or_default")]
    pub version: Version,
    #[serde(default, deserialize_with = "or_default")]
    pub body: Body,
    pub subtype: Option<String>,
    #[serde(default, rename = "_links", deserialize_with = "or_default")]
    pub links: RowLinks,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("space_id", &self.space_id)
            .field("parent_id", &self.parent_id)
            .field("version", &self.version)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// A footer or inline comment.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Comment {
    #[serde(deserialize_with = "text")]
    pub id: String,
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    #[serde(default, deserialize_with = "text")]
    pub title: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub page_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub blog_post_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub attachment_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub custom_content_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub parent_comment_id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub version: Version,
    #[serde(default, deserialize_with = "or_default")]
    pub body: Body,
    #[serde(default, rename = "_links", deserialize_with = "or_default")]
    pub links: RowLinks,
}

/// An attachment's metadata.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attachment {
    #[serde(deserialize_with = "text")]
    pub id: String,
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    #[serde(default, deserialize_with = "text")]
    pub title: String,
    #[serde(default, deserialize_with = "text")]
    pub created_at: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub page_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub blog_post_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub custom_content_id: Option<String>,
    pub media_type: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub file_size: u64,
    pub file_id: Option<String>,
    pub comment: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub version: Version,
    #[serde(default, deserialize_with = "text")]
    pub webui_link: String,
    #[serde(default, rename = "_links", deserialize_with = "or_default")]
    pub links: RowLinks,
}

impl Attachment {
    /// The link for people, wherever the answer has it.
    pub(crate) fn webui(&self) -> &str {
        if self.links.webui.is_empty() { &self.webui_link } else { &self.links.webui }
    }
}

/// Content of an app's own type, as far as it says what it is on.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomContent {
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub page_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub blog_post_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub custom_content_id: Option<String>,
}

/// A node below another one in the page tree.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TreeRow {
    #[serde(deserialize_with = "text")]
    pub id: String,
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    #[serde(default, deserialize_with = "text")]
    pub title: String,
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub parent_id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub depth: u64,
}

impl TreeRow {
    /// The node as the other calls give it; `kinds` has the type of its parent.
    pub(crate) fn into_content(self, space_id: &str, kinds: &HashMap<String, String>) -> Content {
        let parent_type = self.parent_id.as_ref().and_then(|parent| kinds.get(parent)).cloned();
        Content {
            id: self.id,
            status: self.status,
            title: self.title,
            space_id: space_id.to_owned(),
            parent_id: self.parent_id,
            parent_type,
            kind: self.kind,
            author_id: None,
            created_at: String::new(),
            version: Version::default(),
            body: Body::default(),
            subtype: None,
            links: RowLinks::default(),
        }
    }
}

impl fmt::Debug for TreeRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TreeRow").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A group.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Group {
    pub id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub name: String,
}

/// A label.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Label {
    #[serde(default, deserialize_with = "text")]
    pub prefix: String,
    #[serde(default, deserialize_with = "text")]
    pub name: String,
}

/// `metadata` of a search result.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Metadata {
    pub labels: Option<CutList<Label>>,
}

/// A result of `content/search`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Found {
    #[serde(deserialize_with = "text")]
    pub id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub restrictions: Restrictions,
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

/// The answer of `permission/check`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PermissionCheck {
    pub has_permission: bool,
}

impl Row for Space {
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Row for SpacePermission {
    fn key(&self) -> String {
        let Self { id, principal, operation } = self;
        format!("{id}/{}/{}/{}/{}", principal.kind, principal.id, operation.key, operation.target_type)
    }
}

impl Row for RoleAssignment {
    fn key(&self) -> String {
        format!("{}/{}/{}", self.principal.kind, self.principal.id, self.role_id)
    }
}

impl Row for SpaceRole {
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Row for Content {
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Row for TreeRow {
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Row for Comment {
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Row for Attachment {
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Row for Group {
    fn key(&self) -> String {
        self.id.clone().unwrap_or_else(|| self.name.clone())
    }
}

impl Row for User {
    fn key(&self) -> String {
        self.account_id.clone().unwrap_or_default()
    }
}

impl Row for FoundUser {
    fn key(&self) -> String {
        self.user.key()
    }
}

impl Row for Label {
    fn key(&self) -> String {
        format!("{}:{}", self.prefix, self.name)
    }
}

impl Row for Found {
    fn key(&self) -> String {
        self.id.clone()
    }
}

#[cfg(test)]
mod tests;
