//! Pages and blog posts: per space, for the whole site, and one by one.

use serde_json::json;

use super::json;
use crate::content::{Content, Kind, Status};
use crate::http::call::Call;
use crate::http::paging::{self, LIMIT_DEFAULT};
use crate::http::reply::{Reply, v2};
use crate::ids::SpaceId;
use crate::shelf;

const PAGE_STATUSES: &[&str] = &["current", "archived", "deleted", "trashed"];
const BLOG_STATUSES: &[&str] = &["current", "deleted", "trashed"];

fn is_page(kind: &Kind) -> bool {
    matches!(kind, Kind::Page { .. })
}

fn is_blog(kind: &Kind) -> bool {
    matches!(kind, Kind::BlogPost)
}

pub(crate) fn of_space(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?.id;
    let root_only = call.query.get("depth") == Some("root");
    let all = (shelf::Sort::Page, Some(space));
    listing(call, all, PAGE_STATUSES, &["current", "archived"], |content| !(root_only && content.parent.is_some()))
}

pub(crate) fn all(call: &Call<'_>) -> Result<Reply, Reply> {
    let wanted = by_query(call)?;
    listing(call, (shelf::Sort::Page, only_space(call)), PAGE_STATUSES, &["current", "archived"], wanted)
}

pub(crate) fn blogs_of_space(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?.id;
    listing(call, (shelf::Sort::Blog, Some(space)), BLOG_STATUSES, &["current"], |_| true)
}

pub(crate) fn all_blogs(call: &Call<'_>) -> Result<Reply, Reply> {
    let wanted = by_query(call)?;
    listing(call, (shelf::Sort::Blog, only_space(call)), BLOG_STATUSES, &["current"], wanted)
}

/// The space, when exactly one is asked for.
fn only_space(call: &Call<'_>) -> Option<SpaceId> {
    match call.query.all("space-id")[..] {
        [one] => one.parse().ok().map(SpaceId),
        _ => None,
    }
}

/// What `id`, `space-id` and `subtype` ask for.
fn by_query<'c>(call: &'c Call<'_>) -> Result<impl Fn(&Content) -> bool + 'c, Reply> {
    let numbers = |name: &'static str, most: usize| -> Result<Vec<u64>, Reply> {
        let numbers: Option<Vec<u64>> = call.query.all(name).iter().map(|text| text.parse().ok()).collect();
        numbers.filter(|found| found.len() <= most).ok_or_else(|| v2::bad_parameter(name, "Long"))
    };
    let ids = numbers("id", 250)?;
    let spaces = numbers("space-id", 100)?;
    let live = call.query.get("subtype").map(|subtype| subtype == "live");
    Ok(move |content: &Content| {
        (ids.is_empty() || ids.contains(&content.id.0))
            && (spaces.is_empty() || spaces.iter().any(|id| SpaceId(*id) == content.space))
            && live.is_none_or(|live| matches!(content.kind, Kind::Page { live: it } if it == live))
    })
}

fn listing(
    call: &Call<'_>,
    (kind, space): (shelf::Sort, Option<SpaceId>),
    known_statuses: &[&str],
    default_statuses: &[&str],
    wanted: impl Fn(&Content) -> bool,
) -> Result<Reply, Reply> {
    let sort = paging::sort(call, &["id", "created-date", "modified-date", "title"])?;
    let format = json::body_format(call, false)?;
    let asked = call.query.all("status");
    if asked.iter().any(|status| !known_statuses.contains(status)) {
        return Err(v2::bad_parameter("status", "ContentStatus"));
    }
    let statuses = if asked.is_empty() { default_statuses } else { &asked };
    let title = call.query.get("title");
    let is_wanted = |content: &&Content| {
        statuses.contains(&content.status.as_str())
            && wanted(content)
            && title.is_none_or(|title| title == content.title)
    };
    paging::answer_contents(
        call,
        sort,
        LIMIT_DEFAULT,
        |after| call.site.shelved(kind, space, after).filter(is_wanted),
        |content| call.may_look_at(content),
        |content| json::page(call, content, format),
    )
}

pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    single(call, is_page)
}

pub(crate) fn one_blog(call: &Call<'_>) -> Result<Reply, Reply> {
    single(call, is_blog)
}

/// A trashed one still answers, with its status and without its body; only a purge gives 404.
fn single(call: &Call<'_>, kind: fn(&Kind) -> bool) -> Result<Reply, Reply> {
    let format = json::body_format(call, true)?;
    let id = call.id()?;
    let draft = call.site.content(id).filter(|content| {
        content.status == Status::Draft
            && kind(&content.kind)
            && call.query.flag("get-draft")
            && call.caller.reader() == crate::visibility::Reader::User(&content.author)
    });
    let content = match draft {
        Some(draft) => draft,
        None => call.find(id, kind)?,
    };
    let asked = call.query.all("status");
    if !asked.is_empty() && !asked.contains(&content.status.as_str()) {
        return Err(v2::not_found());
    }
    let format = if content.status == Status::Trashed { json::BodyFormat::Absent } else { format };
    let mut object = json::page(call, content, format);
    if call.query.flag("include-labels") {
        let labels: Vec<_> = content.labels.iter().map(super::labels::label).collect();
        object["labels"] = json!({"results": labels, "meta": {"hasMore": false}, "_links": {}});
    }
    object["_links"]["base"] = json!(call.base());
    Ok(Reply::ok(&object))
}
