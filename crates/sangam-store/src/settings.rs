//! Settings that the program itself remembers between starts.

use crate::{Store, StoreError};

impl Store {
    /// The value of `name`, if one was put.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(self.read())
            .await?)
    }

    /// Puts `value` in place of whatever `name` had.
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture;

    #[tokio::test]
    async fn the_last_value_counts() {
        let (_folder, store) = fixture::store().await;
        assert_eq!(store.setting("a").await.unwrap(), None);
        store.put_setting("a", "1").await.unwrap();
        store.put_setting("a", "2").await.unwrap();
        assert_eq!(store.setting("a").await.unwrap().as_deref(), Some("2"));
    }
}
