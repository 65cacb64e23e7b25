//! One person: names, memberships, and what they can see.

use axum::extract::Path;

use super::flags;
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::view::{Action, Cell, Facts, Screen, Table};
use crate::visit::Visit;

/// The person's page.
pub(super) async fn show(Path((id, source, account)): Path<(String, String, String)>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let person = visit.v1("GET", &["indices", &id, "people", &source, &account], &Fields::default(), None).await?;
    let text = |name: &str| person[name].as_str().unwrap_or_default();
    let names: Vec<&str> =
        person["aliases"].as_array().into_iter().flatten().filter_map(|alias| alias.as_str()).collect();
    let facts = Facts::new("Who it is")
        .fact("State", flags(&person))
        .fact("E-mail", Cell::text(text("email")))
        .fact("Account ID", Cell::code(text("id")))
        .fact("Found by", Cell::text(&names.join(", ")))
        .fact("Data source", Cell::code(text("dataSourceId")));
    let mut groups = Table::new("Member of", &["Group", "How"], "No group holds this person.");
    for group in person["groups"].as_array().into_iter().flatten() {
        let text = |name: &str| group[name].as_str().unwrap_or_default();
        let at = format!("groups/{}/{}", segment(&source), segment(text("id")));
        let how = if group["direct"] == true { "directly" } else { "through a group in it" };
        groups = groups.row(vec![Cell::link(&index.href(&at), text("name")), Cell::text(how)]);
    }
    let mut places = Table::new(
        "What this person can see, by space",
        &["Space", "Can see", "Of"],
        "This index has no documents of data sources.",
    );
    for place in person["places"].as_array().into_iter().flatten() {
        let name = place["title"].as_str().or(place["place"].as_str()).unwrap_or("without a place");
        places = places.row(vec![
            Cell::text(name),
            Cell::number(place["readable"].as_i64().unwrap_or_default()),
            Cell::number(place["documents"].as_i64().unwrap_or_default()),
        ]);
    }
    let user = person["email"].as_str().unwrap_or(text("id"));
    let mut as_them = Fields::default();
    as_them.push("user", user);
    as_them.push("browse", "1");
    let title = if text("displayName").is_empty() { text("id") } else { text("displayName") };
    let screen = Screen::new(title)
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .crumb(&index.href("people"), "People and groups")
        .action(Action::plain(&format!("{}?{}", index.href("search"), as_them.encode()), "Search as this person"))
        .block(facts.render())
        .block(places.render())
        .block(groups.counted().render());
    Ok(visit.page(&screen, Some(&index)))
}
