//! The data sources of an index.
//!
//! As with indices, configuration and all else that the API echoes is one JSON document of the service's.

use serde::{Deserialize, Serialize};

use crate::tags::{self, Tag};
use crate::tokens::{self, ClientToken, Creation};
use crate::{Store, StoreError, now_ms};

const TABLE: &str = "data_sources";

/// The state of a data source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DataSourceState {
    /// In use.
    Active,
    /// It and its documents are going away.
    Deleting,
}

impl DataSourceState {
    /// The word in the table, which is also the API's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Deleting => "DELETING",
        }
    }
}

/// One data source.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSourceRecord {
    /// A UUID.
    pub id: String,
    /// The index that it fills.
    pub index_id: String,
    /// As the user called it; need not be unique.
    pub name: String,
    /// The API's type, e.g. `TEMPLATE`.
    pub kind: String,
    /// The state.
    pub state: DataSourceState,
    /// The service's document.
    pub document: serde_json::Value,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC.
    pub updated_at: i64,
}

/// A data source to insert.
#[derive(Debug, Clone, Copy)]
pub struct NewDataSource<'a> {
    /// A UUID.
    pub id: &'a str,
    /// The index that it fills.
    pub index_id: &'a str,
    /// As the user called it.
    pub name: &'a str,
    /// The API's type.
    pub kind: &'a str,
    /// The service's document.
    pub document: &'a serde_json::Value,
    /// Its first tags.
    pub tags: &'a [Tag],
    /// How many data sources the index may have; `None` for no limit.
    pub limit: Option<u32>,
}

type Row = (String, String, String, String, String, String, i64, i64);

fn record(row: Row) -> Result<DataSourceRecord, StoreError> {
    let (id, index_id, name, kind, status, document, created_at, updated_at) = row;
    let corrupt = |source| StoreError::Corrupt { table: TABLE, source };
    let state = serde_json::from_value(serde_json::Value::String(status)).map_err(corrupt)?;
    let document = serde_json::from_str(&document).map_err(corrupt)?;
    Ok(DataSourceRecord { id, index_id, name, kind, state, document, created_at, updated_at })
}

/// The resource path of a data source.
pub fn data_source_resource(index_id: &str, id: &str) -> String {
    format!("index/{index_id}/data-source/{id}")
}

