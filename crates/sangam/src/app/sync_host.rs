//! Configuration, secrets and fields, as sync jobs see them.

use std::collections::HashMap;

use async_trait::async_trait;
use sangam_secrets::Secrets;
use sangam_service::{DataSourceDocument, FieldKind, IndexDocument};
use sangam_store::Store;
use sangam_sync::{FieldType, HostError, SourceSetup, SyncHost};
use secrecy::SecretString;

/// Answers jobs from the store.
pub(super) struct StoredHost {
    pub(super) store: Store,
    pub(super) secrets: Secrets,
}

#[async_trait]
impl SyncHost for StoredHost {
    async fn setup(&self, index_id: &str, data_source_id: &str) -> Result<Option<SourceSetup>, HostError> {
        let record = self.store.data_source(index_id, data_source_id).await.map_err(told)?;
        let Some(record) = record else { return Ok(None) };
        let document = DataSourceDocument::of(&record).map_err(told)?;
        // A configuration that is no template is for a connector of another kind, which refuses it by name.
        let configuration = document.template().cloned().unwrap_or_default();
        Ok(Some(SourceSetup { configuration, language: Some(document.language_code) }))
    }

    async fn fields(&self, index_id: &str) -> Result<HashMap<String, FieldType>, HostError> {
        let record = self.store.index(index_id).await.map_err(told)?;
        let record = record.ok_or_else(|| HostError(format!("Index {index_id} was deleted.")))?;
        let document = IndexDocument::of(&record).map_err(told)?;
        Ok(document.fields.into_iter().map(|field| (field.name, kind_of(field.kind))).collect())
    }

    async fn secret(&self, id: &str) -> Result<SecretString, HostError> {
        self.secrets
            .read_string(id)
            .await
            .map_err(|error| HostError(format!("The secret that the data source names could not be read: {error}.")))
    }
}

fn kind_of(kind: FieldKind) -> FieldType {
    match kind {
        FieldKind::String => FieldType::String,
        FieldKind::StringList => FieldType::StringList,
        FieldKind::Long => FieldType::Long,
        FieldKind::Date => FieldType::Date,
    }
}

fn told(error: impl std::fmt::Display) -> HostError {
    HostError(format!("The state did not answer: {error}."))
}
