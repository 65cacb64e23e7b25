//! The directory.

use axum::extract::Path;
use serde_json::Value;

use super::flags;
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Button, Cell, Field, Form, Html, Screen, Section, Table};
use crate::visit::{InIndex, Visit};

/// Rows on a page.
const PAGE: &str = "50";

/// People.
pub(super) async fn people(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let listed = visit.v1("GET", &["indices", &id, "people"], &query(&visit), None).await?;
    let total = listed["total"].as_u64().unwrap_or_default();
    let mut table = Table::new(
        &format!("People ({total})"),
        &["Name", "E-mail", "Account ID", "State"],
        "Nobody is known that fits. People are found by the identity crawler, with the next sync.",
    );
    for person in listed["people"].as_array().into_iter().flatten() {
        let text = |name: &str| person[name].as_str().unwrap_or_default();
        let at = format!("people/{}/{}", segment(text("dataSourceId")), segment(text("id")));
        let name = if text("displayName").is_empty() { text("id") } else { text("displayName") };
        table = table.row(vec![
            Cell::link(&index.href(&at), name),
            Cell::text(text("email")),
            Cell::code(text("id")),
            flags(person),
        ]);
    }
    let table = table.next(next(&visit, &index, "people", &listed)).render();
    Ok(page(&visit, &index, "people", "People and groups", table))
}

/// Groups.
pub(super) async fn groups(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let listed = visit.v1("GET", &["indices", &id, "groups"], &query(&visit), None).await?;
    let total = listed["total"].as_u64().unwrap_or_default();
    let mut table = Table::new(
        &format!("Groups ({total})"),
        &["Name", "Members", "Groups in it", "Gives access to the product"],
        "No group is known that fits.",
    );
    for group in listed["groups"].as_array().into_iter().flatten() {
        let text = |name: &str| group[name].as_str().unwrap_or_default();
        let at = format!("groups/{}/{}", segment(text("dataSourceId")), segment(text("id")));
        table = table.row(vec![
            Cell::link(&index.href(&at), text("name")),
            Cell::number(group["members"].as_i64().unwrap_or_default()),
            Cell::number(group["nestedGroups"].as_i64().unwrap_or_default()),
            Cell::text(if group["productAccess"] == true { "yes" } else { "" }),
        ]);
    }
    let table = table.next(next(&visit, &index, "groups", &listed)).render();
    Ok(page(&visit, &index, "groups", "Groups", table))
}

fn query(visit: &Visit) -> Fields {
    let mut query = Fields::default();
    query.push("limit", PAGE);
    for name in ["like", "from"] {
        if let Some(value) = visit.query().given(name) {
            query.push(name, value);
        }
    }
    query
}

fn next(visit: &Visit, index: &InIndex, below: &str, listed: &Value) -> Option<String> {
    let from = listed["next"].as_u64()?;
    let mut query = visit.query().clone();
    query.set("from", &from.to_string());
    Some(format!("{}?{}", index.href(below), query.encode()))
}

fn page(visit: &Visit, index: &InIndex, below: &str, title: &str, table: Html) -> crate::answer::Answer {
    let find = Form::search(&index.href(below), Button::primary("", "Find"))
        .section(Section::new("").field(Field::text("like", "Name, e-mail or account ID").optional()));
    let html = find.render(visit.csrf(), visit.query(), &mut Troubles::default());
    let (other, label) = if below == "people" { ("groups", "Groups") } else { ("people", "People") };
    let screen = Screen::new(title)
        .lead("Whom Confluence knows, as the identity crawler found them. A query finds a person by every name below.")
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .action(crate::view::Action::plain(&index.href(other), label))
        .block(html)
        .block(table);
    visit.page(&screen, Some(index))
}
