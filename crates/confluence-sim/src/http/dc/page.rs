//! Pages of a listing. A listing is cut first and trimmed to the caller afterwards.

use serde_json::{Value, json};

use super::call::Call;
use crate::http::reply::Reply;

/// The page size when none is asked for.
pub(crate) const LIMIT_DEFAULT: usize = 25;

/// The largest page of people and groups.
pub(crate) const PEOPLE_MAX: usize = 200;

/// A part of a listing: where it begins, and how many rows it looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) start: usize,
    pub(crate) limit: usize,
}

impl Window {
    /// What the call asks for, cut to `most` without a word.
    ///
    /// # Errors
    /// 400 for what is not a number.
    pub(crate) fn of(call: &Call<'_>, default: usize, most: usize) -> Result<Self, Reply> {
        Ok(Self { start: call.number("start", 0)?, limit: call.number("limit", default)?.min(most) })
    }

    pub(crate) fn cut<T>(self, all: &[T]) -> &[T] {
        let from = self.start.min(all.len());
        &all[from..all.len().min(from.saturating_add(self.limit))]
    }

    /// Where the next page begins, if there is one. A limit of nothing leads nowhere, for ever.
    fn next(self, n_all: usize) -> Option<usize> {
        let end = self.start.saturating_add(self.limit);
        (end < n_all).then_some(end)
    }
}

/// One page: the rows of the window for which `row` makes something.
pub(crate) fn answer<T>(call: &Call<'_>, all: &[T], window: Window, row: impl FnMut(&T) -> Option<Value>) -> Reply {
    Reply::ok(&body(call, all, window, row))
}

/// The same, to be completed.
pub(crate) fn body<T>(call: &Call<'_>, all: &[T], window: Window, row: impl FnMut(&T) -> Option<Value>) -> Value {
    let results: Vec<Value> = window.cut(all).iter().filter_map(row).collect();
    let Window { start, limit } = window;
    let mut links = links(call);
    if let Some(next) = window.next(all.len()) {
        let rest = rest_of_query(call, &["start", "limit"]);
        links["next"] = json!(format!("{}?{rest}limit={limit}&start={next}", call.path));
    }
    if start > 0 {
        let rest = rest_of_query(call, &["start", "limit"]);
        let previous = start.saturating_sub(limit);
        links["prev"] = json!(format!("{}?{rest}limit={limit}&start={previous}", call.path));
    }
    json!({"results": results, "start": start, "limit": limit, "size": results.len(), "_links": links})
}

/// Base, context and address of an answer.
pub(crate) fn links(call: &Call<'_>) -> Value {
    json!({
        "base": call.base(),
        "context": call.context_path(),
        "self": format!("{}{}", call.base(), call.path),
    })
}

/// The query as it came, without some names, ready to be continued.
pub(crate) fn rest_of_query(call: &Call<'_>, without: &[&str]) -> String {
    let rest = call.query.without(without);
    if rest.is_empty() { rest } else { format!("{rest}&") }
}

/// A list inside of an object: cut at `limit`.
pub(crate) fn inner(results: Vec<Value>, start: usize, limit: usize) -> Value {
    let results: Vec<Value> = results.into_iter().skip(start).take(limit).collect();
    json!({"size": results.len(), "results": results, "start": start, "limit": limit})
}
