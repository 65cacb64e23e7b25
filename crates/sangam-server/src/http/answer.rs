//! Answers: AWS's for signed requests, small JSON for the rest.

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use sangam_api::ApiError;
use serde_json::Value;

const AWS_JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The answer of an operation. The code goes into the body as `__type` (botocore reads that) and into a header (the JavaScript SDK reads
/// either).
pub(super) fn aws(request_id: &str, result: Result<Vec<u8>, ApiError>) -> Response<Body> {
    let mut response = match result {
        Ok(body) => Response::new(Body::from(body)),
        Err(error) => failed(&error),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, AWS_JSON);
    headers.insert("x-amzn-requestid", HeaderValue::from_str(request_id).expect("a UUID is a header value"));
    response
}

fn failed(error: &ApiError) -> Response<Body> {
    let mut response = Response::new(Body::from(error.body()));
    *response.status_mut() = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(error.code()));
    response
}

/// Tells the client that this connection takes no further request: part of this one's body was left unread.
pub(super) fn last(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A small JSON document.
pub(super) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}
