//! Local accounts. Verifiers are argon2's lines; this module never sees a password.
//!
//! Every change of an account ends its sessions in the same transaction, and moves its revision, so that a sign-in that began before the
//! change does not end in a session after it.

use std::fmt;

use crate::{Store, StoreError};

/// A local account as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// The name, in lower case.
    pub name: String,
    /// What a password is compared with.
    pub verifier: String,
    /// The role's name; its meaning is the caller's.
    pub role: String,
    /// As whom the account searches.
    pub user_id: Option<String>,
    /// Moves with every change, and begins at the time of creation, so that an account made anew has another.
    pub revision: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub changed_at: i64,
    /// Since when it cannot sign in.
    pub disabled_at: Option<i64>,
}

impl fmt::Debug for AccountRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountRecord")
            .field("role", &self.role)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// What of an account changes.
#[derive(Clone, Copy)]
pub enum AccountChange<'a> {
    /// Another verifier.
    Verifier(&'a str),
    /// Another role.
    Role(&'a str),
    /// Another reader, or none.
    UserId(Option<&'a str>),
    /// It cannot sign in any more.
    Disable,
    /// It can again.
    Enable,
}

type AccountRow = (String, String, String, Option<String>, i64, i64, i64, Option<i64>);

fn record((name, verifier, role, user_id, revision, created_at, changed_at, disabled_at): AccountRow) -> AccountRecord {
    AccountRecord { name, verifier, role, user_id, revision, created_at, changed_at, disabled_at }
}

impl Store {
    /// All local accounts, by name.
    pub async fn accounts(&self) -> Result<Vec<AccountRecord>, StoreError> {
        let rows: Vec<AccountRow> = sqlx::query_as(
            "SELECT name, verifier, role, user_id, revision, created_at, changed_at, disabled_at FROM accounts ORDER BY name",
        )
        .fetch_all(self.read())
        .await?;
        Ok(rows.into_iter().map(record).collect())
    }

    /// The account of that name, disabled or not.
    pub async fn find_account(&self, name: &str) -> Result<Option<AccountRecord>, StoreError> {
        let row: Option<AccountRow> = sqlx::query_as(
            "SELECT name, verifier, role, user_id, revision, created_at, changed_at, disabled_at FROM accounts \
             WHERE name = $1",
        )
        .bind(name)
        .fetch_optional(self.read())
        .await?;
        Ok(row.map(record))
    }

    /// Inserts `account` if there are fewer than `n_max`. Returns whether there were.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the name is taken.
    pub async fn insert_account(&self, account: &AccountRecord, n_max: i64) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let n_held: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM accounts").fetch_one(&mut *tx).await?;
        if n_held >= n_max {
            return Ok(false);
        }
        let inserted = sqlx::query(
            "INSERT INTO accounts (name, verifier, role, user_id, revision, created_at, changed_at, disabled_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO NOTHING",
        )
        .bind(&account.name)
        .bind(&account.verifier)
        .bind(&account.role)
        .bind(&account.user_id)
        .bind(account.revision)
        .bind(account.created_at)
        .bind(account.changed_at)
        .bind(account.disabled_at)
        .execute(&mut *tx)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(StoreError::Exists { what: "account", id: account.name.clone() });
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Changes the account `name` at `now` and ends the sessions of `subject`, which is the account's. Returns false if there is none.
    pub async fn change_account(
        &self,
        name: &str,
        subject: &str,
        change: AccountChange<'_>,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let query = match change {
            AccountChange::Verifier(verifier) => {
                sqlx::query("UPDATE accounts SET verifier = $2 WHERE name = $1").bind(name).bind(verifier)
            }
            AccountChange::Role(role) => {
                sqlx::query("UPDATE accounts SET role = $2 WHERE name = $1").bind(name).bind(role)
            }
            AccountChange::UserId(user_id) => {
                sqlx::query("UPDATE accounts SET user_id = $2 WHERE name = $1").bind(name).bind(user_id)
            }
            AccountChange::Disable => {
                sqlx::query("UPDATE accounts SET disabled_at = $2 WHERE name = $1").bind(name).bind(now)
            }
            AccountChange::Enable => sqlx::query("UPDATE accounts SET disabled_at = NULL WHERE name = $1").bind(name),
        };
        let changed = query.execute(&mut *tx).await?.rows_affected() > 0;
        sqlx::query(
            "UPDATE accounts SET changed_at = $2, revision = CASE WHEN revision < $2 THEN $2 ELSE revision + 1 END \
             WHERE name = $1",
        )
        .bind(name)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        crate::sessions::end_of(&mut tx, subject).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Removes the account `name` and ends the sessions of `subject`, which is the account's. Returns false if there was none.
    pub async fn remove_account(&self, name: &str, subject: &str) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let gone = sqlx::query("DELETE FROM accounts WHERE name = $1").bind(name).execute(&mut *tx).await?;
        crate::sessions::end_of(&mut tx, subject).await?;
        tx.commit().await?;
        Ok(gone.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn account(name: &str) -> AccountRecord {
        AccountRecord {
            name: name.into(),
            verifier: "v".into(),
            role: "searcher".into(),
            user_id: None,
            revision: 10,
            created_at: 10,
            changed_at: 10,
            disabled_at: None,
        }
    }

    #[tokio::test]
    async fn a_name_is_taken_once_and_the_number_is_limited() {
        let (_folder, store) = fixture::store().await;
        assert!(store.insert_account(&account("ada"), 2).await.unwrap());
        let again = store.insert_account(&account("ada"), 2).await;
        assert!(matches!(again, Err(StoreError::Exists { .. })));
        assert!(store.insert_account(&account("bob"), 2).await.unwrap());
        assert!(!store.insert_account(&account("eve"), 2).await.unwrap());
        assert_eq!(store.accounts().await.unwrap(), [account("ada"), account("bob")]);
    }

    #[tokio::test]
    async fn every_change_moves_the_revision_and_changes_one_thing() {
        let (_folder, store) = fixture::store().await;
        store.insert_account(&account("ada"), 2).await.unwrap();
        let changes = [
            AccountChange::Verifier("w"),
            AccountChange::Role("auditor"),
            AccountChange::UserId(Some("ada@example.com")),
            AccountChange::Disable,
        ];
        for change in changes {
            assert!(store.change_account("ada", "local:ada", change, 9).await.unwrap());
        }
        let expected = AccountRecord {
            verifier: "w".into(),
            role: "auditor".into(),
            user_id: Some("ada@example.com".into()),
            revision: 14,
            changed_at: 9,
            disabled_at: Some(9),
            ..account("ada")
        };
        assert_eq!(store.find_account("ada").await.unwrap(), Some(expected));
        store.change_account("ada", "local:ada", AccountChange::Enable, 99).await.unwrap();
        let enabled = store.find_account("ada").await.unwrap().unwrap();
        assert_eq!((enabled.disabled_at, enabled.revision), (None, 99));
        assert!(!store.change_account("bob", "local:bob", AccountChange::Enable, 9).await.unwrap());
        assert!(store.remove_account("ada", "local:ada").await.unwrap());
        assert!(!store.remove_account("ada", "local:ada").await.unwrap());
    }
}
