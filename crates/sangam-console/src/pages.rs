//! The pages, by what they are about.

mod access;
mod connect;
mod data_sources;
mod files;
mod first;
mod indices;
mod people;
mod search;
mod secrets;

use std::sync::Arc;

use axum::Router;

use crate::console::Console;

/// All pages of the console.
pub(crate) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .merge(access::routes())
        .merge(connect::routes())
        .merge(files::routes())
        .merge(first::routes())
        .merge(indices::routes())
        .merge(data_sources::routes())
        .merge(secrets::routes())
        .merge(people::routes())
        .merge(search::routes())
}
