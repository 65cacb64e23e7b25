//! Attachments: their metadata. The bytes are v1's.

use serde_json::json;

use super::json;
use crate::content::{Content, Kind};
use crate::http::call::Call;
use crate::http::paging;
use crate::http::reply::{Reply, v2};
use crate::ids::ContentId;
use crate::shelf;

/// Larger than elsewhere, as documented.
const LIMIT_DEFAULT: usize = 50;

pub(crate) fn all(call: &Call<'_>) -> Result<Reply, Reply> {
    listing(call, |after| call.site.shelved(shelf::Sort::Attachment, None, after))
}

pub(crate) fn of(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find(call.id()?, |kind| matches!(kind, Kind::Page { .. } | Kind::BlogPost))?;
    listing(call, |after| call.site.children_after(content.id, after))
}

pub(super) fn listing<'c, I: Iterator<Item = &'c Content>>(
    call: &Call<'_>,
    among: impl Fn(Option<ContentId>) -> I,
) -> Result<Reply, Reply> {
    let sort = paging::sort(call, &["id", "created-date", "modified-date"])?;
    let asked = call.query.all("status");
    if asked.iter().any(|status| !["current", "archived", "trashed"].contains(status)) {
        return Err(v2::bad_parameter("status", "ContentStatus"));
    }
    let statuses = if asked.is_empty() { &["current", "archived"][..] } else { &asked };
    let wanted = |content: &&Content| match &content.kind {
        Kind::Attachment(file) => {
            statuses.contains(&content.status.as_str())
                && call.query.get("mediaType").is_none_or(|asked| asked == file.media_type)
                && call.query.get("filename").is_none_or(|asked| asked == content.title)
        }
        _ => false,
    };
    paging::answer_contents(
        call,
        sort,
        LIMIT_DEFAULT,
        |after| among(after).filter(wanted),
        |content| call.reads(content),
        |content| json::attachment(call, content),
    )
}

pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find(call.id()?, |kind| matches!(kind, Kind::Attachment(_)))?;
    if !call.reads(content) {
        return Err(v2::not_found());
    }
    let mut object = json::attachment(call, content);
    object["_links"]["base"] = json!(call.base());
    Ok(Reply::ok(&object))
}
