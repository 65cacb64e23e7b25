//! How many documents there are where, by their access: what somebody can see, without listing it.

use sangam_access::AccessId;
use sqlx::Row as _;

use crate::sight::VISIBLE_ACCESS;
use crate::{Store, StoreError};

/// Documents of one access at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceCount {
    /// The data source.
    pub data_source_id: String,
    /// The node below the tree's root, such as a space; `None` for documents that have no place.
    pub place: Option<String>,
    /// The access that readers meet.
    pub access: AccessId,
    /// How many documents.
    pub n_documents: u64,
}

impl Store {
    /// The indexed documents of an index's data sources, counted by place and access.
    pub async fn documents_by_place(&self, index_id: &str) -> Result<Vec<PlaceCount>, StoreError> {
        // A node's `root` is where the listing that found it began; for what hangs at the tree's own root that says nothing.
        let query = format!(
            "SELECT placed.data_source_id AS data_source_id, placed.access AS access, COUNT(*) AS n,
                 CASE WHEN top.parent IS NULL THEN nodes.id ELSE nodes.root END AS place
             FROM (
                 SELECT data_source_id, anchor, {VISIBLE_ACCESS} AS access FROM documents
                 WHERE index_id = $1 AND ordinal IS NOT NULL AND data_source_id IS NOT NULL
             ) AS placed
             LEFT JOIN nodes ON nodes.data_source_id = placed.data_source_id AND nodes.id = placed.anchor
             LEFT JOIN nodes AS top ON top.data_source_id = nodes.data_source_id AND top.id = nodes.root
             GROUP BY placed.data_source_id, place, placed.access
             ORDER BY placed.data_source_id, place, placed.access"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query)).bind(index_id).fetch_all(self.read()).await?;
        Ok(rows
            .into_iter()
            .map(|row| PlaceCount {
                data_source_id: row.get("data_source_id"),
                place: row.get("place"),
                access: AccessId(row.get::<i64, _>("access") as u32),
                n_documents: row.get::<i64, _>("n") as u64,
            })
            .collect())
    }
}
