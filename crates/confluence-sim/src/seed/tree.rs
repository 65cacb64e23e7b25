//! The content of a space: nodes, blog posts, comments and attachments.

mod custom;

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::build::Builder;
use super::{AttachmentSeed, BodySeed, CommentSeed, Date, NodeSeed, SpaceSeed};
use crate::content::{Content, File, FileBytes, Kind, Label, Resolution, Restriction, Status, Version};
use crate::ids::{ContentId, SpaceId, stable_uuid};

pub(super) use custom::CustomSeed;

const STATUSES: [(&str, Status); 4] = [
    ("current", Status::Current),
    ("archived", Status::Archived),
    ("trashed", Status::Trashed),
    ("draft", Status::Draft),
];

/// What all content of a seed has in common.
struct Common {
    id: Option<u64>,
    kind: Kind,
    space: SpaceId,
    parent: Option<ContentId>,
    title: String,
    body: String,
    author: String,
    created: Option<Date>,
}

impl Builder {
    /// Sets the ids aside that the seed names itself, so that none of them is handed out before.
    pub(super) fn reserve_ids(&mut self, spaces: &[SpaceSeed]) {
        let mut ids = Vec::new();
        for space in spaces {
            space.pages.iter().chain(&space.blogs).for_each(|node| collect_node_ids(node, &mut ids));
            space.custom.iter().for_each(|custom| custom.collect_ids(&mut ids));
        }
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id) {
                self.problem(format!("content id `{id}` is used twice"));
            }
        }
        self.taken = seen;
    }

    /// Content of apps that is in a space directly.
    pub(super) fn custom_of_space(&mut self, space: SpaceId, place: &str, all: Vec<CustomSeed>) {
        for custom in all {
            self.custom(space, place, None, custom);
        }
    }

    pub(super) fn contents(&mut self, space: SpaceId, place: &str, pages: Vec<NodeSeed>, blogs: Vec<NodeSeed>) {
        for page in pages {
            let parent = page.parent.map(ContentId);
            let place = format!("{place}: `{}`", page.title);
            if let Some(parent) = parent.filter(|id| self.site.content(*id).is_none()) {
                self.problem(format!("{place}: unknown parent `{parent}`"));
            }
            let id = self.node(space, &place, parent, page);
            let home = self.site.spaces.get_mut(&space).expect("the space was put there before its pages");
            home.homepage = home.homepage.or(Some(id));
        }
        for mut blog in blogs {
            let place = format!("{place}: `{}`", blog.title);
            if !blog.children.is_empty() || blog.parent.is_some() || blog.kind.is_some() {
                self.problem(format!("{place}: a blog post has no type, parent or children"));
            }
            blog.kind = Some("blogpost".to_owned());
            self.node(space, &place, None, blog);
        }
    }

    fn node(&mut self, space: SpaceId, place: &str, parent: Option<ContentId>, seed: NodeSeed) -> ContentId {
        let kind = self.node_kind(place, &seed);
        let is_page = matches!(kind, Kind::Page { .. } | Kind::BlogPost);
        let bare = seed.comments.is_empty() && seed.attachments.is_empty() && seed.custom.is_empty();
        let bare = bare && seed.body.storage().is_empty() && !seed.adf_only;
        if !is_page && !bare {
            self.problem(format!(
                "{place}: only pages and blog posts have a body, comments, attachments and custom content"
            ));
        }
        let status = self.choose(place, seed.status.as_deref(), &STATUSES);
        let author = self.author(place, seed.author.as_deref());
        let (read, update) = (self.list(place, &seed.view), self.list(place, &seed.edit));
        let body = seed.body.storage();
        let common =
            Common { id: seed.id, kind, space, parent, title: seed.title, body, author, created: seed.created };
        let id = self.common(common);
        let content = self.site.contents.get_mut(&id).expect("just inserted");
        content.status = status;
        content.adf_only = seed.adf_only;
        content.read = read;
        content.update = update;
        content.labels = seed.labels.iter().map(|label| parse_label(label)).collect();
        content.version.number = seed.version.unwrap_or(1);
        if let Some(Date(updated)) = seed.updated {
            content.version.created_at = updated;
        }
        for comment in seed.comments {
            self.comment(space, place, id, comment);
        }
        for attachment in seed.attachments {
            self.attachment(space, place, id, attachment);
        }
        for custom in seed.custom {
            self.custom(space, place, Some(id), custom);
        }
        for child in seed.children {
            let place = format!("{place} > `{}`", child.title);
            if child.parent.is_some() {
                self.problem(format!("{place}: a nested page has its parent already"));
            }
            self.node(space, &place, Some(id), child);
        }
        id
    }

    fn node_kind(&mut self, place: &str, seed: &NodeSeed) -> Kind {
        match seed.kind.as_deref() {
            None | Some("page") => Kind::Page { live: false },
            Some("live") => Kind::Page { live: true },
            Some("folder") => Kind::Folder,
            Some("whiteboard") => Kind::Whiteboard,
            Some("database") => Kind::Database,
            Some("embed") => Kind::Embed { url: seed.url.clone().unwrap_or_default() },
            Some("blogpost") => Kind::BlogPost,
            Some(other) => {
                self.problem(format!("{place}: `{other}` is none of page, live, folder, whiteboard, database, embed"));
                Kind::Page { live: false }
            }
        }
    }

    fn comment(&mut self, space: SpaceId, place: &str, on: ContentId, seed: CommentSeed) {
        let author = self.author(place, Some(&seed.by));
        let resolutions = [
            ("open", Resolution::Open),
            ("reopened", Resolution::Reopened),
            ("resolved", Resolution::Resolved),
            ("dangling", Resolution::Dangling),
        ];
        let resolution = self.choose(place, seed.resolution.as_deref(), &resolutions);
        let inline_parent = self.site.content(on).is_some_and(|it| matches!(it.kind, Kind::InlineComment { .. }));
        let kind = match seed.on {
            Some(selection) => Kind::InlineComment { selection, resolution },
            None if inline_parent => Kind::InlineComment { selection: String::new(), resolution },
            None => Kind::FooterComment,
        };
        let title = self.site.comment_title(Some(on));
        let body = seed.body.storage();
        let created = seed.created;
        let id = self.common(Common { id: seed.id, kind, space, parent: Some(on), title, body, author, created });
        for reply in seed.replies {
            self.comment(space, place, id, reply);
        }
    }

    fn attachment(&mut self, space: SpaceId, place: &str, on: ContentId, seed: AttachmentSeed) {
        let place = format!("{place}: attachment `{}`", seed.name);
        let bytes = self.bytes(&place, seed.text.as_ref(), seed.base64.as_deref(), seed.size);
        let author = self.author(&place, seed.by.as_deref());
        let media_type = seed.media_type.unwrap_or_else(|| media_type_of(&seed.name).to_owned());
        let file_id =
            if seed.lost { "UNKNOWN_MEDIA_ID".to_owned() } else { stable_uuid(&format!("{on}/{}", seed.name)) };
        let kind = Kind::Attachment(File { media_type, bytes, file_id, lost: seed.lost });
        let (title, body, created) = (seed.name, String::new(), seed.created);
        let id = self.common(Common { id: seed.id, kind, space, parent: Some(on), title, body, author, created });
        for comment in seed.comments {
            self.comment(space, &place, id, comment);
        }
    }

    fn bytes(&mut self, place: &str, text: Option<&BodySeed>, base64: Option<&str>, size: Option<usize>) -> FileBytes {
        match (text, base64, size) {
            (Some(text), None, None) => FileBytes::Real(Arc::from(text.text().as_bytes())),
            (None, Some(coded), None) => match STANDARD.decode(coded) {
                Ok(bytes) => FileBytes::Real(Arc::from(bytes)),
                Err(error) => {
                    self.problem(format!("{place}: base64 is broken: {error}"));
                    FileBytes::Generated(0)
                }
            },
            (None, None, size) => FileBytes::Generated(size.unwrap_or(0)),
            _ => {
                self.problem(format!("{place}: give one of text, base64 or size"));
                FileBytes::Generated(0)
            }
        }
    }

    fn common(&mut self, seed: Common) -> ContentId {
        let id = ContentId(seed.id.unwrap_or_else(|| self.next_id()));
        let created_at = self.date(seed.created);
        self.site.insert(Content {
            id,
            kind: seed.kind,
            space: seed.space,
            parent: seed.parent,
            title: seed.title,
            body: seed.body,
            adf_only: false,
            made_up: 0,
            status: Status::Current,
            labels: BTreeSet::new(),
            read: Restriction::default(),
            update: Restriction::default(),
            version: Version { number: 1, created_at, author: seed.author.clone(), minor_edit: false },
            created_at,
            author: seed.author,
            position: id.0,
        });
        id
    }

    fn next_id(&mut self) -> u64 {
        loop {
            let id = self.site.next_content_id;
            self.site.next_content_id += 1;
            if self.taken.insert(id) {
                return id;
            }
        }
    }
}

fn collect_node_ids(node: &NodeSeed, ids: &mut Vec<u64>) {
    ids.extend(node.id);
    node.comments.iter().for_each(|comment| collect_comment_ids(comment, ids));
    node.attachments.iter().for_each(|attachment| collect_attachment_ids(attachment, ids));
    node.custom.iter().for_each(|custom| custom.collect_ids(ids));
    node.children.iter().for_each(|child| collect_node_ids(child, ids));
}

fn collect_attachment_ids(attachment: &AttachmentSeed, ids: &mut Vec<u64>) {
    ids.extend(attachment.id);
    attachment.comments.iter().for_each(|comment| collect_comment_ids(comment, ids));
}

fn collect_comment_ids(comment: &CommentSeed, ids: &mut Vec<u64>) {
    ids.extend(comment.id);
    comment.replies.iter().for_each(|reply| collect_comment_ids(reply, ids));
}

fn parse_label(text: &str) -> Label {
    let (prefix, name) = text.split_once(':').unwrap_or(("global", text));
    Label { prefix: prefix.to_owned(), name: name.to_owned() }
}

/// What a browser would claim a file of this name to be.
fn media_type_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "html" | "htm" => "text/html",
        "csv" => "text/csv",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}
