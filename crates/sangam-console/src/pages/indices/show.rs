//! One index.

use axum::extract::Path;
use serde_json::Value;

use super::text::edition_name;
use super::{fields, tags};
use crate::failed::Done;
use crate::fields::Fields;
use crate::view::{Action, Cell, Facts, Html, Notice, Screen, Tone};
use crate::visit::{InIndex, Visit};

/// The index's page.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let state = visit.v1("GET", &["indices", &id], &Fields::default(), None).await?;
    let tagged = tags::list(&visit, &index).await?;
    let status = index.described["Status"].as_str().unwrap_or_default();
    let mut screen = Screen::new(index.name())
        .crumb("/console/indices", "Indices")
        .action(Action::primary(&index.href("search"), "Search indexed content"));
    if visit.may_change() {
        screen = screen
            .action(Action::plain(&index.href("edit"), "Edit"))
            .action(Action::plain(&index.href("delete"), "Delete"));
    }
    let edit_tags = if visit.may_change() { index.href("tags") } else { String::new() };
    screen = screen
        .notices(notices(&visit, &index, status))
        .block(facts(&index, &state, status))
        .block(if visit.may_change() { next_steps(&index) } else { Html::default() })
        .block(fields::table(&visit, &index))
        .block(tags::table(&tagged, &edit_tags, "This index has no tags."));
    if status != "ACTIVE" {
        screen = screen.refresh(3);
    }
    Ok(visit.page(&screen, Some(&index)))
}

fn notices(visit: &Visit, index: &InIndex, status: &str) -> Vec<Notice> {
    let mut notices = Vec::new();
    match (visit.query().last("said"), status) {
        ("created", "ACTIVE") => notices.push(
            Notice::new(Tone::Good, "The index is ready.").link(&index.href("data-sources/new"), "Add a data source"),
        ),
        ("created", _) => notices.push(Notice::new(Tone::Wait, "The index is being created. It takes a few seconds.")),
        _ => notices.extend(visit.said(&[
            ("edited", "The index was changed."),
            ("fields", "The fields were changed. The next query goes by it."),
            ("added", "The field was added. Documents can use it from now on."),
            ("unchanged", "Nothing was changed: all boxes are as they were."),
            ("tags", "The tags were changed."),
        ])),
    }
    if status == "FAILED" {
        let why = index.described["ErrorMessage"].as_str().unwrap_or("The log of the server tells why.");
        notices.push(Notice::new(Tone::Bad, why));
    }
    notices
}

fn facts(index: &InIndex, state: &Value, status: &str) -> Html {
    let described = &index.described;
    let text = |name: &str| described[name].as_str().unwrap_or_default();
    let n_documents = described["IndexStatistics"]["TextDocumentStatistics"]["IndexedTextDocumentsCount"].as_i64();
    let html = Facts::new("Index details")
        .id("index-state")
        .fact("Status", Cell::status(status))
        .fact("Documents", Cell::number(n_documents.unwrap_or_default()))
        .fact("Documents that wait", Cell::number(state["documents_pending"].as_i64().unwrap_or_default()))
        .fact(
            "Passages that wait for their vectors",
            Cell::number(state["vectors_pending"].as_i64().unwrap_or_default()),
        )
        .fact("Edition", Cell::text(edition_name(text("Edition"))))
        .fact(
            "Readers are named by",
            Cell::text(if text("UserContextPolicy") == "USER_TOKEN" { "tokens" } else { "user and groups" }),
        )
        .fact("Description", Cell::text(text("Description")))
        .fact("Index ID", Cell::code(text("Id")))
        .fact("Role ARN", Cell::code(text("RoleArn")))
        .fact(
            "KMS key",
            Cell::code(described["ServerSideEncryptionConfiguration"]["KmsKeyId"].as_str().unwrap_or_default()),
        )
        .fact("Created", Cell::api_time(described["CreatedAt"].as_f64()))
        .fact("Changed", Cell::api_time(described["UpdatedAt"].as_f64()))
        .render();
    if status == "ACTIVE" { html } else { html.live() }
}

fn next_steps(index: &InIndex) -> Html {
    Facts::new("Getting started")
        .fact("1", Cell::link(&index.href("data-sources"), "Add a data source and run a sync"))
        .fact("2", Cell::link(&index.href("search"), "Search as anybody, and ask why a document is seen"))
        .fact("3", Cell::link("/console/accounts", "Let colleagues in to the search page"))
        .render()
}
