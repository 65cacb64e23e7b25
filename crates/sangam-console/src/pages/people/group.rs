//! One group: who is in it, and which groups are around it.

use axum::extract::Path;
use serde_json::Value;

use super::{flags, group, person, source, source_names, stranger};
use crate::failed::Done;
use crate::fields::Fields;
use crate::view::{Cell, Facts, Screen, Table};
use crate::visit::{InIndex, Visit};

/// The group's page.
pub(super) async fn show(Path((id, source_id, group_id)): Path<(String, String, String)>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let found = visit.v1("GET", &["indices", &id, "groups", &source_id, &group_id], &Fields::default(), None).await?;
    let names = source_names(&visit, &index).await?;
    let text = |name: &str| found[name].as_str().unwrap_or_default();
    let yes = |name: &str| Cell::text(if found[name] == true { "yes" } else { "no" });
    let facts = Facts::new("What it is")
        .fact("Group ID", Cell::code(text("id")))
        .fact("Gives access to the product", yes("productAccess"))
        .fact("Administers the product", yes("administers"))
        .fact("Members", Cell::number(found["memberCount"].as_i64().unwrap_or_default()))
        .fact("Members whom nobody described", Cell::number(found["unknownMembers"].as_i64().unwrap_or_default()))
        .fact("Data source", source(&index, &names, &source_id));
    let mut members = Table::new("Members", &["Name", "State"], "Nobody is in this group itself.");
    for unknown in ids(&found["unknownMemberIds"]) {
        members = members.row(vec![stranger(unknown), Cell::text("")]);
    }
    for member in found["members"].as_array().into_iter().flatten() {
        members = members.row(vec![person(&index, &source_id, member), flags(member)]);
    }
    let mut nested = around(&index, &source_id, "Groups in it", &found["nestedGroups"]);
    for unknown in ids(&found["unknownGroupIds"]) {
        nested = nested.row(vec![stranger(unknown)]);
    }
    let screen = Screen::new(text("name"))
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .crumb(&index.href("groups"), "Groups")
        .block(facts.render())
        .block(members.render())
        .block(nested.render())
        .block(around(&index, &source_id, "Groups that hold it", &found["heldBy"]).render());
    Ok(visit.page(&screen, Some(&index)))
}

fn ids(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn around(index: &InIndex, source: &str, title: &str, groups: &Value) -> Table {
    let groups = groups.as_array().into_iter().flatten();
    groups.fold(Table::new(title, &["Group"], "None."), |table, found| table.row(vec![group(index, source, found)]))
}
