//! A store in a folder of its own, for this crate's tests.

use tempfile::TempDir;

use crate::Store;

/// A new store, and the folder that it goes away with.
pub(crate) async fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
    (folder, store)
}
