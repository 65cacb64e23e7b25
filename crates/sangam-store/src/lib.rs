#![doc = include_str!("../README.md")]

mod access;
mod accounts;
mod audit;
mod catalogue;
mod catalogue_commit;
mod catalogue_removal;
mod census;
mod collect;
mod data_sources;
mod document_failure;
mod error;
pub mod failpoint;
#[cfg(test)]
mod fixture;
mod inbox;
mod indices;
mod intern;
mod job_failures;
mod job_progress;
mod job_report;
mod jobs;
mod keys;
mod mappings;
mod memories;
#[cfg(test)]
mod migrations_agree;
mod nodes;
mod pending_sign_ins;
mod queues;
mod secret_locks;
mod secrets;
mod sessions;
mod settings;
mod sight;
mod sign_in_attempts;
mod sign_in_links;
mod store;
mod tags;
mod tokens;
mod tree;

pub use access::{AccessChange, NodeRecord};
pub use accounts::{AccountChange, AccountRecord};
pub use audit::{AuditEvent, AuditFilter, AuditRecord};
pub use catalogue::{
    CatalogueChange, CatalogueCommit, CatalogueEntry, FailedDocument, JobCommit, Revision, RevisionAccess, SeenDocument,
};
pub use catalogue_removal::UnseenDocument;
pub use census::PlaceCount;
pub use data_sources::{DataSourceRecord, DataSourceState, NewDataSource, data_source_resource};
pub use document_failure::{DocumentFailure, FailureStage};
pub use error::StoreError;
pub use inbox::{AcceptedDocument, InboxDocument};
pub use indices::{IndexRecord, IndexState, IndexStatistics, NewIndex, index_resource};
pub use job_report::{DocumentAction, JobDocument, ReportFilter};
pub use jobs::{JobCounters, JobEnd, JobFilter, JobKind, JobStatus, SyncJob};
pub use keys::{AccessKeyRecord, KeyOrigin};
pub use mappings::{GroupAge, GroupKey, MappingState, MappingSummary};
pub use memories::SourceMemory;
pub use pending_sign_ins::PendingSignIn;
pub use queues::VectorTask;
pub use secrets::{
    SealedVersion, SecretKind, SecretRecord, SecretsRead, SecretsWrite, Stages, VersionRecord, secret_resource,
};
pub use sessions::{AccountState, SessionRecord};
pub use sight::Sight;
pub use sign_in_attempts::AttemptLimit;
pub use store::{Store, WriteTransaction, now_ms};
pub use tags::Tag;
pub use tokens::{ClientToken, Creation};
