//! Indices: list, create, look at, edit with their fields and tags, delete.

mod create;
mod delete;
mod edit;
mod fields;
mod list;
mod show;
mod tags;
mod text;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::Value;

use crate::console::Console;

pub(crate) use tags::{TagsForm, table as tags_table, tags, typed as typed_tags};
pub(crate) use text::{ROLE, ROLE_HELP};

/// Said to whoever edits an older state.
const CHANGED: &str = "Somebody else has changed this index meanwhile. Compare what you typed with the index, and save again to overwrite it.";

/// What tells one state of an index from another; `described` is what `DescribeIndex` answered.
fn version(described: &Value) -> String {
    described["UpdatedAt"].to_string()
}

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/indices", get(list::show))
        .route("/console/indices/new", get(create::show).post(create::submit))
        .route("/console/indices/{index}", get(show::show))
        .route("/console/indices/{index}/edit", get(edit::show).post(edit::submit))
        .route("/console/indices/{index}/fields", get(fields::show).post(fields::submit))
        .route("/console/indices/{index}/fields/new", get(fields::new).post(fields::add))
        .route("/console/indices/{index}/tags", get(tags::show).post(tags::submit))
        .route("/console/indices/{index}/delete", get(delete::show).post(delete::submit))
}
