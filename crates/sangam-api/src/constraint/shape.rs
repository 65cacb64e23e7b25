//! Rows of the constraint table.

use std::fmt;

use super::Pattern;

/// What the model says about one shape. Bounds that it does not have are the widest ones.
#[derive(Clone, Copy)]
pub struct Shape {
    /// The shape's name in the model.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Smallest length: code points of a string, bytes of a blob, elements of a list, entries of a map.
    pub min_length: usize,
    /// Largest length, in the same units.
    pub max_length: usize,
    /// Smallest whole number.
    pub min_value: i64,
    /// Largest whole number.
    pub max_value: i64,
    /// Smallest number.
    pub min_float: f64,
    /// Largest number.
    pub max_float: f64,
    /// What the whole of a string must match.
    pub pattern: Option<&'static Pattern>,
    /// The values that a string may have; none if it may have any.
    pub values: &'static [&'static str],
    /// Whether the value must not be repeated in an error: secrets, tokens, questions, document text.
    pub hidden: bool,
}

/// What a shape is on the wire.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A JSON object with these members; others are ignored.
    Structure(&'static [Member]),
    /// A JSON array of this shape.
    List(&'static Shape),
    /// A JSON object with keys and values of these shapes.
    Map(&'static Shape, &'static Shape),
    /// A JSON string.
    String,
    /// A JSON number that fits an `i32`.
    Integer,
    /// A JSON number that fits an `i64`.
    Long,
    /// Any JSON number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A JSON number: seconds since the epoch.
    Timestamp,
    /// A JSON string in base64.
    Blob,
    /// Any JSON value.
    Document,
}

/// A member of a structure.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its shape.
    pub shape: &'static Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Whether SDKs fill it in, so that a retried request has one effect.
    pub idempotency_token: bool,
}

impl Member {
    pub(crate) const fn required(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, required: true, idempotency_token: false }
    }

    pub(crate) const fn optional(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, required: false, idempotency_token: false }
    }

    pub(crate) const fn idempotency_token(mut self) -> Self {
        self.idempotency_token = true;
        self
    }
}

/// The name alone: shapes are recursive, so that showing what one holds might never end.
impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shape({})", self.name)
    }
}

/// Constructors for the generated table.
impl Shape {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            min_length: 0,
            max_length: usize::MAX,
            min_value: i64::MIN,
            max_value: i64::MAX,
            min_float: f64::NEG_INFINITY,
            max_float: f64::INFINITY,
            pattern: None,
            values: &[],
            hidden: false,
        }
    }

    pub(crate) const fn structure(name: &'static str, members: &'static [Member]) -> Self {
        Self::new(name, Kind::Structure(members))
    }

    pub(crate) const fn list(name: &'static str, element: &'static Shape) -> Self {
        Self::new(name, Kind::List(element))
    }

    pub(crate) const fn map(name: &'static str, key: &'static Shape, value: &'static Shape) -> Self {
        Self::new(name, Kind::Map(key, value))
    }

    pub(crate) const fn string(name: &'static str) -> Self {
        Self::new(name, Kind::String)
    }

    pub(crate) const fn integer(name: &'static str) -> Self {
        Self::new(name, Kind::Integer)
    }

    pub(crate) const fn long(name: &'static str) -> Self {
        Self::new(name, Kind::Long)
    }

    pub(crate) const fn float(name: &'static str) -> Self {
        Self::new(name, Kind::Float)
    }

    pub(crate) const fn boolean(name: &'static str) -> Self {
        Self::new(name, Kind::Boolean)
    }

    pub(crate) const fn timestamp(name: &'static str) -> Self {
        Self::new(name, Kind::Timestamp)
    }

    pub(crate) const fn blob(name: &'static str) -> Self {
        Self::new(name, Kind::Blob)
    }

    pub(crate) const fn document(name: &'static str) -> Self {
        Self::new(name, Kind::Document)
    }

    pub(crate) const fn min_length(mut self, length: usize) -> Self {
        self.min_length = length;
        self
    }

    pub(crate) const fn max_length(mut self, length: usize) -> Self {
        self.max_length = length;
        self
    }

    pub(crate) const fn min_value(mut self, value: i64) -> Self {
        self.min_value = value;
        self
    }

    pub(crate) const fn max_value(mut self, value: i64) -> Self {
        self.max_value = value;
        self
    }

    pub(crate) const fn min_float(mut self, value: f64) -> Self {
        self.min_float = value;
        self
    }

    pub(crate) const fn max_float(mut self, value: f64) -> Self {
        self.max_float = value;
        self
    }

    pub(crate) const fn pattern(mut self, pattern: &'static Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    pub(crate) const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    pub(crate) const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
}
