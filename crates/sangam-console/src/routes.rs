//! Which page is where.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::console::Console;
use crate::failed::Failed;
use crate::{account, assets, pages, search_page, sign_in};

/// Everything that a browser sees.
pub fn router(console: Arc<Console>) -> Router {
    Router::new()
        .route("/assets/{file}", get(assets::serve))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/link", get(sign_in::show_link).post(sign_in::take_link))
        .route(sign_in::BEGIN, get(sign_in::begin))
        .route(sign_in::CALLBACK, get(sign_in::callback))
        .route("/sign-out", post(sign_in::out))
        .route(sign_in::OUT, get(sign_in::out_at_provider))
        .route(account::PATH, get(account::show).post(account::change))
        .route("/console/{*path}", get(unknown))
        .merge(pages::routes())
        .merge(search_page::routes())
        .with_state(console)
}

/// An address below the console's at which there is nothing.
async fn unknown() -> Failed {
    Failed::not_found("page")
}
