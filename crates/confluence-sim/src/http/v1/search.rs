//! Search by CQL, trimmed to the caller: bare content, results in envelopes, and people.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};

use super::cql::Cql;
use super::scope::Scope;
use super::{json, result};
use crate::content::{Content, Status};
use crate::http::call::{Call, wire_time};
use crate::http::query::encode;
use crate::http::reply::{Reply, v1};
use crate::ids::ContentId;
use crate::people::{AccountStatus, AccountType};
use crate::searches::Key;
use crate::space::SpaceStatus;

const LIMIT_DEFAULT: usize = 25;

/// The search of people ends here, whoever comes after (CONFCLOUD-77954).
const PEOPLE_MAX: usize = 10_000;

/// The largest page of people.
const PEOPLE_LIMIT_MAX: usize = 200;

/// The page size after what `expand` costs; larger wishes are cut without a word.
fn limit(call: &Call<'_>, expand: &[&str]) -> Result<usize, Reply> {
    let asked = match call.query.get("limit") {
        None => LIMIT_DEFAULT,
        Some(text) => text.parse().map_err(|_| v1::bad_request(&format!("limit must be a number : {text}")))?,
    };
    let most = if expand.iter().any(|it| matches!(*it, "body.export_view" | "body.styled_view")) {
        25
    } else if expand.iter().any(|it| it.starts_with("body.")) {
        50
    } else if expand.is_empty() {
        1_000
    } else {
        200
    };
    Ok(asked.clamp(1, most))
}

/// One page of what was found.
struct Found<'c> {
    page: Vec<&'c Content>,
    start: usize,
    limit: usize,
    total: usize,
    links: Value,
}

/// `GET /content/search`: bare content objects.
pub(crate) fn content(call: &Call<'_>) -> Result<Reply, Reply> {
    let expand = call.query.all("expand");
    let (_, found) = search(call, &expand)?;
    let results: Vec<Value> = found.page.iter().map(|content| json::content(call, content, &expand)).collect();
    let (start, limit, size) = (found.start, found.limit, results.len());
    let mut body = json!({"start": start, "limit": limit, "size": size, "_links": found.links});
    body["results"] = Value::Array(results);
    Ok(Reply::ok(&body))
}

/// `GET /search`: content in envelopes, with titles and excerpts in which the words are marked.
pub(crate) fn envelopes(call: &Call<'_>) -> Result<Reply, Reply> {
    let expand: Vec<&str> =
        call.query.all("expand").into_iter().map(|it| it.strip_prefix("content.").unwrap_or(it)).collect();
    let (cql, found) = search(call, &expand)?;
    let words = cql.words();
    let results: Vec<Value> =
        found.page.iter().map(|content| result::envelope(call, content, &expand, &words)).collect();
    let mut body = json!({
        "start": found.start,
        "limit": found.limit,
        "size": results.len(),
        "totalSize": found.total,
        "cqlQuery": call.query.get("cql"),
        "searchDuration": 12,
        "_links": found.links,
    });
    body["results"] = Value::Array(results);
    Ok(Reply::ok(&body))
}

fn search<'c>(call: &'c Call<'_>, expand: &[&str]) -> Result<(Cql, Found<'c>), Reply> {
    let text = call.query.get("cql").unwrap_or_default();
    let cql = Cql::parse(text, call.site).ok_or_else(|| v1::bad_request(&format!("Could not parse cql : {text}")))?;
    let limit = limit(call, expand)?;
    let found = found(call, &cql, text);
    let content = |id: &ContentId| call.site.content(*id);
    let start = match call.query.get("cursor") {
        None => 0,
        Some(cursor) => {
            let last = parse_cursor(call, cursor).ok_or_else(|| v1::bad_request("cursor is not valid"))?;
            let descending = cql.order().is_some_and(|(_, descending)| descending);
            found.partition_point(|id| {
                let Some(content) = content(id) else { return true };
                let order = place(&cql, content).cmp(&last);
                if descending { order.is_ge() } else { order.is_le() }
            })
        }
    };
    let page: Vec<&Content> = found[start..found.len().min(start + limit)].iter().filter_map(content).collect();
    if expand.iter().any(|it| it.starts_with("ancestors.restrictions")) {
        refuse_unreadable_ancestors(call, &page)?;
    }
    let mut links = json!({
        "base": call.base(),
        "context": "/wiki",
        "self": format!("{}{}?cql={}", call.origin(), call.path, encode(text)),
    });
    if let Some(last) = page.last().filter(|_| start + page.len() < found.len()) {
        let rest = call.query.without(&["next", "cursor", "limit", "start"]);
        let cursor = write_cursor(call, &place(&cql, last));
        let path = call.path.trim_start_matches("/wiki");
        links["next"] =
            json!(format!("{path}?next=true&cursor={cursor}&limit={limit}&start={}&{rest}", start + page.len()));
    }
    let total = found.len();
    Ok((cql, Found { page, start, limit, total, links }))
}

