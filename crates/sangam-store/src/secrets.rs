//! Secrets, their versions and their stages.
//!
//! What a version holds arrives sealed; this module never sees it. Moving a stage means reading several rows and writing some, so
//! callers work inside one transaction: [`SecretsRead`] is a consistent view, [`SecretsWrite`] holds the write lock from its start.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use sqlx::{Sqlite, Transaction};

use crate::{Store, StoreError, Tag, tags};

/// A secret without its versions. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SecretRecord {
    /// The name, unique.
    pub name: String,
    /// The last part of the ARN: the name, a dash and six random characters.
    pub arn_suffix: String,
    /// For people.
    pub description: Option<String>,
    /// Recorded and shown, never used.
    pub kms_key_id: Option<String>,
    /// When it was created.
    pub created_at: i64,
    /// When anything of it last changed.
    pub changed_at: i64,
    /// The day on which a value was last read.
    pub accessed_at: Option<i64>,
    /// When its deletion was asked for.
    pub deleted_at: Option<i64>,
    /// When it may be removed for good.
    pub purge_at: Option<i64>,
}

/// Whether a value came as text or as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// `SecretString`
    String,
    /// `SecretBinary`
    Binary,
}

impl SecretKind {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Binary => "binary",
        }
    }
}

/// One version with its sealed value.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedVersion {
    /// The version id: the request token that made it.
    pub id: String,
    /// Text or bytes.
    pub kind: SecretKind,
    /// The sealed value.
    pub sealed: Vec<u8>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// The day on which it was last read.
    pub accessed_at: Option<i64>,
}

impl fmt::Debug for SealedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedVersion").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// One version without its value.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VersionRecord {
    /// The version id.
    pub id: String,
    /// Its number within the secret; a later version has a greater one.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// The day on which it was last read.
    pub accessed_at: Option<i64>,
}

/// Which version each stage is attached to, by stage.
pub type Stages = BTreeMap<String, String>;

/// The resource under which a secret's tags are kept.
pub fn secret_resource(name: &str) -> String {
    format!("secret/{name}")
}

/// A consistent view of the secrets.
pub struct SecretsRead {
    tx: Transaction<'static, Sqlite>,
}

/// A transaction over the secrets; dropping it without [`SecretsWrite::commit`] changes nothing.
pub struct SecretsWrite {
    view: SecretsRead,
}

impl Store {
    /// A consistent view of the secrets as they are now.
    pub async fn read_secrets(&self) -> Result<SecretsRead, StoreError> {
        Ok(SecretsRead { tx: self.read().begin().await? })
    }

    /// A transaction that holds the write lock from its start.
    pub async fn write_secrets(&self) -> Result<SecretsWrite, StoreError> {
        Ok(SecretsWrite { view: SecretsRead { tx: self.write().await? } })
    }
}

impl SecretsRead {
    /// The secret of that name.
    pub async fn find(&mut self, name: &str) -> Result<Option<SecretRecord>, StoreError> {
        Ok(sqlx::query_as("SELECT * FROM secrets WHERE name = $1").bind(name).fetch_optional(&mut *self.tx).await?)
    }

    /// The secret whose ARN ends with `suffix`.
    pub async fn find_by_arn_suffix(&mut self, suffix: &str) -> Result<Option<SecretRecord>, StoreError> {
        Ok(sqlx::query_as("SELECT * FROM secrets WHERE arn_suffix = $1")
            .bind(suffix)
            .fetch_optional(&mut *self.tx)
            .await?)
    }

    /// Every secret, by name.
    pub async fn all(&mut self) -> Result<Vec<SecretRecord>, StoreError> {
        Ok(sqlx::query_as("SELECT * FROM secrets ORDER BY name").fetch_all(&mut *self.tx).await?)
    }

