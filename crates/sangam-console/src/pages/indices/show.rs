//! One index.

use axum::extract::Path;
use serde_json::Value;

use super::text::edition_name;
use crate::failed::Done;
use crate::fields::Fields;
use crate::view::{Action, Cell, Facts, Html, Notice, Screen, Table, Tone};
use crate::visit::{InIndex, Visit};

/// The index's page.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let state = visit.v1("GET", &["indices", &id], &Fields::default(), None).await?;
    let status = index.described["Status"].as_str().unwrap_or_default();
    let mut screen = Screen::new(index.name())
        .crumb("/console/indices", "Indices")
        .action(Action::primary(&index.href("search"), "Search indexed content"))
        .action(Action::plain(&index.href("edit"), "Edit"))
        .action(Action::plain(&index.href("delete"), "Delete"))
        .notices(notices(&visit, &index, status))
        .block(facts(&index, &state, status))
        .block(next_steps(&index))
        .block(fields(&index.described));
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
        _ => notices.extend(visit.said(&[("edited", "The index was changed.")])),
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

fn fields(described: &Value) -> Html {
    let mut table = Table::new(
        "Index fields",
        &["Name", "Type", "Shown", "Searched", "Counted", "Sorted by"],
        "This index has no fields.",
    );
    for field in described["DocumentMetadataConfigurations"].as_array().into_iter().flatten() {
        let has = |name: &str| Cell::text(if field["Search"][name].as_bool() == Some(true) { "yes" } else { "" });
        table = table.row(vec![
            Cell::code(field["Name"].as_str().unwrap_or_default()),
            Cell::text(field["Type"].as_str().unwrap_or_default()),
            has("Displayable"),
            has("Searchable"),
            has("Facetable"),
            has("Sortable"),
        ]);
    }
    table.counted().render()
}
