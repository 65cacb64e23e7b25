//! From bodies to requests, and from answers to bodies.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::constraint::{self, Shape};
use crate::error::{ApiError, ErrorKind};

/// Parses a body as an input of `shape`; an empty body is `{}`.
///
/// Returns the input boxed, because a request is moved several times and the largest ones are large.
///
/// # Errors
/// `SerializationException` for what is not JSON, nests deeper than [`constraint::JSON_DEPTH_MAX`] or has wrong types; then `violated`,
/// with every violated constraint.
pub(crate) fn parse<T: DeserializeOwned>(shape: &Shape, violated: ErrorKind, body: &[u8]) -> Result<Box<T>, ApiError> {
    let value = read(body)?;
    constraint::check_types(shape, &value).map_err(|mismatch| ApiError::serialization(mismatch.to_string()))?;
    let violations = constraint::check(shape, &value);
    if !violations.is_empty() {
        return Err(ApiError::new(violated, violations.to_string()));
    }
    // By move: a document's text can have tens of megabytes. The error's own text is not shown, because serde repeats values.
    serde_json::from_value(value)
        .map(Box::new)
        .map_err(|_| ApiError::serialization("the request body could not be read"))
}

/// An answer as a body.
pub(crate) fn answer<T: Serialize>(output: &T) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(output).map_err(|_| ApiError::internal("the answer could not be written"))
}

/// The body of an operation without output.
pub(crate) fn nothing() -> Vec<u8> {
    b"{}".to_vec()
}

fn read(body: &[u8]) -> Result<Value, ApiError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    // serde_json's syntax errors tell a place and never a value.
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::serialization(format!("the request body is not valid JSON: {error}")))?;
    if !value.is_object() {
        return Err(ApiError::serialization("the request body is not a JSON object"));
    }
    Ok(value)
}
