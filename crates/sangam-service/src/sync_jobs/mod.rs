//! Sync jobs of data sources.

mod custom;
mod list;
mod start;
mod stop;

pub(crate) use custom::resume_custom;
pub(crate) use list::list;
pub(crate) use start::start;
pub(crate) use stop::stop;
