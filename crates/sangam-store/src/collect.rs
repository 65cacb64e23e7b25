//! Layers and accesses that nothing has any more.
//!
//! One transaction looks and deletes, so that no commit can begin to use what goes: whoever gives a document an access holds the write
//! lock from before the look-up of its id until its row is there. What is accepted and not indexed yet holds its access in the inbox.

use std::collections::HashSet;

use sqlx::{QueryBuilder, Row};

use crate::intern::parse_layers;
use crate::tree::BINDINGS_MAX;
use crate::{Store, StoreError};

impl Store {
    /// Forgets the accesses of index `index_id` that no document has, and the layers that neither a node nor an access has; returns how
    /// many of both. Their ids are not used again.
    pub async fn collect_accesses(&self, index_id: &str) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let n_accesses = sqlx::query(
            "DELETE FROM accesses WHERE index_id = $1
             AND id NOT IN (SELECT access_id FROM documents WHERE index_id = $1)
             AND id NOT IN (SELECT access_id FROM inbox WHERE index_id = $1)",
        )
        .bind(index_id)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        let accesses =
            sqlx::query("SELECT layers FROM accesses WHERE index_id = $1").bind(index_id).fetch_all(&mut *transaction);
        let mut used: HashSet<i64> = HashSet::new();
        for row in accesses.await? {
            used.extend(parse_layers(row.get("layers")).into_iter().map(|layer| i64::from(layer.0)));
        }
        let layers: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM layers WHERE index_id = $1 AND id NOT IN (
                 SELECT layer_id FROM nodes WHERE index_id = $1 AND layer_id IS NOT NULL)",
        )
        .bind(index_id)
        .fetch_all(&mut *transaction)
        .await?;
        let unused: Vec<i64> = layers.into_iter().filter(|layer| !used.contains(layer)).collect();
        for chunk in unused.chunks(BINDINGS_MAX) {
            let mut query = QueryBuilder::new("DELETE FROM layers WHERE index_id = ");
            query.push_bind(index_id).push(" AND id IN (");
            let mut list = query.separated(", ");
            for layer in chunk {
                list.push_bind(*layer);
            }
            query.push(")");
            query.build().persistent(false).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(n_accesses + unused.len() as u64)
    }
}
