//! The indices, their states and their statistics.
//!
//! What the API says of an index beyond its name and state is one JSON document of the service's: the store keeps it whole
//! and never looks into it.

use serde::{Deserialize, Serialize};

use crate::tags::{self, Tag};
use crate::tokens::{self, ClientToken, Creation};
use crate::{Store, StoreError, now_ms};

const TABLE: &str = "indices";

/// The state of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IndexState {
    /// Its folder is being made.
    Creating,
    /// In use.
    Active,
    /// It is going away.
    Deleting,
    /// It could not be made.
    Failed,
}

impl IndexState {
    /// The word in the table, which is also the API's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Active => "ACTIVE",
            Self::Deleting => "DELETING",
            Self::Failed => "FAILED",
        }
    }
}

/// One index.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexRecord {
    /// A UUID.
    pub id: String,
    /// As the user called it; need not be unique.
    pub name: String,
    /// The state.
    pub state: IndexState,
    /// The service's document.
    pub document: serde_json::Value,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC.
    pub updated_at: i64,
}

/// An index to insert.
#[derive(Debug, Clone, Copy)]
pub struct NewIndex<'a> {
    /// A UUID.
    pub id: &'a str,
    /// As the user called it.
    pub name: &'a str,
    /// The service's document.
    pub document: &'a serde_json::Value,
    /// Its first tags.
    pub tags: &'a [Tag],
    /// How many indices there may be; `None` for no limit.
    pub limit: Option<u32>,
}

/// What an index holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IndexStatistics {
    /// Documents that can be found.
    pub n_documents: i64,
    /// Bytes of text in them.
    pub text_bytes: i64,
}

type Row = (String, String, String, String, i64, i64);

fn record(row: Row) -> Result<IndexRecord, StoreError> {
    let (id, name, status, document, created_at, updated_at) = row;
    let corrupt = |source| StoreError::Corrupt { table: TABLE, source };
    let state = serde_json::from_value(serde_json::Value::String(status)).map_err(corrupt)?;
    let document = serde_json::from_str(&document).map_err(corrupt)?;
    Ok(IndexRecord { id, name, state, document, created_at, updated_at })
}

/// The resource path of an index.
pub fn index_resource(id: &str) -> String {
    format!("index/{id}")
}

impl Store {
    /// Inserts an index in state [`IndexState::Creating`], unless its client token was used before.
    pub async fn create_index(
        &self,
        index: &NewIndex<'_>,
        token: Option<&ClientToken<'_>>,
    ) -> Result<Creation, StoreError> {
        let mut tx = self.write().await?;
        if let Some(token) = token {
            let claim = tokens::claim(&mut tx, token, index.id).await?;
            if claim != Creation::New {
                return Ok(claim);
            }
        }
        let n_indices: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM indices").fetch_one(&mut *tx).await?;
        if index.limit.is_some_and(|limit| n_indices >= i64::from(limit)) {
            return Ok(Creation::LimitReached);
        }
        let now = now_ms();
        sqlx::query(
            "INSERT INTO indices (id, name, status, document, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)",
        )
        .bind(index.id)
        .bind(index.name)
        .bind(IndexState::Creating.as_str())
        .bind(index.document.to_string())
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tags::insert(&mut tx, &index_resource(index.id), index.tags).await?;
        tx.commit().await?;
        Ok(Creation::New)
    }

