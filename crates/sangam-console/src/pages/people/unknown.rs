//! Accounts and groups that are named and that nobody described.

use axum::extract::Path;
use serde_json::Value;

use super::list::{List, next, page, query};
use super::{group, source, source_names, stranger};
use crate::failed::Done;
use crate::view::{Cell, Html, Lines, Table};
use crate::visit::{InIndex, Visit};

/// The list.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let mut asked = query(&visit);
    asked.remove("flag");
    let listed = visit.v1("GET", &["indices", &id, "unknown-principals"], &asked, None).await?;
    let names = source_names(&visit, &index).await?;
    let total = listed["total"].as_u64().unwrap_or_default();
    let mut table = Table::new(
        &format!("Unknown principals ({total})"),
        &["ID", "What it is", "Access lists that name it", "Documents", "Groups that hold it", "Data source"],
        "Everybody whom access lists and groups name is known.",
    );
    for found in listed["principals"].as_array().into_iter().flatten() {
        let text = |name: &str| found[name].as_str().unwrap_or_default();
        table = table.row(vec![
            stranger(text("id")),
            Cell::text(if text("kind") == "group" { "a group" } else { "an account" }),
            Cell::number(found["layers"].as_i64().unwrap_or_default()),
            Cell::number(found["documents"].as_i64().unwrap_or_default()),
            groups(&index, found),
            source(&index, &names, text("dataSourceId")),
        ]);
    }
    let table = table.next(next(&visit, &index, List::Unknown, &listed)).render();
    Ok(page(&visit, &index, List::Unknown, None, table))
}

/// The groups that hold it, and how many more do.
fn groups(index: &InIndex, found: &Value) -> Html {
    let source = found["dataSourceId"].as_str().unwrap_or_default();
    let told = found["groups"].as_array().into_iter().flatten();
    let mut lines: Vec<Html> = told.map(|one| group(index, source, one)).collect();
    let n_more = found["groupCount"].as_u64().unwrap_or_default().saturating_sub(lines.len() as u64);
    if n_more > 0 {
        lines.push(Cell::muted(&format!("and {n_more} more")));
    }
    if lines.is_empty() { Cell::text("") } else { Lines::of(&lines) }
}
