//! Every document and which revision of it is current.

use std::collections::{HashMap, HashSet};

use roaring::RoaringBitmap;
use sangam_access::AccessId;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::access::Tree;
use crate::jobs::{JobDocument, report, visible_access};
use crate::{DocumentAction, Store, StoreError, now_ms};

/// Values bound in one statement; SQLite's own limit is 32,766.
const BINDINGS_MAX: usize = 10_000;

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
    pub failure: Option<String>,
    /// Its place in the inbox, if it came from there: a document that was deleted since has lost it, and stays deleted.
    pub inbox_seq: Option<i64>,
}

/// A document that was accepted and could not be indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDocument {
    /// The document.
    pub document_id: String,
    /// Why, for its owner.
    pub reason: String,
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
        let rows = sqlx::query(
            "SELECT ordinal, access_id, missing_since FROM documents WHERE index_id = $1 AND ordinal IS NOT NULL",
        )
        .bind(index_id)
        .fetch_all(self.read())
        .await?;
        Ok(rows
            .iter()
            .map(|row| {
                let missing: Option<&str> = row.get("missing_since");
                (row.get::<i64, _>("ordinal") as u32, visible_access(row.get("access_id"), missing))
            })
            .collect())
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
            for row in query.build().fetch_all(self.read()).await? {
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
            let mut query = QueryBuilder::new(
                "SELECT id, data_source_id, version, content_hash, access_id, ordinal, status, failure, missing_since
                 FROM documents WHERE index_id = ",
            );
            query.push_bind(index_id).push(" AND id IN (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id);
            }
            query.push(")");
            for row in query.build().fetch_all(self.read()).await? {
                let missing_since: Option<String> = row.get("missing_since");
                let entry = CatalogueEntry {
                    document_id: row.get("id"),
                    data_source_id: row.get("data_source_id"),
                    version: row.get("version"),
                    content_hash: row.get("content_hash"),
                    access: visible_access(row.get("access_id"), missing_since.as_deref()),
                    ordinal: row.get::<Option<i64>, _>("ordinal").map(|ordinal| ordinal as u32),
                    status: row.get("status"),
                    failure: row.get("failure"),
                    missing_since,
                };
                found.insert(entry.document_id.clone(), entry);
            }
        }
        Ok(found)
    }

    /// Makes `commit` true, all of it or nothing, after the engine has committed its batch.
    pub async fn commit_catalogue(&self, commit: &CatalogueCommit) -> Result<CatalogueChange, StoreError> {
        let mut transaction = self.write().await?;
        let mut change = CatalogueChange::default();
        let mut lines = Vec::new();
        let mut trees: HashMap<&str, Tree> = HashMap::new();
        let waiting = take_from_inbox(&mut transaction, &commit.inbox_done).await?;
        let is_wanted = |seq: Option<i64>| seq.is_none_or(|seq| waiting.contains(&seq));
        for revision in &commit.revisions {
            if !is_wanted(revision.inbox_seq) {
                retire(&mut transaction, &commit.index_id, revision.ordinal, &mut change).await?;
                continue;
            }
            lines.push(apply_revision(&mut transaction, commit, revision, &mut trees, &mut change).await?);
        }
        for failed in commit.failed.iter().filter(|failed| is_wanted(failed.inbox_seq)) {
            lines.push(apply_failure(&mut transaction, &commit.index_id, failed).await?);
        }
        if let Some(job) = &commit.job {
            let n_before = change.n_access_changed;
            for seen in &commit.seen {
                let tree = tree_of(&mut trees, &mut transaction, &job.data_source_id).await?;
                lines.extend(apply_seen(&mut transaction, &commit.index_id, seen, tree, &mut change).await?);
            }
            report(&mut transaction, &job.job_id, &lines).await?;
            settle_job(&mut transaction, job, change.n_access_changed - n_before).await?;
        }
        sqlx::query(
            "UPDATE indices SET catalogue_generation = catalogue_generation + 1,
             engine_batch = CASE WHEN $1 > engine_batch THEN $1 ELSE engine_batch END WHERE id = $2",
        )
        .bind(commit.engine_batch as i64)
        .bind(&commit.index_id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        // Of several revisions of one document in a batch, the earlier ones were never current for anybody.
        let retired: HashSet<u32> = change.retired.iter().copied().collect();
        change.ordinals.retain(|(ordinal, _)| !retired.contains(ordinal));
        Ok(change)
    }

    /// Forgets documents; their revisions are retired. Unknown ids are ignored.
    pub async fn remove_documents(
        &self,
        index_id: &str,
        document_ids: &[String],
    ) -> Result<CatalogueChange, StoreError> {
        let mut transaction = self.write().await?;
        let mut change = CatalogueChange::default();
        for id in document_ids {
            let ordinal: Option<Option<i64>> =
                sqlx::query_scalar("DELETE FROM documents WHERE index_id = $1 AND id = $2 RETURNING ordinal")
                    .bind(index_id)
                    .bind(id)
                    .fetch_optional(&mut *transaction)
                    .await?;
            sqlx::query("DELETE FROM inbox WHERE index_id = $1 AND document_id = $2")
                .bind(index_id)
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            if let Some(ordinal) = ordinal.flatten() {
                retire(&mut transaction, index_id, ordinal as u32, &mut change).await?;
            }
        }
        transaction.commit().await?;
        Ok(change)
    }

    /// Documents of a data source that job `job_id` has not seen, with the job whose listing lacked them before, if any.
    pub async fn unseen_documents(
        &self,
        index_id: &str,
        data_source_id: &str,
        job_id: &str,
    ) -> Result<Vec<UnseenDocument>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, anchor, missing_since FROM documents
             WHERE index_id = $1 AND data_source_id = $2 AND NOT EXISTS (
                 SELECT 1 FROM job_documents WHERE job_id = $3 AND document_id = documents.id)
             ORDER BY id",
        )
        .bind(index_id)
        .bind(data_source_id)
        .bind(job_id)
        .fetch_all(self.read())
        .await?;
        Ok(rows
            .iter()
            .map(|row| UnseenDocument {
                document_id: row.get("id"),
                anchor: row.get("anchor"),
                missing_since: row.get("missing_since"),
            })
            .collect())
    }

    /// Hides documents that a clean listing of `job_id` lacked, and counts them as deleted unless they were hidden before.
    pub async fn hide_documents(
        &self,
        index_id: &str,
        job_id: &str,
        document_ids: &[String],
    ) -> Result<CatalogueChange, StoreError> {
        let mut transaction = self.write().await?;
        let mut change = CatalogueChange::default();
        let mut lines = Vec::new();
        for id in document_ids {
            let ordinal: Option<Option<i64>> = sqlx::query_scalar(
                "UPDATE documents SET missing_since = $1 WHERE index_id = $2 AND id = $3 AND missing_since IS NULL
                 RETURNING ordinal",
            )
            .bind(job_id)
            .bind(index_id)
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(ordinal) = ordinal else { continue };
            lines.push(JobDocument { document_id: id.clone(), action: DocumentAction::Delete, message: None });
            change.ordinals.extend(ordinal.map(|ordinal| (ordinal as u32, AccessId::HIDDEN)));
        }
        report(&mut transaction, job_id, &lines).await?;
        transaction.commit().await?;
        Ok(change)
    }

    /// Adds lines to a job's report, e.g. for documents that it removed.
    pub async fn report_documents(&self, job_id: &str, lines: &[JobDocument]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        report(&mut transaction, job_id, lines).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Says how many removals the deletion guard held back.
    pub async fn protect_documents(&self, job_id: &str, n_documents: u64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE sync_jobs SET protected = $1 WHERE id = $2")
            .bind(n_documents as i64)
            .bind(job_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
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

/// A document that a job did not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnseenDocument {
    /// The document.
    pub document_id: String,
    /// The node whose access it had.
    pub anchor: Option<String>,
    /// The job whose clean listing lacked it before.
    pub missing_since: Option<String>,
}

/// Takes documents out of the inbox; returns the places of those that were still there.
async fn take_from_inbox(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<HashSet<i64>, StoreError> {
    let mut waiting = HashSet::with_capacity(seqs.len());
    for seq in seqs {
        let taken = sqlx::query("DELETE FROM inbox WHERE seq = $1").bind(seq).execute(&mut *connection).await?;
        if taken.rows_affected() == 1 {
            waiting.insert(*seq);
        }
    }
    Ok(waiting)
}

async fn tree_of<'a, 'b>(
    trees: &'b mut HashMap<&'a str, Tree>,
    connection: &mut SqliteConnection,
    data_source_id: &'a str,
) -> Result<&'b mut Tree, StoreError> {
    if !trees.contains_key(data_source_id) {
        let tree = Tree::load(connection, data_source_id).await?;
        trees.insert(data_source_id, tree);
    }
    Ok(trees.get_mut(data_source_id).expect("inserted above"))
}

/// Makes `revision` the current one and retires the one before.
async fn apply_revision<'a>(
    connection: &mut SqliteConnection,
    commit: &CatalogueCommit,
    revision: &'a Revision,
    trees: &mut HashMap<&'a str, Tree>,
    change: &mut CatalogueChange,
) -> Result<JobDocument, StoreError> {
    let index_id = commit.index_id.as_str();
    let access = match (revision.access, &revision.anchor, &revision.data_source_id) {
        (RevisionAccess::Fixed(access), _, _) => access,
        (RevisionAccess::Anchored, Some(anchor), Some(data_source_id)) => {
            let tree = tree_of(trees, connection, data_source_id).await?;
            tree.access(connection, index_id, anchor).await?
        }
        (RevisionAccess::Anchored, _, _) => AccessId::HIDDEN,
    };
    let before: Option<(Option<i64>, Option<Vec<u8>>)> =
        sqlx::query_as("SELECT ordinal, content_hash FROM documents WHERE index_id = $1 AND id = $2")
            .bind(index_id)
            .bind(&revision.document_id)
            .fetch_optional(&mut *connection)
            .await?;
    let previous = before.as_ref().and_then(|(ordinal, _)| *ordinal);
    let same = before.as_ref().is_some_and(|(_, hash)| hash.as_ref() == Some(&revision.content_hash));
    let action = match previous {
        None => DocumentAction::Add,
        Some(_) if same => DocumentAction::Unmodified,
        Some(_) => DocumentAction::Modify,
    };
    let status = match (previous, &revision.failure) {
        (None, None) => "INDEXED",
        (None, Some(_)) => "FAILED",
        (Some(_), None) => "UPDATED",
        (Some(_), Some(_)) => "UPDATE_FAILED",
    };
    sqlx::query(
        "INSERT INTO documents (index_id, id, data_source_id, anchor, version, content_hash, access_id, ordinal, status,
             failure, text_bytes, missing_since, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, $12)
         ON CONFLICT (index_id, id) DO UPDATE SET data_source_id = excluded.data_source_id, anchor = excluded.anchor,
             version = excluded.version, content_hash = excluded.content_hash, access_id = excluded.access_id,
             ordinal = excluded.ordinal, status = excluded.status, failure = excluded.failure,
             text_bytes = excluded.text_bytes, missing_since = NULL, updated_at = excluded.updated_at",
    )
    .bind(index_id)
    .bind(&revision.document_id)
    .bind(&revision.data_source_id)
    .bind(&revision.anchor)
    .bind(&revision.version)
    .bind(&revision.content_hash)
    .bind(i64::from(access.0))
    .bind(i64::from(revision.ordinal))
    .bind(status)
    .bind(&revision.failure)
    .bind(revision.text_bytes as i64)
    .bind(now_ms())
    .execute(&mut *connection)
    .await?;
    keep_processing(connection, index_id, &revision.document_id).await?;
    if let Some(previous) = previous {
        retire(connection, index_id, previous as u32, change).await?;
    }
    // Also without a model: vectors are made as soon as there is one.
    sqlx::query("INSERT INTO vector_queue (index_id, ordinal, previous) VALUES ($1, $2, $3)")
        .bind(index_id)
        .bind(i64::from(revision.ordinal))
        .bind(previous)
        .execute(&mut *connection)
        .await?;
    change.ordinals.push((revision.ordinal, access));
    Ok(JobDocument { document_id: revision.document_id.clone(), action, message: revision.failure.clone() })
}

