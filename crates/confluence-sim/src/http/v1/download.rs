//! The way to an attachment's bytes: a redirect to the media service.

use crate::content::{Kind, Status};
use crate::http::auth;
use crate::http::call::Call;
use crate::http::media;
use crate::http::reply::{Reply, v1};

/// 302 to a signed address that lives for a while. Archived attachments are not found.
pub(crate) fn redirect(call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.param("attachment");
    let found = id.parse().ok().and_then(|id| call.site.content(id)).filter(|content| {
        content.status == Status::Current
            && call.reads(content)
            && content.parent.is_some_and(|on| on.to_string() == call.param("id"))
    });
    let content = found.ok_or_else(|| v1::not_found(id))?;
    let Kind::Attachment(file) = &content.kind else { return Err(v1::not_found(id)) };
    let location = media::signed_url(call, content, file);
    Ok(Reply::new(302, "text/plain", "").with("location", location))
}

/// The link in the browser refuses API tokens, even right ones.
pub(crate) fn web_link(call: &Call<'_>) -> Result<Reply, Reply> {
    let refused = auth::unauthorized(call.origin());
    let challenge = refused.headers.into_iter().filter(|(name, _)| *name == "www-authenticate");
    let mut reply = Reply::html(401, "<html><head><title>Unauthorized (401)</title></head><body></body></html>");
    reply.headers.extend(challenge);
    Err(reply)
}
