//! Every document and which revision of it is current.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use sangam_access::AccessId;
use sqlx::{QueryBuilder, Row};

use crate::sight::{VISIBLE_ACCESS, ordinal_of};
use crate::tree::BINDINGS_MAX;
use crate::{DocumentFailure, Store, StoreError};

/// Where a revision gets its access from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionAccess {
    /// It came with the document.
    Fixed(AccessId),
    /// It is that of the document's anchor.
    Anchored,
}

/// A revision that the engine has committed, to become the current one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The document.
    pub document_id: String,
    /// The data source that owns it.
    pub data_source_id: Option<String>,
    /// The node whose access it has.
    pub anchor: Option<String>,
    /// The source's version of it.
    pub version: String,
    /// Digest of text, title and attributes.
    pub content_hash: Vec<u8>,
    /// The engine's number for this revision.
    pub ordinal: u32,
    /// Where its access comes from.
    pub access: RevisionAccess,
    /// Bytes of extracted text.
    pub text_bytes: u64,
    /// Why its text could not be had, if it is indexed by its title alone.
    pub failure: Option<DocumentFailure>,
    /// Its place in the inbox, if it came from there: a document that was deleted since has lost it, and stays deleted.
    pub inbox_seq: Option<i64>,
}

/// A document that was accepted and could not be indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDocument {
    /// The document.
    pub document_id: String,
    /// Where and why.
    pub failure: DocumentFailure,
    /// Its place in the inbox, if it came from there.
    pub inbox_seq: Option<i64>,
}

/// A document that a listing showed unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenDocument {
    /// The document.
    pub document_id: String,
    /// The node whose access it has now.
    pub anchor: String,
    /// The source's version, if it is another one although nothing that is indexed changed.
    pub version: Option<String>,
}

/// Everything that becomes true at once.
#[derive(Debug, Clone, Default)]
pub struct CatalogueCommit {
    /// The index.
    pub index_id: String,
    /// The engine batch that holds the revisions; 0 if there are none.
    pub engine_batch: u64,
    /// New revisions.
    pub revisions: Vec<Revision>,
    /// Documents that were accepted and failed.
    pub failed: Vec<FailedDocument>,
    /// Documents seen unchanged.
    pub seen: Vec<SeenDocument>,
    /// Accepted documents that this settles, by their place in the inbox.
    pub inbox_done: Vec<i64>,
    /// The job whose batch this is.
    pub job: Option<JobCommit>,
}

/// A job's part of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCommit {
    /// The execution id.
    pub job_id: String,
    /// The data source.
    pub data_source_id: String,
    /// Where the source goes on, JSON; `None` leaves it as it is.
    pub checkpoint: Option<String>,
}

/// What a commit changed for readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueChange {
    /// Ordinals with the access that they have now.
    pub ordinals: Vec<(u32, AccessId)>,
    /// Ordinals that nobody may see any more.
    pub retired: Vec<u32>,
    /// Unchanged documents whose access is another one now.
    pub n_access_changed: u64,
}

/// What the catalogue holds of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The document.
    pub document_id: String,
    /// The data source that owns it.
    pub data_source_id: Option<String>,
    /// The source's version.
    pub version: String,
    /// Digest of what is indexed.
    pub content_hash: Option<Vec<u8>>,
    /// The access that readers meet, hidden ones included.
    pub access: AccessId,
    /// The current revision.
    pub ordinal: Option<u32>,
    /// PROCESSING, INDEXED, FAILED, UPDATED, UPDATE_FAILED.
    pub status: String,
    /// Why it failed.
    pub failure: Option<String>,
    /// The job whose clean listing lacked it.
    pub missing_since: Option<String>,
}

impl Store {
    /// Reserves `n` ordinals of index `index_id`, never to be given out again; returns the first.
    pub async fn reserve_ordinals(&self, index_id: &str, n: u32) -> Result<u32, StoreError> {
        let mut transaction = self.write().await?;
        let first: Option<i64> = sqlx::query_scalar(
            "UPDATE indices SET next_ordinal = next_ordinal + $1 WHERE id = $2 RETURNING next_ordinal - $1",
        )
        .bind(i64::from(n))
        .bind(index_id)
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(first.ok_or_else(|| StoreError::not_found("index", index_id))? as u32)
    }

