//! `/wiki/rest/api`: what v2 has no twin for. Offsets instead of cursors, except in search.

pub(crate) mod audit;
pub(crate) mod cql;
pub(crate) mod download;
pub(crate) mod groups;
pub(crate) mod json;
pub(crate) mod offset;
pub(crate) mod permission_check;
pub(crate) mod restrictions;
mod result;
pub(crate) mod scope;
pub(crate) mod search;
pub(crate) mod system;
pub(crate) mod users;
