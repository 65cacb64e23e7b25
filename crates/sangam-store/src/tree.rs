//! The tree of a data source that carries access, or as much of it as a step needs.

use std::collections::{BTreeMap, HashMap, HashSet};

use sangam_access::{AccessId, LayerId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::StoreError;
use crate::intern::intern_access;

/// Nodes between a document and the root; a longer path is a cycle or no page tree, and hides what is below.
const TREE_DEPTH_MAX: usize = 1_000;
/// Values bound in one statement; the engine's own limit is 32,766.
pub(crate) const BINDINGS_MAX: usize = 10_000;

/// Nodes in memory, and the accesses found so far.
#[derive(Default)]
pub(crate) struct Tree {
    nodes: HashMap<String, (Option<String>, Option<LayerId>)>,
    known: BTreeMap<Vec<LayerId>, AccessId>,
}

impl Tree {
    /// The whole tree of `data_source_id`.
    pub(crate) async fn load(connection: &mut SqliteConnection, data_source_id: &str) -> Result<Self, StoreError> {
        let rows = sqlx::query("SELECT id, parent, layer_id FROM nodes WHERE data_source_id = $1")
            .bind(data_source_id)
            .fetch_all(connection)
            .await?;
        let mut tree = Self::default();
        tree.add(rows);
        Ok(tree)
    }

    /// The paths from `anchors` up, which is all that their accesses depend on.
    pub(crate) async fn load_above(
        connection: &mut SqliteConnection,
        data_source_id: &str,
        anchors: impl IntoIterator<Item = &str>,
    ) -> Result<Self, StoreError> {
        let anchors: HashSet<&str> = anchors.into_iter().collect();
        let anchors: Vec<&str> = anchors.into_iter().collect();
        let mut tree = Self::default();
        for chunk in anchors.chunks(BINDINGS_MAX) {
            let mut query = QueryBuilder::new(
                "WITH RECURSIVE up (id, parent, layer_id) AS (
                     SELECT id, parent, layer_id FROM nodes WHERE data_source_id = ",
            );
            query.push_bind(data_source_id).push(" AND id IN (");
            push_list(&mut query, chunk);
            // Not UNION ALL: what was found is not followed again, so that a cycle ends.
            query.push(
                ") UNION SELECT nodes.id, nodes.parent, nodes.layer_id FROM up
                 JOIN nodes ON nodes.id = up.parent AND nodes.data_source_id = ",
            );
            query.push_bind(data_source_id).push(") SELECT id, parent, layer_id FROM up");
            tree.add(query.build().persistent(false).fetch_all(&mut *connection).await?);
        }
        Ok(tree)
    }

    fn add(&mut self, rows: Vec<SqliteRow>) {
        self.nodes.extend(rows.into_iter().map(|row| {
            let layer: Option<i64> = row.get("layer_id");
            (row.get("id"), (row.get("parent"), layer.map(|id| LayerId(id as u32))))
        }));
    }

    /// The ids of all nodes.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// The layers from the root down to `anchor`; `None` if the path does not reach the root.
    pub(crate) fn layers(&self, anchor: &str) -> Option<Vec<LayerId>> {
        let mut layers = Vec::new();
        let mut at = anchor;
        for _ in 0..TREE_DEPTH_MAX {
            let (parent, layer) = self.nodes.get(at)?;
            layers.extend(layer);
            let Some(parent) = parent else {
                layers.reverse();
                return Some(layers);
            };
            at = parent;
        }
        None
    }

    /// True if the path from `id` up passes one of `marks`, `id` itself and a parent that is not there included.
    pub(crate) fn passes_any(&self, id: &str, marks: &HashSet<&str>) -> bool {
        let mut at = id;
        for _ in 0..TREE_DEPTH_MAX {
            if marks.contains(at) {
                return true;
            }
            let Some((Some(parent), _)) = self.nodes.get(at) else { return false };
            at = parent;
        }
        false
    }

    /// The access of what is anchored at `anchor`, interned; hidden if the path does not reach the root.
    pub(crate) async fn access(
        &mut self,
        connection: &mut SqliteConnection,
        index_id: &str,
        anchor: &str,
    ) -> Result<AccessId, StoreError> {
        let Some(layers) = self.layers(anchor) else {
            return Ok(AccessId::HIDDEN);
        };
        if let Some(id) = self.known.get(&layers) {
            return Ok(*id);
        }
        let id = intern_access(connection, index_id, &layers).await?;
        self.known.insert(layers, id);
        Ok(id)
    }
}

/// Binds `values` with commas between them.
pub(crate) fn push_list(query: &mut QueryBuilder<sqlx::Sqlite>, values: &[&str]) {
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(*value);
    }
}
