//! Who is signed in. A session is known by the SHA-256 of its token, which is nowhere but in one browser.

use std::fmt;

use sqlx::SqliteConnection;

use crate::{Store, StoreError};

/// A session as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// For people to end it by; no secret.
    pub id: String,
    /// Who it is, e.g. `local:ada`.
    pub subject: String,
    /// Name, role and user context, JSON; its meaning is the caller's.
    pub document: String,
    /// Where it was started from.
    pub address: String,
    /// The browser that started it, in its own words.
    pub agent: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, give or take a minute.
    pub seen_at: i64,
    /// When it ends, however much it is used.
    pub expires_at: i64,
}

impl fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecord").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The state of an account that a session may only be started for if it is still that.
#[derive(Debug, Clone, Copy)]
pub struct AccountState<'a> {
    /// The account.
    pub name: &'a str,
    /// Its revision.
    pub revision: i64,
}

type SessionRow = (String, String, String, String, String, i64, i64, i64);

fn record(row: SessionRow) -> SessionRecord {
    let (id, subject, document, address, agent, created_at, seen_at, expires_at) = row;
    SessionRecord { id, subject, document, address, agent, created_at, seen_at, expires_at }
}

impl Store {
    /// Inserts a session, and ends the oldest of its subject so that no more than `n_max` are left. Returns false, and inserts nothing, if
    /// `account` is given and is not in that state any more, or disabled.
    pub async fn insert_session(
        &self,
        session: &SessionRecord,
        token_hash: &[u8],
        account: Option<AccountState<'_>>,
        n_max: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        if let Some(account) = account
            && !is_in_state(&mut tx, account).await?
        {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO sessions (id, token_hash, subject, document, address, agent, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&session.id)
        .bind(token_hash)
        .bind(&session.subject)
        .bind(&session.document)
        .bind(&session.address)
        .bind(&session.agent)
        .bind(session.created_at)
        .bind(session.seen_at)
        .bind(session.expires_at)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "DELETE FROM sessions WHERE subject = $1 AND id NOT IN \
             (SELECT id FROM sessions WHERE subject = $1 ORDER BY created_at DESC, id DESC LIMIT $2)",
        )
        .bind(&session.subject)
        .bind(n_max)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The session whose token has that hash, if it was used after `seen_after` and does not expire before or at `now`.
    pub async fn find_session(
        &self,
        token_hash: &[u8],
        seen_after: i64,
        now: i64,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let row: Option<SessionRow> = sqlx::query_as(
            "SELECT id, subject, document, address, agent, created_at, seen_at, expires_at FROM sessions \
             WHERE token_hash = $1 AND seen_at > $2 AND expires_at > $3",
        )
        .bind(token_hash)
        .bind(seen_after)
        .bind(now)
        .fetch_optional(self.read())
        .await?;
        Ok(row.map(record))
    }

    /// All sessions used after `seen_after` and not expired at `now`, the last used first.
    pub async fn sessions(&self, seen_after: i64, now: i64) -> Result<Vec<SessionRecord>, StoreError> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT id, subject, document, address, agent, created_at, seen_at, expires_at FROM sessions \
             WHERE seen_at > $1 AND expires_at > $2 ORDER BY seen_at DESC, id",
        )
        .bind(seen_after)
        .bind(now)
        .fetch_all(self.read())
        .await?;
        Ok(rows.into_iter().map(record).collect())
    }

    /// Says that a session was used at `now`.
    pub async fn touch_session(&self, id: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let query = sqlx::query("UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2");
        query.bind(id).bind(now).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// Ends the session whose token has that hash. Returns false if there was none.
    pub async fn end_session(&self, token_hash: &[u8]) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let query = sqlx::query("DELETE FROM sessions WHERE token_hash = $1");
        let gone = query.bind(token_hash).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(gone.rows_affected() > 0)
    }

    /// Ends the session of that id. Returns false if there was none.
    pub async fn end_session_by_id(&self, id: &str) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let gone = sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(gone.rows_affected() > 0)
    }

    /// Ends every session of `subject`. Returns how many there were.
    pub async fn end_sessions_of(&self, subject: &str) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let n_ended = end_of(&mut tx, subject).await?;
        tx.commit().await?;
        Ok(n_ended)
    }

    /// Forgets the sessions that were last used at or before `seen_at` or expire at or before `now`. Returns how many.
    pub async fn purge_sessions(&self, seen_at: i64, now: i64) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let query = sqlx::query("DELETE FROM sessions WHERE seen_at <= $1 OR expires_at <= $2");
        let gone = query.bind(seen_at).bind(now).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(gone.rows_affected())
    }
}

