//! Documents put, deleted and asked about through the API.

mod access;
mod attributes;
mod delete;
mod owner;
mod put;
mod status;

pub(crate) use delete::delete;
pub(crate) use put::put;
pub(crate) use status::status;

/// Why one document of a batch is refused, for its caller; the other documents are not affected.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal(String);

impl<T: Into<String>> From<T> for Refusal {
    fn from(message: T) -> Self {
        Self(message.into())
    }
}
