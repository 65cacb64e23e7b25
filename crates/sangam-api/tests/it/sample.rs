//! Valid values for any shape, made from the constraint table itself.

use sangam_api::constraint::{Kind, Shape};
use serde_json::{Map, Value, json};

/// Strings of which at least one satisfies every string shape of the models (beside runs of one character).
const CANDIDATES: [&str; 17] = [
    "0aaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
    "arn:aws:iam::000000000000:role/reader",
    "arn:aws:lambda:us-east-1:000000000000:function:hook",
    "https://a",
    "https://a.atlassian.net/",
    "a.service-now.com",
    "a.example",
    "user@example.com",
    "d-0123456789",
    "fs-01234567",
    "2026-01-01",
    "10s",
    "2h",
    "eu-west-1",
    "yyyy-MM-dd",
    "subnet-1",
    "bucket",
];

/// The smallest value of `shape` that satisfies every constraint: required members only.
pub(crate) fn minimal(shape: &Shape) -> Value {
    value(shape, &mut Optional::Absent)
}

/// A value with every member at every depth; where shapes are recursive, the recursion ends after one round.
pub(crate) fn full(shape: &Shape) -> Value {
    value(shape, &mut Optional::Present(Vec::new()))
}

/// Whether optional members are made, with the structures that are being made around them.
enum Optional {
    Absent,
    Present(Vec<&'static str>),
}

fn value(shape: &Shape, optional: &mut Optional) -> Value {
    match shape.kind {
        Kind::Structure(members) => {
            let inner = matches!(optional, Optional::Present(around) if around.contains(&shape.name));
            let mut object = Map::new();
            if let Optional::Present(around) = optional {
                around.push(shape.name);
            }
            for member in members {
                let wanted = member.required || (matches!(optional, Optional::Present(_)) && !inner);
                if wanted {
                    object.insert(member.name.to_owned(), value(member.shape, optional));
                }
            }
            if let Optional::Present(around) = optional {
                around.pop();
            }
            Value::Object(object)
        }
        Kind::List(element) => {
            let present = usize::from(matches!(optional, Optional::Present(_)));
            (0..shape.min_length.max(present)).map(|_| value(element, optional)).collect()
        }
        Kind::Map(key, element) => json!({ string(key): value(element, optional) }),
        Kind::String => string(shape).into(),
        Kind::Integer | Kind::Long => shape.min_value.max(0).into(),
        Kind::Float => shape.min_float.max(0.5).into(),
        Kind::Boolean => true.into(),
        Kind::Timestamp => json!(1_577_934_245.678),
        Kind::Blob => "TXkgc2VjcmV0".into(),
        Kind::Document => json!({"type": "CONFLUENCEV2", "any": [1, 2.5, null, {"x": ""}]}),
    }
}

/// A string that satisfies `shape`.
pub(crate) fn string(shape: &Shape) -> String {
    if let Some(value) = shape.values.first() {
        return (*value).to_owned();
    }
    let run = |character: &str| character.repeat(shape.min_length.max(1));
    let runs = [run("a"), run("A"), run("1")];
    let mut candidates = runs.into_iter().chain(CANDIDATES.map(str::to_owned));
    let fits = |text: &String| {
        let length = text.chars().count();
        (shape.min_length..=shape.max_length).contains(&length)
            && shape.pattern.is_none_or(|pattern| pattern.matches(text))
    };
    candidates.find(fits).unwrap_or_else(|| panic!("no sample for `{}`: add one", shape.name))
}
