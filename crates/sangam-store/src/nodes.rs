//! Replacing a part of a data source's tree: only what changed is written, and only the documents below it are looked at.

use std::collections::{BTreeMap, HashMap, HashSet};

use sangam_access::{AccessId, LayerId, LayerRecord};
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::intern::put_layers;
use crate::sight::hidden_sources;
use crate::tree::{BINDINGS_MAX, Tree, push_list};
use crate::{AccessChange, NodeRecord, StoreError, now_ms};

/// Nodes written by one statement; six values each.
const NODES_PER_STATEMENT: usize = 1_000;

/// What writing a listing's nodes changed.
#[derive(Debug, Default)]
pub(crate) struct WrittenNodes {
    /// Nodes that are new, gone, somewhere else, or have or lack a layer.
    pub(crate) touched: HashSet<String>,
    /// Layers that are new or say something else now.
    pub(crate) layers: Vec<(LayerId, LayerRecord)>,
    /// True if any node or layer is not what it was.
    pub(crate) is_changed: bool,
}

/// A node's row.
struct NodeRow {
    id: String,
    parent: Option<String>,
    root: String,
    layer: Option<i64>,
}

/// Writes `nodes` and forgets those that an earlier listing of `root` found and this one did not.
pub(crate) async fn upsert_nodes(
    connection: &mut SqliteConnection,
    index_id: &str,
    data_source_id: &str,
    root: &str,
    nodes: &[NodeRecord],
) -> Result<WrittenNodes, StoreError> {
    let before = stored(connection, data_source_id, root, nodes).await?;
    let mut written = WrittenNodes::default();
    let layers: Vec<(String, &LayerRecord)> =
        nodes.iter().filter_map(|node| Some((format!("{data_source_id}/{}", node.id), node.layer.as_ref()?))).collect();
    let put = put_layers(connection, index_id, &layers).await?;
    for (layer, (_, record)) in put.iter().zip(&layers).filter(|(layer, _)| layer.is_changed) {
        written.layers.push((layer.id, (*record).clone()));
    }
    written.is_changed = !written.layers.is_empty();
    let mut ids = put.iter().map(|layer| i64::from(layer.id.0));
    let mut rows: BTreeMap<&str, NodeRow> = BTreeMap::new();
    for node in nodes {
        let layer = node.layer.as_ref().and_then(|_| ids.next());
        let known = before.get(&node.id);
        // The node at which a listing begins belongs to the listing above it, so that it vanishes with that one. Which one that
        // is, is known once it came; until then it is taken to begin at the parent.
        let found_by = match (&node.parent, known) {
            (_, Some(known)) if node.id == root => known.root.as_str(),
            (Some(parent), None) if node.id == root => parent,
            _ => root,
        };
        let is_same = known.is_some_and(|known| known.parent == node.parent && known.layer == layer);
        if is_same && known.is_some_and(|known| known.root == found_by) {
            rows.remove(node.id.as_str());
            continue;
        }
        if !is_same {
            written.touched.insert(node.id.clone());
        }
        let row = NodeRow { id: node.id.clone(), parent: node.parent.clone(), root: found_by.to_owned(), layer };
        rows.insert(&node.id, row);
    }
    let now: HashSet<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
    let gone: Vec<&str> = before
        .values()
        .filter(|row| row.root == root && !now.contains(row.id.as_str()))
        .map(|row| row.id.as_str())
        .collect();
    written.touched.extend(gone.iter().map(|id| (*id).to_owned()));
    let rows: Vec<&NodeRow> = rows.values().collect();
    write(connection, index_id, data_source_id, &rows).await?;
    forget(connection, data_source_id, root, &gone).await?;
    written.is_changed |= !rows.is_empty() || !gone.is_empty();
    Ok(written)
}

/// The rows that a listing of `root` may change, by id: those that an earlier one found, and those of the nodes it names now.
async fn stored(
    connection: &mut SqliteConnection,
    data_source_id: &str,
    root: &str,
    nodes: &[NodeRecord],
) -> Result<HashMap<String, NodeRow>, StoreError> {
    let mut rows = sqlx::query("SELECT id, parent, root, layer_id FROM nodes WHERE data_source_id = $1 AND root = $2")
        .bind(data_source_id)
        .bind(root)
        .fetch_all(&mut *connection)
        .await?;
    let found: HashSet<&str> = rows.iter().map(|row| row.get("id")).collect();
    let others: Vec<&str> = nodes.iter().map(|node| node.id.as_str()).filter(|id| !found.contains(id)).collect();
    drop(found);
    for chunk in others.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new("SELECT id, parent, root, layer_id FROM nodes WHERE data_source_id = ");
        query.push_bind(data_source_id).push(" AND id IN (");
        push_list(&mut query, chunk);
        query.push(")");
        rows.extend(query.build().persistent(false).fetch_all(&mut *connection).await?);
    }
    let node_row = |row: sqlx::sqlite::SqliteRow| NodeRow {
        id: row.get("id"),
        parent: row.get("parent"),
        root: row.get("root"),
        layer: row.get("layer_id"),
    };
    Ok(rows.into_iter().map(node_row).map(|row| (row.id.clone(), row)).collect())
}

