//! Results of a query, from the API's JSON to what is read. Every text of them comes from strangers.

use askama::Template;
use serde_json::Value;

use crate::view::{Html, api_day};

/// Characters of a title that are shown: some have ten thousand.
const TITLE_CHARS_MAX: usize = 200;
/// Characters of one step of a path, and of an author.
const FACT_CHARS_MAX: usize = 80;
/// Steps of a path that are shown: its first and the last ones.
const PATH_STEPS_MAX: usize = 6;

/// A part of a text, and whether it is what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The text.
    pub(crate) text: String,
    /// Whether it is marked.
    pub(crate) marked: bool,
}

/// A result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The document's id.
    pub(crate) id: String,
    /// Where it opens; nothing that is not a web address.
    pub(crate) href: Option<String>,
    /// The title.
    pub(crate) title: Vec<Piece>,
    /// The excerpt.
    pub(crate) excerpt: Vec<Piece>,
    /// Where it is: its space, then what is above it.
    pub(crate) path: Vec<String>,
    /// Author, date, type: as they are read.
    pub(crate) facts: Vec<String>,
    /// Where it is explained why the reader sees it.
    pub(crate) why: Option<String>,
}

#[derive(Template)]
#[template(path = "hits.html")]
struct Hits<'a> {
    hits: &'a [Hit],
}

/// Renders results.
pub(crate) fn render(hits: &[Hit]) -> Html {
    Html::of(&Hits { hits })
}

impl Hit {
    /// Reads an item of `ResultItems`. Fields are found by what sources call them: `_authors`, `_last_updated_at`, `_category`, and those that
    /// the Confluence source maps a space and a path to.
    pub(crate) fn read(item: &Value) -> Self {
        let attributes = &item["DocumentAttributes"];
        let id = item["DocumentId"].as_str().unwrap_or_default();
        let title = marked(&item["DocumentTitle"], TITLE_CHARS_MAX);
        let title =
            if title.is_empty() { vec![Piece { text: cut(id, TITLE_CHARS_MAX), marked: false }] } else { title };
        let mut facts = Vec::new();
        let authors = strings(attributes, "_authors");
        facts.extend(authors.first().map(|author| cut(author, FACT_CHARS_MAX)));
        let date = value(attributes, "_last_updated_at").or_else(|| value(attributes, "_created_at"));
        facts.extend(date.and_then(|date| date["DateValue"].as_f64()).and_then(api_day));
        facts.extend(kind(attributes, id));
        Self {
            href: item["DocumentURI"].as_str().filter(|uri| is_web(uri)).map(str::to_owned),
            title,
            excerpt: marked(&item["DocumentExcerpt"], usize::MAX),
            path: path(attributes),
            facts,
            why: None,
            id: id.to_owned(),
        }
    }
}

/// Whether an address may be a link: `javascript:` and its kin are none.
fn is_web(uri: &str) -> bool {
    let lower = uri.trim_start().to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://")) && !uri.chars().any(char::is_control)
}

/// A text with its highlights, which count code points, may overlap and come in any order.
fn marked(text: &Value, chars_max: usize) -> Vec<Piece> {
    let whole = text["Text"].as_str().unwrap_or_default();
    let chars: Vec<char> = whole.chars().collect();
    let end = chars.len().min(chars_max);
    let mut flags = vec![false; end];
    for highlight in text["Highlights"].as_array().into_iter().flatten() {
        let at = |name: &str| highlight[name].as_u64().map_or(0, |at| usize::try_from(at).unwrap_or(end)).min(end);
        let (from, to) = (at("BeginOffset"), at("EndOffset"));
        if from < to {
            flags[from..to].fill(true);
        }
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for (letter, flag) in chars.iter().zip(flags) {
        match pieces.last_mut() {
            Some(piece) if piece.marked == flag => piece.text.push(*letter),
            _ => pieces.push(Piece { text: letter.to_string(), marked: flag }),
        }
    }
    if end < chars.len() {
        pieces.push(Piece { text: "…".to_owned(), marked: false });
    }
    pieces
}

fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        text.to_owned()
    } else {
        text.chars().take(chars_max).chain(['…']).collect()
    }
}

fn value<'v>(attributes: &'v Value, key: &str) -> Option<&'v Value> {
    attributes.as_array()?.iter().find(|attribute| attribute["Key"] == key).map(|attribute| &attribute["Value"])
}

