//! Configuration, secrets and fields, as sync jobs see them.

use std::collections::HashMap;
use std::path::PathBuf;

use async_trait::async_trait;
use sangam_secrets::{SecretGuard, Secrets, SecretsError};
use sangam_service::{DataSourceDocument, FieldKind, IndexDocument};
use sangam_store::{DataSourceState, Store};
use sangam_sync::{FieldType, HostError, SecretLock, SourceSetup, SyncHost};
use secrecy::SecretString;

/// Answers jobs from the store.
pub(super) struct StoredHost {
    pub(super) store: Store,
    pub(super) secrets: Secrets,
    /// Where `s3://bucket/key` is `<folder>/bucket/key`.
    pub(super) s3_folder: PathBuf,
}

#[async_trait]
impl SyncHost for StoredHost {
    async fn setup(&self, index_id: &str, data_source_id: &str) -> Result<Option<SourceSetup>, HostError> {
        let record = self.store.data_source(index_id, data_source_id).await.map_err(told)?;
        // One that is going away is gone: its documents are being removed, and nothing may bring new ones.
        let Some(record) = record.filter(|record| record.state == DataSourceState::Active) else { return Ok(None) };
        let document = DataSourceDocument::of(&record).map_err(told)?;
        // A configuration that no connector reads is for one of another kind, which refuses it by name.
        let mut configuration = document.connector_configuration().unwrap_or_default();
        if document.template().is_none()
            && let Some(members) = configuration.as_object_mut()
        {
            // Mappings of the first generation name no types: each value takes its field's.
            let fields = self.fields(index_id).await?;
            let types = fields.into_iter().map(|(name, kind)| (name, api_name(kind).into())).collect();
            members.insert("IndexFields".into(), serde_json::Value::Object(types));
        }
        Ok(Some(SourceSetup { configuration, language: Some(document.language_code) }))
    }

    async fn fields(&self, index_id: &str) -> Result<HashMap<String, FieldType>, HostError> {
        let record = self.store.index(index_id).await.map_err(told)?;
        let record = record.ok_or_else(|| HostError(format!("Index {index_id} was deleted.")))?;
        let document = IndexDocument::of(&record).map_err(told)?;
        Ok(document.fields.into_iter().map(|field| (field.name, kind_of(field.kind))).collect())
    }

    async fn secret(&self, id: &str) -> Result<SecretString, HostError> {
        self.secrets.read_string(id).await.map_err(|error| secret_error("read", &error))
    }

    async fn lock_secret(&self, id: &str) -> Result<Box<dyn SecretLock>, HostError> {
        let guard = self.secrets.lock(id).await.map_err(|error| secret_error("locked", &error))?;
        Ok(Box::new(Locked(guard)))
    }

    async fn file(&self, bucket: &str, key: &str, limit_bytes: u64) -> Result<Vec<u8>, HostError> {
        let read = sangam_service::read_s3(&self.s3_folder, bucket, key, limit_bytes as usize);
        read.await.map_err(|error| HostError(format!("{error}.")))
    }
}

/// A secret under its lock.
struct Locked(SecretGuard);

#[async_trait]
impl SecretLock for Locked {
    async fn read(&self) -> Result<SecretString, HostError> {
        self.0.read().await.map_err(|error| secret_error("read", &error))
    }

    async fn write(&mut self, value: SecretString) -> Result<(), HostError> {
        self.0.write(&value).await.map_err(|error| secret_error("replaced", &error))
    }
}

fn secret_error(done: &str, error: &SecretsError) -> HostError {
    let reason = error.to_string();
    let reason = reason.trim_end_matches('.');
    HostError(format!("The secret that the data source names could not be {done}: {reason}."))
}

fn kind_of(kind: FieldKind) -> FieldType {
    match kind {
        FieldKind::String => FieldType::String,
        FieldKind::StringList => FieldType::StringList,
        FieldKind::Long => FieldType::Long,
        FieldKind::Date => FieldType::Date,
    }
}

/// The type as the API has it.
fn api_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::String => "STRING_VALUE",
        FieldType::StringList => "STRING_LIST_VALUE",
        FieldType::Long => "LONG_VALUE",
        FieldType::Date => "DATE_VALUE",
    }
}

fn told(error: impl std::fmt::Display) -> HostError {
    HostError(format!("The state did not answer: {error}."))
}

#[cfg(test)]
mod tests {
    use sangam_secrets::{Sealer, SealingKey};
    use sangam_store::{NewDataSource, NewIndex, StoreError};
    use serde_json::json;

    use super::*;

    /// A deletion waits for the jobs that run and then removes documents: a job that began in between would leave some behind.
    #[tokio::test]
    async fn a_job_finds_no_setup_once_its_data_source_is_going_away() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let index = NewIndex { id: "i", name: "n", document: &json!({}), tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
        let document = json!({"language_code": "en"});
        let source = NewDataSource {
            id: "s",
            index_id: "i",
            name: "n",
            kind: "TEMPLATE",
            document: &document,
            tags: &[],
            limit: None,
        };
        store.create_data_source(&source, None).await.unwrap();
        let secrets = Secrets::new(store.clone(), Sealer::new(&SealingKey::generate()));
        let host = StoredHost { store: store.clone(), secrets, s3_folder: folder.path().join("s3") };
        assert!(host.setup("i", "s").await.unwrap().is_some());
        let deleting = store.modify_data_source("i", "s", |source| {
            source.state = DataSourceState::Deleting;
            Ok::<(), StoreError>(())
        });
        deleting.await.unwrap();
        assert_eq!(host.setup("i", "s").await.unwrap(), None);
    }
}
