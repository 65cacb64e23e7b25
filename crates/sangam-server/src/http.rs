//! The one port: router, order of checks, answers, and the loop that accepts connections.

mod answer;
mod app;
mod authenticate;
mod aws;
mod body;
mod exchange;
mod health;
mod inside;
mod limits;
mod linger;
mod metrics;
mod operation;
mod peer;
mod permission;
mod serve;
mod service;
mod task;
mod trail;
mod v1;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};

pub use app::{App, Clock, Ready, Services, Settings};
pub use body::FormBody;
pub use inside::Insider;
pub use limits::Limits;
pub use peer::{Network, Peer};
pub use serve::{ServeError, serve};
pub use trail::{Trail, TrailEntry};
pub use v1::{Action, SangamV1, V1_PREFIX, V1Request};

/// What is served where. There is no middleware: every check of a signed request is a line in `aws.rs` or `v1.rs`, in order.
///
/// `pages` are beside it: what a browser sees.
pub fn router(app: Arc<App>, pages: Router) -> Router {
    Router::new()
        .route("/", post(aws::handle).get(health::welcome).fallback(health::wrong_method))
        .route("/sangam/v1/{*path}", any(v1::handle))
        .route("/healthz", get(health::alive).fallback(health::wrong_method))
        .route("/readyz", get(health::able).fallback(health::wrong_method))
        .route("/metrics", get(health::metrics).fallback(health::wrong_method))
        .fallback(health::unknown_path)
        .with_state(app)
        .merge(pages)
}
