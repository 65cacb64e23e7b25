//! Counters of failed sign-ins. An attempt counts before its password is looked at, so that many at once are no way around the limit.

use sqlx::SqliteConnection;

use crate::{Store, StoreError};

/// What attempts are counted for, and how many are borne.
#[derive(Debug, Clone, Copy)]
pub struct AttemptLimit<'a> {
    /// The digest of a name or an address.
    pub counted_for: &'a str,
    /// How many may fail in the time.
    pub n_max: i64,
}

impl Store {
    /// Counts an attempt for each of `limits`, unless one of them is reached: then nothing is counted, and since when the attempts of that
    /// one are counted is returned. What began at or before `forgotten_at` does not count any more. Of more than `n_rows_max` counters the
    /// oldest are forgotten. Times are milliseconds.
    pub async fn begin_attempt(
        &self,
        limits: &[AttemptLimit<'_>],
        now: i64,
        forgotten_at: i64,
        n_rows_max: i64,
    ) -> Result<Option<i64>, StoreError> {
        // Looked at without the write lock first: who is refused anyway costs nobody a write.
        let mut reader = self.read().acquire().await?;
        if let Some(since) = reached(&mut reader, limits, forgotten_at).await? {
            return Ok(Some(since));
        }
        drop(reader);
        let mut tx = self.write().await?;
        if let Some(since) = reached(&mut tx, limits, forgotten_at).await? {
            return Ok(Some(since));
        }
        sqlx::query("DELETE FROM sign_in_attempts WHERE since <= $1").bind(forgotten_at).execute(&mut *tx).await?;
        for limit in limits {
            sqlx::query(
                "INSERT INTO sign_in_attempts (counted_for, n_failed, since) VALUES ($1, 1, $2) \
                 ON CONFLICT (counted_for) DO UPDATE SET n_failed = sign_in_attempts.n_failed + 1",
            )
            .bind(limit.counted_for)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        }
        let n_rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sign_in_attempts").fetch_one(&mut *tx).await?;
        if n_rows > n_rows_max {
            sqlx::query(
                "DELETE FROM sign_in_attempts WHERE counted_for IN \
                 (SELECT counted_for FROM sign_in_attempts ORDER BY n_failed, since LIMIT $1)",
            )
            .bind(n_rows - n_rows_max)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(None)
    }

    /// Forgets what is counted for `cleared`, and takes one attempt off what is counted for `lowered`.
    pub async fn forgive_attempt(&self, cleared: &str, lowered: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let query = sqlx::query("DELETE FROM sign_in_attempts WHERE counted_for = $1");
        query.bind(cleared).execute(&mut *tx).await?;
        let query =
            sqlx::query("UPDATE sign_in_attempts SET n_failed = n_failed - 1 WHERE counted_for = $1 AND n_failed > 0");
        query.bind(lowered).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

/// Since when the first of `limits` that is reached is counted.
async fn reached(
    connection: &mut SqliteConnection,
    limits: &[AttemptLimit<'_>],
    forgotten_at: i64,
) -> Result<Option<i64>, StoreError> {
    let mut latest = None;
    for limit in limits {
        let since: Option<i64> = sqlx::query_scalar(
            "SELECT since FROM sign_in_attempts WHERE counted_for = $1 AND since > $2 AND n_failed >= $3",
        )
        .bind(limit.counted_for)
        .bind(forgotten_at)
        .bind(limit.n_max)
        .fetch_optional(&mut *connection)
        .await?;
        latest = latest.max(since);
    }
    Ok(latest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn limits() -> [AttemptLimit<'static>; 2] {
        [AttemptLimit { counted_for: "name", n_max: 2 }, AttemptLimit { counted_for: "address", n_max: 3 }]
    }

    #[tokio::test]
    async fn attempts_count_until_forgotten_or_forgiven() {
        let (_folder, store) = fixture::store().await;
        for at in [100, 101] {
            assert_eq!(store.begin_attempt(&limits(), at, 0, 9).await.unwrap(), None);
        }
        assert_eq!(store.begin_attempt(&limits(), 102, 0, 9).await.unwrap(), Some(100));
        store.forgive_attempt("name", "address").await.unwrap();
        assert_eq!(store.begin_attempt(&limits(), 103, 0, 9).await.unwrap(), None);
        assert_eq!(
            store.begin_attempt(&limits(), 104, 0, 9).await.unwrap(),
            None,
            "two for the address were left of two"
        );
        assert_eq!(store.begin_attempt(&limits(), 105, 0, 9).await.unwrap(), Some(103), "the later one tells the time");
        assert_eq!(store.begin_attempt(&limits(), 106, 103, 9).await.unwrap(), None, "forgotten");
    }

    #[tokio::test]
    async fn many_at_once_are_no_way_around_the_limit() {
        let (_folder, store) = fixture::store().await;
        let mut attempts = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            attempts.spawn(async move { store.begin_attempt(&limits(), 100, 0, 9).await.unwrap() });
        }
        let n_let_through = attempts.join_all().await.into_iter().filter(Option::is_none).count();
        assert_eq!(n_let_through, 2);
    }

    #[tokio::test]
    async fn the_table_is_bounded_and_what_failed_often_stays() {
        let (_folder, store) = fixture::store().await;
        let one = |counted_for| [AttemptLimit { counted_for, n_max: 2 }];
        for name in ["often", "often", "a", "b", "c"] {
            store.begin_attempt(&one(name), 100, 0, 2).await.unwrap();
        }
        assert_eq!(store.begin_attempt(&one("often"), 101, 0, 2).await.unwrap(), Some(100));
        let n_rows: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM sign_in_attempts").fetch_one(store.read()).await.unwrap();
        assert_eq!(n_rows, 2);
    }
}
