//! The model's constraints, checked on raw JSON before anything is deserialised.
//!
//! Why before: serde stops at the first mistake and words it in its own way, while AWS collects every violation and words each one in a
//! way that infrastructure clients and people know. The types that come after can then be strict: a required member is no `Option`.

mod check;
mod path;
mod pattern;
mod shape;
mod types;
mod violation;

pub use pattern::Pattern;
pub use shape::{Kind, Member, Shape};

pub(crate) use check::check;
pub(crate) use types::check_types;

/// How deep JSON may nest, arrays and objects counted: serde_json's own limit, which keeps the stack within bounds. The deepest thing a
/// client has reason to send, an attribute filter, has a dozen levels.
pub const JSON_DEPTH_MAX: usize = 128;
