//! Layers, accesses, nodes and directories; and what a changed tree means for documents.

use std::collections::{BTreeSet, HashSet};

use sangam_access::{AccessId, AccessTable, LayerId, LayerRecord, SourceDirectory};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::intern::parse_layers;
use crate::nodes::{reassign, upsert_nodes};
use crate::tree::{BINDINGS_MAX, Tree};
use crate::{Store, StoreError, now_ms};

/// A node of a data source's tree, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRecord {
    /// Unique within the data source.
    pub id: String,
    /// The node above; `None` for the root.
    pub parent: Option<String>,
    /// The layer that the node adds, if any.
    pub layer: Option<LayerRecord>,
}

/// What a change of access did to documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessChange {
    /// Ordinals with their new access.
    pub ordinals: Vec<(u32, AccessId)>,
    /// Layers that are new or say something else now.
    pub layers: Vec<(LayerId, LayerRecord)>,
    /// Documents whose access is another one now.
    pub n_documents: u64,
    /// True if layers or nodes are not what they were: evaluations made before are out of date.
    pub is_moved: bool,
}

impl Store {
    /// The layers and accesses of index `index_id`.
    pub async fn access_table(&self, index_id: &str) -> Result<AccessTable, StoreError> {
        let mut table = AccessTable::default();
        // One snapshot of both: an access that is accepted between the two reads would come without its layers.
        let mut snapshot = self.read().begin().await?;
        let layers = sqlx::query("SELECT id, document FROM layers WHERE index_id = $1").bind(index_id);
        for row in layers.fetch_all(&mut *snapshot).await? {
            table.put_layer(LayerId(row.get("id")), record(&row)?);
        }
        let accesses = sqlx::query("SELECT id, layers FROM accesses WHERE index_id = $1").bind(index_id);
        for row in accesses.fetch_all(&mut *snapshot).await? {
            table.put_access(AccessId(row.get("id")), parse_layers(row.get("layers")));
        }
        Ok(table)
    }

    /// The accesses `ids` of index `index_id` with all their layers: what a table lacks in which documents with new accesses are to be
    /// shown. Accesses that are not there are left out.
    pub async fn accesses(&self, index_id: &str, ids: &[AccessId]) -> Result<AccessTable, StoreError> {
        let mut table = AccessTable::default();
        let mut snapshot = self.read().begin().await?;
        let mut layers = BTreeSet::new();
        for chunk in ids.chunks(BINDINGS_MAX) {
            let ids = chunk.iter().map(|access| access.0);
            for row in rows_of(&mut snapshot, "SELECT id, layers FROM accesses", index_id, ids).await? {
                let of_access = parse_layers(row.get("layers"));
                layers.extend(of_access.iter().map(|layer| layer.0));
                table.put_access(AccessId(row.get("id")), of_access);
            }
        }
        let layers: Vec<u32> = layers.into_iter().collect();
        for chunk in layers.chunks(BINDINGS_MAX) {
            let ids = chunk.iter().copied();
            for row in rows_of(&mut snapshot, "SELECT id, document FROM layers", index_id, ids).await? {
                table.put_layer(LayerId(row.get("id")), record(&row)?);
            }
        }
        Ok(table)
    }

    /// What each data source of index `index_id` reported about its people.
    pub async fn directories(&self, index_id: &str) -> Result<Vec<(String, SourceDirectory)>, StoreError> {
        let rows = sqlx::query("SELECT data_source_id, document FROM directories WHERE index_id = $1")
            .bind(index_id)
            .fetch_all(self.read())
            .await?;
        rows.into_iter()
            .map(|row| {
                let people = serde_json::from_str(row.get("document"))
                    .map_err(|source| StoreError::Corrupt { table: "directories", source })?;
                Ok((row.get("data_source_id"), people))
            })
            .collect()
    }

