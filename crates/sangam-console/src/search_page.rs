//! The search page, for everybody who is signed in. Whoever searches is the signed-in person, whatever an address or a form says.

mod asked;
mod facets;
mod page;
mod place;
mod question;
mod settings;
mod since;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::console::Console;

/// Where it is.
pub(crate) const PATH: &str = "/search";

/// The page, and the page on which administrators say what it shows.
pub(crate) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route(PATH, get(page::show))
        .route(settings::PATH, get(settings::show).post(settings::submit))
        .route("/console/search-page/{index}/fields", post(settings::show_fields))
}
