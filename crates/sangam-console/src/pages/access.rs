//! Who may do what: accounts, access keys, sessions, and the trail of what was done.

mod accounts;
mod audit;
mod keys;
mod sessions;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::console::Console;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/accounts", get(accounts::list))
        .route("/console/accounts/new", get(accounts::new).post(accounts::create))
        .route("/console/accounts/{name}/edit", get(accounts::edit).post(accounts::change))
        .route("/console/accounts/{name}/remove", get(accounts::ask_remove).post(accounts::remove))
        .route("/console/keys", get(keys::list))
        .route("/console/keys/new", get(keys::new).post(keys::create))
        .route("/console/keys/{key}/revoke", get(keys::ask_revoke).post(keys::revoke))
        .route("/console/sessions", get(sessions::list))
        .route("/console/sessions/{session}/end", post(sessions::end))
        .route("/console/audit", get(audit::list))
}
