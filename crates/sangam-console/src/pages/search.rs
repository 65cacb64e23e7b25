//! *Search indexed content*, as anybody; and why somebody sees a document, or does not.

mod ask;
mod explain;
mod explained;
mod facets;
mod question;
mod sorts;
mod which;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::console::Console;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/indices/{index}/search", get(ask::show))
        .route("/console/indices/{index}/explain", get(explain::show))
}
