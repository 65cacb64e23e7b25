//! Links that sign in once: a row that whoever takes it first deletes.

use crate::{Store, StoreError};

impl Store {
    /// Inserts a link, known by the hash of its token, and forgets the expired ones, and the oldest beyond `n_max`. Times are milliseconds.
    pub async fn insert_sign_in_link(
        &self,
        token_hash: &[u8],
        role: &str,
        now: i64,
        expires_at: i64,
        n_max: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("INSERT INTO sign_in_links (token_hash, role, created_at, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(token_hash)
            .bind(role)
            .bind(now)
            .bind(expires_at)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM sign_in_links WHERE expires_at <= $1 OR token_hash NOT IN \
             (SELECT token_hash FROM sign_in_links ORDER BY created_at DESC, token_hash LIMIT $2)",
        )
        .bind(now)
        .bind(n_max)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Takes a link: its role, once, if it has not expired at `now`.
    pub async fn take_sign_in_link(&self, token_hash: &[u8], now: i64) -> Result<Option<String>, StoreError> {
        let mut tx = self.write().await?;
        let taken: Option<(String, i64)> =
            sqlx::query_as("DELETE FROM sign_in_links WHERE token_hash = $1 RETURNING role, expires_at")
                .bind(token_hash)
                .fetch_optional(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(taken.filter(|(_, expires_at)| *expires_at > now).map(|(role, _)| role))
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture;

    #[tokio::test]
    async fn a_link_is_taken_once_in_its_time_and_few_are_kept() {
        let (_folder, store) = fixture::store().await;
        store.insert_sign_in_link(b"a", "administrator", 10, 20, 2).await.unwrap();
        assert_eq!(store.take_sign_in_link(b"a", 19).await.unwrap().as_deref(), Some("administrator"));
        assert_eq!(store.take_sign_in_link(b"a", 19).await.unwrap(), None);
        store.insert_sign_in_link(b"b", "auditor", 10, 20, 2).await.unwrap();
        assert_eq!(store.take_sign_in_link(b"b", 20).await.unwrap(), None, "expired");
        for (n, token) in [b"c", b"d", b"e"].into_iter().enumerate() {
            store.insert_sign_in_link(token, "auditor", 30 + n as i64, 60, 2).await.unwrap();
        }
        assert_eq!(store.take_sign_in_link(b"c", 40).await.unwrap(), None, "the oldest gave way");
        assert!(store.take_sign_in_link(b"d", 40).await.unwrap().is_some());
    }
}
