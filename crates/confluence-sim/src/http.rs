//! The wire: routes, the calls that come in, and the answers that go out.
//!
//! Handlers are plain functions from a [`call::Call`] to a [`reply::Reply`]; everything that waits
//! (latency, faults, the socket) is in `server.rs`.

pub(crate) mod auth;
mod browser;
pub(crate) mod call;
pub(crate) mod dc;
pub(crate) mod door;
mod identity;
pub(crate) mod media;
pub(crate) mod paging;
pub(crate) mod query;
pub(crate) mod rate;
pub(crate) mod reply;
pub(crate) mod routes;
mod scopes;
pub(crate) mod v1;
mod v2;
