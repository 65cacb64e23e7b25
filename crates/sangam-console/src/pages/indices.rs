//! Indices: list, create, look at, edit, delete.

mod create;
mod delete;
mod edit;
mod list;
mod show;
mod text;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::console::Console;

pub(crate) use create::tags;
pub(crate) use text::{ROLE, ROLE_HELP};

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/indices", get(list::show))
        .route("/console/indices/new", get(create::show).post(create::submit))
        .route("/console/indices/{index}", get(show::show))
        .route("/console/indices/{index}/edit", get(edit::show).post(edit::submit))
        .route("/console/indices/{index}/delete", get(delete::show).post(delete::submit))
}
