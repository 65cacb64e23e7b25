//! Which page is where.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::console::Console;
use crate::{assets, pages, search_page, sign_in};

/// Everything that a browser sees.
pub fn router(console: Arc<Console>) -> Router {
    Router::new()
        .route("/assets/{file}", get(assets::serve))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/link", get(sign_in::show_link).post(sign_in::take_link))
        .route("/sign-out", post(sign_in::out))
        .merge(pages::routes())
        .merge(search_page::routes())
        .with_state(console)
}
