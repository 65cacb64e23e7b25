//! Everything that lives in a space: pages, blog posts, tree nodes, comments and attachments.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ids::{ContentId, SpaceId};

/// Where a piece of content is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Published.
    Current,
    /// Put away: readable by its id, absent from navigation and default searches.
    Archived,
    /// Deleted softly.
    Trashed,
    /// Never published; its author's alone.
    Draft,
}

impl Status {
    /// The word of the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
            Self::Draft => "draft",
        }
    }
}

/// Whether the discussion of an inline comment is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Not yet.
    Open,
    /// It was, and is again.
    Reopened,
    /// Over.
    Resolved,
    /// The text it was about is gone.
    Dangling,
}

impl Resolution {
    /// The word of the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reopened => "reopened",
            Self::Resolved => "resolved",
            Self::Dangling => "dangling",
        }
    }
}

/// The file behind an attachment.
#[derive(Debug, Clone)]
pub struct File {
    /// What the uploader's client claimed it to be.
    pub media_type: String,
    /// The bytes, unless they are made up on demand.
    pub bytes: FileBytes,
    /// The id that the media service knows it by.
    pub file_id: String,
    /// Whether the media service has lost it (`UNKNOWN_MEDIA_ID`).
    pub lost: bool,
}

/// Bytes, or a size for which filler is generated.
#[derive(Debug, Clone)]
pub enum FileBytes {
    /// As uploaded.
    Real(Arc<[u8]>),
    /// So many bytes of text, made at the moment of the download.
    Generated(usize),
}

impl FileBytes {
    /// The size in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Real(bytes) => bytes.len(),
            Self::Generated(size) => *size,
        }
    }

    /// Whether there is not a single byte: such files exist.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        match self {
            Self::Real(bytes) => bytes.to_vec(),
            Self::Generated(size) => b"generated filler ".iter().copied().cycle().take(*size).collect(),
        }
    }
}

/// What a piece of content is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A page; a live one changes its text without new versions.
    Page {
        /// Whether it is a live doc.
        live: bool,
    },
    /// A blog post: restrictions, and no ancestors.
    BlogPost,
    /// A folder in the tree: a title, no text.
    Folder,
    /// A whiteboard: a title, no text.
    Whiteboard,
    /// A database: a title, no text.
    Database,
    /// A link shown in the tree.
    Embed {
        /// Where it leads.
        url: String,
    },
    /// A comment below a page, a blog post or another comment.
    FooterComment,
    /// A comment on a stretch of text.
    InlineComment {
        /// The text it was made on.
        selection: String,
        /// Whether it is settled.
        resolution: Resolution,
    },
    /// A file on a page or blog post.
    Attachment(File),
    /// What an app keeps: on a page, a blog post or other content of its own, or in a space.
    Custom {
        /// What the app calls it: `ac:my-app:card`.
        app_type: String,
    },
}

impl Kind {
    /// The word that v1, CQL and `parentType` use.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Page { .. } => "page",
            Self::BlogPost => "blogpost",
            Self::Folder => "folder",
            Self::Whiteboard => "whiteboard",
            Self::Database => "database",
            Self::Embed { .. } => "embed",
            Self::FooterComment | Self::InlineComment { .. } => "comment",
            Self::Attachment(_) => "attachment",
            Self::Custom { app_type } => app_type,
        }
    }

    /// Whether it stands in the page tree, where restrictions are inherited.
    pub fn is_tree_node(&self) -> bool {
        matches!(self, Self::Page { .. } | Self::Folder | Self::Whiteboard | Self::Database | Self::Embed { .. })
    }

    /// Whether it is a comment of either sort.
    pub fn is_comment(&self) -> bool {
        matches!(self, Self::FooterComment | Self::InlineComment { .. })
    }
}

/// The two operations that a page can be restricted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Viewing.
    Read,
    /// Editing; limits no reader.
    Update,
}

impl Operation {
    /// The word of the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Update => "update",
        }
    }
}

/// One restriction list. Empty means: no restriction here.
///
/// Accounts and groups that no longer exist stay in it, so a list of the dead is not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restriction {
    /// Account ids.
    pub users: BTreeSet<String>,
    /// Group ids.
    pub groups: BTreeSet<String>,
}

impl Restriction {
    /// Whether nobody is named, so that the layer is open.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty()
    }
}

/// A label with its prefix: `global`, `team`, `system`, or `my` (the labeller's own).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The prefix.
    pub prefix: String,
    /// The name.
    pub name: String,
}

/// The latest version of a piece of content.
#[derive(Debug, Clone)]
pub struct Version {
    /// Counts from 1.
    pub number: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, by account id.
    pub author: String,
    /// Whether watchers were spared the mail.
    pub minor_edit: bool,
}

/// A piece of content.
#[derive(Debug, Clone)]
pub struct Content {
    /// The identity, kept through edits and moves.
    pub id: ContentId,
    /// What it is.
    pub kind: Kind,
    /// The space it is in.
    pub space: SpaceId,
    /// The node above it in the tree, or what it comments on or is attached to.
    pub parent: Option<ContentId>,
    /// The title; a comment's is made from its page's.
    pub title: String,
    /// The body in storage format; empty for what has no text.
    pub body: String,
    /// Whether the text is to be had as ADF only, as that of live docs that were never published.
    pub adf_only: bool,
    /// So many words are the body instead, made up when they are asked for.
    pub(crate) made_up: u32,
    /// Current, archived, trashed or draft.
    pub status: Status,
    /// Its labels.
    pub labels: BTreeSet<Label>,
    /// Who may view; empty for everyone whom the other layers let through.
    pub read: Restriction,
    /// Who may edit.
    pub update: Restriction,
    /// The latest version.
    pub version: Version,
    /// When it was first made.
    pub created_at: Timestamp,
    /// Who made it, by account id.
    pub author: String,
    /// Its place among its siblings.
    pub position: u64,
}

impl Content {
    /// The body in storage format, made up if it has to be.
    pub fn storage(&self) -> Cow<'_, str> {
        match self.made_up {
            0 => Cow::Borrowed(&self.body),
            n_words => Cow::Owned(crate::generated::storage(self.id, n_words)),
        }
    }

    /// The id as the API writes it: attachments carry `att` in front.
    pub fn wire_id(&self) -> String {
        match self.kind {
            Kind::Attachment(_) => format!("att{}", self.id),
            _ => self.id.to_string(),
        }
    }

    /// Whether it is on something else, whose readers are its readers: comments, attachments, and
    /// custom content that is not in a space directly.
    pub fn is_contained(&self) -> bool {
        self.is_always_contained() || (matches!(self.kind, Kind::Custom { .. }) && self.parent.is_some())
    }

    /// Whether it cannot be in a space by itself.
    pub(crate) fn is_always_contained(&self) -> bool {
        self.kind.is_comment() || matches!(self.kind, Kind::Attachment(_))
    }

    /// The list for an operation.
    pub fn restriction(&self, operation: Operation) -> &Restriction {
        match operation {
            Operation::Read => &self.read,
            Operation::Update => &self.update,
        }
    }
}
