#![doc = include_str!("../README.md")]

mod access;
mod catalogue;
mod data_sources;
mod error;
pub mod failpoint;
#[cfg(test)]
mod fixture;
mod inbox;
mod indices;
mod job_failures;
mod jobs;
mod keys;
mod mappings;
mod memories;
#[cfg(test)]
mod migrations_agree;
mod queues;
mod secrets;
mod settings;
mod store;
mod tags;
mod tokens;

pub use access::{AccessChange, NodeRecord};
pub use catalogue::{
    CatalogueChange, CatalogueCommit, CatalogueEntry, FailedDocument, JobCommit, Revision, RevisionAccess,
    SeenDocument, UnseenDocument,
};
pub use data_sources::{DataSourceRecord, DataSourceState, NewDataSource, data_source_resource};
pub use error::StoreError;
pub use inbox::{AcceptedDocument, InboxDocument};
pub use indices::{IndexRecord, IndexState, IndexStatistics, NewIndex, index_resource};
pub use jobs::{DocumentAction, JobCounters, JobDocument, JobEnd, JobFilter, JobStatus, SyncJob};
pub use keys::{AccessKeyRecord, KeyOrigin};
pub use mappings::{GroupAge, GroupKey, MappingState, MappingSummary};
pub use memories::SourceMemory;
pub use queues::VectorTask;
pub use secrets::{
    SealedVersion, SecretKind, SecretRecord, SecretsRead, SecretsWrite, Stages, VersionRecord, secret_resource,
};
pub use store::{Store, WriteTransaction, now_ms};
pub use tags::Tag;
pub use tokens::{ClientToken, Creation};
