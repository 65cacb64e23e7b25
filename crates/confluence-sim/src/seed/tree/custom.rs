//! Content of apps in a seed: in a space, on a page or blog post, or on more of its kind.

use serde::Deserialize;

use super::{Common, STATUSES, collect_attachment_ids, collect_comment_ids, parse_label};
use crate::content::Kind;
use crate::ids::{ContentId, SpaceId};
use crate::seed::build::Builder;
use crate::seed::{AttachmentSeed, BodySeed, CommentSeed, Date};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct CustomSeed {
    #[serde(rename = "type")]
    app_type: String,
    title: String,
    id: Option<u64>,
    status: Option<String>,
    #[serde(default)]
    body: BodySeed,
    by: Option<String>,
    created: Option<Date>,
    updated: Option<Date>,
    version: Option<u32>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    comments: Vec<CommentSeed>,
    #[serde(default)]
    attachments: Vec<AttachmentSeed>,
    #[serde(default)]
    custom: Vec<CustomSeed>,
}

impl CustomSeed {
    pub(super) fn collect_ids(&self, ids: &mut Vec<u64>) {
        ids.extend(self.id);
        self.comments.iter().for_each(|comment| collect_comment_ids(comment, ids));
        self.attachments.iter().for_each(|attachment| collect_attachment_ids(attachment, ids));
        self.custom.iter().for_each(|inner| inner.collect_ids(ids));
    }
}

impl Builder {
    pub(super) fn custom(&mut self, space: SpaceId, place: &str, on: Option<ContentId>, seed: CustomSeed) {
        let place = format!("{place}: custom content `{}`", seed.title);
        let status = self.choose(&place, seed.status.as_deref(), &STATUSES);
        let author = self.author(&place, seed.by.as_deref());
        let (kind, body) = (Kind::Custom { app_type: seed.app_type }, seed.body.storage());
        let (title, created) = (seed.title, seed.created);
        let id = self.common(Common { id: seed.id, kind, space, parent: on, title, body, author, created });
        let content = self.site.contents.get_mut(&id).expect("just inserted");
        content.status = status;
        content.labels = seed.labels.iter().map(|label| parse_label(label)).collect();
        content.version.number = seed.version.unwrap_or(1);
        if let Some(Date(updated)) = seed.updated {
            content.version.created_at = updated;
        }
        for comment in seed.comments {
            self.comment(space, &place, id, comment);
        }
        for attachment in seed.attachments {
            self.attachment(space, &place, id, attachment);
        }
        for inner in seed.custom {
            self.custom(space, &place, Some(id), inner);
        }
    }
}
