//! The seed: a whole site in one JSON file that a person can read and write.
//!
//! The README describes every field. The tree is written as a tree: pages nest in `children`,
//! comments and attachments sit inside their page. People are named by their handle, groups by
//! their name. Ids and dates may be left out; the same file always gets the same ones.

mod build;
mod data_center;
mod roles;
mod tree;

use serde::Deserialize;

pub(crate) use build::default_settings;

use crate::error::SimError;
use crate::site::Site;

impl Site {
    /// The site that a seed describes.
    ///
    /// # Errors
    /// [`SimError::SeedSyntax`] for text that is not of the form, with line and column;
    /// [`SimError::SeedContent`] with every contradiction in it: unknown people, groups or
    /// parents, ids and names given twice, children where none can be.
    pub fn from_json(text: &str) -> Result<Self, SimError> {
        build::build(serde_json::from_str(text)?)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteSeed {
    #[serde(default)]
    site: SettingsSeed,
    #[serde(default)]
    users: Vec<UserSeed>,
    #[serde(default)]
    groups: Vec<GroupSeed>,
    #[serde(default)]
    credentials: Vec<CredentialSeed>,
    #[serde(default)]
    roles: Vec<roles::RoleSeed>,
    #[serde(default)]
    spaces: Vec<SpaceSeed>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct SettingsSeed {
    name: Option<String>,
    cloud_id: Option<String>,
    base_url: Option<String>,
    anonymous_access: bool,
    time_zone: Option<String>,
    utc_offset_minutes: i32,
    role_mode: Option<String>,
    role_list_missing: bool,
    paid_plan: Option<bool>,
    wrong_credentials: Option<String>,
    checks_folders: Option<bool>,
    data_center: Option<data_center::DataCenterSeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct UserSeed {
    handle: String,
    name: String,
    account_id: Option<String>,
    #[serde(default)]
    email: String,
    #[serde(default)]
    email_hidden: bool,
    #[serde(rename = "type")]
    account_type: Option<String>,
    status: Option<String>,
    #[serde(default)]
    guest: bool,
    #[serde(default)]
    can_use: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GroupSeed {
    name: String,
    id: Option<String>,
    access: Option<String>,
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CredentialSeed {
    user: String,
    token: String,
    #[serde(default)]
    sees_everything: bool,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    service_account: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SpaceSeed {
    key: String,
    name: String,
    id: Option<u64>,
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    description: Option<String>,
    author: Option<String>,
    created: Option<Date>,
    #[serde(default)]
    permissions: Vec<PermissionSeed>,
    #[serde(default)]
    roles: Vec<roles::AssignmentSeed>,
    #[serde(default)]
    pages: Vec<NodeSeed>,
    #[serde(default)]
    blogs: Vec<NodeSeed>,
    #[serde(default)]
    custom: Vec<tree::CustomSeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PermissionSeed {
    user: Option<String>,
    group: Option<String>,
    class: Option<String>,
    #[serde(default)]
    may: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeSeed {
    title: String,
    id: Option<u64>,
    #[serde(rename = "type")]
    kind: Option<String>,
    url: Option<String>,
    parent: Option<u64>,
    status: Option<String>,
    #[serde(default)]
    body: BodySeed,
    #[serde(default, rename = "adfOnly")]
    adf_only: bool,
    author: Option<String>,
    created: Option<Date>,
    updated: Option<Date>,
    version: Option<u32>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    view: ListSeed,
    #[serde(default)]
    edit: ListSeed,
    #[serde(default)]
    comments: Vec<CommentSeed>,
    #[serde(default)]
    attachments: Vec<AttachmentSeed>,
    #[serde(default)]
    custom: Vec<tree::CustomSeed>,
    #[serde(default)]
    children: Vec<NodeSeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommentSeed {
    by: String,
    body: BodySeed,
    id: Option<u64>,
    created: Option<Date>,
    on: Option<String>,
    resolution: Option<String>,
    #[serde(default)]
    replies: Vec<CommentSeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AttachmentSeed {
    name: String,
    id: Option<u64>,
    media_type: Option<String>,
    by: Option<String>,
    created: Option<Date>,
    text: Option<BodySeed>,
    base64: Option<String>,
    size: Option<usize>,
    #[serde(default)]
    lost: bool,
    #[serde(default)]
    comments: Vec<CommentSeed>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ListSeed {
    users: Vec<String>,
    groups: Vec<String>,
}

/// A point in time, in ISO 8601.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Date(jiff::Timestamp);

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self).map_err(|_| format!("`{text}` is not a date like `2026-03-02T08:00:00Z`"))
    }
}

/// One string, or one string per paragraph.
#[derive(Deserialize)]
#[serde(untagged)]
enum BodySeed {
    One(String),
    Lines(Vec<String>),
}

impl Default for BodySeed {
    fn default() -> Self {
        Self::One(String::new())
    }
}

impl BodySeed {
    fn lines(&self) -> &[String] {
        match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Lines(lines) => lines,
        }
    }

    /// Storage format: what begins with `<` as it is, everything else as a paragraph.
    fn storage(&self) -> String {
        self.lines()
            .iter()
            .filter(|line| !line.is_empty())
            .map(|line| {
                if line.starts_with('<') {
                    line.clone()
                } else {
                    format!("<p>{}</p>", line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
                }
            })
            .collect()
    }

    /// The text of a file, line by line.
    fn text(&self) -> String {
        self.lines().join("\n")
    }
}
