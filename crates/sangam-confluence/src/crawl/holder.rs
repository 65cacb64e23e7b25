//! The page or blog post that a comment or an attachment is on, through whatever is in between: comments, attachments, custom content.
//!
//! It decides who may read them: none of what is in between has a list of its own. What leads to neither is hidden.

use crate::{
    client::Client,
    config::Entity,
    error::ClientError,
    wire::{Attachment, Comment, CustomContent},
};

/// Steps that are followed: threads are not deeper.
const STEPS_MAX: usize = 200;

/// What something is right on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum On {
    Page(String),
    Blog(String),
    Comment(String),
    Attachment(String),
    CustomContent(String),
}

impl Comment {
    /// What the comment is right on, if the answer says so.
    pub(crate) fn on(&self) -> Option<On> {
        // A reply names its parent, and some answers the page besides.
        let page = self.page_id.clone().map(On::Page).or_else(|| self.blog_post_id.clone().map(On::Blog));
        let other = self.attachment_id.clone().map(On::Attachment);
        let other = other.or_else(|| self.custom_content_id.clone().map(On::CustomContent));
        page.or_else(|| self.parent_comment_id.clone().map(On::Comment)).or(other)
    }
}

impl Attachment {
    /// What the file is attached to, if the answer says so.
    pub(crate) fn on(&self) -> Option<On> {
        let page = self.page_id.clone().map(On::Page).or_else(|| self.blog_post_id.clone().map(On::Blog));
        page.or_else(|| self.custom_content_id.clone().map(On::CustomContent))
    }
}

impl CustomContent {
    fn on(&self) -> Option<On> {
        let page = self.page_id.clone().map(On::Page).or_else(|| self.blog_post_id.clone().map(On::Blog));
        page.or_else(|| self.custom_content_id.clone().map(On::CustomContent))
    }
}

/// The page or blog post above `on`; `None` if it leads to neither, or through something that is gone.
pub(super) async fn holder(client: &Client, mut on: On) -> Result<Option<(Entity, String)>, ClientError> {
    for _ in 0..STEPS_MAX {
        let above = match on {
            On::Page(id) => return Ok(Some((Entity::Page, id))),
            On::Blog(id) => return Ok(Some((Entity::Blog, id))),
            On::Comment(id) => comment_by_id(client, &id).await.map(|comment| comment.on()),
            On::Attachment(id) => {
                let answer = client.get::<Attachment>(&format!("api/v2/attachments/{id}"), &[]).await;
                answer.map(|file| file.on().filter(|_| is_current(&file.status)))
            }
            On::CustomContent(id) => {
                let answer = client.get::<CustomContent>(&format!("api/v2/custom-content/{id}"), &[]).await;
                answer.map(|custom| custom.on().filter(|_| is_current(&custom.status)))
            }
        };
        on = match above {
            Ok(Some(above)) => above,
            Ok(None) | Err(ClientError::NotFound { .. } | ClientError::Forbidden { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
    }
    Ok(None)
}

/// True if something is neither in the trash nor a draft; some answers leave the status out.
pub(super) fn is_current(status: &str) -> bool {
    status.is_empty() || status == "current"
}

/// A comment of either kind.
pub(super) async fn comment_by_id(client: &Client, id: &str) -> Result<Comment, ClientError> {
    match client.get(&format!("api/v2/footer-comments/{id}"), &[]).await {
        Err(ClientError::NotFound { .. }) => client.get(&format!("api/v2/inline-comments/{id}"), &[]).await,
        answer => answer,
    }
}