    /// The last engine batch whose rows are committed here.
    pub async fn engine_batch(&self, index_id: &str) -> Result<u64, StoreError> {
        let batch: Option<i64> = sqlx::query_scalar("SELECT engine_batch FROM indices WHERE id = $1")
            .bind(index_id)
            .fetch_optional(self.read())
            .await?;
        Ok(batch.ok_or_else(|| StoreError::not_found("index", index_id))? as u64)
    }

    /// Every current ordinal of index `index_id` with the access that readers meet.
    pub async fn ordinals(&self, index_id: &str) -> Result<Vec<(u32, AccessId)>, StoreError> {
        let sql = format!(
            "SELECT ordinal, {VISIBLE_ACCESS} AS access FROM documents WHERE index_id = $1 AND ordinal IS NOT NULL"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(index_id).fetch_all(self.read()).await?;
        Ok(rows.iter().map(ordinal_of).collect())
    }

    /// The ids of the documents whose current revisions are `ordinals`; those of no document are left out.
    pub async fn document_ids(&self, index_id: &str, ordinals: &[u32]) -> Result<HashMap<u32, String>, StoreError> {
        let mut found = HashMap::with_capacity(ordinals.len());
        for chunk in ordinals.chunks(BINDINGS_MAX) {
            let mut query = QueryBuilder::new("SELECT ordinal, id FROM documents WHERE index_id = ");
            query.push_bind(index_id).push(" AND ordinal IN (");
            let mut list = query.separated(", ");
            for ordinal in chunk {
                list.push_bind(i64::from(*ordinal));
            }
            query.push(")");
            for row in query.build().persistent(false).fetch_all(self.read()).await? {
                found.insert(row.get::<i64, _>("ordinal") as u32, row.get("id"));
            }
        }
        Ok(found)
    }

    /// What the catalogue holds of `document_ids`; those it does not know are left out.
    pub async fn entries(
        &self,
        index_id: &str,
        document_ids: &[String],
    ) -> Result<HashMap<String, CatalogueEntry>, StoreError> {
        let mut found = HashMap::with_capacity(document_ids.len());
        for chunk in document_ids.chunks(BINDINGS_MAX) {
            let mut query = QueryBuilder::new(format!(
                "SELECT id, data_source_id, version, content_hash, {VISIBLE_ACCESS} AS access, ordinal, status, failure,
                     missing_since FROM documents WHERE index_id = "
            ));
            query.push_bind(index_id).push(" AND id IN (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id);
            }
            query.push(")");
            for row in query.build().persistent(false).fetch_all(self.read()).await? {
                let entry = CatalogueEntry {
                    document_id: row.get("id"),
                    data_source_id: row.get("data_source_id"),
                    version: row.get("version"),
                    content_hash: row.get("content_hash"),
                    access: AccessId(row.get::<i64, _>("access") as u32),
                    ordinal: row.get::<Option<i64>, _>("ordinal").map(|ordinal| ordinal as u32),
                    status: row.get("status"),
                    failure: row.get("failure"),
                    missing_since: row.get("missing_since"),
                };
                found.insert(entry.document_id.clone(), entry);
            }
        }
        Ok(found)
    }

    /// Ids of all documents of a data source.
    pub async fn documents_of(&self, index_id: &str, data_source_id: &str) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM documents WHERE index_id = $1 AND data_source_id = $2 ORDER BY id")
            .bind(index_id)
            .bind(data_source_id)
            .fetch_all(self.read())
            .await?)
    }

    /// Current ordinals as a bitmap, for reconciling the engine.
    pub async fn current_ordinals(&self, index_id: &str) -> Result<RoaringBitmap, StoreError> {
        Ok(self.ordinals(index_id).await?.into_iter().map(|(ordinal, _)| ordinal).collect())
    }
}
