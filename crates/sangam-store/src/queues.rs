//! Vectors to make, and ordinals that the engine still has to forget.

use roaring::RoaringBitmap;
use sqlx::Row;

use crate::{Store, StoreError};

/// A revision that waits for its vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VectorTask {
    /// The revision.
    pub ordinal: u32,
    /// The one that it replaced.
    pub previous: Option<u32>,
}

impl Store {
    /// The first `limit` revisions of index `index_id` that wait for vectors.
    pub async fn vector_tasks(&self, index_id: &str, limit: u32) -> Result<Vec<VectorTask>, StoreError> {
        let rows =
            sqlx::query("SELECT ordinal, previous FROM vector_queue WHERE index_id = $1 ORDER BY ordinal LIMIT $2")
                .bind(index_id)
                .bind(i64::from(limit))
                .fetch_all(self.read())
                .await?;
        Ok(rows
            .iter()
            .map(|row| VectorTask {
                ordinal: row.get::<i64, _>("ordinal") as u32,
                previous: row.get::<Option<i64>, _>("previous").map(|ordinal| ordinal as u32),
            })
            .collect())
    }

    /// Number of revisions of index `index_id` that wait for vectors.
    pub async fn vectors_pending(&self, index_id: &str) -> Result<u64, StoreError> {
        let n: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM vector_queue WHERE index_id = $1")
            .bind(index_id)
            .fetch_one(self.read())
            .await?;
        Ok(n as u64)
    }

    /// Number of revisions of data source `data_source_id` that wait for vectors.
    pub async fn vectors_pending_of(&self, index_id: &str, data_source_id: &str) -> Result<u64, StoreError> {
        let n: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM vector_queue JOIN documents
             ON documents.index_id = vector_queue.index_id AND documents.ordinal = vector_queue.ordinal
             WHERE vector_queue.index_id = $1 AND documents.data_source_id = $2",
        )
        .bind(index_id)
        .bind(data_source_id)
        .fetch_one(self.read())
        .await?;
        Ok(n as u64)
    }

    /// Notes that the engine has committed the vectors of `ordinals`.
    pub async fn vectors_done(&self, index_id: &str, ordinals: &[u32]) -> Result<(), StoreError> {
        self.delete_ordinals("DELETE FROM vector_queue WHERE index_id = $1 AND ordinal = $2", index_id, ordinals).await
    }

    /// Puts every current revision of index `index_id` in the queue for vectors, e.g. after another model was chosen.
    pub async fn queue_all_vectors(&self, index_id: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO vector_queue (index_id, ordinal)
             SELECT index_id, ordinal FROM documents WHERE index_id = $1 AND ordinal IS NOT NULL
             ON CONFLICT (index_id, ordinal) DO NOTHING",
        )
        .bind(index_id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Ordinals of index `index_id` that the engine still has to forget.
    pub async fn retired(&self, index_id: &str) -> Result<RoaringBitmap, StoreError> {
        let rows: Vec<i64> = sqlx::query_scalar("SELECT ordinal FROM retired WHERE index_id = $1")
            .bind(index_id)
            .fetch_all(self.read())
            .await?;
        Ok(rows.into_iter().map(|ordinal| ordinal as u32).collect())
    }

    /// Notes that the engine has forgotten `ordinals`.
    pub async fn retired_done(&self, index_id: &str, ordinals: &[u32]) -> Result<(), StoreError> {
        self.delete_ordinals("DELETE FROM retired WHERE index_id = $1 AND ordinal = $2", index_id, ordinals).await
    }

    async fn delete_ordinals(&self, sql: &'static str, index_id: &str, ordinals: &[u32]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        for ordinal in ordinals {
            sqlx::query(sql).bind(index_id).bind(i64::from(*ordinal)).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