impl Store {
    /// Inserts an active data source, unless its client token was used before.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such index.
    pub async fn create_data_source(
        &self,
        source: &NewDataSource<'_>,
        token: Option<&ClientToken<'_>>,
    ) -> Result<Creation, StoreError> {
        let mut tx = self.write().await?;
        let index: Option<i64> = sqlx::query_scalar("SELECT 1 FROM indices WHERE id = $1")
            .bind(source.index_id)
            .fetch_optional(&mut *tx)
            .await?;
        if index.is_none() {
            return Err(StoreError::not_found("index", source.index_id));
        }
        if let Some(token) = token {
            let claim = tokens::claim(&mut tx, token, source.id).await?;
            if claim != Creation::New {
                return Ok(claim);
            }
        }
        let n_sources: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM data_sources WHERE index_id = $1")
            .bind(source.index_id)
            .fetch_one(&mut *tx)
            .await?;
        if source.limit.is_some_and(|limit| n_sources >= i64::from(limit)) {
            return Ok(Creation::LimitReached);
        }
        sqlx::query(
            "INSERT INTO data_sources (id, index_id, name, type, status, document, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        )
        .bind(source.id)
        .bind(source.index_id)
        .bind(source.name)
        .bind(source.kind)
        .bind(DataSourceState::Active.as_str())
        .bind(source.document.to_string())
        .bind(now_ms())
        .execute(&mut *tx)
        .await?;
        tags::insert(&mut tx, &data_source_resource(source.index_id, source.id), source.tags).await?;
        tx.commit().await?;
        Ok(Creation::New)
    }

    /// The data source `id` of the index, in whatever state.
    pub async fn data_source(&self, index_id: &str, id: &str) -> Result<Option<DataSourceRecord>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, index_id, name, type, status, document, created_at, updated_at FROM data_sources \
             WHERE id = $1 AND index_id = $2",
        )
        .bind(id)
        .bind(index_id)
        .fetch_optional(self.read())
        .await?;
        row.map(record).transpose()
    }

    /// Up to `limit` data sources of the index in the order of their creation, from after `after` (creation time and id of the
    /// last one seen) on.
    pub async fn data_sources(
        &self,
        index_id: &str,
        after: Option<(i64, &str)>,
        limit: u32,
    ) -> Result<Vec<DataSourceRecord>, StoreError> {
        let (created_at, id) = after.unwrap_or((i64::MIN, ""));
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, index_id, name, type, status, document, created_at, updated_at FROM data_sources \
             WHERE index_id = $1 AND (created_at > $2 OR (created_at = $2 AND id > $3)) ORDER BY created_at, id LIMIT $4",
        )
        .bind(index_id)
        .bind(created_at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        rows.into_iter().map(record).collect()
    }

    /// The data sources, of all indices, whose deletion a killed process left unfinished.
    pub async fn deleting_data_sources(&self) -> Result<Vec<DataSourceRecord>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, index_id, name, type, status, document, created_at, updated_at FROM data_sources \
             WHERE status = 'DELETING' ORDER BY created_at, id",
        )
        .fetch_all(self.read())
        .await?;
        rows.into_iter().map(record).collect()
    }

    /// Lets `change` alter name, state and document of a data source, with the write lock held. Nothing is stored if it
    /// refuses.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such data source, and whatever `change` answers.
    pub async fn modify_data_source<E: From<StoreError>>(
        &self,
        index_id: &str,
        id: &str,
        change: impl FnOnce(&mut DataSourceRecord) -> Result<(), E>,
    ) -> Result<DataSourceRecord, E> {
        let mut tx = self.write().await?;
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, index_id, name, type, status, document, created_at, updated_at FROM data_sources \
             WHERE id = $1 AND index_id = $2",
        )
        .bind(id)
        .bind(index_id)
        .fetch_optional(&mut *tx)
        .await
        .map_err(StoreError::from)?;
        let mut source = record(row.ok_or_else(|| StoreError::not_found("data source", id))?)?;
        change(&mut source)?;
        source.updated_at = now_ms();
        sqlx::query("UPDATE data_sources SET name = $2, status = $3, document = $4, updated_at = $5 WHERE id = $1")
            .bind(id)
            .bind(&source.name)
            .bind(source.state.as_str())
            .bind(source.document.to_string())
            .bind(source.updated_at)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(source)
    }

    /// Removes the data source with its history, its people, its tags, its tokens and the group mappings made for it. Its
    /// documents must be gone before.
    pub async fn remove_data_source(&self, index_id: &str, id: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tags::forget(&mut tx, &data_source_resource(index_id, id)).await?;
        tokens::forget(&mut tx, id).await?;
        sqlx::query("DELETE FROM principal_mappings WHERE index_id = $1 AND scope = $2")
            .bind(index_id)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM data_sources WHERE id = $1 AND index_id = $2")
            .bind(id)
            .bind(index_id)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE indices SET access_generation = access_generation + 1 WHERE id = $1")
            .bind(index_id)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Number of documents that a custom data source's job put and that wait to be indexed.
    pub async fn inbox_len_of_job(&self, index_id: &str, job_id: &str) -> Result<u64, StoreError> {
        let n: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM inbox WHERE index_id = $1 AND job_id = $2")
            .bind(index_id)
            .bind(job_id)
            .fetch_one(self.read())
            .await?;
        Ok(n.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{GroupKey, NewIndex, fixture};

    async fn create_one(store: &Store, index_id: &str, id: &str) -> Result<Creation, StoreError> {
        let document = json!({"schedule": "cron(0 1 * * ? *)"});
        let source = NewDataSource {
            id,
            index_id,
            name: "wiki",
            kind: "TEMPLATE",
            document: &document,
            tags: &[("k".into(), "v".into())],
            limit: Some(2),
        };
        store.create_data_source(&source, None).await
    }

    async fn with_index(store: &Store) {
        let index = NewIndex { id: "i", name: "n", document: &json!({}), tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
    }

    #[tokio::test]
    async fn a_data_source_needs_its_index_and_goes_with_it() {
        let (_folder, store) = fixture::store().await;
        assert!(matches!(create_one(&store, "i", "s").await, Err(StoreError::NotFound { .. })));
        with_index(&store).await;
        assert_eq!(create_one(&store, "i", "s").await.unwrap(), Creation::New);
        assert_eq!(store.data_source("other", "s").await.unwrap(), None);
        assert_eq!(store.data_source("i", "s").await.unwrap().unwrap().kind, "TEMPLATE");
        store.remove_index("i").await.unwrap();
        assert_eq!(store.data_source("i", "s").await.unwrap(), None);
        assert!(store.tags("index/i/data-source/s").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn pages_and_limits() {
        let (_folder, store) = fixture::store().await;
        with_index(&store).await;
        create_one(&store, "i", "s").await.unwrap();
        create_one(&store, "i", "t").await.unwrap();
        assert_eq!(create_one(&store, "i", "u").await.unwrap(), Creation::LimitReached);
        let first = store.data_sources("i", None, 1).await.unwrap();
        let second = store.data_sources("i", Some((first[0].created_at, &first[0].id)), 5).await.unwrap();
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_ne!(first[0].id, second[0].id);
    }

    #[tokio::test]
    async fn removal_is_in_two_steps_and_takes_the_mappings_along() {
        let (_folder, store) = fixture::store().await;
        with_index(&store).await;
        create_one(&store, "i", "s").await.unwrap();
        let group = GroupKey { index_id: "i", scope: "s", group_id: "g" };
        store.put_mapping(&group, 1, &[]).await.unwrap();
        let changed = store.modify_data_source("i", "s", |source| {
            source.state = DataSourceState::Deleting;
            Ok::<(), StoreError>(())
        });
        changed.await.unwrap();
        assert_eq!(store.deleting_data_sources().await.unwrap().len(), 1);
        store.remove_data_source("i", "s").await.unwrap();
        assert!(store.deleting_data_sources().await.unwrap().is_empty());
        assert!(store.mappings("i").await.unwrap().is_empty());
    }
}
