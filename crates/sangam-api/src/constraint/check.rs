//! Whether every value satisfies the constraints of its shape.

use serde_json::{Map, Value};

use super::path::Path;
use super::violation::{Constraint, Violations, subject};
use super::{Kind, Member, Shape};
use crate::blob;

/// Collects every violated constraint in `value`, in the order of the model.
///
/// The types have been checked before ([`super::check_types`]); a value of a wrong type violates nothing here.
pub(crate) fn check(shape: &Shape, value: &Value) -> Violations {
    let mut violations = Violations::default();
    walk(shape, value, &Path::Root, &mut violations);
    violations
}

fn walk(shape: &Shape, value: &Value, path: &Path<'_>, violations: &mut Violations) {
    // A hidden path, such as that of the body itself, is never at fault.
    let mut report = |constraint: Constraint<'_>| {
        violations.push(|| format!("{} '{path}' failed to satisfy constraint: {constraint}", subject(shape, value)));
    };
    own_constraints(shape, value, &mut report);
    match (shape.kind, value) {
        (Kind::Structure(members), Value::Object(object)) => structure(members, object, path, violations),
        // What is too long is not looked into: it would cost time and a message for each of any number of elements.
        (Kind::List(element), Value::Array(values)) if values.len() <= shape.max_length => {
            for (i, value) in values.iter().enumerate() {
                present(element, Some(value), &Path::Element(path, i), violations);
            }
        }
        (Kind::Map(key, element), Value::Object(object)) if object.len() <= shape.max_length => {
            map(key, element, object, path, violations);
        }
        _ => {}
    }
}

fn structure(members: &'static [Member], object: &Map<String, Value>, path: &Path<'_>, violations: &mut Violations) {
    for member in members {
        let value = object.get(member.name).filter(|value| !value.is_null());
        if value.is_some() || member.required {
            present(member.shape, value, &Path::Member(path, member.name), violations);
        }
    }
}

/// Checks a value that must be there.
fn present(shape: &Shape, value: Option<&Value>, path: &Path<'_>, violations: &mut Violations) {
    match value {
        None | Some(Value::Null) => {
            violations.push(|| format!("Value null at '{path}' failed to satisfy constraint: {}", Constraint::NotNull));
        }
        Some(value) => walk(shape, value, path, violations),
    }
}

/// Keys and scalar values of a map are reported on the map, as AWS does; what is inside a value on its own.
fn map(key: &Shape, element: &Shape, object: &Map<String, Value>, path: &Path<'_>, violations: &mut Violations) {
    for (name, value) in object {
        let name = Value::from(name.as_str());
        let mut report = |which: &str, shape: &Shape, shown: &Value, constraint: Constraint<'_>| {
            let subject = subject(shape, shown);
            violations.push(|| {
                format!(
                    "{subject} '{path}' failed to satisfy constraint: {which} must satisfy constraint: [{constraint}]"
                )
            });
        };
        own_constraints(key, &name, &mut |constraint| report("Map keys", key, &name, constraint));
        if matches!(element.kind, Kind::Structure(_) | Kind::List(_) | Kind::Map(..)) || value.is_null() {
            present(element, Some(value), &Path::Entry(path), violations);
        } else {
            own_constraints(element, value, &mut |constraint| report("Map value", element, value, constraint));
        }
    }
}

/// The constraints on the value itself, not on what it holds.
fn own_constraints(shape: &Shape, value: &Value, report: &mut dyn FnMut(Constraint<'_>)) {
    match (shape.kind, value) {
        (Kind::String, Value::String(text)) => string(shape, text, report),
        (Kind::Blob, Value::String(text)) => length(shape, blob::decoded_len(text).unwrap_or(0), report),
        (Kind::List(_), Value::Array(values)) => length(shape, values.len(), report),
        (Kind::Map(..), Value::Object(object)) => length(shape, object.len(), report),
        (Kind::Integer | Kind::Long, Value::Number(number)) => {
            let number = number.as_i64().unwrap_or_default();
            if number < shape.min_value {
                report(Constraint::MinValue(&shape.min_value));
            } else if number > shape.max_value {
                report(Constraint::MaxValue(&shape.max_value));
            }
        }
        (Kind::Float, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            if number < shape.min_float {
                report(Constraint::MinValue(&shape.min_float));
            } else if number > shape.max_float {
                report(Constraint::MaxValue(&shape.max_float));
            }
        }
        _ => {}
    }
}

fn string(shape: &Shape, text: &str, report: &mut dyn FnMut(Constraint<'_>)) {
    if !shape.values.is_empty() && !shape.values.contains(&text) {
        report(Constraint::Values(shape.values));
    }
    // Counting goes through the whole text, so only where there is something to compare with.
    let counted = shape.min_length > 0 || shape.max_length < usize::MAX;
    let chars = if counted { text.chars().count() } else { 0 };
    if counted {
        length(shape, chars, report);
    }
    // A text that is too long is not matched: matching is what an attacker would make expensive.
    if let Some(pattern) = shape.pattern
        && chars <= shape.max_length
        && !pattern.matches(text)
    {
        report(Constraint::Pattern(pattern.text));
    }
}

fn length(shape: &Shape, length: usize, report: &mut dyn FnMut(Constraint<'_>)) {
    if length < shape.min_length {
        report(Constraint::MinLength(shape.min_length));
    } else if length > shape.max_length {
        report(Constraint::MaxLength(shape.max_length));
    }
}
