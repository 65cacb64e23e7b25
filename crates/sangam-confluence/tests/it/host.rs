//! The installation that a source runs in: one secret, and files.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use sangam_sync::{FieldType, HostError, SecretLock, SourceSetup, SyncHost};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// One secret whatever its name, and files by `bucket/key`.
pub(crate) struct Host {
    pub(crate) secret: Arc<Mutex<String>>,
    pub(crate) files: HashMap<String, Vec<u8>>,
}

#[async_trait]
impl SyncHost for Host {
    async fn setup(&self, _index: &str, _source: &str) -> Result<Option<SourceSetup>, HostError> {
        Ok(None)
    }

    async fn fields(&self, _index: &str) -> Result<HashMap<String, FieldType>, HostError> {
        Ok(HashMap::new())
    }

    async fn secret(&self, _id: &str) -> Result<SecretString, HostError> {
        Ok(self.secret.lock().await.clone().into())
    }

    async fn lock_secret(&self, _id: &str) -> Result<Box<dyn SecretLock>, HostError> {
        Ok(Box::new(Locked(Arc::clone(&self.secret).lock_owned().await)))
    }

    async fn file(&self, bucket: &str, key: &str, _limit_bytes: u64) -> Result<Vec<u8>, HostError> {
        let file = self.files.get(&format!("{bucket}/{key}"));
        file.cloned().ok_or_else(|| HostError(format!("there is no file `{key}`")))
    }
}

struct Locked(OwnedMutexGuard<String>);

#[async_trait]
impl SecretLock for Locked {
    async fn read(&self) -> Result<SecretString, HostError> {
        Ok(self.0.clone().into())
    }

    async fn write(&mut self, value: SecretString) -> Result<(), HostError> {
        value.expose_secret().clone_into(&mut self.0);
        Ok(())
    }
}
