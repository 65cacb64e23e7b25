//! The simulator from outside: over HTTP, as a crawler meets it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod client;
mod paging;
mod shapes;