/// `GET /search/user`: everybody who is active, for `type=user` and nothing else.
pub(crate) fn people(call: &Call<'_>) -> Result<Reply, Reply> {
    let text = call.query.get("cql").unwrap_or_default();
    if text.replace([' ', '"'], "").to_lowercase() != "type=user" {
        return Err(v1::bad_request(&format!("Could not parse cql : {text}")));
    }
    let (start, limit) = super::offset::window(call, LIMIT_DEFAULT)?;
    let limit = limit.clamp(1, PEOPLE_LIMIT_MAX);
    let active = call
        .site
        .everyone()
        .filter(|user| user.status == AccountStatus::Active && user.account_type == AccountType::Atlassian);
    let people: Vec<_> = active.take(PEOPLE_MAX).collect();
    let from = start.min(people.len());
    let page = &people[from..people.len().min(from + limit)];
    let results: Vec<Value> = page.iter().map(|user| result::person(call, user)).collect();
    let mut links = json!({
        "base": call.base(),
        "context": "/wiki",
        "self": format!("{}{}?cql={}", call.origin(), call.path, encode(text)),
    });
    if from + page.len() < people.len() {
        let path = call.path.trim_start_matches("/wiki");
        links["next"] = json!(format!("{path}?cql={}&limit={limit}&start={}", encode(text), from + page.len()));
    }
    Ok(Reply::ok(&json!({
        "results": results,
        "start": start,
        "limit": limit,
        "size": results.len(),
        "totalSize": people.len(),
        "cqlQuery": text,
        "searchDuration": 12,
        "_links": links,
    })))
}

/// Everything that matches and that the caller may see, in order; remembered for the next page.
fn found(call: &Call<'_>, cql: &Cql, text: &str) -> Arc<[ContentId]> {
    if cql.goes_by_clock() {
        return find(call, cql).into();
    }
    let narrowed = ["includeArchivedSpaces", "cqlcontext"].map(|name| call.query.get(name).unwrap_or_default());
    let query = format!("{narrowed:?} {text}");
    let (generation, caller) = (call.site.generation, format!("{:?}", call.caller));
    call.searches.found(Key { generation, caller, query }, || find(call, cql))
}

fn find(call: &Call<'_>, cql: &Cql) -> Vec<ContentId> {
    let statuses = statuses(call);
    let archived_spaces = call.query.flag("includeArchivedSpaces");
    let mut found: Vec<&Content> = Scope::of(cql, call.site)
        .contents(call.site)
        .inspect(|_| call.searches.look())
        .filter(|content| cql.matches(call.site, content))
        .filter(|content| statuses.contains(&state(call, content)))
        .filter(|content| {
            let space = call.site.space(content.space);
            archived_spaces || space.is_some_and(|space| space.status == SpaceStatus::Current)
        })
        .filter(|content| call.reads(content))
        .collect();
    found.sort_by_cached_key(|content| place(cql, content));
    if cql.order().is_some_and(|(_, descending)| descending) {
        found.reverse();
    }
    found.iter().map(|content| content.id).collect()
}

/// `cqlcontext={"contentStatuses":["archived"]}` asks for more than what is current.
fn statuses(call: &Call<'_>) -> Vec<Status> {
    let context: Value =
        call.query.get("cqlcontext").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let asked: Vec<Status> = context["contentStatuses"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|status| match status.as_str()? {
            "current" => Some(Status::Current),
            "archived" => Some(Status::Archived),
            _ => None,
        })
        .collect();
    if asked.is_empty() { vec![Status::Current] } else { asked }
}

/// A comment or attachment is as archived as the page it is on.
fn state(call: &Call<'_>, content: &Content) -> Status {
    match call.site.anchor(content) {
        Some(anchor) if content.is_contained() && content.status == Status::Current => anchor.status,
        _ => content.status,
    }
}

/// The place of a result in the order: the value of the field, then the id.
fn place(cql: &Cql, content: &Content) -> (String, u64) {
    let key = match cql.order().map(|(field, _)| field) {
        Some("lastmodified") => wire_time(content.version.created_at),
        Some("created") => wire_time(content.created_at),
        Some("title") => content.title.to_lowercase(),
        _ => String::new(),
    };
    (key, content.id.0)
}

fn write_cursor(call: &Call<'_>, place: &(String, u64)) -> String {
    let mut value = json!([place.0, place.1.to_string()]);
    if let (Some(mark), Some(list)) = (call.conduct.cursor_mark(), value.as_array_mut()) {
        list.push(json!(mark));
    }
    format!("_sa_{}", URL_SAFE.encode(value.to_string()))
}

fn parse_cursor(call: &Call<'_>, text: &str) -> Option<(String, u64)> {
    let value: Value = serde_json::from_slice(&URL_SAFE.decode(text.strip_prefix("_sa_")?).ok()?).ok()?;
    call.conduct.is_fresh(value[2].as_u64()).then_some(())?;
    Some((value[0].as_str()?.to_owned(), value[1].as_str()?.parse().ok()?))
}

/// The defect CONFCLOUD-77618: one ancestor out of sight fails the whole page of results.
fn refuse_unreadable_ancestors(call: &Call<'_>, page: &[&Content]) -> Result<(), Reply> {
    for content in page {
        for node in call.site.ancestors(content).unwrap_or_default() {
            if !call.reads(node) {
                return Err(v1::ancestor_not_found(&node.wire_id()));
            }
        }
    }
    Ok(())
}
