//! Data sources: list, add, look at, edit, sync, delete; their jobs and reports.

mod act;
mod check;
mod create;
mod delete;
mod edit;
mod form;
mod input;
mod job;
pub(super) mod languages;
mod list;
mod mapping;
mod place;
mod preview;
mod review;
mod runs;
mod schedule;
mod scope;
mod secret;
mod show;
mod tags;
mod template;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::console::Console;

/// What all addresses of data sources begin with.
const AT: &str = "/console/indices/{index}/data-sources";

pub(super) fn routes() -> Router<Arc<Console>> {
    let at = |below: &str| format!("{AT}{below}");
    Router::new()
        .route(AT, get(list::show))
        .route(&at("/add"), get(create::choose))
        .route(&at("/new"), get(create::show).post(create::submit))
        .route(&at("/{source}"), get(show::show))
        .route(&at("/{source}/edit"), get(edit::show).post(edit::submit))
        .route(&at("/{source}/tags"), get(tags::show).post(tags::submit))
        .route(&at("/{source}/delete"), get(delete::show).post(delete::submit))
        .route(&at("/{source}/sync"), post(act::sync))
        .route(&at("/{source}/stop"), post(act::stop))
        .route(&at("/{source}/refresh"), post(act::refresh))
        .route(&at("/{source}/preview"), post(act::preview))
        .route(&at("/{source}/jobs/{job}"), get(job::show))
}
