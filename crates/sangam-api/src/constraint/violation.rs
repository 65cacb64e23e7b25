//! Violated constraints, and AWS's words for them.

use std::fmt;

use serde_json::Value;

use super::{Kind, Shape};

/// How many characters of a value an error repeats: enough to recognise it, too few to fill a log.
const ECHO_CHARS_MAX: usize = 128;

/// How many violations an error spells out. All are counted; a body of thousands of wrong elements must not become a message of megabytes.
const SHOWN_MAX: usize = 100;

/// All violations of one request.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    shown: Vec<String>,
    count: usize,
}

impl Violations {
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Counts one violation; its words are only made if they will be shown.
    pub(super) fn push(&mut self, words: impl FnOnce() -> String) {
        if self.count < SHOWN_MAX {
            self.shown.push(words());
        }
        self.count += 1;
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} validation error{plural} detected: {}", self.count, self.shown.join("; "))?;
        if self.count > self.shown.len() { f.write_str("; …") } else { Ok(()) }
    }
}

/// One way of not satisfying a shape; prints as AWS words it.
#[derive(Clone, Copy)]
pub(super) enum Constraint<'a> {
    NotNull,
    MinLength(usize),
    MaxLength(usize),
    MinValue(&'a dyn fmt::Display),
    MaxValue(&'a dyn fmt::Display),
    Pattern(&'static str),
    Values(&'static [&'static str]),
}

impl fmt::Display for Constraint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNull => f.write_str("Member must not be null"),
            Self::MinLength(length) => write!(f, "Member must have length greater than or equal to {length}"),
            Self::MaxLength(length) => write!(f, "Member must have length less than or equal to {length}"),
            Self::MinValue(value) => write!(f, "Member must have value greater than or equal to {value}"),
            Self::MaxValue(value) => write!(f, "Member must have value less than or equal to {value}"),
            Self::Pattern(pattern) => write!(f, "Member must satisfy regular expression pattern: {pattern}"),
            Self::Values(values) => write!(f, "Member must satisfy enum value set: [{}]", values.join(", ")),
        }
    }
}

/// `Value 'x' at`, or `Value at` when the value must not, or cannot well, be shown.
pub(super) fn subject(shape: &Shape, value: &Value) -> String {
    match echo(shape, value) {
        Some(echo) => format!("Value '{echo}' at"),
        None => "Value at".to_owned(),
    }
}

fn echo(shape: &Shape, value: &Value) -> Option<String> {
    if shape.hidden {
        return None;
    }
    match (shape.kind, value) {
        (_, Value::String(text)) => Some(cut(text.chars())),
        (_, Value::Number(number)) => Some(number.to_string()),
        (Kind::List(_), Value::Array(values)) if values.is_empty() => Some("[]".to_owned()),
        (Kind::Map(..), Value::Object(object)) if object.is_empty() => Some("{}".to_owned()),
        // A long list tells nobody anything, and its elements may be hidden ones.
        _ => None,
    }
}

/// The first characters, with an ellipsis if there are more.
fn cut(mut characters: impl Iterator<Item = char>) -> String {
    let mut text: String = characters.by_ref().take(ECHO_CHARS_MAX).collect();
    if characters.next().is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_several_are_counted_in_words() {
        let mut violations = Violations::default();
        violations.push(|| "a".to_owned());
        assert_eq!(violations.to_string(), "1 validation error detected: a");
        violations.push(|| "b".to_owned());
        assert_eq!(violations.to_string(), "2 validation errors detected: a; b");
    }

    #[test]
    fn thousands_are_counted_and_some_are_shown() {
        let mut violations = Violations::default();
        for _ in 0..5000 {
            violations.push(|| "a".to_owned());
        }
        let message = violations.to_string();
        assert!(message.starts_with("5000 validation errors detected: a; a;") && message.ends_with("a; …"));
        assert!(message.len() < 1000);
    }

    #[test]
    fn long_values_are_cut_and_hidden_ones_left_out() {
        let long = Value::from("é".repeat(200));
        let subject_of_long = subject(&Shape::string("S"), &long);
        assert_eq!(subject_of_long, format!("Value '{}…' at", "é".repeat(ECHO_CHARS_MAX)));
        assert_eq!(subject(&Shape::string("S").hidden(), &long), "Value at");
    }
}
