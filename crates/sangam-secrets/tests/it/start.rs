//! Starting with the right key, the wrong one, and none.

use std::path::PathBuf;

use sangam_secrets::{KeyError, KeySource, Place, Sealer, SealingKey};
use sangam_store::Store;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn key(&self) -> PathBuf {
        self.0.path().join("secrets.key")
    }

    async fn start(&self, source: KeySource) -> Result<Sealer, KeyError> {
        let store = Store::open(&self.0.path().join("sangam.db")).await.unwrap();
        let sealer = Sealer::start(source, &store).await;
        store.close().await;
        sealer
    }
}

#[tokio::test]
async fn the_first_start_makes_the_key_that_later_starts_open_with() {
    let folder = Folder::new();
    let sealed = folder.start(KeySource::File(folder.key())).await.unwrap().seal(&Place::Check, b"x");
    let again = folder.start(KeySource::File(folder.key())).await.unwrap();
    assert_eq!(again.open(&Place::Check, &sealed).unwrap().as_slice(), b"x");
    // The same key from elsewhere is as good.
    let command = format!("command:cat '{}'", folder.key().display());
    folder.start(KeySource::parse(&command)).await.unwrap();
}

#[tokio::test]
async fn another_key_is_refused_at_start_by_name() {
    let folder = Folder::new();
    folder.start(KeySource::File(folder.key())).await.unwrap();
    std::fs::write(folder.key(), SealingKey::generate().to_base64().as_bytes()).unwrap();
    let error = folder.start(KeySource::File(folder.key())).await.unwrap_err();
    assert!(matches!(error, KeyError::Wrong { .. }) && error.to_string().contains("secrets.key"), "{error}");
}

#[tokio::test]
async fn a_lost_key_file_is_not_replaced() {
    let folder = Folder::new();
    folder.start(KeySource::File(folder.key())).await.unwrap();
    std::fs::remove_file(folder.key()).unwrap();
    let error = folder.start(KeySource::File(folder.key())).await.unwrap_err();
    assert!(matches!(error, KeyError::Missing { .. }) && error.to_string().contains("backup"), "{error}");
    assert!(!folder.key().exists());
}
