//! Leases on secrets: one holder at a time, in whatever process, and none for longer than its time.

use crate::{SecretsWrite, Store, StoreError};

impl Store {
    /// Takes the lease on the secret `name` for `holder` until `expires_at`, or prolongs it; false if somebody else has it at `now`. Times
    /// are milliseconds since 1970.
    pub async fn lease_secret(&self, name: &str, holder: &str, now: i64, expires_at: i64) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let taken = sqlx::query(
            "INSERT INTO secret_locks (name, holder, expires_at) VALUES ($1, $2, $4) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
             WHERE secret_locks.expires_at <= $3 OR secret_locks.holder = excluded.holder",
        )
        .bind(name)
        .bind(holder)
        .bind(now)
        .bind(expires_at)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(taken.rows_affected() > 0)
    }

    /// Gives the lease back, if `holder` has it.
    pub async fn release_secret(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let query = sqlx::query("DELETE FROM secret_locks WHERE name = $1 AND holder = $2");
        query.bind(name).bind(holder).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

impl SecretsWrite {
    /// Whether `holder` has the lease on the secret `name` at `now`, seen by the same transaction that writes.
    pub async fn is_leased_by(&mut self, name: &str, holder: &str, now: i64) -> Result<bool, StoreError> {
        let query =
            sqlx::query_scalar("SELECT COUNT(*) FROM secret_locks WHERE name = $1 AND holder = $2 AND expires_at > $3");
        let n_held: i64 = query.bind(name).bind(holder).bind(now).fetch_one(self.connection()).await?;
        Ok(n_held > 0)
    }
}

#[cfg(test)]
mod tests {
    use crate::Store;

    #[tokio::test]
    async fn one_holds_at_a_time_and_time_ends_what_death_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        assert!(store.lease_secret("a", "one", 100, 200).await.unwrap());
        assert!(!store.lease_secret("a", "two", 150, 250).await.unwrap());
        assert!(store.lease_secret("b", "two", 150, 250).await.unwrap(), "another secret is another lease");
        assert!(store.lease_secret("a", "one", 150, 300).await.unwrap(), "the holder prolongs it");
        assert!(!store.lease_secret("a", "two", 250, 350).await.unwrap());
        store.release_secret("a", "two").await.unwrap();
        assert!(!store.lease_secret("a", "two", 250, 350).await.unwrap(), "only the holder gives it back");
        assert!(store.lease_secret("a", "two", 300, 400).await.unwrap());
        let mut tx = store.write_secrets().await.unwrap();
        assert!(tx.is_leased_by("a", "two", 399).await.unwrap());
        assert!(!tx.is_leased_by("a", "two", 400).await.unwrap());
        assert!(!tx.is_leased_by("a", "one", 350).await.unwrap());
        drop(tx);
        store.release_secret("a", "two").await.unwrap();
        assert!(store.lease_secret("a", "one", 350, 450).await.unwrap());
    }
}
