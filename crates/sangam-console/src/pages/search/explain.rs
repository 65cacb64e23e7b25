//! Why somebody sees a document, or does not: layer by layer, in words.

use axum::extract::Path;
use sangam_access::{LayerExplanation, Names};
use serde_json::{Value, json};

use super::question::Question;
use crate::failed::Done;
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Button, Cell, Facts, Field, Form, Html, Notice, Screen, Section, Table, Tone};
use crate::visit::{InIndex, Visit};

/// The page: a form, and the answer once a document is named.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let mut troubles = Troubles::default();
    let mut blocks = Vec::new();
    let document = visit.query().last("document");
    if !document.is_empty() {
        match explain(&visit, &index, document).await {
            Ok(told) => blocks = told,
            Err(error) => troubles = Troubles::from_api(&error),
        }
    }
    let form = Form::search(&index.href("explain"), Button::primary("", "Explain")).section(
        Section::new("")
            .field(Field::text("document", "Document ID").help(
                "As results and reports show it: confluence/<data source>/<page, blog, comment or attachment>/<id>.",
            ))
            .field(Field::text("user", "User name").optional().placeholder("ada@example.com"))
            .field(Field::text("groups", "Groups").optional().help("Separated by commas.")),
    );
    let html = form.render(visit.csrf(), visit.query(), &mut troubles);
    let rest = troubles.rest().into_iter().map(|sentence| Notice::new(Tone::Bad, &sentence));
    let screen = Screen::new("Who sees a document, and why")
        .lead("A reader sees a document if every layer lets them in: the site, the space, and each restriction above it and on it.")
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .crumb(&index.href("search"), "Search indexed content")
        .notices(rest);
    let screen = blocks.into_iter().fold(screen, Screen::block).block(html);
    Ok(visit.page(&screen, Some(&index)))
}

async fn explain(visit: &Visit, index: &InIndex, document: &str) -> Result<Vec<Html>, sangam_api::ApiError> {
    let question = Question::read(visit.query());
    let mut body = json!({ "documentId": document, "groups": question.groups });
    if !question.user.is_empty() {
        body["user"] = question.user.as_str().into();
    }
    let told = visit.v1("POST", &["indices", &index.id, "explain"], &Fields::default(), Some(body)).await?;
    let mut blocks = vec![verdict(&told, &question)];
    let layers: Vec<LayerExplanation> = serde_json::from_value(told["access"]["layers"].clone()).unwrap_or_default();
    if !layers.is_empty() {
        blocks.push(layers_table(&layers, &told["names"]));
    }
    Ok(blocks)
}

/// Yes or no in one sentence, and what is behind it.
fn verdict(told: &Value, question: &Question) -> Html {
    let readable = told["access"]["readable"].as_bool() == Some(true);
    let reader = match (question.user.is_empty(), question.groups.is_empty()) {
        (true, true) => "Somebody who is not named".to_owned(),
        (true, false) => format!("A member of {}", question.groups.join(", ")),
        (false, true) => question.user.clone(),
        (false, false) => format!("{}, as a member of {},", question.user, question.groups.join(", ")),
    };
    let (tone, sentence) = match (told["found"].as_bool() == Some(true), told["missing_since_job"].as_str(), readable) {
        (false, _, _) => (
            Tone::Bad,
            "The index has no such document: it was not crawled, is left out by a filter, or was deleted.".to_owned(),
        ),
        (true, Some(job), _) => (Tone::Bad, format!("Hidden from everybody: the listing of sync job {job} lacked it.")),
        (true, None, true) => (Tone::Good, format!("{reader} sees it.")),
        (true, None, false) => (Tone::Bad, format!("{reader} does not see it.")),
    };
    let mut facts = Facts::new("The answer").fact("", Html::of(&Notice::new(tone, &sentence)));
    if let Some(reason) = told["source_lost_sight"].as_str() {
        facts = facts.fact("Its data source lost sight", Cell::text(reason));
    }
    if let Some(since) = told["source_hidden_since"].as_i64() {
        facts = facts.fact("All of its data source is hidden since", Cell::time(Some(since)));
    }
    if let Some(status) = told["status"].as_str() {
        facts = facts.fact("The document's status", Cell::badge(Tone::Plain, status));
    }
    if let Some(note) = told["access"]["note"].as_str() {
        facts = facts.fact("Access", Cell::text(note));
    }
    let accounts: Vec<&Value> = told["accounts"].as_array().into_iter().flatten().collect();
    if !question.user.is_empty() && accounts.is_empty() {
        facts = facts.fact("Who that is", Cell::text("no data source knows that name: what is public is all they see"));
    }
    for account in accounts {
        let text = |name: &str| account[name].as_str().unwrap_or_default();
        facts = facts
            .fact("Who that is", Cell::text(&format!("{} ({}), {}", text("display_name"), text("id"), text("state"))));
    }
    facts.render()
}

fn layers_table(layers: &[LayerExplanation], names: &Value) -> Html {
    let names: Names = serde_json::from_value(names.clone()).unwrap_or_default();
    let mut table = Table::new("Every one of these must let them in", &["Layer", "Verdict", "Why"], "");
    for layer in layers {
        let verdict = if layer.passed { Cell::badge(Tone::Good, "lets in") } else { Cell::badge(Tone::Bad, "stops") };
        table = table.row(vec![Cell::text(&layer.place()), verdict, Cell::text(&layer.reason(&names))]);
    }
    table.render()
}
