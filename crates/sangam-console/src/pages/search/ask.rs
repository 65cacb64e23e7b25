//! The page: a question, its results, and who sees them.

use askama::Template;
use axum::extract::Path;
use sangam_identity::Role;
use serde_json::Value;

use super::question::{FILTER, PAGE, PAGES_MAX, Question, searchable};
use crate::command;
use crate::failed::Done;
use crate::fields::Fields;
use crate::hits::{self, Hit};
use crate::view::{Html, Notice, Opt, Screen, Tone};
use crate::visit::{InIndex, Visit};

/// Said where no reader is named.
const NOBODY: &str = "Nobody is named: you see what an application sees that names nobody. That is public documents, unless the setting `no_user_context` says otherwise.";

#[derive(Template)]
#[template(path = "ask.html")]
struct Page<'a> {
    action: &'a str,
    question: &'a Question,
    groups: String,
    sorts: Vec<Opt>,
    browse: bool,
    filters: Vec<Chip>,
    results: Option<Results>,
    explain: String,
}

/// A filter that can be taken away, or a value that can be filtered by.
struct Chip {
    label: String,
    count: Option<i64>,
    href: String,
}

struct Facet {
    name: String,
    values: Vec<Chip>,
}

struct Results {
    total: i64,
    hits: Html,
    facets: Vec<Facet>,
    previous: Option<String>,
    next: Option<String>,
    reader: String,
    request: String,
    response: String,
    error: Option<String>,
}

/// The page.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let question = Question::read(visit.query());
    let is_auditor = visit.identity().role == Role::Auditor;
    let results =
        if question.is_asked(visit.query()) && !is_auditor { Some(ask(&visit, &index, &question).await) } else { None };
    let page = Page {
        action: &index.href("search"),
        question: &question,
        groups: question.groups.join(", "),
        sorts: sorts(&index.described["DocumentMetadataConfigurations"], &question.sort),
        browse: visit.query().has("browse"),
        filters: chips(visit.query(), &index),
        results,
        explain: index.href("explain"),
    };
    let mut screen =
        Screen::new("Search indexed content").crumb("/console/indices", "Indices").crumb(&index.href(""), index.name());
    if is_auditor {
        let told = "An auditor does not read content. Ask about a document by its id or address instead.";
        screen = screen.notice(&Notice::new(Tone::Wait, told).link(&index.href("explain"), "Explain access"));
    }
    Ok(visit.page(&screen.block(Html::of(&page)), Some(&index)))
}

async fn ask(visit: &Visit, index: &InIndex, question: &Question) -> Results {
    let input = question.input(&index.id, &index.described["DocumentMetadataConfigurations"]);
    let request = command::pretty(&input);
    let reader = if question.names_somebody() { String::new() } else { NOBODY.to_owned() };
    let (answer, error) = match visit.call("kendra:Query", input).await {
        Ok(answer) => (answer, None),
        Err(error) => (Value::Null, Some(error.message)),
    };
    let total = answer["TotalNumberOfResults"].as_i64().unwrap_or_default();
    let items = answer["ResultItems"].as_array().into_iter().flatten();
    let hits: Vec<Hit> = items
        .map(|item| {
            let hit = Hit::read(item);
            Hit { why: Some(explain_href(index, question, &hit.id)), ..hit }
        })
        .collect();
    let to_page = |page: usize| {
        let mut query = visit.query().clone();
        query.set("page", &page.to_string());
        format!("{}?{}", index.href("search"), query.encode())
    };
    let is_more = total > (question.page * PAGE) as i64 && question.page < PAGES_MAX;
    Results {
        total,
        facets: facets(&answer, visit.query(), index),
        hits: hits::render(&hits),
        previous: (question.page > 1).then(|| to_page(question.page - 1)),
        next: is_more.then(|| to_page(question.page + 1)),
        reader,
        request,
        response: if answer.is_null() { String::new() } else { command::pretty(&answer) },
        error,
    }
}

fn explain_href(index: &InIndex, question: &Question, document: &str) -> String {
    let mut query = Fields::default();
    query.push("document", document);
    query.push("user", &question.user);
    query.push("groups", &question.groups.join(", "));
    format!("{}?{}", index.href("explain"), query.encode())
}

/// What results can be sorted by; the one in use first is what a list that opens shows.
fn sorts(fields: &Value, chosen: &str) -> Vec<Opt> {
    let mut sorts = vec![Opt::new("", "Relevance", "")];
    for field in searchable(fields, "Sortable") {
        for (order, label) in [("DESC", "descending"), ("ASC", "ascending")] {
            sorts.push(Opt::new(&format!("{field} {order}"), &format!("{field}, {label}"), ""));
        }
    }
    for sort in &mut sorts {
        if sort.value == chosen {
            sort.about.push_str("selected");
        }
    }
    sorts
}

/// The filters in use, each with an address without it.
fn chips(query: &Fields, index: &InIndex) -> Vec<Chip> {
    let used = query.iter().filter_map(|(name, value)| Some((name, name.strip_prefix(FILTER)?, value)));
    used.map(|(name, field, value)| {
        let mut without = Fields::default();
        for (key, kept) in query.iter().filter(|(key, kept)| *key != "page" && !(*key == name && *kept == value)) {
            without.push(key, kept);
        }
        let href = format!("{}?{}", index.href("search"), without.encode());
        Chip { label: format!("{field}: {value}"), count: None, href }
    })
    .collect()
}

fn facets(answer: &Value, query: &Fields, index: &InIndex) -> Vec<Facet> {
    let told = answer["FacetResults"].as_array().into_iter().flatten().map(|facet| {
        let name = facet["DocumentAttributeKey"].as_str().unwrap_or_default().to_owned();
        let pairs = facet["DocumentAttributeValueCountPairs"].as_array().into_iter().flatten();
        let values = pairs.filter_map(|pair| {
            let value = plain(&pair["DocumentAttributeValue"])?;
            let mut with = query.clone();
            with.remove("page");
            with.push(&format!("{FILTER}{name}"), &value);
            let href = format!("{}?{}", index.href("search"), with.encode());
            Some(Chip { label: value, count: pair["Count"].as_i64(), href })
        });
        Facet { values: values.collect(), name }
    });
    told.filter(|facet| !facet.values.is_empty()).collect()
}

fn plain(value: &Value) -> Option<String> {
    let text = value["StringValue"].as_str().map(str::to_owned);
    text.or_else(|| value["LongValue"].as_i64().map(|number| number.to_string()))
        .or_else(|| value["DateValue"].as_f64().map(|seconds| seconds.to_string()))
}
