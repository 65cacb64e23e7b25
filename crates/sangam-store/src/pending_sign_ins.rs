//! Sign-ins that began at an OpenID provider: what state is expected from which browser, once.

use std::fmt;

use crate::{Store, StoreError};

/// What became of a state that a browser came back with.
#[derive(Clone, PartialEq, Eq)]
pub enum PendingSignIn {
    /// It is this browser's; it is taken.
    Taken {
        /// Where the person wanted to go.
        return_to: String,
    },
    /// Another browser began it; it stays.
    OtherBrowser,
    /// There is none, or not any more.
    Unknown,
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not where the person wanted to go: it may be a search.
        f.write_str(match self {
            Self::Taken { .. } => "Taken",
            Self::OtherBrowser => "OtherBrowser",
            Self::Unknown => "Unknown",
        })
    }
}

impl Store {
    /// Inserts a pending sign-in, and forgets the expired ones, and the oldest beyond `n_max`. Times are milliseconds.
    pub async fn insert_pending_sign_in(
        &self,
        state_hash: &[u8],
        browser_hash: &[u8],
        return_to: &str,
        [now, expires_at]: [i64; 2],
        n_max: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM pending_sign_ins WHERE expires_at <= $1").bind(now).execute(&mut *tx).await?;
        sqlx::query(
            "INSERT INTO pending_sign_ins (state_hash, browser_hash, return_to, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(state_hash)
        .bind(browser_hash)
        .bind(return_to)
        .bind(now)
        .bind(expires_at)
        .execute(&mut *tx)
        .await?;
        let n_rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pending_sign_ins").fetch_one(&mut *tx).await?;
        if n_rows > n_max {
            sqlx::query(
                "DELETE FROM pending_sign_ins WHERE state_hash IN \
                 (SELECT state_hash FROM pending_sign_ins ORDER BY created_at, state_hash LIMIT $1)",
            )
            .bind(n_rows - n_max)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes the pending sign-in of that state, if the same browser comes back in time.
    pub async fn take_pending_sign_in(
        &self,
        state_hash: &[u8],
        browser_hash: &[u8],
        now: i64,
    ) -> Result<PendingSignIn, StoreError> {
        let mut tx = self.write().await?;
        let taken: Option<String> = sqlx::query_scalar(
            "DELETE FROM pending_sign_ins WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3 \
             RETURNING return_to",
        )
        .bind(state_hash)
        .bind(browser_hash)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(return_to) = taken {
            tx.commit().await?;
            return Ok(PendingSignIn::Taken { return_to });
        }
        let query = sqlx::query_scalar(
            "SELECT COUNT(*) FROM pending_sign_ins WHERE state_hash = $1 AND browser_hash <> $2 AND expires_at > $3",
        );
        let n_others: i64 = query.bind(state_hash).bind(browser_hash).bind(now).fetch_one(&mut *tx).await?;
        Ok(if n_others > 0 { PendingSignIn::OtherBrowser } else { PendingSignIn::Unknown })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[tokio::test]
    async fn a_state_is_taken_once_by_the_browser_that_began_it() {
        let (_folder, store) = fixture::store().await;
        store.insert_pending_sign_in(b"s", b"b", "/search", [10, 20], 9).await.unwrap();
        assert_eq!(store.take_pending_sign_in(b"s", b"x", 19).await.unwrap(), PendingSignIn::OtherBrowser);
        assert_eq!(store.take_pending_sign_in(b"t", b"b", 19).await.unwrap(), PendingSignIn::Unknown);
        let taken = PendingSignIn::Taken { return_to: "/search".into() };
        assert_eq!(store.take_pending_sign_in(b"s", b"b", 19).await.unwrap(), taken);
        assert_eq!(store.take_pending_sign_in(b"s", b"b", 19).await.unwrap(), PendingSignIn::Unknown);
        store.insert_pending_sign_in(b"s", b"b", "/search", [10, 20], 9).await.unwrap();
        assert_eq!(store.take_pending_sign_in(b"s", b"b", 20).await.unwrap(), PendingSignIn::Unknown, "expired");
    }

    #[tokio::test]
    async fn few_are_kept() {
        let (_folder, store) = fixture::store().await;
        for (n, state) in [b"a", b"b", b"c"].into_iter().enumerate() {
            store.insert_pending_sign_in(state, b"b", "/", [n as i64, 20], 2).await.unwrap();
        }
        assert_eq!(store.take_pending_sign_in(b"a", b"b", 9).await.unwrap(), PendingSignIn::Unknown);
        let taken = PendingSignIn::Taken { return_to: "/".into() };
        assert_eq!(store.take_pending_sign_in(b"b", b"b", 9).await.unwrap(), taken);
    }
}
