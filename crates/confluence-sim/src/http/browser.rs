//! What a person sees who follows a link of a search result: the page, and who may view it.
//!
//! Real Confluence has its whole interface here. This shows the text, so that a demonstration has
//! no dead links, and asks for e-mail and token where the page is not open to the world.

use super::auth::Caller;
use super::call::Call;
use super::reply::Reply;
use crate::content::{Content, Kind, Restriction};
use crate::ids::{ContentId, SpaceId};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}\
                     nav,small,aside{color:#555}aside{border-left:3px solid #bbb;padding-left:.8rem}\
                     td,th{border:1px solid #ccc;padding:.2rem .5rem}table{border-collapse:collapse}";

/// A page, blog post or node of the tree.
pub(crate) fn page(call: &Call<'_>) -> Result<Reply, Reply> {
    let found = call.param("id").parse::<ContentId>().ok().and_then(|id| call.site.content(id));
    let content = found.filter(|content| call.reads(content)).ok_or_else(|| locked(call))?;
    let above = call.site.ancestors(content).unwrap_or_default();
    let path: Vec<String> = above.iter().rev().map(|node| escape(&node.title)).collect();
    let (space, path, title) = (space_name(call, content.space), path.join(" / "), escape(&content.title));
    let restricted = above.into_iter().rev().chain([content]).filter(|node| !node.read.is_empty());
    let layers = restricted.map(|node| {
        let (title, names) = (escape(&node.title), escape(&names(call, &node.read)));
        format!("<aside>“{title}” and what is below it: only for {names}.</aside>")
    });
    let layers: String = layers.collect();
    let below: String = call.site.children_of(content.id).map(|it| beneath(call, it)).collect();
    let html = format!("<nav>{space} / {path}</nav><h1>{title}</h1>{}{layers}{below}", content.storage());
    Ok(document(&content.title, &html))
}

/// The home page of a space, or only its name.
pub(crate) fn space(call: &Call<'_>) -> Result<Reply, Reply> {
    let found = call.site.find_space(call.param("key")).filter(|space| call.views_space(space));
    let space = found.ok_or_else(|| locked(call))?;
    let description = escape(space.description.as_deref().unwrap_or_default());
    let pages = call.site.contents().filter(|it| it.space == space.id && it.parent.is_none() && call.reads(it));
    let list: String = pages.map(|it| link(call, it)).collect();
    Ok(document(&space.name, &format!("<h1>{}</h1><p>{description}</p><ul>{list}</ul>", escape(&space.name))))
}

fn beneath(call: &Call<'_>, content: &Content) -> String {
    if !call.reads(content) {
        return String::new();
    }
    match &content.kind {
        Kind::FooterComment | Kind::InlineComment { .. } => {
            let author =
                call.site.users.get(&content.author).map(|user| escape(&user.shown_name())).unwrap_or_default();
            let replies: String = call.site.children_of(content.id).map(|reply| beneath(call, reply)).collect();
            format!("<aside id=\"{}\"><small>{author}</small>{}{replies}</aside>", content.id, content.storage())
        }
        Kind::Attachment(file) => {
            format!("<p><small>Attached: {} ({} bytes)</small></p>", escape(&content.title), file.bytes.len())
        }
        _ => format!("<ul>{}</ul>", link(call, content)),
    }
}

fn link(call: &Call<'_>, content: &Content) -> String {
    let href = escape(&super::v2::json::webui(call, content));
    format!("<li><a href=\"/wiki{href}\">{}</a></li>", escape(&content.title))
}

fn names(call: &Call<'_>, list: &Restriction) -> String {
    let users = list.users.iter().filter_map(|id| call.site.users.get(id)).map(crate::people::User::shown_name);
    let groups = list.groups.iter().filter_map(|id| call.site.groups.get(id)).map(|group| group.name.clone());
    users.chain(groups).collect::<Vec<_>>().join(", ")
}

fn space_name(call: &Call<'_>, id: SpaceId) -> String {
    call.site.space(id).map(|space| escape(&space.name)).unwrap_or_default()
}

/// Nobody learns whether it exists; who is not logged in is asked to be.
fn locked(call: &Call<'_>) -> Reply {
    let html = "<h1>Not found</h1><p>Either there is no such page, or you may not see it.</p>";
    let mut reply = document("Not found", html);
    reply.status = 404;
    if call.caller == Caller::Anonymous {
        reply.status = 401;
        return reply.with("www-authenticate", "Basic realm=\"e-mail and API token\", charset=\"UTF-8\"");
    }
    reply
}

pub(crate) fn document(title: &str, html: &str) -> Reply {
    let title = escape(title);
    Reply::html(
        200,
        &format!(
            "<!doctype html><html><head><title>{title}</title><style>{STYLE}</style></head><body>{html}</body></html>"
        ),
    )
    // The text is the site's own: it may look like anything and run nothing.
    .with("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
