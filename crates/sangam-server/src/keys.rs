//! Access keys, as the server sees them: looked up by id, once for each request.

use std::collections::HashMap;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::policy::Policy;

/// A key that may sign requests. Its `Debug` does not show the secret.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// The public identifier.
    pub id: String,
    /// What signatures are made with.
    pub secret: SecretString,
    /// What the key may do.
    pub policy: Policy,
}

/// Keys could not be looked up, which says nothing about the key.
#[derive(Debug, thiserror::Error)]
#[error("access keys could not be read")]
pub struct KeyStoreError {
    /// Why.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Where keys are kept.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Returns the key with this identifier, or nothing if there is none or it is no longer valid. A key that was revoked is gone with
    /// the next call: the server keeps none.
    ///
    /// # Errors
    /// [`KeyStoreError`] when nobody can tell; the client is then told to try again.
    async fn find(&self, access_key_id: &str) -> Result<Option<AccessKey>, KeyStoreError>;
}

/// Keys in memory, fixed from the start: for a preset key, and for tests.
#[derive(Debug, Default)]
pub struct MemoryKeys {
    keys: HashMap<String, AccessKey>,
}

impl FromIterator<AccessKey> for MemoryKeys {
    fn from_iter<T: IntoIterator<Item = AccessKey>>(keys: T) -> Self {
        Self { keys: keys.into_iter().map(|key| (key.id.clone(), key)).collect() }
    }
}

#[async_trait]
impl KeyStore for MemoryKeys {
    async fn find(&self, access_key_id: &str) -> Result<Option<AccessKey>, KeyStoreError> {
        Ok(self.keys.get(access_key_id).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_show_its_secret() {
        let key = AccessKey { id: "AKIA1".to_owned(), secret: "hunter2".into(), policy: Policy::ADMIN };
        let shown = format!("{:?}", MemoryKeys::from_iter([key]));
        assert!(shown.contains("AKIA1") && !shown.contains("hunter2"), "{shown}");
    }
}
