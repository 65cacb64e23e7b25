//! All indices.

use serde_json::{Value, json};

use super::text::edition_name;
use crate::failed::Done;
use crate::fields::segment;
use crate::view::{Action, Cell, Screen, Table};
use crate::visit::Visit;

/// Indices on one page.
const PAGE: u32 = 50;

/// The list.
pub(super) async fn show(visit: Visit) -> Done {
    let mut input = json!({ "MaxResults": PAGE });
    if let Some(token) = visit.query().given("next") {
        input["NextToken"] = token.into();
    }
    let listed = visit.call("kendra:ListIndices", input).await?;
    let mut table = Table::new(
        "Indices",
        &["Name", "Status", "Edition", "Created", "Index ID"],
        "No indices yet. An index holds documents and who may read them; create one, then add a data source.",
    );
    if visit.may_change() {
        table = table.action(Action::primary("/console/indices/new", "Create an index"));
    }
    for item in listed["IndexConfigurationSummaryItems"].as_array().into_iter().flatten() {
        table = table.row(row(item));
    }
    let next = listed["NextToken"].as_str().map(|token| format!("/console/indices?next={}", segment(token)));
    let screen = Screen::new("Indices")
        .notices(visit.said(&[("deleted", "The index is being deleted.")]))
        .block(table.counted().next(next).render());
    Ok(visit.page(&screen, None))
}

fn row(item: &Value) -> Vec<crate::view::Html> {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    vec![
        Cell::link(&format!("/console/indices/{}", segment(text("Id"))), text("Name")),
        Cell::status(text("Status")),
        Cell::text(edition_name(text("Edition"))),
        Cell::api_time(item["CreatedAt"].as_f64()),
        Cell::code(text("Id")),
    ]
}
