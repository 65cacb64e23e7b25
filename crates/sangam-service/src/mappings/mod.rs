//! Group mappings: who is in which group, as the caller says it.

mod delete;
mod describe;
mod list_older;
mod member_file;
mod put;

pub(crate) use delete::delete;
pub(crate) use describe::describe;
pub(crate) use list_older::list_older;
pub(crate) use put::put;

use sangam_store::now_ms;

use crate::Service;
use crate::error::Outcome;

/// The scope of a mapping: the data source that it is for, or empty.
///
/// # Errors
/// `ResourceNotFoundException` for a data source that the index does not have.
async fn scope(service: &Service, index_id: &str, data_source_id: Option<&str>) -> Outcome<String> {
    match data_source_id {
        Some(id) => Ok(service.data_source(index_id, id).await?.id),
        None => Ok(String::new()),
    }
}

/// The ordering id of a call that names none: the time of its arrival.
fn ordering_id(given: Option<i64>) -> i64 {
    given.unwrap_or_else(now_ms)
}
