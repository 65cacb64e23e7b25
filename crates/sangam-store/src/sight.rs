//! Whether a data source's crawler still sees what it saw: when access was last read, since when it is refused, and hiding all of it.

use std::collections::HashSet;

use sangam_access::AccessId;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::{CatalogueChange, Store, StoreError, now_ms};

/// The access that readers meet, in SQL: hidden while the last clean listing lacked the document, and while its data source is hidden.
pub(crate) const VISIBLE_ACCESS: &str = "CASE WHEN missing_since IS NOT NULL OR data_source_id IN (
     SELECT data_source_id FROM source_sight WHERE hidden_at IS NOT NULL) THEN 0 ELSE access_id END";

/// What is known of a data source's sight. Times are milliseconds since 1970 UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// The index.
    pub index_id: String,
    /// The data source.
    pub data_source_id: String,
    /// When access was last read to its end.
    pub access_at: Option<i64>,
    /// When all listings were last read to their ends.
    pub reconciled_at: Option<i64>,
    /// Since when credentials are refused or nothing is visible.
    pub lost_at: Option<i64>,
    /// In which words.
    pub reason: Option<String>,
    /// Since when everything of it is hidden.
    pub hidden_at: Option<i64>,
}

const COLUMNS: &str =
    "SELECT index_id, data_source_id, access_at, reconciled_at, lost_at, reason, hidden_at FROM source_sight";

impl Store {
    /// What is known of a data source's sight; nothing yet is the default.
    pub async fn sight(&self, data_source_id: &str) -> Result<Sight, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE data_source_id = $1")))
            .bind(data_source_id)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(sight_of).unwrap_or_default())
    }

    /// The data sources that lost their sight and are not hidden yet.
    pub async fn lost_sights(&self) -> Result<Vec<Sight>, StoreError> {
        let rows =
            sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE lost_at IS NOT NULL AND hidden_at IS NULL")))
                .fetch_all(self.read())
                .await?;
        Ok(rows.iter().map(sight_of).collect())
    }

    /// Notes that credentials are refused or nothing is visible. The first time counts, the last reason is kept.
    pub async fn lose_sight(&self, index_id: &str, data_source_id: &str, reason: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO source_sight (index_id, data_source_id, lost_at, reason) VALUES ($1, $2, $3, $4)
             ON CONFLICT (data_source_id) DO UPDATE
             SET lost_at = COALESCE(source_sight.lost_at, excluded.lost_at), reason = excluded.reason",
        )
        .bind(index_id)
        .bind(data_source_id)
        .bind(now_ms())
        .bind(reason)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Hides everything of a data source that lost its sight; does nothing if it has regained it since, or is hidden.
    pub async fn hide_source(&self, index_id: &str, data_source_id: &str) -> Result<CatalogueChange, StoreError> {
        let mut transaction = self.write().await?;
        let hidden = sqlx::query(
            "UPDATE source_sight SET hidden_at = $1 WHERE data_source_id = $2 AND lost_at IS NOT NULL
             AND hidden_at IS NULL",
        )
        .bind(now_ms())
        .bind(data_source_id)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        let mut change = CatalogueChange::default();
        if hidden > 0 {
            change.ordinals = ordinals_of(&mut transaction, index_id, data_source_id).await?;
        }
        transaction.commit().await?;
        Ok(change)
    }

    /// Notes that access was read to its end, and with `is_reconciled` all listings too; what was hidden for lost sight is shown again,
    /// under the access that it has now.
    pub async fn regain_sight(
        &self,
        index_id: &str,
        data_source_id: &str,
        is_reconciled: bool,
    ) -> Result<CatalogueChange, StoreError> {
        let mut transaction = self.write().await?;
        let was_hidden = hidden_sources(&mut transaction, index_id).await?.contains(data_source_id);
        sqlx::query(
            "INSERT INTO source_sight (index_id, data_source_id, access_at, reconciled_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (data_source_id) DO UPDATE
             SET access_at = excluded.access_at,
                 reconciled_at = COALESCE(excluded.reconciled_at, source_sight.reconciled_at),
                 lost_at = NULL, reason = NULL, hidden_at = NULL",
        )
        .bind(index_id)
        .bind(data_source_id)
        .bind(now_ms())
        .bind(is_reconciled.then(now_ms))
        .execute(&mut *transaction)
        .await?;
        let mut change = CatalogueChange::default();
        if was_hidden {
            change.ordinals = ordinals_of(&mut transaction, index_id, data_source_id).await?;
        }
        transaction.commit().await?;
        Ok(change)
    }
}

/// The current ordinals of a data source with the access that readers meet.
async fn ordinals_of(
    connection: &mut SqliteConnection,
    index_id: &str,
    data_source_id: &str,
) -> Result<Vec<(u32, AccessId)>, StoreError> {
    let sql = format!(
        "SELECT ordinal, {VISIBLE_ACCESS} AS access FROM documents
         WHERE index_id = $1 AND data_source_id = $2 AND ordinal IS NOT NULL"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(index_id).bind(data_source_id).fetch_all(connection).await?;
    Ok(rows.iter().map(ordinal_of).collect())
}

/// Columns `ordinal` and `access` of a row.
pub(crate) fn ordinal_of(row: &SqliteRow) -> (u32, AccessId) {
    (row.get::<i64, _>("ordinal") as u32, AccessId(row.get::<i64, _>("access") as u32))
}

/// The data sources of an index of which everything is hidden.
pub(crate) async fn hidden_sources(
    connection: &mut SqliteConnection,
    index_id: &str,
) -> Result<HashSet<String>, StoreError> {
    let hidden: Vec<String> =
        sqlx::query_scalar("SELECT data_source_id FROM source_sight WHERE index_id = $1 AND hidden_at IS NOT NULL")
            .bind(index_id)
            .fetch_all(connection)
            .await?;
    Ok(hidden.into_iter().collect())
}

fn sight_of(row: &SqliteRow) -> Sight {
    Sight {
        index_id: row.get("index_id"),
        data_source_id: row.get("data_source_id"),
        access_at: row.get("access_at"),
        reconciled_at: row.get("reconciled_at"),
        lost_at: row.get("lost_at"),
        reason: row.get("reason"),
        hidden_at: row.get("hidden_at"),
    }
}
