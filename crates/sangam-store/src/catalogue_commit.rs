//! The one transaction that moves documents, checkpoint and counters together.
//!
//! What thousands of documents have in common is asked and written at once: a statement costs as much as several rows.

use std::collections::{HashMap, HashSet};

use sangam_access::AccessId;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::job_report::{JobDocument, report};
use crate::sight::hidden_sources;
use crate::tree::{BINDINGS_MAX, Tree, push_list};
use crate::{
    CatalogueChange, CatalogueCommit, DocumentAction, FailedDocument, JobCommit, Revision, RevisionAccess,
    SeenDocument, Store, StoreError, now_ms,
};

/// Documents written by one statement; thirteen values each.
const DOCUMENTS_PER_STATEMENT: usize = 500;
/// Ordinals written by one statement; three values each.
const ORDINALS_PER_STATEMENT: usize = 1_000;

impl Store {
    /// Makes `commit` true, all of it or nothing, after the engine has committed its batch.
    pub async fn commit_catalogue(&self, commit: &CatalogueCommit) -> Result<CatalogueChange, StoreError> {
        let mut transaction = self.write().await?;
        let waiting = take_from_inbox(&mut transaction, &commit.inbox_done).await?;
        let is_wanted = |seq: Option<i64>| seq.is_none_or(|seq| waiting.contains(&seq));
        let (revisions, unwanted): (Vec<_>, Vec<_>) =
            commit.revisions.iter().partition(|revision| is_wanted(revision.inbox_seq));
        let mut change = CatalogueChange::default();
        change.retired.extend(unwanted.iter().map(|revision| revision.ordinal));
        let mut places = Places::load(&mut transaction, commit).await?;
        let mut lines =
            apply_revisions(&mut transaction, &commit.index_id, &revisions, &mut places, &mut change).await?;
        for failed in commit.failed.iter().filter(|failed| is_wanted(failed.inbox_seq)) {
            lines.push(apply_failure(&mut transaction, &commit.index_id, failed).await?);
        }
        retire(&mut transaction, &commit.index_id, &change.retired).await?;
        if let Some(job) = &commit.job {
            lines.extend(apply_seen(&mut transaction, commit, &job.data_source_id, &mut places, &mut change).await?);
            report(&mut transaction, &job.job_id, &lines).await?;
            settle_job(&mut transaction, job, change.n_access_changed).await?;
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
}

/// Takes documents out of the inbox; returns the places of those that were still there.
async fn take_from_inbox(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<HashSet<i64>, StoreError> {
    let mut waiting = HashSet::with_capacity(seqs.len());
    for chunk in seqs.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new("DELETE FROM inbox WHERE seq IN (");
        let mut list = query.separated(", ");
        for seq in chunk {
            list.push_bind(*seq);
        }
        query.push(") RETURNING seq");
        let rows = query.build().persistent(false).fetch_all(&mut *connection).await?;
        waiting.extend(rows.iter().map(|row| row.get::<i64, _>("seq")));
    }
    Ok(waiting)
}

/// Where the documents of a commit are anchored, by data source, and which data sources are hidden.
struct Places {
    trees: HashMap<String, Tree>,
    hidden: HashSet<String>,
}

impl Places {
    async fn load(connection: &mut SqliteConnection, commit: &CatalogueCommit) -> Result<Self, StoreError> {
        let mut anchors: HashMap<&str, Vec<&str>> = HashMap::new();
        for revision in &commit.revisions {
            if let (Some(source), Some(anchor)) = (&revision.data_source_id, &revision.anchor) {
                anchors.entry(source).or_default().push(anchor);
            }
        }
        if let Some(job) = &commit.job {
            let seen = commit.seen.iter().map(|seen| seen.anchor.as_str());
            anchors.entry(&job.data_source_id).or_default().extend(seen);
        }
        let mut trees = HashMap::with_capacity(anchors.len());
        for (source, anchors) in anchors {
            trees.insert(source.to_owned(), Tree::load_above(connection, source, anchors).await?);
        }
        Ok(Self { trees, hidden: hidden_sources(connection, &commit.index_id).await? })
    }

    async fn access(
        &mut self,
        connection: &mut SqliteConnection,
        index_id: &str,
        data_source_id: &str,
        anchor: &str,
    ) -> Result<AccessId, StoreError> {
        match self.trees.get_mut(data_source_id) {
            Some(tree) => tree.access(connection, index_id, anchor).await,
            None => Ok(AccessId::HIDDEN),
        }
    }

    /// The access that readers meet.
    fn shown(&self, data_source_id: Option<&str>, access: AccessId) -> AccessId {
        let is_hidden = data_source_id.is_some_and(|source| self.hidden.contains(source));
        if is_hidden { AccessId::HIDDEN } else { access }
    }
}

/// What the catalogue holds of a document before the commit.
struct Before {
    ordinal: Option<i64>,
    content_hash: Option<Vec<u8>>,
}

/// A revision with all that its row needs.
struct Applied<'a> {
    revision: &'a Revision,
    access: AccessId,
    previous: Option<i64>,
    status: &'static str,
}

/// Makes `revisions` the current ones and notes those before as retired.
async fn apply_revisions(
    connection: &mut SqliteConnection,
    index_id: &str,
    revisions: &[&Revision],
    places: &mut Places,
    change: &mut CatalogueChange,
) -> Result<Vec<JobDocument>, StoreError> {
    let ids: Vec<&str> = revisions.iter().map(|revision| revision.document_id.as_str()).collect();
    let mut known = known(connection, index_id, &ids).await?;
    let mut lines = Vec::with_capacity(revisions.len());
    let mut applied: Vec<Applied<'_>> = Vec::with_capacity(revisions.len());
    for revision in revisions {
        let access = match (revision.access, &revision.anchor, &revision.data_source_id) {
            (RevisionAccess::Fixed(access), _, _) => access,
            (RevisionAccess::Anchored, Some(anchor), Some(data_source_id)) => {
                places.access(connection, index_id, data_source_id, anchor).await?
            }
            (RevisionAccess::Anchored, _, _) => AccessId::HIDDEN,
        };
        let after =
            Before { ordinal: Some(i64::from(revision.ordinal)), content_hash: Some(revision.content_hash.clone()) };
        let before = known.insert(&revision.document_id, after);
        let previous = before.as_ref().and_then(|before| before.ordinal);
        let same = before.is_some_and(|before| before.content_hash.as_ref() == Some(&revision.content_hash));
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
        change.retired.extend(previous.map(|ordinal| ordinal as u32));
        change.ordinals.push((revision.ordinal, places.shown(revision.data_source_id.as_deref(), access)));
        lines.push(JobDocument {
            document_id: revision.document_id.clone(),
            action,
            failure: revision.failure.clone(),
        });
        applied.push(Applied { revision, access, previous, status });
    }
    write_documents(connection, index_id, &applied).await?;
    keep_processing(connection, index_id, &ids).await?;
    // Also without a model: vectors are made as soon as there is one.
    queue_vectors(connection, index_id, &applied).await?;
    Ok(lines)
}

async fn known<'a>(
    connection: &mut SqliteConnection,
    index_id: &str,
    ids: &[&'a str],
) -> Result<HashMap<&'a str, Before>, StoreError> {
    let own: HashMap<&str, &'a str> = ids.iter().map(|id| (*id, *id)).collect();
    let mut known = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new("SELECT id, ordinal, content_hash FROM documents WHERE index_id = ");
        query.push_bind(index_id).push(" AND id IN (");
        push_list(&mut query, chunk);
        query.push(")");
        for row in query.build().persistent(false).fetch_all(&mut *connection).await? {
            if let Some(id) = own.get(row.get::<&str, _>("id")) {
                known.insert(*id, Before { ordinal: row.get("ordinal"), content_hash: row.get("content_hash") });
            }
        }
    }
    Ok(known)
}

