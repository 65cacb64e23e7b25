//! What a job asks of the installation that it runs in.

use std::collections::HashMap;

use async_trait::async_trait;
use secrecy::SecretString;

/// The type of an index field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    String,
    /// Several texts.
    StringList,
    /// A whole number.
    Long,
    /// A point in time.
    Date,
}

/// Why the installation could not answer; the message is for the owner of the data source.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct HostError(pub String);

/// What a data source was set up with.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceSetup {
    /// The configuration that a connector understands.
    pub configuration: serde_json::Value,
    /// The language of documents that do not say theirs.
    pub language: Option<String>,
}

/// Configuration, secrets and fields, as the service above keeps them.
#[async_trait]
pub trait SyncHost: Send + Sync {
    /// What a data source was set up with, `None` if it is gone.
    async fn setup(&self, index_id: &str, data_source_id: &str) -> Result<Option<SourceSetup>, HostError>;

    /// The fields of an index, by name.
    async fn fields(&self, index_id: &str) -> Result<HashMap<String, FieldType>, HostError>;

    /// The string of a secret, by ARN or name.
    async fn secret(&self, id: &str) -> Result<SecretString, HostError>;

    /// Waits until nobody else, in this process or another, replaces the secret's value, and keeps them from it until the lock is dropped.
    /// For tokens that rotate: read again under the lock, refresh, write back, then use.
    async fn lock_secret(&self, id: &str) -> Result<Box<dyn SecretLock>, HostError>;

    /// A file of at most `limit_bytes` bytes in S3, by bucket and key.
    async fn file(&self, bucket: &str, key: &str, limit_bytes: u64) -> Result<Vec<u8>, HostError>;
}

/// A secret that nobody else replaces while this is held.
#[async_trait]
pub trait SecretLock: Send {
    /// The secret's string as it is now.
    async fn read(&self) -> Result<SecretString, HostError>;

    /// Replaces it. On return the new one is durable.
    async fn write(&mut self, value: SecretString) -> Result<(), HostError>;
}
