//! What connectors ask to be reminded of: answers of a product that hold for a while.

use sqlx::Row;

use crate::{Store, StoreError, now_ms};

/// One thing to be reminded of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceMemory {
    /// The connector's name for it.
    pub key: String,
    /// As it was given.
    pub value: serde_json::Value,
    /// Milliseconds since 1970 UTC.
    pub stored_at: i64,
}

impl Store {
    /// Keeps `memories` of a data source by their keys; a `null` forgets. All or none of them.
    pub async fn remember(
        &self,
        index_id: &str,
        data_source_id: &str,
        memories: &[(String, serde_json::Value)],
    ) -> Result<(), StoreError> {
        let now = now_ms();
        let mut transaction = self.write().await?;
        for (name, value) in memories {
            if value.is_null() {
                sqlx::query("DELETE FROM source_memories WHERE data_source_id = $1 AND name = $2")
                    .bind(data_source_id)
                    .bind(name)
                    .execute(&mut *transaction)
                    .await?;
                continue;
            }
            sqlx::query(
                "INSERT INTO source_memories (index_id, data_source_id, name, value, stored_at)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (data_source_id, name)
                 DO UPDATE SET value = excluded.value, stored_at = excluded.stored_at",
            )
            .bind(index_id)
            .bind(data_source_id)
            .bind(name)
            .bind(value.to_string())
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The memories of a data source whose keys begin with `prefix`.
    pub async fn source_memories(&self, data_source_id: &str, prefix: &str) -> Result<Vec<SourceMemory>, StoreError> {
        let rows = sqlx::query(
            "SELECT name, value, stored_at FROM source_memories
             WHERE data_source_id = $1 AND substr(name, 1, length($2)) = $2 ORDER BY name",
        )
        .bind(data_source_id)
        .bind(prefix)
        .fetch_all(self.read())
        .await?;
        let memory = |row: &sqlx::sqlite::SqliteRow| {
            let value = serde_json::from_str(row.get("value"))
                .map_err(|source| StoreError::Corrupt { table: "source_memories", source })?;
            Ok(SourceMemory { key: row.get("name"), value, stored_at: row.get("stored_at") })
        };
        rows.iter().map(memory).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{NewDataSource, NewIndex, fixture};

    #[tokio::test]
    async fn a_memory_is_replaced_found_by_its_prefix_and_forgotten() {
        let (_folder, store) = fixture::store().await;
        let document = json!({});
        let index = NewIndex { id: "i", name: "n", document: &document, tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
        let source = NewDataSource {
            id: "s",
            index_id: "i",
            name: "n",
            kind: "TEMPLATE",
            document: &document,
            tags: &[],
            limit: None,
        };
        store.create_data_source(&source, None).await.unwrap();
        let told =
            [("folder/1".to_owned(), json!(1)), ("folder/2".to_owned(), json!([2])), ("f%".to_owned(), json!(3))];
        store.remember("i", "s", &told).await.unwrap();
        store
            .remember("i", "s", &[("folder/1".into(), json!({"a": 1})), ("folder/2".into(), json!(null))])
            .await
            .unwrap();
        let found = store.source_memories("s", "folder/").await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].key.as_str(), &found[0].value), ("folder/1", &json!({"a": 1})));
        assert_eq!(store.source_memories("s", "f%").await.unwrap().len(), 1);
        assert_eq!(store.source_memories("s", "").await.unwrap().len(), 2);
        assert_eq!(store.source_memories("other", "").await.unwrap(), []);
    }
}