async fn write(
    connection: &mut SqliteConnection,
    index_id: &str,
    data_source_id: &str,
    rows: &[&NodeRow],
) -> Result<(), StoreError> {
    for chunk in rows.chunks(NODES_PER_STATEMENT) {
        let mut query = QueryBuilder::new("INSERT INTO nodes (index_id, data_source_id, id, parent, root, layer_id) ");
        query.push_values(chunk, |mut values, row| {
            values.push_bind(index_id).push_bind(data_source_id).push_bind(&row.id);
            values.push_bind(&row.parent).push_bind(&row.root).push_bind(row.layer);
        });
        query.push(
            " ON CONFLICT (data_source_id, id) DO UPDATE
             SET parent = excluded.parent, layer_id = excluded.layer_id, root = excluded.root",
        );
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn forget(
    connection: &mut SqliteConnection,
    data_source_id: &str,
    root: &str,
    gone: &[&str],
) -> Result<(), StoreError> {
    for chunk in gone.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new("DELETE FROM nodes WHERE data_source_id = ");
        query.push_bind(data_source_id).push(" AND root = ").push_bind(root).push(" AND id IN (");
        push_list(&mut query, chunk);
        query.push(")");
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A document whose access may be another one now.
struct Anchored {
    id: String,
    anchor: String,
    access: i64,
    ordinal: Option<u32>,
    is_missing: bool,
}

/// Gives the documents of a data source that are anchored at or below one of the nodes `touched` the access of their anchors.
///
/// Also those below a touched node that no listing of its own place has shown yet: they moved with it.
pub(crate) async fn reassign(
    connection: &mut SqliteConnection,
    index_id: &str,
    data_source_id: &str,
    touched: &HashSet<String>,
) -> Result<AccessChange, StoreError> {
    let mut change = AccessChange::default();
    if touched.is_empty() {
        return Ok(change);
    }
    let below = below(connection, data_source_id, touched).await?;
    let documents = anchored_at(connection, index_id, data_source_id, &below).await?;
    let anchors = documents.iter().map(|document| document.anchor.as_str());
    let mut tree = Tree::load_above(connection, data_source_id, anchors).await?;
    let is_hidden = hidden_sources(connection, index_id).await?.contains(data_source_id);
    let mut moved: BTreeMap<AccessId, Vec<&str>> = BTreeMap::new();
    for document in &documents {
        let access = tree.access(connection, index_id, &document.anchor).await?;
        if document.access == i64::from(access.0) {
            continue;
        }
        moved.entry(access).or_default().push(&document.id);
        change.n_documents += 1;
        if let Some(ordinal) = document.ordinal.filter(|_| !document.is_missing && !is_hidden) {
            change.ordinals.push((ordinal, access));
        }
    }
    for (access, ids) in moved {
        move_documents(connection, index_id, access, &ids).await?;
    }
    Ok(change)
}

async fn move_documents(
    connection: &mut SqliteConnection,
    index_id: &str,
    access: AccessId,
    ids: &[&str],
) -> Result<(), StoreError> {
    let lost_at = (access == AccessId::HIDDEN).then(now_ms);
    for chunk in ids.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new("UPDATE documents SET access_id = ");
        query.push_bind(i64::from(access.0)).push(", lost_at = ").push_bind(lost_at);
        query.push(" WHERE index_id = ").push_bind(index_id).push(" AND id IN (");
        push_list(&mut query, chunk);
        query.push(")");
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// `touched` and every node below one of them.
async fn below(
    connection: &mut SqliteConnection,
    data_source_id: &str,
    touched: &HashSet<String>,
) -> Result<Vec<String>, StoreError> {
    let marks: Vec<&str> = touched.iter().map(String::as_str).collect();
    let mut below = touched.clone();
    for chunk in marks.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new("WITH RECURSIVE down (id) AS (SELECT id FROM nodes WHERE data_source_id = ");
        query.push_bind(data_source_id).push(" AND parent IN (");
        push_list(&mut query, chunk);
        query
            .push(") UNION SELECT nodes.id FROM down JOIN nodes ON nodes.parent = down.id AND nodes.data_source_id = ");
        query.push_bind(data_source_id).push(") SELECT id FROM down");
        let rows = query.build().persistent(false).fetch_all(&mut *connection).await?;
        below.extend(rows.iter().map(|row| row.get::<String, _>("id")));
    }
    Ok(below.into_iter().collect())
}

async fn anchored_at(
    connection: &mut SqliteConnection,
    index_id: &str,
    data_source_id: &str,
    nodes: &[String],
) -> Result<Vec<Anchored>, StoreError> {
    let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
    let mut documents = Vec::new();
    for chunk in nodes.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new(
            "SELECT id, anchor, access_id, ordinal, missing_since IS NOT NULL AS missing FROM documents
             WHERE index_id = ",
        );
        query.push_bind(index_id).push(" AND data_source_id = ").push_bind(data_source_id).push(" AND anchor IN (");
        push_list(&mut query, chunk);
        query.push(")");
        let rows = query.build().persistent(false).fetch_all(&mut *connection).await?;
        documents.extend(rows.iter().map(|row| Anchored {
            id: row.get("id"),
            anchor: row.get("anchor"),
            access: row.get("access_id"),
            ordinal: row.get::<Option<i64>, _>("ordinal").map(|ordinal| ordinal as u32),
            is_missing: row.get("missing"),
        }));
    }
    Ok(documents)
}
