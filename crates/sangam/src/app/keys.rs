//! Access keys, as the server sees them.

use async_trait::async_trait;
use sangam_secrets::AccessKeys;
use sangam_server::{AccessKey, KeyStore, KeyStoreError};

/// The keys in the store; a policy that this version cannot read allows nothing.
pub(super) struct StoredKeys(pub(super) AccessKeys);

#[async_trait]
impl KeyStore for StoredKeys {
    async fn find(&self, access_key_id: &str) -> Result<Option<AccessKey>, KeyStoreError> {
        let found = self.0.find(access_key_id).await.map_err(|error| KeyStoreError { source: error.into() })?;
        let Some(key) = found else { return Ok(None) };
        let policy = serde_json::from_str(&key.policy).map_err(|error| KeyStoreError { source: error.into() })?;
        Ok(Some(AccessKey { id: key.id.clone(), secret: key.secret.clone(), policy }))
    }
}
