//! Data Center's JSON, as far as it is read. Everything that an answer may lack is optional; unknown words are kept as text.
//!
//! Both hostings' rows become the same items, so that what differs ends here: people go by their keys, groups by their names, and
//! instants carry the server's offset.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::Row,
    wire::{self, Body, CutList, Label, RowLinks, optional_text, or_default, text},
};

/// A person, or somebody who was one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    #[serde(default, deserialize_with = "text")]
    pub username: String,
    #[serde(default, deserialize_with = "text")]
    pub user_key: String,
    #[serde(default, deserialize_with = "text")]
    pub display_name: String,
    /// Only where it is asked for: `CURRENT`, or why not.
    #[serde(default, deserialize_with = "optional_text")]
    pub status: Option<String>,
}

impl Person {
    /// True if the server says that the account is in use.
    pub(crate) fn is_current(&self) -> bool {
        self.kind != "unknown" && self.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("current"))
    }

    /// As the shared parts know people.
    pub(crate) fn as_user(&self) -> wire::User {
        wire::User {
            account_id: Some(self.user_key.clone()).filter(|key| !key.is_empty()),
            display_name: self.display_name.clone(),
            ..wire::User::default()
        }
    }
}

/// A group; its name is all there is.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NamedGroup {
    pub name: String,
}

/// A space.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SpaceRow {
    #[serde(deserialize_with = "text")]
    pub id: String,
    pub key: String,
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    #[serde(default, deserialize_with = "or_default")]
    pub description: wire::Description,
    #[serde(default, rename = "_links", deserialize_with = "or_default")]
    pub links: RowLinks,
}

impl SpaceRow {
    /// As the shared parts know spaces. One without a status is in use.
    pub(crate) fn as_space(&self) -> wire::Space {
        let webui = Some(&self.links.webui).filter(|webui| !webui.is_empty()).cloned();
        wire::Space {
            id: self.id.clone(),
            key: self.key.clone(),
            name: self.name.clone(),
            kind: self.kind.clone(),
            status: self.status.to_ascii_lowercase(),
            author_id: None,
            created_at: String::new(),
            description: self.description.clone(),
            links: RowLinks { webui: webui.unwrap_or_else(|| format!("/display/{}", self.key)) },
        }
    }
}

/// A version.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct VersionRow {
    #[serde(default)]
    pub number: i64,
    #[serde(default, deserialize_with = "text")]
    pub when: String,
    #[serde(default, deserialize_with = "or_default")]
    pub by: Person,
}

/// Who made something, and when.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    #[serde(default, deserialize_with = "or_default")]
    pub created_by: Person,
    #[serde(default, deserialize_with = "text")]
    pub created_date: String,
}

/// Something that a row is in or below.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Related {
    #[serde(default, deserialize_with = "text")]
    pub id: String,
}

/// `metadata` of a row.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowMetadata {
    pub labels: Option<CutList<Label>>,
    #[serde(default, deserialize_with = "text")]
    pub media_type: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub comment: Option<String>,
}

/// `extensions` of a row; other types of content have other ones.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Extensions {
    #[serde(default, deserialize_with = "text")]
    pub media_type: String,
    #[serde(default, deserialize_with = "or_default")]
    pub file_size: u64,
    #[serde(default, deserialize_with = "optional_text")]
    pub comment: Option<String>,
}

/// `_links` of a row.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ContentLinks {
    #[serde(default, deserialize_with = "text")]
    pub webui: String,
    #[serde(default, deserialize_with = "text")]
    pub download: String,
}

/// `_expandable` of a row: where to find what was not asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Expandable {
    #[serde(default, deserialize_with = "text")]
    pub container: String,
}

/// Users and groups of one operation's restriction.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Lists {
    pub user: Option<CutList<Person>>,
    pub group: Option<CutList<NamedGroup>>,
}

/// One operation's restriction.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct OperationRow {
    pub restrictions: Option<Lists>,
    /// The page that the list is of, where lists of several are given.
    pub content: Option<Related>,
}

/// `restrictions` of a row, and the answer of `restriction/byOperation`.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ByOperation {
    pub read: Option<OperationRow>,
}

/// A page, blog post, comment or attachment.
#[derive(Clone, Deserialize)]
pub(crate) struct ContentRow {
    #[serde(deserialize_with = "text")]
    pub id: String,
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    #[serde(default, deserialize_with = "text")]
    pub title: String,
    #[serde(default, deserialize_with = "or_default")]
    pub space: Related,
    #[serde(default, deserialize_with = "or_default")]
    pub version: VersionRow,
    #[serde(default, deserialize_with = "or_default")]
    pub history: History,
    /// From the top down; absent if they were not asked for.
    pub ancestors: Option<Vec<Related>>,
    #[serde(default, deserialize_with = "or_default")]
    pub container: Related,
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: RowMetadata,
    #[serde(default, deserialize_with = "or_default")]
    pub extensions: Extensions,
    #[serde(default, deserialize_with = "or_default")]
    pub restrictions: ByOperation,
    #[serde(default, deserialize_with = "or_default")]
    pub body: Body,
    #[serde(default, rename = "_links", deserialize_with = "or_default")]
    pub links: ContentLinks,
    #[serde(default, rename = "_expandable", deserialize_with = "or_default")]
    pub expandable: Expandable,
}

