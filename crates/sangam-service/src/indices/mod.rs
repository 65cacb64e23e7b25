//! Indices: what they are, and the five operations on them.

mod context_policy;
mod create;
mod delete;
mod describe;
mod document;
mod field;
mod field_update;
mod list;
mod predefined;
mod update;

pub(crate) use create::{begin_creation, create};
pub(crate) use delete::{begin_deletion, delete};
pub(crate) use describe::describe;
pub use document::IndexDocument;
pub use field::{Field, FieldKind, FieldRelevance, FieldSearch};
pub(crate) use list::list;
pub(crate) use update::update;
