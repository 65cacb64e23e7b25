//! Data sources: what they are, and the five operations on them.

mod configuration;
mod create;
mod delete;
mod describe;
mod document;
mod list;
mod update;

pub(crate) use create::create;
pub(crate) use delete::{begin_deletion, delete};
pub(crate) use describe::describe;
pub use document::DataSourceDocument;
pub(crate) use list::list;
pub(crate) use update::update;

use sangam_api::kendra::DataSourceStatus;
use sangam_store::DataSourceState;

/// The state as the API has it.
fn status(state: DataSourceState) -> DataSourceStatus {
    match state {
        DataSourceState::Active => DataSourceStatus::Active,
        DataSourceState::Deleting => DataSourceStatus::Deleting,
    }
}
