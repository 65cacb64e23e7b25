//! Labels, from both sides: those of a page, and the pages of one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::json;
use crate::content::{Content, Label, Status};
use crate::http::call::Call;
use crate::http::paging::{self, Key, LIMIT_DEFAULT, Row, Sort};
use crate::http::reply::{Reply, v2};
use crate::ids::stable_hash;
use crate::shelf;

/// Where the ids of labels begin in the fixtures; ours are spread above it.
const LABEL_ID_MIN: u64 = 7_340_033;

/// The id of a label: the same for the same prefix and name, whatever carries it.
fn id_of(label: &Label) -> u64 {
    LABEL_ID_MIN + stable_hash(&format!("{}:{}", label.prefix, label.name)) % 1_000_000_000
}

pub(crate) fn label(label: &Label) -> Value {
    json!({"id": id_of(label).to_string(), "name": label.name, "prefix": label.prefix})
}

pub(crate) fn of_content(call: &Call<'_>) -> Result<Reply, Reply> {
    let content = call.find(call.id()?, |kind| !kind.is_comment())?;
    listing(call, content.labels.iter())
}

pub(crate) fn of_space_content(call: &Call<'_>) -> Result<Reply, Reply> {
    let space = call.find_space()?.id;
    let seen = call.site.contents().filter(|content| content.space == space && call.reads(content));
    let labels: BTreeMap<_, _> = seen.flat_map(|content| &content.labels).map(|label| (id_of(label), label)).collect();
    listing(call, labels.into_values())
}

/// Labels of the space itself, of which there are none here.
pub(crate) fn of_space(call: &Call<'_>) -> Result<Reply, Reply> {
    call.find_space()?;
    listing(call, std::iter::empty())
}

pub(super) fn listing<'c>(call: &Call<'_>, among: impl Iterator<Item = &'c Label>) -> Result<Reply, Reply> {
    let prefix = call.query.get("prefix");
    let rows = among.filter(|label| prefix.is_none_or(|prefix| prefix == label.prefix)).map(|label| Row {
        key: Key::Id,
        id: id_of(label),
        item: label,
    });
    let sort = Sort { field: "id", descending: false };
    paging::answer(call, sort, LIMIT_DEFAULT, rows.collect(), |_| true, |it| label(it))
}

pub(crate) fn pages(call: &Call<'_>) -> Result<Reply, Reply> {
    let asked: u64 = call.param("id").parse().map_err(|_| v2::bad_parameter("id", "Long"))?;
    let sort = paging::sort(call, &["id", "created-date", "modified-date", "title"])?;
    let format = json::body_format(call, false)?;
    let carries = |content: &&Content| {
        content.status == Status::Current && content.labels.iter().any(|label| id_of(label) == asked)
    };
    paging::answer_contents(
        call,
        sort,
        LIMIT_DEFAULT,
        |after| call.site.shelved(shelf::Sort::Page, None, after).filter(carries),
        |content| call.reads(content),
        |content| json::page(call, content, format),
    )
}
