//! Secrets: store, look at, change, delete. A value is typed and never shown again.

mod create;
mod delete;
mod edit;
mod kinds;
mod list;
mod show;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::console::Console;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/secrets", get(list::show))
        .route("/console/secrets/new", get(create::show).post(create::submit))
        .route("/console/secrets/{secret}", get(show::show))
        .route("/console/secrets/{secret}/edit", get(edit::show).post(edit::submit))
        .route("/console/secrets/{secret}/delete", get(delete::show).post(delete::submit))
}
