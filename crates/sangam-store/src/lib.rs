#![doc = include_str!("../README.md")]

mod error;
mod store;

pub use error::StoreError;
pub use store::{Store, WriteTransaction, now_ms};
