//! People and groups: what the identity crawler found, and what somebody can see.

mod group;
mod list;
mod person;
mod unknown;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use sangam_api::ApiError;
use serde_json::{Value, json};

use crate::console::Console;
use crate::fields::segment;
use crate::view::{Cell, Html, Lines, Tone};
use crate::visit::{InIndex, Visit};

/// Data sources of which the names are asked for at once.
const SOURCES: u32 = 100;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/indices/{index}/people", get(list::people))
        .route("/console/indices/{index}/groups", get(list::groups))
        .route("/console/indices/{index}/unknown", get(unknown::show))
        .route("/console/indices/{index}/people/{source}/{account}", get(person::show))
        .route("/console/indices/{index}/groups/{source}/{group}", get(group::show))
}

/// What the data sources of an index are called, by id.
pub(super) async fn source_names(visit: &Visit, index: &InIndex) -> Result<HashMap<String, String>, ApiError> {
    let input = json!({ "IndexId": index.id, "MaxResults": SOURCES });
    let listed = visit.call("kendra:ListDataSources", input).await?;
    let names = listed["SummaryItems"].as_array().into_iter().flatten();
    let names = names.filter_map(|item| Some((item["Id"].as_str()?.to_owned(), item["Name"].as_str()?.to_owned())));
    Ok(names.collect())
}

/// A data source by its name, with a link to it; one that is gone by its id.
fn source(index: &InIndex, names: &HashMap<String, String>, id: &str) -> Html {
    match names.get(id) {
        Some(name) => Cell::link(&index.href(&format!("data-sources/{}", segment(id))), name),
        None => Cell::code(id),
    }
}

/// A person by their name, with a link to them.
fn person(index: &InIndex, source: &str, person: &Value) -> Html {
    let text = |name: &str| person[name].as_str().unwrap_or_default();
    let name = if text("displayName").is_empty() { text("id") } else { text("displayName") };
    Cell::link(&index.href(&format!("people/{}/{}", segment(source), segment(text("id")))), name)
}

/// A group by its name, with a link to it.
fn group(index: &InIndex, source: &str, group: &Value) -> Html {
    let text = |name: &str| group[name].as_str().unwrap_or_default();
    let name = if text("name").is_empty() { text("id") } else { text("name") };
    Cell::link(&index.href(&format!("groups/{}/{}", segment(source), segment(text("id")))), name)
}

/// Of whom nothing but the id is known.
fn stranger(id: &str) -> Html {
    Lines::stranger(id).then(&Cell::space()).then(&Cell::badge(Tone::Bad, "unknown"))
}

/// What is odd about a person.
fn flags(person: &Value) -> Html {
    let mut flags = match person["state"].as_str() {
        Some("guest") => Cell::badge(Tone::Wait, "guest"),
        Some("inactive") => Cell::badge(Tone::Bad, "inactive: reads what is public"),
        Some("app") => Cell::badge(Tone::Plain, "app: reads what is public"),
        _ => Cell::badge(Tone::Good, "active"),
    };
    if person["hiddenEmail"] == true {
        flags = flags.then(&Cell::space()).then(&Cell::badge(Tone::Wait, "hidden e-mail: found by account id"));
    }
    if person["contestedAliases"].as_array().is_some_and(|aliases| !aliases.is_empty()) {
        flags = flags.then(&Cell::space()).then(&Cell::badge(Tone::Bad, "shares a name: found by account id"));
    }
    flags
}
