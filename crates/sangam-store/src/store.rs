//! Opening the state, its two pools, and transactions.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::StoreError;

/// Readers that may work at once; more would only queue for the two cores that a small machine has.
const READERS_MAX: u32 = 4;
/// How long a statement waits for the write lock before it fails; longer than any transaction of ours.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Statements kept prepared on a connection; there are fewer distinct ones than this.
const STATEMENT_CACHE: usize = 256;

/// A transaction on the one writer connection.
pub type WriteTransaction = Transaction<'static, Sqlite>;

/// The SQL state of one installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the database file at `path`, creates it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the file cannot be opened, [`StoreError::Migration`] if its schema cannot be changed.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENT_CACHE);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        sqlx::migrate!("migrations/sqlite")
            .run(&writer)
            .await
            .map_err(|source| StoreError::Migration { path: path.display().to_string(), source })?;
        let readers =
            SqlitePoolOptions::new().max_connections(READERS_MAX).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers })
    }

    /// Closes both pools, after which every call fails.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Begins a transaction that holds the write lock from the start.
    pub(crate) async fn write(&self) -> Result<WriteTransaction, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// The pool of reading connections.
    pub(crate) fn read(&self) -> &SqlitePool {
        &self.readers
    }
}

/// Milliseconds since 1970 UTC, the store's unit of time.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_store_opens_twice_in_a_row_and_keeps_its_schema() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sangam.db");
        Store::open(&path).await.unwrap().close().await;
        let store = Store::open(&path).await.unwrap();
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(store.read()).await.unwrap();
        assert_eq!(mode, "wal");
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let refused = sqlx::query("INSERT INTO settings (name, value) VALUES ('a', 'b')").execute(store.read()).await;
        assert!(refused.is_err());
    }
}
