//! Comments. Below a page only the root ones are listed; replies are the children of a comment.
//! The listings of the whole site have both.

use serde_json::json;

use super::json;
use crate::content::{Content, Kind, Status};
use crate::http::call::Call;
use crate::http::paging::{self, LIMIT_DEFAULT};
use crate::http::reply::{Reply, v2};
use crate::ids::ContentId;
use crate::shelf;

pub(super) fn is_footer(kind: &Kind) -> bool {
    matches!(kind, Kind::FooterComment)
}

fn is_inline(kind: &Kind) -> bool {
    matches!(kind, Kind::InlineComment { .. })
}

pub(crate) fn all_footer(call: &Call<'_>) -> Result<Reply, Reply> {
    listing(call, |after| call.site.shelved(shelf::Sort::Footer, None, after), is_footer)
}

pub(crate) fn all_inline(call: &Call<'_>) -> Result<Reply, Reply> {
    listing(call, |after| call.site.shelved(shelf::Sort::Inline, None, after), is_inline)
}

pub(crate) fn footer_of(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find(call.id()?, |kind| !kind.is_comment())?;
    listing(call, |after| call.site.children_after(content.id, after), is_footer)
}

pub(crate) fn inline_of(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find(call.id()?, |kind| !kind.is_comment())?;
    let asked = call.query.all("resolution-status");
    let wanted = |it: &&Content| match &it.kind {
        Kind::InlineComment { resolution, .. } => asked.is_empty() || asked.contains(&resolution.as_str()),
        _ => false,
    };
    listing(call, |after| call.site.children_after(content.id, after).filter(wanted), is_inline)
}

pub(crate) fn replies(call: &Call<'_>) -> Result<Reply, Reply> {
    let comment = call.find(call.id()?, Kind::is_comment)?;
    if !call.reads(comment) {
        return Err(v2::not_found());
    }
    listing(call, |after| call.site.children_after(comment.id, after), Kind::is_comment)
}

pub(super) fn listing<'c, I: Iterator<Item = &'c Content>>(
    call: &Call<'_>,
    among: impl Fn(Option<ContentId>) -> I,
    kind: fn(&Kind) -> bool,
) -> Result<Reply, Reply> {
    let sort = paging::sort(call, &["id", "created-date", "modified-date"])?;
    let format = json::body_format(call, false)?;
    paging::answer_contents(
        call,
        sort,
        LIMIT_DEFAULT,
        |after| among(after).filter(|content| kind(&content.kind) && content.status == Status::Current),
        |content| call.reads(content),
        |content| json::comment(call, content, format),
    )
}

pub(crate) fn one_footer(call: &Call<'_>) -> Result<Reply, Reply> {
    one(call, is_footer)
}

pub(crate) fn one_inline(call: &Call<'_>) -> Result<Reply, Reply> {
    one(call, is_inline)
}

fn one(call: &Call<'_>, kind: fn(&Kind) -> bool) -> Result<Reply, Reply> {
    let format = json::body_format(call, true)?;
    let comment = call.find(call.id()?, kind)?;
    if !call.reads(comment) {
        return Err(v2::not_found());
    }
    let mut object = json::comment(call, comment, format);
    object["_links"]["base"] = json!(call.base());
    Ok(Reply::ok(&object))
}
