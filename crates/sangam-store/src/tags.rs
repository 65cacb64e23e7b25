//! Tags of resources, by the resource path of an ARN.

use sqlx::SqliteConnection;

use crate::{Store, StoreError};

/// A tag: its key and its value.
pub type Tag = (String, String);

impl Store {
    /// The tags of `resource`, by key.
    pub async fn tags(&self, resource: &str) -> Result<Vec<Tag>, StoreError> {
        Ok(sqlx::query_as("SELECT name, value FROM tags WHERE resource = $1 ORDER BY name")
            .bind(resource)
            .fetch_all(self.read())
            .await?)
    }

    /// Adds `tags`, each in place of one with the same key. Returns false, and changes nothing, if the resource would then have
    /// more than `tags_max`.
    pub async fn put_tags(&self, resource: &str, tags: &[Tag], tags_max: usize) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        insert(&mut tx, resource, tags).await?;
        let n_tags: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM tags WHERE resource = $1")
            .bind(resource)
            .fetch_one(&mut *tx)
            .await?;
        if usize::try_from(n_tags).unwrap_or(usize::MAX) > tags_max {
            tx.rollback().await?;
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Removes the tags with these keys; unknown keys are passed over.
    pub async fn remove_tags(&self, resource: &str, keys: &[String]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for key in keys {
            sqlx::query("DELETE FROM tags WHERE resource = $1 AND name = $2")
                .bind(resource)
                .bind(key)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}

pub(crate) async fn insert(connection: &mut SqliteConnection, resource: &str, tags: &[Tag]) -> Result<(), StoreError> {
    for (name, value) in tags {
        sqlx::query(
            "INSERT INTO tags (resource, name, value) VALUES ($1, $2, $3) \
             ON CONFLICT (resource, name) DO UPDATE SET value = excluded.value",
        )
        .bind(resource)
        .bind(name)
        .bind(value)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Removes the tags of `resource` and of everything within it.
pub(crate) async fn forget(connection: &mut SqliteConnection, resource: &str) -> Result<(), StoreError> {
    // Not LIKE: an underscore in an id would be a wildcard there.
    sqlx::query("DELETE FROM tags WHERE resource = $1 OR substr(resource, 1, length($1) + 1) = $1 || '/'")
        .bind(resource)
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn tag(key: &str, value: &str) -> Tag {
        (key.into(), value.into())
    }

    #[tokio::test]
    async fn put_overwrites_and_remove_ignores_unknown_keys() {
        let (_folder, store) = fixture::store().await;
        assert!(store.put_tags("index/a", &[tag("b", "1"), tag("a", "1")], 5).await.unwrap());
        assert!(store.put_tags("index/a", &[tag("a", "2")], 5).await.unwrap());
        assert_eq!(store.tags("index/a").await.unwrap(), [tag("a", "2"), tag("b", "1")]);
        store.remove_tags("index/a", &["b".into(), "z".into()]).await.unwrap();
        assert_eq!(store.tags("index/a").await.unwrap(), [tag("a", "2")]);
    }

    #[tokio::test]
    async fn one_tag_too_many_changes_nothing() {
        let (_folder, store) = fixture::store().await;
        store.put_tags("index/a", &[tag("a", "1")], 1).await.unwrap();
        assert!(!store.put_tags("index/a", &[tag("a", "2"), tag("b", "1")], 1).await.unwrap());
        assert_eq!(store.tags("index/a").await.unwrap(), [tag("a", "1")]);
    }

    #[tokio::test]
    async fn forgetting_takes_the_children_along_and_no_sibling() {
        let (_folder, store) = fixture::store().await;
        for resource in ["index/a", "index/a/data-source/b", "index/ab"] {
            store.put_tags(resource, &[tag("k", "v")], 5).await.unwrap();
        }
        let mut tx = store.write().await.unwrap();
        forget(&mut tx, "index/a").await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.tags("index/a").await.unwrap().is_empty());
        assert!(store.tags("index/a/data-source/b").await.unwrap().is_empty());
        assert_eq!(store.tags("index/ab").await.unwrap().len(), 1);
    }
}
