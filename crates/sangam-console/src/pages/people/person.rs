//! One person: names, memberships, and what they can see.

use axum::extract::Path;
use sangam_identity::Role;
use serde_json::Value;

use super::{flags, group, source, source_names};
use crate::failed::Done;
use crate::fields::Fields;
use crate::view::{Action, Cell, Facts, Html, Screen, Table};
use crate::visit::{InIndex, Visit};

/// The fields by which one space is searched, where the index has them, as the connector's default mapping has them: the key, which all
/// documents of a space have, or else the name.
const SPACE_KEY: &str = "cf_space_key";
const SPACE_NAME: &str = "cf_space_name";

/// The person's page.
pub(super) async fn show(Path((id, source_id, account)): Path<(String, String, String)>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let person = visit.v1("GET", &["indices", &id, "people", &source_id, &account], &Fields::default(), None).await?;
    let sources = source_names(&visit, &index).await?;
    let text = |name: &str| person[name].as_str().unwrap_or_default();
    let names: Vec<&str> =
        person["aliases"].as_array().into_iter().flatten().filter_map(|alias| alias.as_str()).collect();
    let facts = Facts::new("Who it is")
        .fact("State", flags(&person))
        .fact("E-mail", Cell::text(text("email")))
        .fact("Account ID", Cell::code(text("id")))
        .fact("Found by", Cell::text(&names.join(", ")))
        .fact("Data source", source(&index, &sources, &source_id));
    let mut groups = Table::new("Member of", &["Group", "How"], "No group holds this person.");
    for found in person["groups"].as_array().into_iter().flatten() {
        let how = if found["direct"] == true { "directly" } else { "through a group in it" };
        groups = groups.row(vec![group(&index, &source_id, found), Cell::text(how)]);
    }
    // A name that several claim finds none of them; the id finds its account.
    let is_contested = person["contestedAliases"].as_array().is_some_and(|aliases| !aliases.is_empty());
    let user = person["email"].as_str().filter(|_| !is_contested).unwrap_or(text("id"));
    let title = if text("displayName").is_empty() { text("id") } else { text("displayName") };
    let screen = Screen::new(title)
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .crumb(&index.href("people"), "People and groups")
        .action(Action::plain(&search_as(&index, user, None), "Search as this person"))
        .block(facts.render())
        .block(places(&visit, &index, user, &person["places"]))
        .block(groups.counted().render());
    Ok(visit.page(&screen, Some(&index)))
}

/// How much of each space they can see; where there is something, with the way to it.
fn places(visit: &Visit, index: &InIndex, user: &str, places: &Value) -> Html {
    let mut table = Table::new(
        "What this person can see, by space",
        &["Space", "Can see", "Of"],
        "This index has no documents of data sources.",
    );
    let can_search = visit.identity().role == Role::Administrator;
    for place in places.as_array().into_iter().flatten() {
        let readable = place["readable"].as_i64().unwrap_or_default();
        let name = place["title"].as_str().or(place["place"].as_str()).unwrap_or("without a place");
        let name = match space(index, place).filter(|_| can_search && readable > 0) {
            Some(space) => Cell::link(&search_as(index, user, Some(space)), name),
            None => Cell::text(name),
        };
        let documents = Cell::number(place["documents"].as_i64().unwrap_or_default());
        table = table.row(vec![name, Cell::number(readable), documents]);
    }
    table.render()
}

/// What finds a space's documents: a field of the index, and its value.
fn space<'p>(index: &InIndex, place: &'p Value) -> Option<(&'static str, &'p str)> {
    let fields = index.described["DocumentMetadataConfigurations"].as_array();
    let has = |name: &str| fields.into_iter().flatten().any(|field| field["Name"] == name);
    let by_key = place["spaceKey"].as_str().filter(|_| has(SPACE_KEY)).map(|key| (SPACE_KEY, key));
    by_key.or_else(|| place["title"].as_str().filter(|_| has(SPACE_NAME)).map(|name| (SPACE_NAME, name)))
}

/// The address at which this person's documents are browsed, all of them or those of a space.
fn search_as(index: &InIndex, user: &str, space: Option<(&str, &str)>) -> String {
    let mut query = Fields::default();
    query.push("user", user);
    query.push("browse", "1");
    if let Some((field, value)) = space {
        query.push(&format!("is.{field}"), value);
    }
    format!("{}?{}", index.href("search"), query.encode())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_space_is_searched_by_a_field_that_the_index_has() {
        let index = |names: &[&str]| {
            let fields: Vec<Value> = names.iter().map(|name| json!({ "Name": name })).collect();
            InIndex { id: "i".to_owned(), described: json!({ "DocumentMetadataConfigurations": fields }) }
        };
        let place = json!({ "title": "People", "spaceKey": "PEO" });
        assert_eq!(space(&index(&[SPACE_KEY, SPACE_NAME]), &place), Some((SPACE_KEY, "PEO")));
        assert_eq!(space(&index(&[SPACE_NAME]), &place), Some((SPACE_NAME, "People")));
        assert_eq!(
            space(&index(&[SPACE_KEY, SPACE_NAME]), &json!({ "title": "People" })),
            Some((SPACE_NAME, "People"))
        );
        assert_eq!(space(&index(&[]), &place), None);
        assert_eq!(
            search_as(&index(&[]), "a", Some((SPACE_KEY, "P"))),
            "/console/indices/i/search?user=a&browse=1&is.cf_space_key=P"
        );
    }
}
