//! A job: its numbers, its warnings, and what became of each document.

use axum::extract::Path;
use sangam_api::ApiError;
use serde_json::Value;

use super::place::Source;
use super::preview;
use super::runs::{self, Job};
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::hits::web_address;
use crate::trouble::Troubles;
use crate::view::{Button, Cell, Facts, Field, Form, Html, Lines, Opt, Section, Table, Tone, prose};
use crate::visit::Visit;

/// Records on one page of the report.
const RECORDS: usize = 50;
/// Warnings that are shown; a job keeps its first ones.
const WARNINGS_SHOWN: usize = 100;
/// Seconds after which the page is loaded again where no scripts run.
const RELOAD: u32 = 3;

/// The job's page.
pub(super) async fn show(Path((index, id, job)): Path<(String, String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    let job = runs::find(&visit, &source, &job).await?;
    let mut screen = source.screen(&format!("{} of {}", job.kind_name(), source.name()));
    if !job.is_running() {
        screen = screen.notice(&job.ended());
    }
    screen = screen.block(details(&job));
    // A preview has its warnings with what it found.
    if job.text("kind") != "preview" {
        screen = screen.block(warnings(&job));
    }
    if job.text("kind") == "preview" {
        let found = Lines::group("found", "What was found", &preview::blocks(&visit, &source, &job).await?);
        screen = screen.block(while_running(&job, found));
    } else {
        let report = report(&visit, &source, &job).await?;
        screen = screen.block(filter(&visit, &source, &job)).block(while_running(&job, report));
    }
    if job.is_running() {
        screen = screen.refresh(RELOAD);
    }
    Ok(visit.page(&screen, Some(&source.index)))
}

fn details(job: &Job) -> Html {
    let mut facts = job.facts(Facts::new("Details").id("job"));
    if job.text("kind") != "preview" {
        facts = facts
            .fact("Access changed", Cell::number(job.number("accessChanged")))
            .fact("Protected from deletion", Cell::number(job.number("protectedFromDeletion")));
    }
    facts = facts
        .fact("Calls to the site", Cell::number(job.number("calls")))
        .fact("Ended", Cell::time(job.0["endedAt"].as_i64()))
        .fact("Execution ID", Cell::code(job.text("executionId")));
    for (name, label) in [
        ("errorMessage", "Error message"),
        ("errorCode", "Error code"),
        ("dataSourceErrorCode", "Error code of the connector"),
    ] {
        if !job.text(name).is_empty() {
            facts = facts.fact(label, Cell::text(job.text(name)));
        }
    }
    if let Some(at) = job.0["retryAt"].as_i64() {
        facts = facts.fact("Welcome again", Cell::time(Some(at)));
    }
    while_running(job, facts.render())
}

/// A block that is fetched again until the job has ended.
fn while_running(job: &Job, html: Html) -> Html {
    if job.is_running() { html.live() } else { html }
}

fn warnings(job: &Job) -> Html {
    let mut table = Table::new("Warnings", &["Warning"], "There are none.").id("warnings");
    for warning in job.0["warnings"].as_array().into_iter().flatten().take(WARNINGS_SHOWN) {
        let text = warning.as_str().map_or_else(|| warning.to_string(), str::to_owned);
        table = table.row(vec![prose(&text)]);
    }
    while_running(job, table.counted().render())
}

/// The values of the filter, as the endpoint takes them.
const STATUSES: [(&str, &str); 3] = [("", "Any"), ("SUCCESS", "Success"), ("FAILED", "Failed")];
const ACTIONS: [(&str, &str); 5] =
    [("", "Any"), ("ADD", "Added"), ("MODIFY", "Modified"), ("DELETE", "Deleted"), ("UNMODIFIED", "Unmodified")];

fn filter(visit: &Visit, source: &Source, job: &Job) -> Html {
    let options = |values: &[(&str, &str)]| values.iter().map(|(value, label)| Opt::new(value, label, "")).collect();
    let at = source.href(&format!("jobs/{}", segment(job.text("executionId"))));
    let form = Form::search(&at, Button::primary("", "Filter")).section(
        Section::new("Document-level report")
            .field(Field::select("status", "Status", options(&STATUSES)))
            .field(Field::select("action", "Action", options(&ACTIONS))),
    );
    form.render(visit.csrf(), visit.query(), &mut Troubles::default())
}

async fn report(visit: &Visit, source: &Source, job: &Job) -> Result<Html, ApiError> {
    let id = job.text("executionId");
    let query = visit.query();
    let known = |name: &str, values: &[(&str, &str)]| {
        let wanted = query.last(name);
        if values.iter().any(|(value, _)| *value == wanted) { wanted.to_owned() } else { String::new() }
    };
    let (status, action) = (known("status", &STATUSES), known("action", &ACTIONS));
    let limit = (RECORDS + 1).to_string();
    let asked = [("after", query.last("after")), ("limit", &limit), ("status", &status), ("action", &action)];
    let told = source.v1(visit, "GET", &["jobs", id, "documents"], &asked).await?;
    let records = told["documents"].as_array().cloned().unwrap_or_default();
    let mut table = Table::new(
        "Documents",
        &["Document", "Action", "Status", "Who may read it now", "Message"],
        "There is no such document in this run.",
    )
    .id("report");
    for record in records.iter().take(RECORDS) {
        table = table.row(row(record));
    }
    let last = records.get(RECORDS - 1).filter(|_| records.len() > RECORDS);
    let next = last.and_then(|record| record["documentId"].as_str()).map(|after| {
        let mut next = Fields::default();
        for (name, value) in [("status", status.as_str()), ("action", action.as_str()), ("after", after)] {
            next.push(name, value);
        }
        format!("{}?{}#report", source.href(&format!("jobs/{}", segment(id))), next.encode())
    });
    Ok(table.next(next).render())
}

fn row(record: &Value) -> Vec<Html> {
    let text = |name: &str| record[name].as_str().unwrap_or_default();
    let title = if text("documentTitle").is_empty() { text("documentId") } else { text("documentTitle") };
    let statuses = ["crawlStatus", "syncStatus", "indexStatus"].map(|name| record[name]["status"].as_str());
    let failed = statuses.contains(&Some("FAILED"));
    let skipped = statuses[1] == Some("SKIPPED");
    let status = match (failed, skipped) {
        (true, _) => Cell::badge(Tone::Bad, "FAILED"),
        (_, true) => Cell::badge(Tone::Plain, "SKIPPED"),
        _ => Cell::badge(Tone::Good, "SUCCESS"),
    };
    let title = match web_address(text("sourceUri")) {
        Some(href) => Lines::stranger_link(&href, title),
        None => Lines::stranger(title),
    };
    vec![
        Lines::of(&[title, Cell::code(text("documentId"))]),
        Cell::text(text("crawlAction")),
        status,
        readers(record),
        Lines::sentence(text("errorMsg")),
    ]
}

/// Layers of access that a row of the report shows.
const LAYERS_SHOWN: usize = 4;

/// A line for each layer; a reader must be among those of every line.
fn readers(record: &Value) -> Html {
    let layers: Vec<&str> = record["access"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut lines: Vec<Html> = layers.iter().take(LAYERS_SHOWN).map(|layer| Lines::stranger(layer)).collect();
    if layers.len() > LAYERS_SHOWN {
        lines.push(Cell::muted(&format!("and {} more layers", layers.len() - LAYERS_SHOWN)));
    }
    if lines.is_empty() { Cell::text("") } else { Lines::of(&lines) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hostile_title_is_text() {
        let record = json!({ "documentId": "confluence/page/1", "documentTitle": "<script>\u{202e}", "crawlAction": "ADD",
            "errorMsg": "<img src=x>", "access": ["space <i>: everybody"] });
        let html: String = row(&record).into_iter().map(Html::into_string).collect();
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<i>"), "{html}");
        assert!(html.contains("<bdi>&#60;script&#62;"), "{html}");
    }

    #[test]
    fn a_document_leads_to_its_site_and_nowhere_else() {
        let title = |uri: &str| {
            row(&json!({ "documentId": "d", "documentTitle": "<b>", "sourceUri": uri }))[0].clone().into_string()
        };
        let html = title("https://wiki.example/x?a=1&b=%22");
        assert!(html.contains(r#"href="https://wiki.example/x?a=1&#38;b=%22" target="_blank""#), "{html}");
        for nowhere in ["", "javascript:alert(1)", "/relative"] {
            assert!(!title(nowhere).contains("<a"), "{nowhere}");
        }
    }

    #[test]
    fn the_worst_of_three_statuses_is_shown() {
        let status = |index: &str, sync: &str| {
            let record = json!({ "indexStatus": { "status": index }, "syncStatus": { "status": sync } });
            row(&record)[2].clone().into_string()
        };
        assert!(status("FAILED", "SUCCESS").contains("FAILED"));
        assert!(status("SKIPPED", "SKIPPED").contains("SKIPPED"));
        assert!(status("SUCCESS", "SUCCESS").contains("SUCCESS"));
    }
}
