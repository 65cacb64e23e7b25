//! What a person sees who follows a link of a search result.

use std::fmt::Write as _;

use super::call::Call;
use super::content_json::webui;
use super::door::Caller;
use crate::content::{Content, Kind};
use crate::http::reply::Reply;
use crate::ids::ContentId;

/// By id: `/pages/viewpage.action?pageId=…` and `/spaces/{key}/pages/{id}/{title}`.
pub(crate) fn by_id(call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.query.get("pageId").unwrap_or_else(|| call.param("id"));
    show(call, id.parse::<ContentId>().ok().and_then(|id| call.site.content(id)))
}

/// By space and title: `/display/{key}/{title}`, and with the date of a blog post in between.
pub(crate) fn by_title(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.site.find_space(call.param("key")).map(|space| space.id);
    let title = call.param("title").replace('+', " ");
    let wanted = |it: &&Content| {
        Some(it.space) == space && it.title == title && matches!(it.kind, Kind::Page { .. } | Kind::BlogPost)
    };
    show(call, call.site.contents().find(wanted))
}

/// `/display/{key}`: the home page.
pub(crate) fn space(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.site.find_space(call.param("key"));
    show(call, space.and_then(|space| space.homepage).and_then(|id| call.site.content(id)))
}

/// Nobody learns whether it exists; who is not logged in is asked to be.
fn show(call: &Call<'_>, found: Option<&Content>) -> Result<Reply, Reply> {
    let Some(content) = found.filter(|content| call.reads(content)) else {
        let page = "<!doctype html><h1>Not found</h1><p>Either there is no such page, or you may not see it.</p>";
        let status = if call.caller == Caller::Anonymous { 401 } else { 404 };
        let reply = Reply::html(status, page);
        return Err(if status == 401 { reply.with("www-authenticate", "Basic realm=\"Confluence\"") } else { reply });
    };
    let title = escape(&content.title);
    let mut below = String::new();
    for child in call.site.tree_children(content.id).into_iter().filter(|child| call.reads(child)) {
        let href = escape(&format!("{}{}", call.context_path(), webui(call, child)));
        let _ = write!(below, "<li><a href=\"{href}\">{}</a></li>", escape(&child.title));
    }
    let html = format!(
        "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{}<ul>{below}</ul></body></html>",
        content.storage()
    );
    // The text is the site's own: it may look like anything and run nothing.
    Ok(Reply::html(200, &html).with("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"))
}

/// Text that is safe inside of markup.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
