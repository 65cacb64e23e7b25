//! Whether every value has the JSON type of its shape.

use std::fmt;

use serde_json::Value;

use super::path::Path;
use super::{Kind, Member, Shape};
use crate::blob;

/// A value of the wrong JSON type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TypeMismatch {
    path: String,
    expected: &'static str,
    found: &'static str,
}

impl fmt::Display for TypeMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, expected, found } = self;
        write!(f, "expected {expected} at '{path}', found {found}")
    }
}

/// Checks the types of everything in `value`; `null` is absent, and so has every type.
///
/// # Errors
/// The first value of a wrong type, in the order of the model.
pub(crate) fn check_types(shape: &Shape, value: &Value) -> Result<(), TypeMismatch> {
    walk(shape, value, &Path::Root)
}

fn walk(shape: &Shape, value: &Value, path: &Path<'_>) -> Result<(), TypeMismatch> {
    if value.is_null() {
        return Ok(());
    }
    match (shape.kind, value) {
        (Kind::Structure(members), Value::Object(object)) => {
            let present = |member: &'static Member| object.get(member.name).map(|value| (member, value));
            members
                .iter()
                .filter_map(present)
                .try_for_each(|(member, value)| walk(member.shape, value, &Path::Member(path, member.name)))
        }
        (Kind::List(element), Value::Array(values)) => {
            values.iter().enumerate().try_for_each(|(i, value)| walk(element, value, &Path::Element(path, i)))
        }
        (Kind::Map(_, shape), Value::Object(object)) => {
            object.values().try_for_each(|value| walk(shape, value, &Path::Entry(path)))
        }
        _ if scalar_fits(shape.kind, value) => Ok(()),
        _ => Err(TypeMismatch { path: path.to_string(), expected: expected(shape.kind), found: found(value) }),
    }
}

fn scalar_fits(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::String => value.is_string(),
        Kind::Integer => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        Kind::Long => value.is_i64(),
        Kind::Float | Kind::Timestamp => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Blob => value.as_str().is_some_and(|text| blob::decoded_len(text).is_some()),
        Kind::Document => true,
        Kind::Structure(_) | Kind::List(_) | Kind::Map(..) => false,
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Structure(_) | Kind::Map(..) => "an object",
        Kind::List(_) => "an array",
        Kind::String => "a string",
        Kind::Integer => "a 32-bit integer",
        Kind::Long => "a 64-bit integer",
        Kind::Float => "a number",
        Kind::Boolean => "true or false",
        Kind::Timestamp => "a number of epoch seconds",
        Kind::Blob => "base64 text",
        Kind::Document => "a value",
    }
}

/// What a value is, without showing it.
fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