fn strings<'v>(attributes: &'v Value, key: &str) -> Vec<&'v str> {
    let Some(value) = value(attributes, key) else { return Vec::new() };
    match (value["StringValue"].as_str(), value["StringListValue"].as_array()) {
        (Some(text), _) => vec![text],
        (None, Some(list)) => list.iter().filter_map(Value::as_str).collect(),
        (None, None) => Vec::new(),
    }
}

/// The space, then the pages above: whatever the fields that hold them are called.
fn path(attributes: &Value) -> Vec<String> {
    let first = |keys: &[&str]| keys.iter().map(|key| strings(attributes, key)).find(|found| !found.is_empty());
    let space = first(&["cf_space_name", "space_name", "spaceName", "cf_space_key"]).unwrap_or_default();
    let above = first(&["cf_path", "path", "ancestors"]).unwrap_or_default();
    let mut steps: Vec<String> = space.into_iter().take(1).chain(above).map(|step| cut(step, FACT_CHARS_MAX)).collect();
    steps.dedup();
    if steps.len() > PATH_STEPS_MAX {
        let last = steps.split_off(steps.len() - (PATH_STEPS_MAX - 2));
        steps.truncate(1);
        steps.push("…".to_owned());
        steps.extend(last);
    }
    steps
}

/// What it is: by its category, its file's type, or its id.
fn kind(attributes: &Value, id: &str) -> Option<String> {
    let named = strings(attributes, "_category").first().map(|kind| cut(kind, FACT_CHARS_MAX));
    named.or_else(|| {
        let entity = id.strip_prefix("confluence/")?.split('/').nth(1)?;
        let known = ["page", "blog", "comment", "attachment", "space", "folder", "whiteboard", "database", "embed"];
        known.contains(&entity).then(|| entity.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn highlights_count_code_points_and_may_overlap() {
        let text = json!({"Text": "a😀bcd", "Highlights": [
            {"BeginOffset": 3, "EndOffset": 99}, {"BeginOffset": 1, "EndOffset": 2}, {"BeginOffset": 2, "EndOffset": 4}]});
        let pieces = marked(&text, 99);
        let told: Vec<_> = pieces.iter().map(|piece| (piece.text.as_str(), piece.marked)).collect();
        assert_eq!(told, [("a", false), ("😀bcd", true)]);
    }

    #[test]
    fn what_strangers_wrote_neither_runs_nor_leads_anywhere() {
        let hostile = "<img src=x onerror=alert(1)>\"'&\u{202e}";
        for uri in ["javascript:alert(1)", "data:text/html,x", " javascript:x", "https://a\nb", "//x", ""] {
            assert!(!is_web(uri), "{uri}");
        }
        let item = json!({
            "DocumentId": hostile,
            "DocumentURI": "javascript:alert(1)",
            "DocumentTitle": {"Text": hostile.repeat(1_000), "Highlights": [{"BeginOffset": 0, "EndOffset": 3}]},
            "DocumentExcerpt": {"Text": hostile, "Highlights": []},
            "DocumentAttributes": [
                {"Key": "_authors", "Value": {"StringListValue": [hostile]}},
                {"Key": "_category", "Value": {"StringValue": hostile}},
                {"Key": "cf_space_name", "Value": {"StringValue": hostile}},
            ],
        });
        let hit = Hit::read(&item);
        assert_eq!(hit.href, None);
        let html = render(&[hit]).into_string();
        assert!(!html.contains("<img") && !html.contains("javascript:") && html.len() < 8_000, "{html}");
        assert!(html.contains("<bdi"), "bidi marks stay where they are");
    }

    #[test]
    fn a_document_without_a_title_is_called_by_its_id() {
        let hit = Hit::read(&json!({"DocumentId": "confluence/s/page/7", "DocumentAttributes": []}));
        assert_eq!(hit.title[0].text, "confluence/s/page/7");
        assert_eq!(hit.facts, ["page"]);
    }

    #[test]
    fn long_paths_keep_their_ends() {
        let steps: Vec<String> = (0..20).map(|step| step.to_string()).collect();
        let path = path(&json!([{"Key": "cf_path", "Value": {"StringListValue": steps}}]));
        assert_eq!(path, ["0", "…", "16", "17", "18", "19"]);
    }
}
