//! Content of apps: by its type, which every listing asks for, and what is on it.

use serde_json::{Value, json};

use super::{attachments as files, comments as talk, json, labels as tags};
use crate::content::{Content, Kind, Status};
use crate::http::call::Call;
use crate::http::paging::{self, LIMIT_DEFAULT};
use crate::http::reply::{Reply, v2};
use crate::ids::{ContentId, SpaceId};
use crate::shelf;

fn is_custom(kind: &Kind) -> bool {
    matches!(kind, Kind::Custom { .. })
}

pub(crate) fn all(call: &Call<'_>) -> Result<Reply, Reply> {
    let numbers = |name: &'static str| -> Result<Vec<u64>, Reply> {
        let numbers: Option<Vec<u64>> = call.query.all(name).iter().map(|text| text.parse().ok()).collect();
        numbers.ok_or_else(|| v2::bad_parameter(name, "Long"))
    };
    let (ids, spaces) = (numbers("id")?, numbers("space-id")?);
    let wanted = |content: &&Content| {
        (ids.is_empty() || ids.contains(&content.id.0))
            && (spaces.is_empty() || spaces.iter().any(|id| SpaceId(*id) == content.space))
    };
    listing(call, |after| call.site.shelved(shelf::Sort::Custom, None, after).filter(wanted))
}

/// All that is in the space, on whatever it is.
pub(crate) fn of_space(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?.id;
    listing(call, |after| call.site.shelved(shelf::Sort::Custom, Some(space), after))
}

pub(crate) fn of_page(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find(call.id()?, |kind| matches!(kind, Kind::Page { .. } | Kind::BlogPost))?;
    listing(call, |after| call.site.children_after(content.id, after))
}

fn listing<'c, I: Iterator<Item = &'c Content>>(
    call: &Call<'_>,
    among: impl Fn(Option<ContentId>) -> I,
) -> Result<Reply, Reply> {
    let sort = paging::sort(call, &["id", "created-date", "modified-date", "title"])?;
    let format = json::custom_body_format(call, false)?;
    let asked = call.query.get("type").filter(|name| !name.is_empty());
    let app_type = asked.ok_or_else(|| v2::bad_parameter("type", "String"))?;
    let wanted = |it: &&Content| is_custom(&it.kind) && it.kind.as_str() == app_type && it.status == Status::Current;
    paging::answer_contents(
        call,
        sort,
        LIMIT_DEFAULT,
        |after| among(after).filter(wanted),
        |content| call.reads(content),
        |content| json::custom_content(call, content, format),
    )
}

/// In the trash it still answers, without its body.
pub(crate) fn one(call: &Call<'_>) -> Result<Reply, Reply> {
    let format = json::custom_body_format(call, true)?;
    let content = call.find(call.id()?, is_custom)?;
    let format = if content.status == Status::Trashed { json::BodyFormat::Absent } else { format };
    let mut object = json::custom_content(call, content, format);
    if call.query.flag("include-labels") {
        let labels: Vec<Value> = content.labels.iter().map(tags::label).collect();
        object["labels"] = json!({"results": labels, "meta": {"hasMore": false}, "_links": {}});
    }
    object["_links"]["base"] = json!(call.base());
    Ok(Reply::ok(&object))
}

/// The custom content in the path, where its readers see it.
fn in_path<'c>(call: &'c Call<'_>) -> Result<&'c Content, Reply> {
    Some(call.find(call.id()?, is_custom)?).filter(|content| call.reads(content)).ok_or_else(v2::not_found)
}

pub(crate) fn children(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = in_path(call)?;
    let sort = paging::sort(call, &["id", "created-date", "modified-date"])?;
    paging::answer_contents(
        call,
        sort,
        LIMIT_DEFAULT,
        |after| {
            let below = call.site.children_after(content.id, after);
            below.filter(|it| is_custom(&it.kind) && it.status == Status::Current)
        },
        |content| call.reads(content),
        |content| {
            json!({
                "id": content.id.to_string(),
                "status": content.status.as_str(),
                "title": content.title,
                "type": content.kind.as_str(),
                "spaceId": content.space.to_string(),
            })
        },
    )
}

pub(crate) fn attachments(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = in_path(call)?;
    files::listing(call, |after| call.site.children_after(content.id, after))
}

pub(crate) fn comments(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = in_path(call)?;
    talk::listing(call, |after| call.site.children_after(content.id, after), talk::is_footer)
}

pub(crate) fn labels(call: &Call<'_>) -> Result<Reply, Reply> {
    tags::listing(call, in_path(call)?.labels.iter())
}
