//! `GET /rest/api/content/{id}/child/comment`.

use super::call::Call;
use super::content::rows;
use super::page::{LIMIT_DEFAULT, Window};
use crate::content::{Content, Kind, Resolution, Status};
use crate::http::reply::Reply;

/// The root comments, or with `depth=all` the replies too; `location` chooses, repeatedly.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find()?;
    let expand = call.expand("");
    let window = Window::of(call, LIMIT_DEFAULT, expand.limit_max())?;
    let mut all: Vec<&Content> = if call.query.get("depth") == Some("all") {
        call.site.subtree(content.id).into_iter().filter_map(|id| call.site.content(id)).collect()
    } else {
        call.site.children_of(content.id).collect()
    };
    let places = call.query.all("location");
    all.retain(|it| it.kind.is_comment() && it.status == Status::Current && is_of(call, it, content));
    all.retain(|it| places.is_empty() || places.contains(&location(it)));
    all.sort_unstable_by_key(|it| it.id);
    Ok(rows(call, &all, window, &[Status::Current], &expand))
}

/// Whether it is a comment on this very page, not on a page or file below.
fn is_of(call: &Call<'_>, comment: &Content, on: &Content) -> bool {
    let mut at = comment;
    while let Some(parent) = at.parent.and_then(|id| call.site.content(id)) {
        if parent.id == on.id {
            return true;
        }
        if !parent.kind.is_comment() {
            return false;
        }
        at = parent;
    }
    false
}

fn location(comment: &Content) -> &'static str {
    match comment.kind {
        Kind::InlineComment { resolution: Resolution::Resolved, .. } => "resolved",
        Kind::InlineComment { .. } => "inline",
        _ => "footer",
    }
}
