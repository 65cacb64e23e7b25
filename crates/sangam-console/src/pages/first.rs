//! The first page.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::answer;
use crate::console::Console;
use crate::visit::Visit;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new().route("/console", get(async |_: Visit| answer::see_other("/console/indices")))
}
