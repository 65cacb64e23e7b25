//! The crate as its callers see it: JSON in, JSON out, over a store in a folder of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod access_keys;
mod deletion;
mod internal;
mod listing;
mod lock;
mod start;
mod values;
mod versions;
mod world;
