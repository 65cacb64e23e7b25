//! Walks by cursor, in the order of ids: `content/scan`, and the trash of a space.

use std::ops::Bound;

use serde_json::{Value, json};

use super::call::{Call, Expand};
use super::content::{wanted_space, wanted_type};
use super::content_json as shapes;
use super::page::{self, LIMIT_DEFAULT};
use super::reply;
use crate::content::{Content, Status};
use crate::http::reply::Reply;
use crate::ids::ContentId;

/// Before every id.
const BEGINNING: ContentId = ContentId(0);

/// `GET /rest/api/content/scan`.
pub(crate) fn scan(call: &Call<'_>) -> Result<Reply, Reply> {
    let kind = wanted_type(call.query.get("type").unwrap_or("page"), &["page", "blogpost", "comment"])?;
    let space = wanted_space(call)?;
    let statuses = call.statuses()?;
    let wanted = |content: &Content| {
        content.kind.as_str() == kind
            && statuses.contains(&content.status)
            && space.is_none_or(|id| content.space == id)
    };
    answer(call, wanted, &statuses, &call.expand(""))
}

/// `GET /rest/api/space/{key}/trash`, for those who administer the space.
pub(crate) fn trash(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?;
    if !call.administers_space(space) {
        return Err(reply::not_permitted("Not permitted to view the trash of this space"));
    }
    let trashed = |content: &Content| content.space == space.id && content.status == Status::Trashed;
    answer(call, trashed, &[Status::Trashed], &call.expand(""))
}

/// The rows after the cursor, cut first and trimmed to the caller afterwards.
fn answer(
    call: &Call<'_>,
    wanted: impl Fn(&Content) -> bool,
    statuses: &[Status],
    expand: &Expand<'_>,
) -> Result<Reply, Reply> {
    let limit = call.number("limit", LIMIT_DEFAULT)?.clamp(1, expand.limit_max());
    let after = match call.query.get("cursor") {
        None => BEGINNING,
        Some(text) => parse_cursor(text).ok_or_else(|| reply::bad_request(&format!("Invalid cursor: {text}")))?,
    };
    // Only what comes after the cursor is looked at: a walk of a large site looks at all of it once.
    let rest = call.site.contents.range((Bound::Excluded(after), Bound::Unbounded)).map(|(_, content)| content);
    let mut rows: Vec<&Content> = rest.filter(|content| wanted(content)).take(limit + 1).collect();
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    let visible = rows.iter().filter(|content| call.reads_in(content, statuses));
    let results: Vec<Value> = visible.map(|content| shapes::content(call, content, expand)).collect();
    let mut links = page::links(call);
    let mut body = json!({
        "size": results.len(),
        "results": results,
        "cursor": write_cursor(after),
        "limit": limit,
    });
    if let Some(last) = rows.last().filter(|_| !is_last) {
        let next = write_cursor(last.id);
        let rest = page::rest_of_query(call, &["cursor", "limit"]);
        links["next"] = json!(format!("{}?{rest}limit={limit}&cursor={next}", call.path));
        body["nextCursor"] = json!(next);
    }
    body["_links"] = links;
    Ok(Reply::ok(&body))
}

fn write_cursor(after: ContentId) -> String {
    if after == BEGINNING { "content:false:null".to_owned() } else { format!("content:false:{after}") }
}

fn parse_cursor(text: &str) -> Option<ContentId> {
    match text.strip_prefix("content:false:")? {
        "null" => Some(BEGINNING),
        id => id.parse().ok().map(ContentId),
    }
}
