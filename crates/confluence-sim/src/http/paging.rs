//! The paging of v2: slices after a cursor, with what the caller may not see removed afterwards,
//! so that a page can be shorter than asked for, even empty, and still have a next one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Reply, v2};
use crate::content::Content;
use crate::ids::ContentId;

/// The largest page of v2.
const LIMIT_MAX: usize = 250;

/// The page size of most listings when none is asked for.
pub(crate) const LIMIT_DEFAULT: usize = 25;

/// The value of a sort field. One listing has one sort of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// Ordered by id alone.
    Id,
    /// A number, or a time in milliseconds.
    Number(i64),
    /// A text, in the form that is compared.
    Text(String),
}

/// One row of a listing before it is cut: its place in the order, and the thing.
pub(crate) struct Row<T> {
    /// The value of the sort field.
    pub(crate) key: Key,
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

impl Sort<'_> {
    /// Whether the rows come by id, which is how they are kept.
    fn is_plain(self) -> bool {
        self.field == "id" && !self.descending
    }
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
    if let Some((key, id)) = after(call, sort)? {
        rows.retain(|row| {
            let order = (&row.key, row.id).cmp(&(&key, id));
            if sort.descending { order.is_lt() } else { order.is_gt() }
        });
    }
    let order = |a: &Row<T>, b: &Row<T>| {
        let order = (&a.key, a.id).cmp(&(&b.key, b.id));
        if sort.descending { order.reverse() } else { order }
    };
    // Of a large listing only the first page has to be in order.
    let more = rows.len() > limit;
    if more {
        rows.select_nth_unstable_by(limit, order);
        rows.truncate(limit);
    }
    rows.sort_unstable_by(order);
    Ok(page(call, sort, &rows, more, keep, render))
}

/// The same for content that `after` gives by id from a place on, which is not looked at beyond
/// the page when it is listed by id.
pub(crate) fn answer_contents<'c, I: Iterator<Item = &'c Content>>(
    call: &Call<'_>,
    sort: Sort<'_>,
    default_limit: usize,
    contents: impl Fn(Option<ContentId>) -> I,
    keep: impl Fn(&Content) -> bool,
    render: impl Fn(&Content) -> Value,
) -> Result<Reply, Reply> {
    let row = |content: &'c Content| Row { key: key(content, sort), id: content.id.0, item: content };
    if !sort.is_plain() {
        let rows = contents(None).map(row).collect();
        return answer(call, sort, default_limit, rows, |it| keep(it), |it| render(it));
    }
    let limit = limit(call, default_limit)?;
    let from = after(call, sort)?.map(|(_, id)| ContentId(id));
    let mut rows: Vec<_> = contents(from).take(limit + 1).map(row).collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok(page(call, sort, &rows, more, |it| keep(it), |it| render(it)))
}

/// The value that a listing of content is ordered by.
pub(crate) fn key(content: &Content, sort: Sort<'_>) -> Key {
    match sort.field {
        "created-date" => Key::Number(content.created_at.as_millisecond()),
        "modified-date" => Key::Number(content.version.created_at.as_millisecond()),
        "child-position" => Key::Number(content.position.try_into().unwrap_or(i64::MAX)),
        "title" => Key::Text(content.title.to_lowercase()),
        _ => Key::Id,
    }
}

fn page<T>(
    call: &Call<'_>,
    sort: Sort<'_>,
    rows: &[Row<T>],
    more: bool,
    keep: impl Fn(&T) -> bool,
    render: impl Fn(&T) -> Value,
) -> Reply {
    let results: Vec<Value> = rows.iter().map(|row| &row.item).filter(|item| keep(item)).map(render).collect();
    let next = rows.last().filter(|_| more).map(|last| {
        let cursor = write_cursor(call, sort, last);
        let rest = call.query.without(&["cursor"]);
        let query = if rest.is_empty() { format!("cursor={cursor}") } else { format!("cursor={cursor}&{rest}") };
        format!("{}?{query}", call.path)
    });
    envelope(call, results, next.as_deref())
}

/// The body and the `Link` header around the results of a page.
pub(crate) fn envelope(call: &Call<'_>, results: Vec<Value>, next: Option<&str>) -> Reply {
    let base = call.base();
    let (links, header) = match next {
        Some(next) => (json!({"next": next, "base": base}), format!("<{next}>; rel=\"next\", <{base}>; rel=\"base\"")),
        None => (json!({"base": base}), format!("<{base}>; rel=\"base\"")),
    };
    let mut body = serde_json::Map::new();
    body.insert("results".to_owned(), Value::Array(results));
    body.insert("_links".to_owned(), links);
    Reply::ok(&Value::Object(body)).with("link", header)
}

/// Where the page begins: after this place, if the call has a cursor.
fn after(call: &Call<'_>, sort: Sort<'_>) -> Result<Option<(Key, u64)>, Reply> {
    let Some(text) = call.query.get("cursor") else { return Ok(None) };
    parse_cursor(call, text, sort).map(Some).ok_or_else(|| v2::bad_parameter("cursor", "Cursor"))
}

fn write_cursor<T>(call: &Call<'_>, sort: Sort<'_>, last: &Row<T>) -> String {
    let id = last.id.to_string();
    let value = match &last.key {
        Key::Id => json!(""),
        Key::Number(number) => json!(number),
        Key::Text(text) => json!(text),
    };
    let mut cursor = json!({"id": id, "contentOrder": sort.field, "contentOrderValue": value});
    if let Some(mark) = call.conduct.cursor_mark() {
        cursor["at"] = json!(mark);
    }
    URL_SAFE.encode(cursor.to_string())
}

/// The place that a cursor points to, if this server wrote it for this order and not too long ago.
fn parse_cursor(call: &Call<'_>, text: &str, sort: Sort<'_>) -> Option<(Key, u64)> {
    let value: Value = serde_json::from_slice(&URL_SAFE.decode(text).ok()?).ok()?;
    if value["contentOrder"].as_str()? != sort.field {
        return None;
    }
    call.conduct.is_fresh(value["at"].as_u64()).then_some(())?;
    let key = match &value["contentOrderValue"] {
        Value::Number(number) => Key::Number(number.as_i64()?),
        Value::String(text) if text.is_empty() => Key::Id,
        Value::String(text) => Key::Text(text.clone()),
        _ => return None,
    };
    Some((key, value["id"].as_str()?.parse().ok()?))
}
