//! Secrets: store, look at, change, delete. A value is typed and never shown again.

mod create;
mod delete;
mod edit;
mod kinds;
mod list;
mod pairs;
mod restore;
mod show;
mod tags;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::console::Console;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/secrets", get(list::show))
        .route("/console/secrets/new", get(create::show).post(create::submit))
        .route("/console/secrets/{secret}", get(show::show))
        .route("/console/secrets/{secret}/edit", get(edit::show).post(edit::submit))
        .route("/console/secrets/{secret}/tags", get(tags::show).post(tags::submit))
        .route("/console/secrets/{secret}/restore", post(restore::submit))
        .route("/console/secrets/{secret}/delete", get(delete::show).post(delete::submit))
}
