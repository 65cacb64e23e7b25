//! Access keys: who may sign requests, and with which policy. Secrets arrive sealed; this module never sees one.

use std::fmt;

use crate::{Store, StoreError};

/// Where an access key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyOrigin {
    /// The program made it: id and secret are random.
    Made,
    /// The settings give id and secret; the next start may give others.
    Preset,
}

impl KeyOrigin {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Preset => "preset",
        }
    }

    /// Only `preset` may be revoked by a start, so whatever else is written counts as made.
    fn parse(name: &str) -> Self {
        if name == Self::Preset.as_str() { Self::Preset } else { Self::Made }
    }
}

/// An access key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKeyRecord {
    /// The public id, as in a signature's credential.
    pub id: String,
    /// The sealed secret.
    pub sealed_secret: Vec<u8>,
    /// What the key may do, JSON; its meaning is the server's.
    pub policy: String,
    /// For people.
    pub description: String,
    /// Where it came from.
    pub origin: KeyOrigin,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was revoked; a revoked key signs nothing.
    pub revoked_at: Option<i64>,
}

impl fmt::Debug for AccessKeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKeyRecord").field("id", &self.id).field("origin", &self.origin).finish_non_exhaustive()
    }
}

type KeyRow = (String, Vec<u8>, String, String, String, i64, Option<i64>);

fn record((id, sealed_secret, policy, description, origin, created_at, revoked_at): KeyRow) -> AccessKeyRecord {
    let origin = KeyOrigin::parse(&origin);
    AccessKeyRecord { id, sealed_secret, policy, description, origin, created_at, revoked_at }
}

impl Store {
    /// All access keys, revoked ones too, oldest first.
    pub async fn access_keys(&self) -> Result<Vec<AccessKeyRecord>, StoreError> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT id, sealed_secret, policy, description, origin, created_at, revoked_at FROM access_keys \
             ORDER BY created_at, id",
        )
        .fetch_all(self.read())
        .await?;
        Ok(rows.into_iter().map(record).collect())
    }

    /// The access key of that id, revoked or not.
    pub async fn find_access_key(&self, id: &str) -> Result<Option<AccessKeyRecord>, StoreError> {
        let row: Option<KeyRow> = sqlx::query_as(
            "SELECT id, sealed_secret, policy, description, origin, created_at, revoked_at FROM access_keys \
             WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.read())
        .await?;
        Ok(row.map(record))
    }

    /// Stores a key in place of one with the same id.
    pub async fn put_access_key(&self, key: &AccessKeyRecord) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        put(&mut tx, key).await?;
        Ok(tx.commit().await?)
    }

    /// Stores `key` unless there is a key that is not revoked. Returns whether it did.
    pub async fn put_first_access_key(&self, key: &AccessKeyRecord) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let n_live: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM access_keys WHERE revoked_at IS NULL").fetch_one(&mut *tx).await?;
        if n_live > 0 {
            return Ok(false);
        }
        put(&mut tx, key).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Revokes a key at `now` (milliseconds). Returns false if there is none of that id, or it was revoked before.
    pub async fn revoke_access_key(&self, id: &str, now: i64) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let done = sqlx::query("UPDATE access_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Revokes, at `now` (milliseconds), every key that earlier settings preset, except `kept`. Returns how many.
    pub async fn revoke_preset_access_keys(&self, kept: Option<&str>, now: i64) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let done =
            sqlx::query("UPDATE access_keys SET revoked_at = $3 WHERE origin = $1 AND revoked_at IS NULL AND id <> $2")
                .bind(KeyOrigin::Preset.as_str())
                .bind(kept.unwrap_or_default())
                .bind(now)
                .execute(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }
}

async fn put(connection: &mut sqlx::SqliteConnection, key: &AccessKeyRecord) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO access_keys (id, sealed_secret, policy, description, origin, created_at, revoked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (id) DO UPDATE SET sealed_secret = excluded.sealed_secret, policy = excluded.policy, \
         description = excluded.description, origin = excluded.origin, created_at = excluded.created_at, \
         revoked_at = excluded.revoked_at",
    )
    .bind(&key.id)
    .bind(&key.sealed_secret)
    .bind(&key.policy)
    .bind(&key.description)
    .bind(key.origin.as_str())
    .bind(key.created_at)
    .bind(key.revoked_at)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn key(id: &str, origin: KeyOrigin) -> AccessKeyRecord {
        AccessKeyRecord {
            id: id.into(),
            sealed_secret: vec![1, 2, 3],
            policy: r#"{"admin":true}"#.into(),
            description: String::new(),
            origin,
            created_at: 1,
            revoked_at: None,
        }
    }

    #[tokio::test]
    async fn a_key_is_found_until_it_is_revoked_and_listed_after() {
        let (_folder, store) = fixture::store().await;
        store.put_access_key(&key("A", KeyOrigin::Made)).await.unwrap();
        assert_eq!(store.find_access_key("A").await.unwrap(), Some(key("A", KeyOrigin::Made)));
        assert!(store.revoke_access_key("A", 9).await.unwrap());
        assert!(!store.revoke_access_key("A", 10).await.unwrap());
        assert!(!store.revoke_access_key("B", 9).await.unwrap());
        let keys = store.access_keys().await.unwrap();
        assert_eq!((keys.len(), keys[0].revoked_at), (1, Some(9)));
    }

    #[tokio::test]
    async fn the_first_key_is_only_made_where_no_live_one_is() {
        let (_folder, store) = fixture::store().await;
        assert!(store.put_first_access_key(&key("A", KeyOrigin::Made)).await.unwrap());
        assert!(!store.put_first_access_key(&key("B", KeyOrigin::Made)).await.unwrap());
        store.revoke_access_key("A", 9).await.unwrap();
        assert!(store.put_first_access_key(&key("B", KeyOrigin::Made)).await.unwrap());
    }

    #[tokio::test]
    async fn a_new_preset_retires_the_old_one_and_nothing_else() {
        let (_folder, store) = fixture::store().await;
        for (id, origin) in [("made", KeyOrigin::Made), ("old", KeyOrigin::Preset), ("new", KeyOrigin::Preset)] {
            store.put_access_key(&key(id, origin)).await.unwrap();
        }
        assert_eq!(store.revoke_preset_access_keys(Some("new"), 5).await.unwrap(), 1);
        assert_eq!(store.find_access_key("old").await.unwrap().unwrap().revoked_at, Some(5));
        assert_eq!(store.revoke_preset_access_keys(None, 6).await.unwrap(), 1);
        assert_eq!(store.find_access_key("made").await.unwrap().unwrap().revoked_at, None);
    }

    #[test]
    fn debug_shows_no_bytes() {
        assert!(!format!("{:?}", key("A", KeyOrigin::Made)).contains('2'));
    }
}