    /// The stages of the secret.
    pub async fn stages(&mut self, name: &str) -> Result<Stages, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT stage, version_id FROM secret_stages WHERE secret = $1")
                .bind(name)
                .fetch_all(&mut *self.tx)
                .await?;
        Ok(rows.into_iter().collect())
    }

    /// The stages of every secret that has some, by name.
    pub async fn all_stages(&mut self) -> Result<BTreeMap<String, Stages>, StoreError> {
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT secret, stage, version_id FROM secret_stages").fetch_all(&mut *self.tx).await?;
        let mut all: BTreeMap<String, Stages> = BTreeMap::new();
        for (secret, stage, version) in rows {
            all.entry(secret).or_default().insert(stage, version);
        }
        Ok(all)
    }

    /// The secret's versions, oldest first.
    pub async fn versions(&mut self, name: &str) -> Result<Vec<VersionRecord>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, seq, created_at, accessed_at FROM secret_versions WHERE secret = $1 ORDER BY seq",
        )
        .bind(name)
        .fetch_all(&mut *self.tx)
        .await?)
    }

    /// One version with its sealed value.
    pub async fn find_version(&mut self, name: &str, id: &str) -> Result<Option<SealedVersion>, StoreError> {
        let row: Option<(String, Vec<u8>, i64, Option<i64>)> = sqlx::query_as(
            "SELECT kind, sealed, created_at, accessed_at FROM secret_versions WHERE secret = $1 AND id = $2",
        )
        .bind(name)
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|(kind, sealed, created_at, accessed_at)| SealedVersion {
            id: id.to_owned(),
            kind: if kind == SecretKind::Binary.as_str() { SecretKind::Binary } else { SecretKind::String },
            sealed,
            created_at,
            accessed_at,
        }))
    }

    /// The secret's tags, by key.
    pub async fn tags(&mut self, name: &str) -> Result<Vec<Tag>, StoreError> {
        Ok(sqlx::query_as("SELECT name, value FROM tags WHERE resource = $1 ORDER BY name")
            .bind(secret_resource(name))
            .fetch_all(&mut *self.tx)
            .await?)
    }

    /// The tags of every secret that has some, by name.
    pub async fn all_tags(&mut self) -> Result<BTreeMap<String, Vec<Tag>>, StoreError> {
        let prefix = secret_resource("");
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT resource, name, value FROM tags WHERE substr(resource, 1, length($1)) = $1 ORDER BY resource, name",
        )
        .bind(&prefix)
        .fetch_all(&mut *self.tx)
        .await?;
        let mut all: BTreeMap<String, Vec<Tag>> = BTreeMap::new();
        for (resource, key, value) in rows {
            all.entry(resource[prefix.len()..].to_owned()).or_default().push((key, value));
        }
        Ok(all)
    }
}

impl Deref for SecretsWrite {
    type Target = SecretsRead;

    fn deref(&self) -> &SecretsRead {
        &self.view
    }
}

impl DerefMut for SecretsWrite {
    fn deref_mut(&mut self) -> &mut SecretsRead {
        &mut self.view
    }
}