async fn write_documents(
    connection: &mut SqliteConnection,
    index_id: &str,
    applied: &[Applied<'_>],
) -> Result<(), StoreError> {
    // One row a document, the last: of two in one statement it is nowhere written which one stays.
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(applied.len());
    for (place, document) in applied.iter().enumerate() {
        places.insert(&document.revision.document_id, place);
    }
    let last: Vec<&Applied<'_>> = applied
        .iter()
        .enumerate()
        .filter(|(place, document)| places[document.revision.document_id.as_str()] == *place)
        .map(|(_, document)| document)
        .collect();
    let now = now_ms();
    for chunk in last.chunks(DOCUMENTS_PER_STATEMENT) {
        let mut query = QueryBuilder::new(
            "INSERT INTO documents (index_id, id, data_source_id, anchor, version, content_hash, access_id, ordinal,
                 status, failure, text_bytes, lost_at, updated_at) ",
        );
        query.push_values(chunk, |mut row, document| {
            let revision = document.revision;
            let is_lost = document.access == AccessId::HIDDEN;
            row.push_bind(index_id).push_bind(&revision.document_id).push_bind(&revision.data_source_id);
            row.push_bind(&revision.anchor).push_bind(&revision.version).push_bind(&revision.content_hash);
            row.push_bind(i64::from(document.access.0)).push_bind(i64::from(revision.ordinal));
            row.push_bind(document.status)
                .push_bind(revision.failure.as_ref().map(|it| &it.reason))
                .push_bind(revision.text_bytes as i64);
            row.push_bind(is_lost.then_some(now)).push_bind(now);
        });
        query.push(
            " ON CONFLICT (index_id, id) DO UPDATE SET data_source_id = excluded.data_source_id,
             anchor = excluded.anchor, version = excluded.version, content_hash = excluded.content_hash,
             access_id = excluded.access_id, ordinal = excluded.ordinal, status = excluded.status,
             failure = excluded.failure, text_bytes = excluded.text_bytes, missing_since = NULL,
             lost_at = CASE WHEN excluded.lost_at IS NULL THEN NULL ELSE COALESCE(documents.lost_at, excluded.lost_at) END,
             updated_at = excluded.updated_at",
        );
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Documents of which a newer revision waits in the inbox are not settled yet, whatever became of this one.
async fn keep_processing(connection: &mut SqliteConnection, index_id: &str, ids: &[&str]) -> Result<(), StoreError> {
    let waits: Option<i64> = sqlx::query_scalar("SELECT 1 FROM inbox WHERE index_id = $1 LIMIT 1")
        .bind(index_id)
        .fetch_optional(&mut *connection)
        .await?;
    if waits.is_none() {
        return Ok(());
    }
    for chunk in ids.chunks(BINDINGS_MAX) {
        let mut query =
            QueryBuilder::new("UPDATE documents SET status = 'PROCESSING', failure = NULL WHERE index_id = ");
        query.push_bind(index_id).push(" AND id IN (");
        push_list(&mut query, chunk);
        query.push(
            ") AND EXISTS (SELECT 1 FROM inbox
                 WHERE inbox.index_id = documents.index_id AND inbox.document_id = documents.id)",
        );
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn queue_vectors(
    connection: &mut SqliteConnection,
    index_id: &str,
    applied: &[Applied<'_>],
) -> Result<(), StoreError> {
    for chunk in applied.chunks(ORDINALS_PER_STATEMENT) {
        let mut query = QueryBuilder::new("INSERT INTO vector_queue (index_id, ordinal, previous) ");
        query.push_values(chunk, |mut row, document| {
            row.push_bind(index_id).push_bind(i64::from(document.revision.ordinal)).push_bind(document.previous);
        });
        query.build().persistent(false).execute(&mut *connection).await?;
    }
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
    .bind(&failed.failure.reason)
    .bind(now_ms())
    .bind(index_id)
    .bind(&failed.document_id)
    .fetch_optional(&mut *connection)
    .await?;
    keep_processing(connection, index_id, &[&failed.document_id]).await?;
    let action = if had == Some(true) { DocumentAction::Modify } else { DocumentAction::Add };
    Ok(JobDocument { document_id: failed.document_id.clone(), action, failure: Some(failed.failure.clone()) })
}

/// A document that a listing showed, as the catalogue has it.
struct SeenRow {
    anchor: Option<String>,
    version: String,
    access: i64,
    ordinal: Option<u32>,
    is_missing: bool,
}

/// Shows unchanged documents again that were hidden, and moves those whose anchors did.
async fn apply_seen(
    connection: &mut SqliteConnection,
    commit: &CatalogueCommit,
    data_source_id: &str,
    places: &mut Places,
    change: &mut CatalogueChange,
) -> Result<Vec<JobDocument>, StoreError> {
    let index_id = commit.index_id.as_str();
    let mut rows = seen_rows(connection, index_id, &commit.seen).await?;
    let mut lines = Vec::with_capacity(commit.seen.len());
    for seen in &commit.seen {
        let Some(row) = rows.get_mut(&seen.document_id) else { continue };
        let access = places.access(connection, index_id, data_source_id, &seen.anchor).await?;
        let is_moved = row.anchor.as_deref() != Some(seen.anchor.as_str());
        let is_other = row.access != i64::from(access.0);
        let has_version = seen.version.as_ref().is_some_and(|version| *version != row.version);
        if is_moved || is_other || row.is_missing || has_version {
            let lost_at = (access == AccessId::HIDDEN).then(now_ms);
            sqlx::query(
                "UPDATE documents SET anchor = $1, access_id = $2, missing_since = NULL, version = COALESCE($3, version),
                     lost_at = CASE WHEN $4 IS NULL THEN NULL ELSE COALESCE(lost_at, $4) END
                 WHERE index_id = $5 AND id = $6",
            )
            .bind(&seen.anchor)
            .bind(i64::from(access.0))
            .bind(&seen.version)
            .bind(lost_at)
            .bind(index_id)
            .bind(&seen.document_id)
            .execute(&mut *connection)
            .await?;
            let shown = places.shown(Some(data_source_id), access);
            change.ordinals.extend(row.ordinal.map(|ordinal| (ordinal, shown)));
            change.n_access_changed += u64::from(is_other);
            (row.access, row.is_missing, row.anchor) = (i64::from(access.0), false, Some(seen.anchor.clone()));
        }
        let action = DocumentAction::Unmodified;
        lines.push(JobDocument { document_id: seen.document_id.clone(), action, failure: None });
    }
    Ok(lines)
}

async fn seen_rows(
    connection: &mut SqliteConnection,
    index_id: &str,
    seen: &[SeenDocument],
) -> Result<HashMap<String, SeenRow>, StoreError> {
    let ids: Vec<&str> = seen.iter().map(|seen| seen.document_id.as_str()).collect();
    let mut rows = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new(
            "SELECT id, anchor, version, access_id, ordinal, missing_since IS NOT NULL AS missing FROM documents
             WHERE index_id = ",
        );
        query.push_bind(index_id).push(" AND id IN (");
        push_list(&mut query, chunk);
        query.push(")");
        for row in query.build().persistent(false).fetch_all(&mut *connection).await? {
            let seen = SeenRow {
                anchor: row.get("anchor"),
                version: row.get("version"),
                access: row.get("access_id"),
                ordinal: row.get::<Option<i64>, _>("ordinal").map(|ordinal| ordinal as u32),
                is_missing: row.get("missing"),
            };
            rows.insert(row.get("id"), seen);
        }
    }
    Ok(rows)
}

/// Notes ordinals that no document holds any more: no vectors are made of them, and the engine is to forget them.
pub(crate) async fn retire(
    connection: &mut SqliteConnection,
    index_id: &str,
    ordinals: &[u32],
) -> Result<(), StoreError> {
    for chunk in ordinals.chunks(ORDINALS_PER_STATEMENT) {
        let mut query = QueryBuilder::new("INSERT INTO retired (index_id, ordinal) ");
        query.push_values(chunk, |mut row, ordinal| {
            row.push_bind(index_id).push_bind(i64::from(*ordinal));
        });
        query.push(" ON CONFLICT (index_id, ordinal) DO NOTHING");
        query.build().persistent(false).execute(&mut *connection).await?;
        let mut query = QueryBuilder::new("DELETE FROM vector_queue WHERE index_id = ");
        query.push_bind(index_id).push(" AND ordinal IN (");
        let mut list = query.separated(", ");
        for ordinal in chunk {
            list.push_bind(i64::from(*ordinal));
        }
        query.push(")");
        query.build().persistent(false).execute(&mut *connection).await?;
    }
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