/// A document of which a newer revision waits in the inbox is not settled yet, whatever became of this one.
async fn keep_processing(
    connection: &mut SqliteConnection,
    index_id: &str,
    document_id: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE documents SET status = 'PROCESSING', failure = NULL WHERE index_id = $1 AND id = $2
         AND EXISTS (SELECT 1 FROM inbox WHERE index_id = $1 AND document_id = $2)",
    )
    .bind(index_id)
    .bind(document_id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that an accepted document could not be indexed; a revision that it had stays current.
async fn apply_failure(
    connection: &mut SqliteConnection,
    index_id: &str,
    failed: &FailedDocument,
) -> Result<JobDocument, StoreError> {
    let had: Option<bool> = sqlx::query_scalar(
        "UPDATE documents SET status = CASE WHEN ordinal IS NULL THEN 'FAILED' ELSE 'UPDATE_FAILED' END, failure = $1,
             updated_at = $2
         WHERE index_id = $3 AND id = $4 RETURNING ordinal IS NOT NULL",
    )
    .bind(&failed.reason)
    .bind(now_ms())
    .bind(index_id)
    .bind(&failed.document_id)
    .fetch_optional(&mut *connection)
    .await?;
    keep_processing(connection, index_id, &failed.document_id).await?;
    let action = if had == Some(true) { DocumentAction::Modify } else { DocumentAction::Add };
    Ok(JobDocument { document_id: failed.document_id.clone(), action, message: Some(failed.reason.clone()) })
}

/// Shows an unchanged document again if it was hidden, and moves it if its anchor did.
async fn apply_seen(
    connection: &mut SqliteConnection,
    index_id: &str,
    seen: &SeenDocument,
    tree: &mut Tree,
    change: &mut CatalogueChange,
) -> Result<Option<JobDocument>, StoreError> {
    let Some(row) =
        sqlx::query("SELECT anchor, access_id, ordinal, missing_since FROM documents WHERE index_id = $1 AND id = $2")
            .bind(index_id)
            .bind(&seen.document_id)
            .fetch_optional(&mut *connection)
            .await?
    else {
        return Ok(None);
    };
    let anchor: Option<&str> = row.get("anchor");
    let before: i64 = row.get("access_id");
    let missing: Option<&str> = row.get("missing_since");
    let access = tree.access(connection, index_id, &seen.anchor).await?;
    let moved = anchor != Some(seen.anchor.as_str());
    if moved || missing.is_some() || before != i64::from(access.0) || seen.version.is_some() {
        sqlx::query(
            "UPDATE documents SET anchor = $1, access_id = $2, missing_since = NULL, version = COALESCE($3, version)
             WHERE index_id = $4 AND id = $5",
        )
        .bind(&seen.anchor)
        .bind(i64::from(access.0))
        .bind(&seen.version)
        .bind(index_id)
        .bind(&seen.document_id)
        .execute(connection)
        .await?;
        if let Some(ordinal) = row.get::<Option<i64>, _>("ordinal") {
            change.ordinals.push((ordinal as u32, access));
        }
        change.n_access_changed += u64::from(before != i64::from(access.0));
    }
    Ok(Some(JobDocument { document_id: seen.document_id.clone(), action: DocumentAction::Unmodified, message: None }))
}

async fn retire(
    connection: &mut SqliteConnection,
    index_id: &str,
    ordinal: u32,
    change: &mut CatalogueChange,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO retired (index_id, ordinal) VALUES ($1, $2) ON CONFLICT (index_id, ordinal) DO NOTHING")
        .bind(index_id)
        .bind(i64::from(ordinal))
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM vector_queue WHERE index_id = $1 AND ordinal = $2")
        .bind(index_id)
        .bind(i64::from(ordinal))
        .execute(connection)
        .await?;
    change.retired.push(ordinal);
    Ok(())
}

async fn settle_job(connection: &mut SqliteConnection, job: &JobCommit, n_access: u64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE sync_jobs SET access_changed = access_changed + $1, checkpoint = COALESCE($2, checkpoint) WHERE id = $3",
    )
    .bind(n_access as i64)
    .bind(&job.checkpoint)
    .bind(&job.job_id)
    .execute(connection)
    .await?;
    Ok(())
}