    /// The index `id`, in whatever state.
    pub async fn index(&self, id: &str) -> Result<Option<IndexRecord>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT id, name, status, document, created_at, updated_at FROM indices WHERE id = $1")
                .bind(id)
                .fetch_optional(self.read())
                .await?;
        row.map(record).transpose()
    }

    /// Up to `limit` indices in the order of their creation, from after `after` (creation time and id of the last one seen) on.
    pub async fn indices(&self, after: Option<(i64, &str)>, limit: u32) -> Result<Vec<IndexRecord>, StoreError> {
        let (created_at, id) = after.unwrap_or((i64::MIN, ""));
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, name, status, document, created_at, updated_at FROM indices \
             WHERE created_at > $1 OR (created_at = $1 AND id > $2) ORDER BY created_at, id LIMIT $3",
        )
        .bind(created_at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        rows.into_iter().map(record).collect()
    }

    /// The indices that a killed process left between two states.
    pub async fn unfinished_indices(&self) -> Result<Vec<IndexRecord>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, name, status, document, created_at, updated_at FROM indices \
             WHERE status IN ('CREATING', 'DELETING') ORDER BY created_at, id",
        )
        .fetch_all(self.read())
        .await?;
        rows.into_iter().map(record).collect()
    }

    /// Lets `change` alter name, state and document of the index `id`, with the write lock held. Nothing is stored if it
    /// refuses.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such index, and whatever `change` answers.
    pub async fn modify_index<E: From<StoreError>>(
        &self,
        id: &str,
        change: impl FnOnce(&mut IndexRecord) -> Result<(), E>,
    ) -> Result<IndexRecord, E> {
        let mut tx = self.write().await?;
        let row: Option<Row> =
            sqlx::query_as("SELECT id, name, status, document, created_at, updated_at FROM indices WHERE id = $1")
                .bind(id)
                .fetch_optional(&mut *tx)
                .await
                .map_err(StoreError::from)?;
        let mut index = record(row.ok_or_else(|| StoreError::not_found("index", id))?)?;
        change(&mut index)?;
        index.updated_at = now_ms();
        sqlx::query("UPDATE indices SET name = $2, status = $3, document = $4, updated_at = $5 WHERE id = $1")
            .bind(id)
            .bind(&index.name)
            .bind(index.state.as_str())
            .bind(index.document.to_string())
            .bind(index.updated_at)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(index)
    }

    /// Moves the index from one state to another. Returns false if it is not, or no longer, in the first.
    pub async fn move_index(&self, id: &str, from: IndexState, to: IndexState) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let moved = sqlx::query("UPDATE indices SET status = $3, updated_at = $4 WHERE id = $1 AND status = $2")
            .bind(id)
            .bind(from.as_str())
            .bind(to.as_str())
            .bind(now_ms())
            .execute(&mut *tx)
            .await?
            .rows_affected();
        tx.commit().await?;
        Ok(moved == 1)
    }

    /// Removes the index with everything in it: data sources, documents, tags, tokens.
    pub async fn remove_index(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tags::forget(&mut tx, &index_resource(id)).await?;
        tokens::forget(&mut tx, id).await?;
        sqlx::query("DELETE FROM indices WHERE id = $1").bind(id).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// Counts what can be found in the index.
    pub async fn index_statistics(&self, id: &str) -> Result<IndexStatistics, StoreError> {
        let (n_documents, text_bytes) = sqlx::query_as(
            "SELECT COUNT(*), COALESCE(SUM(text_bytes), 0) FROM documents
             WHERE index_id = $1 AND ordinal IS NOT NULL AND missing_since IS NULL",
        )
        .bind(id)
        .fetch_one(self.read())
        .await?;
        Ok(IndexStatistics { n_documents, text_bytes })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture;

    async fn create_named(store: &Store, id: &str, token: Option<&ClientToken<'_>>, limit: Option<u32>) -> Creation {
        let document = json!({"edition": "ENTERPRISE_EDITION"});
        let index = NewIndex { id, name: "handbook", document: &document, tags: &[("k".into(), "v".into())], limit };
        store.create_index(&index, token).await.unwrap()
    }

    #[tokio::test]
    async fn an_index_lives_from_creating_to_gone() {
        let (_folder, store) = fixture::store().await;
        assert_eq!(create_named(&store, "a", None, None).await, Creation::New);
        assert_eq!(store.index("a").await.unwrap().unwrap().state, IndexState::Creating);
        assert_eq!(store.unfinished_indices().await.unwrap().len(), 1);
        assert!(store.move_index("a", IndexState::Creating, IndexState::Active).await.unwrap());
        assert!(!store.move_index("a", IndexState::Creating, IndexState::Active).await.unwrap());
        assert!(store.unfinished_indices().await.unwrap().is_empty());
        assert_eq!(store.tags("index/a").await.unwrap().len(), 1);
        store.remove_index("a").await.unwrap();
        assert_eq!(store.index("a").await.unwrap(), None);
        assert!(store.tags("index/a").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_refused_change_stores_nothing() {
        let (_folder, store) = fixture::store().await;
        create_named(&store, "a", None, None).await;
        let refused = store.modify_index("a", |index| {
            index.name = "other".into();
            Err::<(), StoreError>(StoreError::not_found("field", "x"))
        });
        assert!(refused.await.is_err());
        assert_eq!(store.index("a").await.unwrap().unwrap().name, "handbook");
        let changed = store.modify_index("a", |index| {
            index.document = json!({"n": 1});
            Ok::<(), StoreError>(())
        });
        assert_eq!(changed.await.unwrap().document, json!({"n": 1}));
        assert_eq!(store.index("a").await.unwrap().unwrap().document, json!({"n": 1}));
        let missing = store.modify_index("z", |_| Ok::<(), StoreError>(())).await;
        assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    }

    #[tokio::test]
    async fn the_same_token_makes_one_index_until_that_is_removed() {
        let (_folder, store) = fixture::store().await;
        let token = ClientToken { operation: "CreateIndex", scope: "", token: "t", request_digest: "d" };
        assert_eq!(create_named(&store, "a", Some(&token), None).await, Creation::New);
        assert_eq!(create_named(&store, "b", Some(&token), None).await, Creation::Same("a".into()));
        assert_eq!(store.index("b").await.unwrap(), None);
        store.remove_index("a").await.unwrap();
        assert_eq!(create_named(&store, "b", Some(&token), None).await, Creation::New);
    }

    #[tokio::test]
    async fn a_limit_that_is_reached_leaves_the_token_free() {
        let (_folder, store) = fixture::store().await;
        let token = ClientToken { operation: "CreateIndex", scope: "", token: "t", request_digest: "d" };
        create_named(&store, "a", None, None).await;
        assert_eq!(create_named(&store, "b", Some(&token), Some(1)).await, Creation::LimitReached);
        assert_eq!(create_named(&store, "b", Some(&token), Some(2)).await, Creation::New);
    }

    #[tokio::test]
    async fn pages_follow_one_another() {
        let (_folder, store) = fixture::store().await;
        for id in ["a", "b", "c"] {
            create_named(&store, id, None, None).await;
        }
        let first = store.indices(None, 2).await.unwrap();
        assert_eq!(first.len(), 2);
        let last = first.last().unwrap();
        let second = store.indices(Some((last.created_at, &last.id)), 2).await.unwrap();
        let mut ids: Vec<&str> = first.iter().chain(&second).map(|index| index.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["a", "b", "c"]);
    }

    #[tokio::test]
    async fn statistics_count_what_can_be_found() {
        let (_folder, store) = fixture::store().await;
        create_named(&store, "a", None, None).await;
        assert_eq!(store.index_statistics("a").await.unwrap(), IndexStatistics::default());
        let mut tx = store.write().await.unwrap();
        for (id, ordinal) in [("x", Some(1_i64)), ("y", Some(2)), ("z", None)] {
            sqlx::query(
                "INSERT INTO documents (index_id, id, ordinal, status, text_bytes, updated_at) \
                 VALUES ('a', $1, $2, 'INDEXED', 10, 0)",
            )
            .bind(id)
            .bind(ordinal)
            .execute(&mut *tx)
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.index_statistics("a").await.unwrap(), IndexStatistics { n_documents: 2, text_bytes: 20 });
    }
}
