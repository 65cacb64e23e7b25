//! One broken body for every constraint and every type that an operation's input has, at any depth.

use sangam_api::constraint::{Kind, Shape};
use serde_json::{Value, json};

use crate::sample::{minimal, string};

/// Patterns that every string matches.
const TAUTOLOGIES: [&str; 2] = [r"[\S\s]*", r"^[\S\s]*$"];

/// A body with one mistake.
pub(crate) struct Case {
    pub(crate) body: Value,
    /// Where the mistake is, as an error names it.
    pub(crate) path: String,
    pub(crate) mistake: Mistake,
    /// The broken value, if an error must not repeat it.
    pub(crate) hidden: Option<String>,
}

/// What is wrong.
pub(crate) enum Mistake {
    /// A constraint, in the words of the error.
    Constraint(String),
    /// The JSON type.
    Type,
}

/// Every case of an input.
pub(crate) fn of(input: &'static Shape) -> Vec<Case> {
    let mut walk = Walk { cases: Vec::new(), around: Vec::new() };
    walk.members(input, &|value| value, "");
    walk.cases
}

/// Puts a value back into a body that is valid but for it.
type Rebuild<'a> = &'a dyn Fn(Value) -> Value;

struct Walk {
    cases: Vec<Case>,
    around: Vec<&'static str>,
}

impl Walk {
    fn push(&mut self, shape: &Shape, body: Value, path: &str, mistake: Mistake, broken: &Value) {
        let hidden = broken.as_str().filter(|text| shape.hidden && text.len() > 3).map(str::to_owned);
        self.cases.push(Case { body, path: path.to_owned(), mistake, hidden });
    }

    fn value(&mut self, shape: &'static Shape, rebuild: Rebuild<'_>, path: &str) {
        if let Some(wrong) = wrong_type(shape.kind) {
            self.push(shape, rebuild(wrong.clone()), path, Mistake::Type, &wrong);
        }
        for (broken, words) in broken(shape) {
            self.push(shape, rebuild(broken.clone()), path, Mistake::Constraint(words), &broken);
        }
        self.members(shape, rebuild, path);
    }

    /// What `shape` holds, if it is not being walked already.
    fn members(&mut self, shape: &'static Shape, rebuild: Rebuild<'_>, path: &str) {
        if self.around.contains(&shape.name) {
            return;
        }
        self.around.push(shape.name);
        match shape.kind {
            Kind::Structure(members) => {
                for member in members {
                    let path = if path.is_empty() {
                        lower_camel(member.name)
                    } else {
                        format!("{path}.{}", lower_camel(member.name))
                    };
                    let with = |value: Value| {
                        let mut object = minimal(shape);
                        object[member.name] = value;
                        rebuild(object)
                    };
                    if member.required {
                        let words = "Member must not be null".to_owned();
                        self.push(member.shape, with(Value::Null), &path, Mistake::Constraint(words), &Value::Null);
                    }
                    self.value(member.shape, &with, &path);
                }
            }
            Kind::List(element) => {
                let with = |value: Value| {
                    let Value::Array(mut list) = minimal(shape) else { unreachable!("a list's sample is an array") };
                    list.truncate(shape.min_length.saturating_sub(1));
                    list.insert(0, value);
                    rebuild(list.into())
                };
                self.value(element, &with, &format!("{path}.1.member"));
            }
            Kind::Map(key, element) => self.entries(key, element, rebuild, path),
            _ => {}
        }
        self.around.pop();
    }

    /// A map's keys and values; their violations are named on the map.
    fn entries(&mut self, key: &'static Shape, element: &'static Shape, rebuild: Rebuild<'_>, path: &str) {
        for (broken, words) in broken(key) {
            let body = rebuild(json!({ broken.as_str().unwrap(): minimal(element) }));
            self.push(
                key,
                body,
                path,
                Mistake::Constraint(format!("Map keys must satisfy constraint: [{words}]")),
                &broken,
            );
        }
        if matches!(element.kind, Kind::List(_)) {
            return;
        }
        for (broken, words) in broken(element) {
            let body = rebuild(json!({ string(key): broken }));
            self.push(
                element,
                body,
                path,
                Mistake::Constraint(format!("Map value must satisfy constraint: [{words}]")),
                &broken,
            );
        }
    }
}

/// One value for each constraint that `shape` has, with the words for it.
fn broken(shape: &Shape) -> Vec<(Value, String)> {
    let mut broken = Vec::new();
    if shape.min_length > 0 {
        let words = format!("Member must have length greater than or equal to {}", shape.min_length);
        broken.push((sized(shape, shape.min_length - 1), words));
    }
    if shape.max_length < usize::MAX {
        let words = format!("Member must have length less than or equal to {}", shape.max_length);
        broken.push((sized(shape, shape.max_length + 1), words));
    }
    if shape.min_value > i64::MIN {
        let words = format!("Member must have value greater than or equal to {}", shape.min_value);
        broken.push(((shape.min_value - 1).into(), words));
    }
    if shape.max_value < i64::MAX {
        let words = format!("Member must have value less than or equal to {}", shape.max_value);
        broken.push(((shape.max_value + 1).into(), words));
    }
    if shape.min_float > f64::NEG_INFINITY {
        let words = format!("Member must have value greater than or equal to {}", shape.min_float);
        broken.push(((shape.min_float / 2.0).into(), words));
    }
    if shape.max_float < f64::INFINITY {
        let words = format!("Member must have value less than or equal to {}", shape.max_float);
        broken.push(((shape.max_float * 2.0).into(), words));
    }
    if let Some(pattern) = shape.pattern.filter(|pattern| !TAUTOLOGIES.contains(&pattern.text)) {
        let runs = ["\u{1}", " ", "/", "é"].map(|character| character.repeat(shape.min_length.max(1)));
        let unfit = runs.into_iter().find(|text| !pattern.matches(text));
        let unfit = unfit.unwrap_or_else(|| panic!("no string known that violates `{}`", pattern.text));
        broken.push((unfit.into(), format!("Member must satisfy regular expression pattern: {}", pattern.text)));
    }
    if !shape.values.is_empty() {
        let words = format!("Member must satisfy enum value set: [{}]", shape.values.join(", "));
        broken.push(("no such value".into(), words));
    }
    broken
}

/// A value of that length; other constraints are kept if they can be.
fn sized(shape: &Shape, length: usize) -> Value {
    match shape.kind {
        Kind::List(element) => (0..length).map(|_| minimal(element)).collect(),
        Kind::Blob => "A".repeat(length.div_ceil(3) * 4).into(),
        Kind::String => "a".repeat(length).into(),
        _ => panic!("`{}` has no length", shape.name),
    }
}

fn wrong_type(kind: Kind) -> Option<Value> {
    match kind {
        Kind::Document => None,
        Kind::Structure(_) | Kind::Map(..) => Some(json!([])),
        Kind::List(_) => Some(json!({})),
        Kind::String => Some(json!(1)),
        Kind::Integer => Some(json!(3_000_000_000_i64)),
        Kind::Long => Some(json!(1.5)),
        Kind::Float | Kind::Boolean | Kind::Timestamp => Some(json!("1")),
        Kind::Blob => Some(json!("not*base64")),
    }
}

fn lower_camel(name: &str) -> String {
    if name.to_uppercase() == name {
        return name.to_lowercase();
    }
    name[..1].to_lowercase() + &name[1..]
}
