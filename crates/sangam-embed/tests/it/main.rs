//! Tests of the crate as its users see it.

#[cfg(feature = "model")]
mod model;
mod service;
