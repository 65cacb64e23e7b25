//! The simulator from outside: over HTTP, as a crawler meets it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod awkward;
mod bodies;
mod bytes;
mod changes;
mod client;
mod custom;
mod dc;
mod doors;
mod faults;
mod gateway;
mod oauth;
mod paging;
mod roles;
mod scenarios;
mod search;
mod seed;
mod shapes;
mod speed;
