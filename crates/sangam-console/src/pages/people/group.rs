//! One group: who is in it, and which groups are around it.

use axum::extract::Path;
use serde_json::Value;

use super::flags;
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::view::{Cell, Facts, Screen, Table};
use crate::visit::{InIndex, Visit};

/// The group's page.
pub(super) async fn show(Path((id, source, group_id)): Path<(String, String, String)>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let group = visit.v1("GET", &["indices", &id, "groups", &source, &group_id], &Fields::default(), None).await?;
    let text = |name: &str| group[name].as_str().unwrap_or_default();
    let yes = |name: &str| Cell::text(if group[name] == true { "yes" } else { "no" });
    let facts = Facts::new("What it is")
        .fact("Group ID", Cell::code(text("id")))
        .fact("Gives access to the product", yes("productAccess"))
        .fact("Administers the product", yes("administers"))
        .fact("Members", Cell::number(group["memberCount"].as_i64().unwrap_or_default()))
        .fact("Members whom nobody described", Cell::number(group["unknownMembers"].as_i64().unwrap_or_default()));
    let mut members = Table::new("Members", &["Name", "Account ID", "State"], "Nobody is in this group itself.");
    for person in group["members"].as_array().into_iter().flatten() {
        let text = |name: &str| person[name].as_str().unwrap_or_default();
        let at = format!("people/{}/{}", segment(&source), segment(text("id")));
        let name = if text("displayName").is_empty() { text("id") } else { text("displayName") };
        members = members.row(vec![Cell::link(&index.href(&at), name), Cell::code(text("id")), flags(person)]);
    }
    let screen = Screen::new(text("name"))
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .crumb(&index.href("groups"), "Groups")
        .block(facts.render())
        .block(members.render())
        .block(around(&index, &source, "Groups in it", &group["nestedGroups"]))
        .block(around(&index, &source, "Groups that hold it", &group["heldBy"]));
    Ok(visit.page(&screen, Some(&index)))
}

fn around(index: &InIndex, source: &str, title: &str, groups: &Value) -> crate::view::Html {
    let mut table = Table::new(title, &["Group"], "None.");
    for group in groups.as_array().into_iter().flatten() {
        let text = |name: &str| group[name].as_str().unwrap_or_default();
        let at = format!("groups/{}/{}", segment(source), segment(text("id")));
        table = table.row(vec![Cell::link(&index.href(&at), text("name"))]);
    }
    table.render()
}
