#![doc = include_str!("../README.md")]

mod host;
mod job;
mod removal;
mod service;
mod sink;
mod source;

pub use host::{FieldType, HostError, SourceSetup, SyncHost};
pub use sangam_ingest::FieldValue;
pub use service::{SyncOptions, SyncService};
pub use source::*;
