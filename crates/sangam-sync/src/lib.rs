#![doc = include_str!("../README.md")]

mod host;
mod job;
mod progress;
mod removal;
mod schedule;
mod service;
mod sink;
mod source;

pub use host::{FieldType, HostError, SecretLock, SourceSetup, SyncHost};
pub use progress::{Progress, Said};
pub use sangam_ingest::FieldValue;
pub use schedule::Schedule;
pub use service::{SyncOptions, SyncService};
pub use source::*;
