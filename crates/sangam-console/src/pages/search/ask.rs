//! The page: a question, its results, and who sees them.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use sangam_api::ApiError;
use sangam_identity::Role;
use serde_json::Value;

use super::facets::{self, Chip, Facet, Words};
use super::question::{PAGE, PAGES_MAX, Question};
use super::sorts;
use crate::command;
use crate::failed::Done;
use crate::fields::Fields;
use crate::hits::{self, Hit};
use crate::pages::data_sources::languages;
use crate::pages::people;
use crate::trouble::Troubles;
use crate::view::{Html, Notice, Opt, Screen, Tone};
use crate::visit::{InIndex, Visit};

/// Said where no reader is named.
const NOBODY: &str = "Nobody is named: you see what an application sees that names nobody. That is public documents, unless the setting `no_user_context` says otherwise.";
/// Said to an auditor.
const NO_CONTENT: &str = "An auditor does not read content. Ask about a document by its address or its ID instead.";

#[derive(Template)]
#[template(path = "ask.html")]
struct Page<'a> {
    action: &'a str,
    question: &'a Question,
    groups: String,
    sorts: Vec<(Opt, bool)>,
    languages: Vec<(Opt, bool)>,
    browse: bool,
    /// What is wrong with the question itself.
    wrong: Option<String>,
    filters: Vec<Chip>,
    results: Option<Results>,
    explain: String,
}

#[derive(Default)]
struct Results {
    total: i64,
    hits: Html,
    facets: Vec<Facet>,
    previous: Option<String>,
    next: Option<String>,
    /// Who the reader is, where that is not as it seems.
    reader: Vec<String>,
    request: String,
    response: String,
    error: Option<String>,
}

/// What became of a question.
#[derive(Default)]
struct Asked {
    answer: Value,
    /// What is wrong with its text.
    wrong: Option<String>,
    results: Option<Results>,
}

/// The page.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let fields = &index.described["DocumentMetadataConfigurations"];
    let question = Question::read(visit.query());
    let is_auditor = visit.identity().role == Role::Auditor;
    let asked = if question.is_asked(visit.query()) && !is_auditor {
        ask(&visit, &index, &question).await
    } else {
        Asked::default()
    };
    let Asked { answer, wrong, mut results } = asked;
    let sources = if facets::names_sources(&answer, visit.query()) {
        people::source_names(&visit, &index).await?
    } else {
        HashMap::new()
    };
    let words = Words { fields, sources: &sources };
    if let Some(results) = &mut results {
        results.facets = facets::facets(&answer, visit.query(), &index, &words);
    }
    let page = Page {
        action: &index.href("search"),
        question: &question,
        groups: question.groups.join(", "),
        sorts: sorts::options(fields, &question.sort),
        languages: language_options(&question.language),
        browse: visit.query().has("browse"),
        wrong,
        filters: facets::chips(visit.query(), &index, &words),
        results,
        explain: index.href("explain"),
    };
    let mut screen =
        Screen::new("Search indexed content").crumb("/console/indices", "Indices").crumb(&index.href(""), index.name());
    if is_auditor {
        screen = screen.notice(&Notice::new(Tone::Wait, NO_CONTENT).link(&index.href("explain"), "Explain access"));
    }
    Ok(visit.page(&screen.block(Html::of(&page)), Some(&index)))
}

