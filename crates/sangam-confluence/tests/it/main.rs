//! The source against a simulated site: what it hands over, and who may read it.

#![expect(clippy::unwrap_used, reason = "the panic is the message of a failed test")]

mod access;
mod changes;
mod confirm;
mod emptied;
mod entities;
mod faults;
mod filters;
mod host;
mod resume;
mod shelf;
mod storm;
mod volume;
mod world;
