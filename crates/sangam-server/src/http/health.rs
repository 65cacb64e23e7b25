//! What needs no signature: is it alive, is it able, what does it count, and where is one.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use sangam_api::ErrorKind;
use serde_json::json;

use super::answer;
use super::app::App;

/// Where a browser is sent that opens the bare address.
const FIRST_PAGE: HeaderValue = HeaderValue::from_static("/console");

/// `GET /`: a browser is sent to the pages, anybody else is told what this is.
pub(super) async fn welcome(headers: HeaderMap) -> Response<Body> {
    if is_browser(&headers) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        response.headers_mut().insert(LOCATION, FIRST_PAGE);
        return response;
    }
    let document = json!({
        "service": "Sangam",
        "version": env!("CARGO_PKG_VERSION"),
        "usage": "this address is the endpoint URL for AWS SDKs (`kendra`, `secretsmanager`): signed requests go to POST /",
    });
    answer::json(StatusCode::OK, &document)
}

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> Response<Body> {
    answer::json(StatusCode::OK, &json!({"status": "alive"}))
}

/// `GET /readyz`: the server can serve, or says what it waits for.
pub(super) async fn able(State(app): State<Arc<App>>) -> Response<Body> {
    match (app.services.ready)() {
        Ok(()) => answer::json(StatusCode::OK, &json!({"status": "ready"})),
        Err(reason) => answer::json(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "not ready", "reason": reason})),
    }
}

/// `GET /metrics`.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response<Body> {
    let mut response = Response::new(Body::from(app.metrics.render()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    response
}

/// Any path that is none of ours. It is not repeated: it may be anything.
pub(super) async fn unknown_path(headers: HeaderMap) -> Response<Body> {
    if is_browser(&headers) {
        let told = "Nothing is at this address.\n\nThe search page is at /search, the console at /console.\n";
        let mut response = Response::new(Body::from(told));
        *response.status_mut() = StatusCode::NOT_FOUND;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        return response;
    }
    refused(StatusCode::NOT_FOUND, "nothing is served at this path: AWS SDKs send to `POST /`")
}

/// A known path with a method that it has not.
pub(super) async fn wrong_method() -> Response<Body> {
    refused(StatusCode::METHOD_NOT_ALLOWED, "this path does not take that method")
}

/// Whether somebody looks, and no program asks.
fn is_browser(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"))
}

fn refused(status: StatusCode, message: &str) -> Response<Body> {
    answer::json(status, &json!({"__type": ErrorKind::UnknownOperation.code(), "message": message}))
}
