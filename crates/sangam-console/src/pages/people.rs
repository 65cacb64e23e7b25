//! People and groups: what the identity crawler found, and what somebody can see.

mod group;
mod list;
mod person;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::Value;

use crate::console::Console;
use crate::view::{Cell, Html, Tone};

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/indices/{index}/people", get(list::people))
        .route("/console/indices/{index}/groups", get(list::groups))
        .route("/console/indices/{index}/people/{source}/{account}", get(person::show))
        .route("/console/indices/{index}/groups/{source}/{group}", get(group::show))
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