/// Ends every session of `subject`; returns how many.
pub(crate) async fn end_of(connection: &mut SqliteConnection, subject: &str) -> Result<u64, StoreError> {
    let gone = sqlx::query("DELETE FROM sessions WHERE subject = $1").bind(subject).execute(connection).await?;
    Ok(gone.rows_affected())
}

async fn is_in_state(connection: &mut SqliteConnection, account: AccountState<'_>) -> Result<bool, StoreError> {
    let query =
        sqlx::query_scalar("SELECT COUNT(*) FROM accounts WHERE name = $1 AND revision = $2 AND disabled_at IS NULL");
    let n_found: i64 = query.bind(account.name).bind(account.revision).fetch_one(connection).await?;
    Ok(n_found > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountChange, AccountRecord, fixture};

    fn session(id: &str, at: i64) -> SessionRecord {
        SessionRecord {
            id: id.into(),
            subject: "local:ada".into(),
            document: "{}".into(),
            address: "192.0.2.1".into(),
            agent: "a".into(),
            created_at: at,
            seen_at: at,
            expires_at: at + 100,
        }
    }

    #[tokio::test]
    async fn a_session_is_found_until_it_is_idle_expired_or_ended() {
        let (_folder, store) = fixture::store().await;
        assert!(store.insert_session(&session("s", 10), b"hash", None, 5).await.unwrap());
        assert_eq!(store.find_session(b"hash", 9, 109).await.unwrap(), Some(session("s", 10)));
        assert_eq!(store.find_session(b"other", 9, 109).await.unwrap(), None);
        assert_eq!(store.find_session(b"hash", 10, 109).await.unwrap(), None, "idle");
        assert_eq!(store.find_session(b"hash", 9, 110).await.unwrap(), None, "expired");
        store.touch_session("s", 20).await.unwrap();
        store.touch_session("s", 15).await.unwrap();
        assert_eq!(store.find_session(b"hash", 19, 20).await.unwrap().unwrap().seen_at, 20);
        assert_eq!(store.purge_sessions(19, 20).await.unwrap(), 0);
        assert!(store.end_session(b"hash").await.unwrap());
        assert!(!store.end_session(b"hash").await.unwrap());
    }

    #[tokio::test]
    async fn the_oldest_gives_way_and_purging_takes_what_is_over() {
        let (_folder, store) = fixture::store().await;
        for (n, id) in ["a", "b", "c"].into_iter().enumerate() {
            store.insert_session(&session(id, n as i64), id.as_bytes(), None, 2).await.unwrap();
        }
        let ids = |sessions: Vec<SessionRecord>| sessions.into_iter().map(|found| found.id).collect::<Vec<_>>();
        assert_eq!(ids(store.sessions(-1, 0).await.unwrap()), ["c", "b"]);
        assert_eq!(store.purge_sessions(1, 0).await.unwrap(), 1);
        assert_eq!(store.purge_sessions(0, 102).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_changed_account_ends_sessions_and_starts_none_from_before() {
        let (_folder, store) = fixture::store().await;
        let account = AccountRecord {
            name: "ada".into(),
            verifier: "v".into(),
            role: "searcher".into(),
            user_id: None,
            revision: 1,
            created_at: 1,
            changed_at: 1,
            disabled_at: None,
        };
        store.insert_account(&account, 9).await.unwrap();
        let state = |revision| Some(AccountState { name: "ada", revision });
        assert!(store.insert_session(&session("a", 1), b"a", state(1), 5).await.unwrap());
        store.change_account("ada", "local:ada", AccountChange::Role("auditor"), 2).await.unwrap();
        assert!(store.sessions(0, 1).await.unwrap().is_empty());
        assert!(!store.insert_session(&session("b", 1), b"b", state(1), 5).await.unwrap());
        assert!(store.insert_session(&session("b", 1), b"b", state(2), 5).await.unwrap());
        store.change_account("ada", "local:ada", AccountChange::Disable, 3).await.unwrap();
        assert!(!store.insert_session(&session("c", 1), b"c", state(3), 5).await.unwrap(), "disabled");
        assert!(store.sessions(0, 1).await.unwrap().is_empty());
    }
}
