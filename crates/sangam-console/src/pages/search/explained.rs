//! An explanation as it is read: the answer, who the reader is, and layer by layer what lets them in or stops them.

use sangam_access::{LayerExplanation, Names};
use serde_json::Value;

use super::question::Question;
use super::which::Which;
use crate::fields::segment;
use crate::hits::cut;
use crate::view::{Cell, Facts, Html, Lines, Notice, Table, Tone};
use crate::visit::InIndex;

/// Characters of a sentence: it may name ten groups.
const SENTENCE_CHARS: usize = 1_000;

/// The answer and its layers.
pub(super) fn blocks(told: &Value, question: &Question, index: &InIndex, which: Option<&Which>) -> Vec<Html> {
    let (tone, sentence) = verdict(told, question);
    let mut blocks = vec![Html::of(&Notice::new(tone, &sentence)), answer(told, question, index, which)];
    let layers: Vec<LayerExplanation> = serde_json::from_value(told["access"]["layers"].clone()).unwrap_or_default();
    if !layers.is_empty() {
        blocks.push(layers_table(&layers, &told["names"]));
    }
    blocks
}

/// What is behind the verdict.
fn answer(told: &Value, question: &Question, index: &InIndex, which: Option<&Which>) -> Html {
    let mut facts = Facts::new("The document and the reader");
    if let Some(which) = which {
        facts = facts.fact("Document", which.cell());
    }
    for (label, value) in reader(told, question, index) {
        facts = facts.fact(label, value);
    }
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
        facts = facts.fact("Access", Cell::text(&sentence_of(note)));
    }
    facts.fact("Document ID", Cell::code(told["document_id"].as_str().unwrap_or_default())).render()
}

/// Yes or no in one sentence.
fn verdict(told: &Value, question: &Question) -> (Tone, String) {
    let readable = told["access"]["readable"].as_bool() == Some(true);
    let reader = match (question.user.is_empty(), question.groups.is_empty()) {
        (true, true) => "Somebody who is not named".to_owned(),
        (true, false) => format!("A member of {}", question.groups.join(", ")),
        (false, true) => question.user.clone(),
        (false, false) => format!("{}, as a member of {},", question.user, question.groups.join(", ")),
    };
    match (told["found"].as_bool() == Some(true), told["missing_since_job"].as_str(), readable) {
        (false, _, _) => {
            let sentence =
                "The index has no document with this ID: it was not crawled, is left out by a filter, or was deleted.";
            (Tone::Bad, sentence.to_owned())
        }
        (true, Some(job), _) => (Tone::Bad, format!("Hidden from everybody: the listing of sync job {job} lacked it.")),
        (true, None, true) => (Tone::Good, format!("{reader} sees it.")),
        (true, None, false) => (Tone::Bad, format!("{reader} does not see it.")),
    }
}

/// Who the reader is, and by which groups they are in the groups that decided.
fn reader(told: &Value, question: &Question, index: &InIndex) -> Vec<(&'static str, Html)> {
    let mut facts = Vec::new();
    let accounts: Vec<&Value> = told["accounts"].as_array().into_iter().flatten().collect();
    if !question.user.is_empty() && accounts.is_empty() {
        let stranger = "No data source knows that name: they see what is public, and what names them as it is written.";
        facts.push(("Who that is", Cell::text(stranger)));
    }
    for account in accounts {
        let text = |name: &str| account[name].as_str().unwrap_or_default();
        let at = format!("people/{}/{}", segment(text("data_source_id")), segment(text("id")));
        let name = if text("display_name").is_empty() { text("id") } else { text("display_name") };
        let person = Cell::link(&index.href(&at), &cut(name, SENTENCE_CHARS));
        facts.push(("Who that is", person.then(&Cell::text(&format!(", {}", state(text("state")))))));
    }
    let chains: Vec<Html> = told["chains"].as_array().into_iter().flatten().map(chain).collect();
    if !chains.is_empty() {
        facts.push(("Their groups that count here", Lines::of(&chains)));
    }
    facts
}

fn state(state: &str) -> &str {
    match state {
        "active" => "an active account",
        "guest" => "a guest",
        "inactive" => "an account that is not active and reads what is public only",
        "app" => "an app's account, which reads what is public only",
        other => other,
    }
}

/// "Ada → team-a → staff".
fn chain(names: &Value) -> Html {
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    let names = names.enumerate().map(|(at, name)| {
        let before = if at == 0 { Html::default() } else { Cell::text(" → ") };
        before.then(&Lines::stranger(name))
    });
    names.fold(Html::default(), |chain, name| chain.then(&name))
}

fn layers_table(layers: &[LayerExplanation], names: &Value) -> Html {
    let names: Names = serde_json::from_value(names.clone()).unwrap_or_default();
    let mut table = Table::new("Every one of these must let them in", &["Layer", "Verdict"], "").id("layers");
    for layer in layers {
        let verdict = if layer.passed { Cell::badge(Tone::Good, "lets in") } else { Cell::badge(Tone::Bad, "stops") };
        let place = sentence_of(&layer.place());
        let reason = format!("{}.", sentence_of(&layer.reason(&names)));
        table = table.row(vec![Cell::text(&place), verdict.then(&Cell::text(&format!(" {reason}")))]);
    }
    table.render()
}

/// A part of a sentence with a capital, without what turns the text around it.
fn sentence_of(part: &str) -> String {
    let shown = cut(part, SENTENCE_CHARS);
    let mut letters = shown.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told() -> Value {
        json!({
            "document_id": "confluence/s/page/1", "found": true, "status": "INDEXED", "missing_since_job": null,
            "accounts": [{ "data_source_id": "s", "id": "5b10", "display_name": "Ada", "state": "active" }],
            "names": { "84c580ec": "people-team" }, "chains": [["Ada", "team-a", "people-team"]],
            "access": { "readable": true, "note": null, "layers": [{
                "origin": { "kind": "restriction", "id": "42", "title": "Salaries" }, "state": { "state": "known" },
                "passed": true, "everyone": false, "denied": [],
                "matched": [{ "kind": "source-group", "data_source": "s", "id": "84c580ec" }],
                "allowed": [{ "kind": "source-group", "data_source": "s", "id": "84c580ec" }],
            }] },
        })
    }

    fn html(told: &Value) -> String {
        let index = InIndex { id: "i".to_owned(), described: Value::Null };
        let question = Question { user: "ada@x".to_owned(), ..Question::default() };
        blocks(told, &question, &index, None).into_iter().map(Html::into_string).collect()
    }

    #[test]
    fn an_explanation_has_names_and_no_ids_in_its_sentences() {
        let html = html(&told());
        assert!(html.contains("</span> They are in the group people-team.</td>"), "{html}");
        assert!(html.contains("<td>The restriction of “Salaries”</td>"), "{html}");
        assert!(!html.contains("84c580ec") && !html.contains('`'), "{html}");
        assert!(html.contains("<bdi>Ada</bdi> → <bdi>team-a</bdi> → <bdi>people-team</bdi>"), "{html}");
        assert!(html.contains("ada@x sees it.") && html.contains(r#"/people/s/5b10">Ada</a>, an active account"#));
    }

    #[test]
    fn a_stranger_and_a_missing_document_are_said_to_be_such() {
        let mut told = told();
        told["accounts"] = json!([]);
        assert!(html(&told).contains("No data source knows that name"));
        told["found"] = false.into();
        assert!(html(&told).contains("The index has no document with this ID"));
    }
}
