//! Client tokens: a create that is sent twice makes one resource.
//!
//! The claim is made in the transaction that inserts the resource, so a retry after a lost answer finds either both or
//! neither.

use sqlx::SqliteConnection;

use crate::{StoreError, now_ms};

/// How long a token is remembered. No retry of any SDK or pipeline is later, and the table stays small.
const RETENTION_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// A client token with what it stands for.
#[derive(Debug, Clone, Copy)]
pub struct ClientToken<'a> {
    /// The operation, e.g. `CreateIndex`.
    pub operation: &'a str,
    /// What the token is unique within: an index id, or empty for the installation.
    pub scope: &'a str,
    /// The token itself.
    pub token: &'a str,
    /// A digest of all other parameters.
    pub request_digest: &'a str,
}

/// What became of a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// The resource was inserted.
    New,
    /// The token was used before with the same parameters, for this resource.
    Same(String),
    /// The token was used before with other parameters.
    Different,
    /// There are as many already as the limit allows.
    LimitReached,
}

/// Claims `token` for `resource_id`: [`Creation::New`] if nobody had it.
pub(crate) async fn claim(
    connection: &mut SqliteConnection,
    token: &ClientToken<'_>,
    resource_id: &str,
) -> Result<Creation, StoreError> {
    let now = now_ms();
    sqlx::query("DELETE FROM client_tokens WHERE created_at < $1")
        .bind(now - RETENTION_MS)
        .execute(&mut *connection)
        .await?;
    let held: Option<(String, String)> = sqlx::query_as(
        "SELECT request_digest, resource_id FROM client_tokens WHERE operation = $1 AND scope = $2 AND token = $3",
    )
    .bind(token.operation)
    .bind(token.scope)
    .bind(token.token)
    .fetch_optional(&mut *connection)
    .await?;
    match held {
        Some((digest, id)) if digest == token.request_digest => Ok(Creation::Same(id)),
        Some(_) => Ok(Creation::Different),
        None => {
            sqlx::query(
                "INSERT INTO client_tokens (operation, scope, token, request_digest, resource_id, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(token.operation)
            .bind(token.scope)
            .bind(token.token)
            .bind(token.request_digest)
            .bind(resource_id)
            .bind(now)
            .execute(&mut *connection)
            .await?;
            Ok(Creation::New)
        }
    }
}

/// Forgets the tokens that made `resource_id` or something within it: after a deletion they would answer an id of nothing.
pub(crate) async fn forget(connection: &mut SqliteConnection, resource_id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM client_tokens WHERE resource_id = $1 OR scope = $1")
        .bind(resource_id)
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn token<'a>(token: &'a str, digest: &'a str) -> ClientToken<'a> {
        ClientToken { operation: "CreateIndex", scope: "", token, request_digest: digest }
    }

    #[tokio::test]
    async fn a_token_stands_for_one_resource_and_one_request() {
        let (_folder, store) = fixture::store().await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(claim(&mut tx, &token("t", "d"), "one").await.unwrap(), Creation::New);
        assert_eq!(claim(&mut tx, &token("t", "d"), "two").await.unwrap(), Creation::Same("one".into()));
        assert_eq!(claim(&mut tx, &token("t", "e"), "two").await.unwrap(), Creation::Different);
        assert_eq!(claim(&mut tx, &token("u", "d"), "two").await.unwrap(), Creation::New);
    }

    #[tokio::test]
    async fn a_forgotten_or_old_token_may_be_used_again() {
        let (_folder, store) = fixture::store().await;
        let mut tx = store.write().await.unwrap();
        claim(&mut tx, &token("t", "d"), "one").await.unwrap();
        forget(&mut tx, "one").await.unwrap();
        assert_eq!(claim(&mut tx, &token("t", "e"), "two").await.unwrap(), Creation::New);
        sqlx::query("UPDATE client_tokens SET created_at = $1")
            .bind(now_ms() - RETENTION_MS - 1)
            .execute(&mut *tx)
            .await
            .unwrap();
        assert_eq!(claim(&mut tx, &token("t", "f"), "three").await.unwrap(), Creation::New);
    }
}