    /// Replaces what data source `data_source_id` reported about its people. Documents are not touched. Returns false if that is what it
    /// reported before.
    pub async fn put_directory(
        &self,
        index_id: &str,
        data_source_id: &str,
        people: &SourceDirectory,
    ) -> Result<bool, StoreError> {
        let document =
            serde_json::to_string(people).map_err(|source| StoreError::Corrupt { table: "directories", source })?;
        let mut transaction = self.write().await?;
        let before: Option<String> = sqlx::query_scalar("SELECT document FROM directories WHERE data_source_id = $1")
            .bind(data_source_id)
            .fetch_optional(&mut *transaction)
            .await?;
        if before.as_ref() == Some(&document) {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO directories (index_id, data_source_id, document, updated_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (data_source_id) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at",
        )
        .bind(index_id)
        .bind(data_source_id)
        .bind(document)
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        move_generation(&mut transaction, index_id).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Ids of a data source's nodes that are neither among `roots` nor below one of them, and reach the root.
    pub async fn nodes_outside(&self, data_source_id: &str, roots: &[String]) -> Result<HashSet<String>, StoreError> {
        let mut connection = self.read().acquire().await?;
        let tree = Tree::load(&mut connection, data_source_id).await?;
        let roots: HashSet<&str> = roots.iter().map(String::as_str).collect();
        Ok(tree.ids().filter(|id| !tree.passes_any(id, &roots) && tree.layers(id).is_some()).map(Into::into).collect())
    }

    /// The nodes of data source `data_source_id` that add a layer, each with it as it is stored.
    pub async fn node_layers(&self, data_source_id: &str) -> Result<Vec<(String, LayerRecord)>, StoreError> {
        let rows = sqlx::query(
            "SELECT nodes.id, layers.document FROM nodes
             JOIN layers ON layers.index_id = nodes.index_id AND layers.id = nodes.layer_id
             WHERE nodes.data_source_id = $1",
        )
        .bind(data_source_id)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((row.get("id"), record(row)?))).collect()
    }

    /// Replaces the nodes that the listing beginning at `root` found, and gives every document below its new access.
    ///
    /// One transaction: a reader sees the old tree or the new one. A document whose path to the root is broken is hidden.
    pub async fn replace_nodes(
        &self,
        index_id: &str,
        data_source_id: &str,
        root: &str,
        nodes: &[NodeRecord],
    ) -> Result<AccessChange, StoreError> {
        let mut transaction = self.write().await?;
        let written = upsert_nodes(&mut transaction, index_id, data_source_id, root, nodes).await?;
        let mut change = reassign(&mut transaction, index_id, data_source_id, &written.touched).await?;
        change.is_moved = written.is_changed || change.n_documents > 0;
        change.layers = written.layers;
        if change.is_moved {
            move_generation(&mut transaction, index_id).await?;
        }
        transaction.commit().await?;
        Ok(change)
    }
}

/// The rows of a table of index `index_id` with these ids.
async fn rows_of(
    connection: &mut SqliteConnection,
    select: &str,
    index_id: &str,
    ids: impl Iterator<Item = u32>,
) -> Result<Vec<SqliteRow>, StoreError> {
    let mut query = QueryBuilder::new(select);
    query.push(" WHERE index_id = ").push_bind(index_id).push(" AND id IN (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(i64::from(id));
    }
    query.push(")");
    Ok(query.build().persistent(false).fetch_all(connection).await?)
}

/// Column `document` of a row of a layer.
fn record(row: &SqliteRow) -> Result<LayerRecord, StoreError> {
    serde_json::from_str(row.get("document")).map_err(|source| StoreError::Corrupt { table: "layers", source })
}

/// Says that evaluations made before are out of date.
pub(crate) async fn move_generation(connection: &mut SqliteConnection, index_id: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE indices SET access_generation = access_generation + 1 WHERE id = $1")
        .bind(index_id)
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sangam_access::{Layer, LayerOrigin, Principal};
    use serde_json::json;

    use super::*;
    use crate::{AcceptedDocument, NewIndex, fixture};

    fn closed_to_all_but(name: &str) -> AcceptedDocument {
        let layer = Layer::only([Principal::User { name: name.into() }]);
        AcceptedDocument {
            document_id: name.into(),
            document: "{}".into(),
            content: Vec::new(),
            lists: vec![LayerRecord::known(layer, LayerOrigin::AccessControlList { level: 0 })],
            data_source_id: None,
            job_id: None,
        }
    }

    /// A table with an access but without its layers would hide the documents of that access until something else changed.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_table_that_is_read_during_writes_has_the_layers_of_all_its_accesses() {
        let (_folder, store) = fixture::store().await;
        let index = NewIndex { id: "i", name: "n", document: &json!({}), tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
        let writing = tokio::spawn({
            let store = store.clone();
            async move {
                for n in 0..400 {
                    store.accept("i", &[closed_to_all_but(&format!("u{n}"))]).await.unwrap();
                }
            }
        });
        while !writing.is_finished() {
            let table = store.access_table("i").await.unwrap();
            for access in 0..table.n_accesses() {
                let id = AccessId(AccessId::FIRST_STORED.0 + access as u32);
                let layers = table.layers_of(id).expect("ids follow one another");
                assert!(layers.iter().all(|layer| table.layer(*layer).is_some()), "{id:?} lacks a layer");
            }
        }
        writing.await.unwrap();
    }
}
