//! The paging of v2: slices after a cursor, with what the caller may not see removed afterwards,
//! so that a page can be shorter than asked for, even empty, and still have a next one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Reply, v2};

/// The largest page of v2.
const LIMIT_MAX: usize = 250;

/// The page size of most listings when none is asked for.
pub(crate) const LIMIT_DEFAULT: usize = 25;

/// One row of a listing before it is cut: its place in the order, and the thing.
pub(crate) struct Row<T> {
    /// The value of the sort field, in a form whose byte order is the order wanted.
    pub(crate) key: String,
    /// Breaks ties.
    pub(crate) id: u64,
    /// What is listed.
    pub(crate) item: T,
}

/// The field and direction of a listing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sort<'a> {
    pub(crate) field: &'a str,
    pub(crate) descending: bool,
}

/// The order asked for, among those that the endpoint knows; the first of them is the default.
pub(crate) fn sort<'a>(call: &'a Call<'_>, known: &[&'a str]) -> Result<Sort<'a>, Reply> {
    let Some(asked) = call.query.get("sort") else {
        return Ok(Sort { field: known[0], descending: false });
    };
    let field = asked.strip_prefix('-').unwrap_or(asked);
    match known.iter().find(|name| **name == field) {
        Some(field) => Ok(Sort { field, descending: asked.starts_with('-') }),
        None => Err(v2::bad_parameter("sort", "SortOrder")),
    }
}

/// The page size asked for.
pub(crate) fn limit(call: &Call<'_>, default: usize) -> Result<usize, Reply> {
    let Some(text) = call.query.get("limit") else { return Ok(default) };
    text.parse()
        .ok()
        .filter(|limit| (1..=LIMIT_MAX).contains(limit))
        .ok_or_else(|| v2::bad_parameter("limit", "Integer"))
}

/// Answers one page of `rows`.
///
/// `keep` drops rows after the cut; `render` makes the JSON of those that stay.
pub(crate) fn answer<T>(
    call: &Call<'_>,
    sort: Sort<'_>,
    default_limit: usize,
    mut rows: Vec<Row<T>>,
    keep: impl Fn(&T) -> bool,
    render: impl Fn(&T) -> Value,
) -> Result<Reply, Reply> {
    let limit = limit(call, default_limit)?;
    rows.sort_by(|a, b| (&a.key, a.id).cmp(&(&b.key, b.id)));
    if sort.descending {
        rows.reverse();
    }
    let start = match call.query.get("cursor") {
        None => 0,
        Some(text) => {
            let (key, id) = parse_cursor(text, sort).ok_or_else(|| v2::bad_parameter("cursor", "Cursor"))?;
            rows.partition_point(|row| {
                let order = (row.key.as_str(), row.id).cmp(&(key.as_str(), id));
                if sort.descending { order.is_ge() } else { order.is_le() }
            })
        }
    };
    let page = &rows[start..rows.len().min(start + limit)];
    let results: Vec<Value> = page.iter().map(|row| &row.item).filter(|item| keep(item)).map(render).collect();
    let next = page.last().filter(|_| start + page.len() < rows.len()).map(|last| {
        let cursor = write_cursor(sort, last);
        let rest = call.query.without(&["cursor"]);
        let query = if rest.is_empty() { format!("cursor={cursor}") } else { format!("cursor={cursor}&{rest}") };
        format!("{}?{query}", call.path)
    });
    Ok(envelope(call, &results, next.as_deref()))
}

/// The body and the `Link` header around the results of a page.
pub(crate) fn envelope(call: &Call<'_>, results: &[Value], next: Option<&str>) -> Reply {
    let base = call.base();
    let (links, header) = match next {
        Some(next) => (json!({"next": next, "base": base}), format!("<{next}>; rel=\"next\", <{base}>; rel=\"base\"")),
        None => (json!({"base": base}), format!("<{base}>; rel=\"base\"")),
    };
    Reply::ok(&json!({"results": results, "_links": links})).with("link", header)
}

fn write_cursor<T>(sort: Sort<'_>, last: &Row<T>) -> String {
    let id = last.id.to_string();
    URL_SAFE.encode(json!({"id": id, "contentOrder": sort.field, "contentOrderValue": last.key}).to_string())
}

/// The place that a cursor points to, if this server wrote it for this order.
fn parse_cursor(text: &str, sort: Sort<'_>) -> Option<(String, u64)> {
    let value: Value = serde_json::from_slice(&URL_SAFE.decode(text).ok()?).ok()?;
    if value["contentOrder"].as_str()? != sort.field {
        return None;
    }
    Some((value["contentOrderValue"].as_str()?.to_owned(), value["id"].as_str()?.parse().ok()?))
}