async fn ask(visit: &Visit, index: &InIndex, question: &Question) -> Asked {
    let input = question.input(&index.id, &index.described["DocumentMetadataConfigurations"]);
    let request = command::pretty(&input);
    let answer = match visit.call("kendra:Query", input).await {
        Ok(answer) => answer,
        Err(error) => return refused(&error, request),
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
    let results = Results {
        total,
        hits: hits::render(&hits),
        facets: Vec::new(),
        previous: (question.page > 1).then(|| to_page(question.page - 1)),
        next: is_more.then(|| to_page(question.page + 1)),
        reader: reader(visit, index, question).await,
        request,
        response: command::pretty(&answer),
        error: None,
    };
    Asked { answer, wrong: None, results: Some(results) }
}

/// What is wrong with the question stands beside its field, the rest in place of results.
fn refused(error: &ApiError, request: String) -> Asked {
    let mut troubles = Troubles::from_api(error);
    troubles.assign(["queryText"].into_iter());
    let wrong = troubles.take("queryText");
    let rest = troubles.rest();
    let results = (!rest.is_empty()).then(|| Results { request, error: Some(rest.join(" ")), ..Results::default() });
    Asked { answer: Value::Null, wrong, results }
}

/// What is to be known of the reader: that nobody is named, or somebody whom nobody knows, or who reads less than others.
async fn reader(visit: &Visit, index: &InIndex, question: &Question) -> Vec<String> {
    if !question.names_somebody() {
        return vec![NOBODY.to_owned()];
    }
    let mut query = Fields::default();
    // In the order in which curl, of which the page shows a command, can sign them.
    let mut groups = question.groups.clone();
    groups.sort_unstable();
    for group in groups {
        query.push("group", &group);
    }
    if !question.user.is_empty() {
        query.push("user", &question.user);
    }
    // The results are worth showing without it.
    let Ok(told) = visit.v1("GET", &["indices", &index.id, "reader"], &query, None).await else { return Vec::new() };
    remarks(&told)
}

fn remarks(told: &Value) -> Vec<String> {
    let unknown: Vec<String> = told["unknown"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|name| format!("`{name}`"))
        .collect();
    let unknown = (!unknown.is_empty()).then(|| {
        let names = unknown.join(" or ");
        format!("No data source, group mapping or access list knows {names}: by that, only what is public is found.")
    });
    let accounts = told["accounts"].as_array().into_iter().flatten().filter_map(|account| {
        let name = account["displayName"].as_str().unwrap_or_default();
        match account["state"].as_str()? {
            "inactive" => Some(format!("The account of {name} is not active: it reads what is public.")),
            "app" => Some(format!("{name} is an app's account: it reads what is public.")),
            _ => None,
        }
    });
    unknown.into_iter().chain(accounts).collect()
}

fn explain_href(index: &InIndex, question: &Question, document: &str) -> String {
    let mut query = Fields::default();
    query.push("document", document);
    query.push("user", &question.user);
    query.push("groups", &question.groups.join(", "));
    format!("{}?{}", index.href("explain"), query.encode())
}

/// All languages, and which one is chosen; one that stands in the address and is none of them is offered too.
fn language_options(chosen: &str) -> Vec<(Opt, bool)> {
    let mut options = vec![Opt::new("", "All languages", "")];
    options.extend(languages::options());
    if options.iter().all(|option| option.value != chosen) {
        options.push(Opt::new(chosen, chosen, ""));
    }
    options.into_iter().map(|option| (option.value == chosen, option)).map(|(is, option)| (option, is)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_with_the_question_stands_beside_its_field_and_the_rest_does_not() {
        let refused = |message: &str| refused(&ApiError::validation(message), String::new());
        let asked = refused(
            "1 validation error detected: Value '1001 characters' at 'queryText' failed to satisfy constraint: \
             Member must have length less than or equal to 1000",
        );
        assert!(asked.wrong.unwrap().starts_with("This is too long") && asked.results.is_none());
        let asked = refused("the index is busy");
        assert!(asked.wrong.is_none() && asked.results.unwrap().error.unwrap() == "The index is busy.");
    }

    #[test]
    fn a_reader_whom_nobody_knows_is_told_of() {
        let account = |state: &str| json!({ "displayName": "Ben", "state": state });
        let told = json!({ "unknown": ["ghost@x"], "accounts": [account("active"), account("inactive")] });
        let remarks = remarks(&told);
        assert!(remarks[0].contains("`ghost@x`") && remarks[1].contains("Ben is not active"), "{remarks:?}");
        assert_eq!(remarks.len(), 2);
    }

    #[test]
    fn every_language_is_offered_and_one_is_chosen() {
        let chosen = |code| {
            language_options(code).into_iter().filter(|(_, is)| *is).map(|(option, _)| option.value).collect::<Vec<_>>()
        };
        assert_eq!(
            (chosen(""), chosen("de"), chosen("xx")),
            (vec![String::new()], vec!["de".into()], vec!["xx".into()])
        );
    }
}
