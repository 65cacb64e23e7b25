//! All data sources of an index.

use axum::extract::Path;
use sangam_api::{ApiError, ErrorKind};
use serde_json::{Value, json};

use super::schedule;
use crate::failed::Done;
use crate::fields::segment;
use crate::view::{Action, Cell, Html, Screen, Table};
use crate::visit::{InIndex, Visit};

/// Data sources on one page: each is asked for its schedule and its last sync.
const PAGE: u32 = 20;

/// The list.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let mut input = json!({ "IndexId": index.id, "MaxResults": PAGE });
    if let Some(token) = visit.query().given("next") {
        input["NextToken"] = token.into();
    }
    let listed = visit.call("kendra:ListDataSources", input).await?;
    let mut table = Table::new(
        "Data sources",
        &["Name", "Type", "Status", "Last sync", "Last sync status", "Schedule"],
        "No data sources yet. A data source reads documents, and who may see them, from a site such as Confluence.",
    );
    if visit.may_change() {
        table = table.action(Action::primary(&index.href("data-sources/add"), "Add data source"));
    }
    for item in listed["SummaryItems"].as_array().into_iter().flatten() {
        match row(&visit, &index, item).await {
            Ok(row) => table = table.row(row),
            // It was being deleted when it was listed, and is gone by now.
            Err(error) if error.kind == ErrorKind::ResourceNotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    let next = listed["NextToken"].as_str();
    let next = next.map(|token| index.href(&format!("data-sources?next={}", segment(token))));
    let screen = Screen::new("Data sources")
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .notices(visit.said(&[("deleted", "The data source is being deleted, with its documents.")]))
        .block(table.counted().next(next).render());
    Ok(visit.page(&screen, Some(&index)))
}

async fn row(visit: &Visit, index: &InIndex, item: &Value) -> Result<Vec<Html>, ApiError> {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    let ids = json!({ "IndexId": index.id, "Id": text("Id") });
    let described = visit.call("kendra:DescribeDataSource", ids.clone()).await?;
    let mut of_jobs = ids;
    of_jobs["MaxResults"] = 1.into();
    let jobs = visit.call("kendra:ListDataSourceSyncJobs", of_jobs).await?;
    let last = &jobs["History"][0];
    Ok(vec![
        Cell::link(&index.href(&format!("data-sources/{}", segment(text("Id")))), text("Name")),
        Cell::text(type_name(&described)),
        Cell::status(text("Status")),
        Cell::api_time(last["StartTime"].as_f64()),
        last["Status"].as_str().map_or_else(|| Cell::text(""), Cell::status),
        schedule::told(described["Schedule"].as_str().unwrap_or_default()),
    ])
}

/// What kind of data source it is, as people call it.
pub(super) fn type_name(described: &Value) -> &str {
    let template = &described["Configuration"]["TemplateConfiguration"]["Template"];
    match (described["Type"].as_str().unwrap_or_default(), template["type"].as_str()) {
        ("TEMPLATE", Some("CONFLUENCEV2" | "CONFLUENCE")) => "Confluence connector V2.0",
        ("CONFLUENCE", _) => "Confluence (first generation)",
        ("CUSTOM", _) => "Custom",
        (other, _) => other,
    }
}