impl fmt::Debug for ContentRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentRow")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("space", &self.space)
            .field("ancestors", &self.ancestors)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl ContentRow {
    /// What the row is directly below, if it was told.
    pub(crate) fn parent_id(&self) -> Option<&str> {
        self.ancestors.as_ref()?.last().map(|parent| parent.id.as_str())
    }

    /// What a comment or attachment is in, expanded or by its link; `None` if neither tells.
    pub(crate) fn container_id(&self) -> Option<&str> {
        let linked = || self.expandable.container.rsplit_once("/content/").map(|(_, id)| id);
        Some(self.container.id.as_str()).filter(|id| !id.is_empty()).or_else(linked)
    }

    /// Who wrote it, by key: who made it, or at least who changed it last.
    pub(crate) fn author(&self) -> Option<&Person> {
        [&self.history.created_by, &self.version.by].into_iter().find(|person| !person.user_key.is_empty())
    }

    fn version(&self) -> wire::Version {
        let by = Some(self.version.by.user_key.clone()).filter(|key| !key.is_empty());
        wire::Version { number: self.version.number, created_at: instant(&self.version.when), author_id: by }
    }

    /// A page or blog post, as the shared parts know them.
    pub(crate) fn as_content(&self, space_id: &str) -> wire::Content {
        wire::Content {
            id: self.id.clone(),
            status: self.status.clone(),
            title: self.title.clone(),
            space_id: space_id.to_owned(),
            parent_id: self.parent_id().map(str::to_owned),
            parent_type: None,
            kind: self.kind.clone(),
            author_id: self.author().map(|author| author.user_key.clone()),
            created_at: instant(&self.history.created_date),
            version: self.version(),
            body: Body::default(),
            subtype: None,
            links: RowLinks { webui: self.links.webui.clone() },
        }
    }

    /// A comment, as the shared parts know them.
    pub(crate) fn as_comment(&self) -> wire::Comment {
        let mut version = self.version();
        // A comment's date is the one of its version, its author who wrote it first.
        version.author_id = self.author().map(|author| author.user_key.clone());
        wire::Comment {
            id: self.id.clone(),
            status: self.status.clone(),
            title: self.title.clone(),
            page_id: None,
            blog_post_id: None,
            attachment_id: None,
            custom_content_id: None,
            parent_comment_id: self.parent_id().map(str::to_owned),
            version,
            body: Body::default(),
            links: RowLinks { webui: self.links.webui.clone() },
        }
    }

    /// An attachment's metadata, as the shared parts know them.
    pub(crate) fn as_attachment(&self) -> wire::Attachment {
        let told = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        wire::Attachment {
            id: self.id.clone(),
            status: self.status.clone(),
            title: self.title.clone(),
            created_at: instant(&self.history.created_date),
            page_id: None,
            blog_post_id: None,
            custom_content_id: None,
            media_type: told(&self.extensions.media_type).or_else(|| told(&self.metadata.media_type)),
            file_size: self.extensions.file_size,
            file_id: None,
            comment: self.extensions.comment.clone().or_else(|| self.metadata.comment.clone()),
            version: self.version(),
            webui_link: String::new(),
            links: RowLinks { webui: self.links.webui.clone() },
        }
    }
}

/// A time with the server's offset as the same instant in UTC, so that a server that moves to another zone changes no document. What is
/// no time stays as it is.
pub(crate) fn instant(text: &str) -> String {
    text.parse::<Timestamp>().map_or_else(|_| text.to_owned(), |instant| instant.to_string())
}

/// A row of a space's or of the site's permissions.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PermissionRow {
    #[serde(default, deserialize_with = "or_default")]
    pub operation: Operation,
    #[serde(default, deserialize_with = "or_default")]
    pub subject: Subject,
}

/// What a row permits.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    #[serde(default, deserialize_with = "text")]
    pub target_type: String,
    #[serde(default, deserialize_with = "text")]
    pub operation_key: String,
}

/// Whom a row is for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subject {
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    #[serde(default, deserialize_with = "text")]
    pub user_key: String,
    #[serde(default, deserialize_with = "text")]
    pub username: String,
}

/// All rows of one permission, as JSON-RPC gives them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PermissionSet {
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: String,
    pub space_permissions: Vec<SetRow>,
}

/// A row of a set. Both members are there even where they are `null`; a row without them is none that is understood.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetRow {
    #[serde(default, deserialize_with = "present")]
    pub user_name: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub group_name: Option<Value>,
}

/// A member that is there, be it `null`.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// JSON-RPC's answer; an error comes with status 200.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RpcAnswer {
    pub result: Option<Vec<PermissionSet>>,
}

/// What the server says of itself.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ServerInformation {
    #[serde(deserialize_with = "text")]
    pub version: String,
}

/// The profile that the mobile app reads.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct MobileProfile {
    #[serde(default, deserialize_with = "text")]
    pub email: String,
}

/// The answer of `relevantViewRestrictions`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RelevantRestrictions {
    pub view_content_restrictions: CutList<OperationRow>,
}

impl Row for Person {
    fn key(&self) -> String {
        if self.user_key.is_empty() { self.username.clone() } else { self.user_key.clone() }
    }
}

impl Row for NamedGroup {
    fn key(&self) -> String {
        self.name.clone()
    }
}

impl Row for SpaceRow {
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Row for ContentRow {
    fn key(&self) -> String {
        self.id.clone()
    }
}

#[cfg(test)]
mod tests;