impl SecretsWrite {
    /// For what goes into the same transaction.
    pub(crate) fn connection(&mut self) -> &mut sqlx::SqliteConnection {
        &mut self.view.tx
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.view.tx.commit().await?)
    }

    /// Stores a secret in place of one with the same name; versions, stages and tags stay.
    pub async fn put(&mut self, secret: &SecretRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO secrets (name, arn_suffix, description, kms_key_id, created_at, changed_at, accessed_at, \
             deleted_at, purge_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (name) DO UPDATE SET description = excluded.description, kms_key_id = excluded.kms_key_id, \
             changed_at = excluded.changed_at, accessed_at = excluded.accessed_at, \
             deleted_at = excluded.deleted_at, purge_at = excluded.purge_at",
        )
        .bind(&secret.name)
        .bind(&secret.arn_suffix)
        .bind(&secret.description)
        .bind(&secret.kms_key_id)
        .bind(secret.created_at)
        .bind(secret.changed_at)
        .bind(secret.accessed_at)
        .bind(secret.deleted_at)
        .bind(secret.purge_at)
        .execute(&mut *self.view.tx)
        .await?;
        Ok(())
    }

    /// Adds a version, the newest of its secret.
    pub async fn add_version(&mut self, name: &str, version: &SealedVersion) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO secret_versions (secret, id, seq, kind, sealed, created_at, accessed_at) \
             VALUES ($1, $2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM secret_versions WHERE secret = $1), $3, $4, $5, $6)",
        )
        .bind(name)
        .bind(&version.id)
        .bind(version.kind.as_str())
        .bind(&version.sealed)
        .bind(version.created_at)
        .bind(version.accessed_at)
        .execute(&mut *self.view.tx)
        .await?;
        Ok(())
    }

    /// Removes one version; its stages must have been moved before.
    pub async fn remove_version(&mut self, name: &str, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM secret_versions WHERE secret = $1 AND id = $2")
            .bind(name)
            .bind(id)
            .execute(&mut *self.view.tx)
            .await?;
        Ok(())
    }

    /// Replaces all stages of the secret.
    pub async fn set_stages(&mut self, name: &str, stages: &Stages) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM secret_stages WHERE secret = $1").bind(name).execute(&mut *self.view.tx).await?;
        for (stage, version) in stages {
            sqlx::query("INSERT INTO secret_stages (secret, stage, version_id) VALUES ($1, $2, $3)")
                .bind(name)
                .bind(stage)
                .bind(version)
                .execute(&mut *self.view.tx)
                .await?;
        }
        Ok(())
    }

    /// Notes that a value was read on the day that begins at `day` (milliseconds).
    pub async fn touch(&mut self, name: &str, version: &str, day: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE secrets SET accessed_at = $2 WHERE name = $1")
            .bind(name)
            .bind(day)
            .execute(&mut *self.view.tx)
            .await?;
        sqlx::query("UPDATE secret_versions SET accessed_at = $3 WHERE secret = $1 AND id = $2")
            .bind(name)
            .bind(version)
            .bind(day)
            .execute(&mut *self.view.tx)
            .await?;
        Ok(())
    }

    /// Adds tags, each in place of one with the same key.
    pub async fn put_tags(&mut self, name: &str, new: &[Tag]) -> Result<(), StoreError> {
        tags::insert(&mut self.view.tx, &secret_resource(name), new).await
    }

    /// Removes the tags with these keys; unknown keys are passed over.
    pub async fn remove_tags(&mut self, name: &str, keys: &[String]) -> Result<(), StoreError> {
        for key in keys {
            sqlx::query("DELETE FROM tags WHERE resource = $1 AND name = $2")
                .bind(secret_resource(name))
                .bind(key)
                .execute(&mut *self.view.tx)
                .await?;
        }
        Ok(())
    }

    /// Removes the secret with its versions, stages and tags.
    pub async fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM secrets WHERE name = $1").bind(name).execute(&mut *self.view.tx).await?;
        // Not `tags::forget`: secret `a/b` is not within secret `a`.
        sqlx::query("DELETE FROM tags WHERE resource = $1")
            .bind(secret_resource(name))
            .execute(&mut *self.view.tx)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn secret(name: &str) -> SecretRecord {
        SecretRecord {
            name: name.into(),
            arn_suffix: format!("{name}-AbCdEf"),
            description: None,
            kms_key_id: None,
            created_at: 1,
            changed_at: 1,
            accessed_at: None,
            deleted_at: None,
            purge_at: None,
        }
    }

    fn version(id: &str) -> SealedVersion {
        SealedVersion { id: id.into(), kind: SecretKind::String, sealed: vec![7], created_at: 1, accessed_at: None }
    }

    #[tokio::test]
    async fn versions_keep_their_order_even_within_a_millisecond() {
        let (_folder, store) = fixture::store().await;
        let mut tx = store.write_secrets().await.unwrap();
        tx.put(&secret("a")).await.unwrap();
        for id in ["z", "m", "a"] {
            tx.add_version("a", &version(id)).await.unwrap();
        }
        tx.touch("a", "m", 5).await.unwrap();
        tx.commit().await.unwrap();
        let mut view = store.read_secrets().await.unwrap();
        let ids: Vec<_> = view.versions("a").await.unwrap().into_iter().map(|v| (v.id, v.accessed_at)).collect();
        assert_eq!(ids, [("z".into(), None), ("m".into(), Some(5)), ("a".into(), None)]);
        assert_eq!(view.find_by_arn_suffix("a-AbCdEf").await.unwrap().unwrap().accessed_at, Some(5));
    }

    #[tokio::test]
    async fn what_is_not_committed_did_not_happen() {
        let (_folder, store) = fixture::store().await;
        let mut tx = store.write_secrets().await.unwrap();
        tx.put(&secret("a")).await.unwrap();
        drop(tx);
        assert_eq!(store.read_secrets().await.unwrap().find("a").await.unwrap(), None);
    }

    #[tokio::test]
    async fn removing_a_secret_leaves_one_whose_name_begins_alike() {
        let (_folder, store) = fixture::store().await;
        let mut tx = store.write_secrets().await.unwrap();
        for name in ["a", "a/b"] {
            tx.put(&secret(name)).await.unwrap();
            tx.add_version(name, &version("v")).await.unwrap();
            tx.set_stages(name, &Stages::from([("AWSCURRENT".into(), "v".into())])).await.unwrap();
            tx.put_tags(name, &[("k".into(), name.into())]).await.unwrap();
        }
        tx.remove("a").await.unwrap();
        tx.commit().await.unwrap();
        let mut view = store.read_secrets().await.unwrap();
        assert_eq!(view.all_tags().await.unwrap(), BTreeMap::from([("a/b".into(), vec![("k".into(), "a/b".into())])]));
        assert_eq!(view.all_stages().await.unwrap().into_keys().collect::<Vec<_>>(), ["a/b"]);
        assert_eq!(view.find_version("a", "v").await.unwrap(), None);
        assert_eq!(view.find_version("a/b", "v").await.unwrap(), Some(version("v")));
    }
}
