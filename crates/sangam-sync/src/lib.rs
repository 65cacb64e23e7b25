#![doc = include_str!("../README.md")]

mod agenda;
mod ending;
mod gather;
mod host;
mod job;
mod own_attributes;
mod policy;
mod preview;
mod progress;
mod removal;
mod schedule;
mod scheduler;
mod service;
mod sight;
mod sink;
mod source;

pub use agenda::{Agenda, PlannedSource};
pub use host::{FieldType, HostError, SecretLock, SourceSetup, SyncHost};
pub use policy::{ACCESS_REFRESH_TAG, AccessRefresh, SyncPolicy};
pub use preview::{AccessGap, Deletions, GroupReach, PersonReach, Preview, SpacePreview, TypeCounts};
pub use progress::{Progress, Said};
pub use sangam_ingest::FieldValue;
pub use schedule::Schedule;
pub use scheduler::Scheduler;
pub use service::{SyncOptions, SyncService};
pub use source::*;
