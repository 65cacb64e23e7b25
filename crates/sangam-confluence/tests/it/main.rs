//! The source against a simulated site: what it hands over, and who may read it.

#![expect(clippy::unwrap_used, reason = "the panic is the message of a failed test")]

mod access;
mod changes;
mod confirm;
mod custom;
mod dc;
mod emptied;
mod entities;
mod faults;
mod filters;
mod folders;
mod host;
mod modes;
mod oauth;
mod people;
mod places;
mod properties;
mod proxy;
mod resume;
mod scenarios;
mod shelf;
mod storm;
mod verify;
mod volume;
mod world;
