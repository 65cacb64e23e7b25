//! What can go wrong with the state.

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or failed; retrying may help.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database at `{path}` could not be migrated: {source}")]
    Migration {
        /// The database file.
        path: String,
        /// What failed.
        source: sqlx::migrate::MigrateError,
    },
    /// A row holds what this version cannot read.
    #[error("table `{table}` holds a document that cannot be read: {source}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A row to insert is there already.
    #[error("{what} `{id}` exists already")]
    Exists {
        /// The kind of thing.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// The row that the call is about is not there.
    #[error("{what} `{id}` not found")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
}

impl StoreError {
    /// Names what was not found.
    pub fn not_found(what: &'static str, id: impl Into<String>) -> Self {
        Self::NotFound { what, id: id.into() }
    }
}
