//! Sync jobs: rows that outlive the process which works on them.

use sangam_access::AccessId;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::{Store, StoreError, now_ms};

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobStatus {
    /// Walking the source.
    Syncing,
    /// Everything is found by its words; vectors are still being made.
    SyncingIndexing,
    /// Asked to stop.
    Stopping,
    /// Stopped.
    Aborted,
    /// Ended, some documents failed or could not be listed.
    Incomplete,
    /// Ended without doing its work; the error says what to do.
    Failed,
    /// Ended.
    Succeeded,
}

impl JobStatus {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Syncing,
        Self::SyncingIndexing,
        Self::Stopping,
        Self::Aborted,
        Self::Incomplete,
        Self::Failed,
        Self::Succeeded,
    ];

    /// The API's name of the state.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syncing => "SYNCING",
            Self::SyncingIndexing => "SYNCING_INDEXING",
            Self::Stopping => "STOPPING",
            Self::Aborted => "ABORTED",
            Self::Incomplete => "INCOMPLETE",
            Self::Failed => "FAILED",
            Self::Succeeded => "SUCCEEDED",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// True once nothing will change any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Aborted | Self::Incomplete | Self::Failed | Self::Succeeded)
    }
}

/// How many documents of a job ended how; each document counts once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobCounters {
    /// New.
    pub added: u64,
    /// Changed in text or fields.
    pub modified: u64,
    /// Hidden or removed.
    pub deleted: u64,
    /// Could not be indexed.
    pub failed: u64,
    /// In scope, unchanged ones too.
    pub scanned: u64,
    /// With another access than before and nothing else changed.
    pub access_changed: u64,
    /// Kept by the deletion guard.
    pub protected: u64,
}

/// One sync job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncJob {
    /// The execution id.
    pub id: String,
    /// The index.
    pub index_id: String,
    /// The data source.
    pub data_source_id: String,
    /// Where it is.
    pub status: JobStatus,
    /// Milliseconds since 1970 UTC.
    pub started_at: i64,
    /// Milliseconds since 1970 UTC, once it ended.
    pub ended_at: Option<i64>,
    /// The API's error code.
    pub error_code: Option<String>,
    /// What went wrong and the way out.
    pub error_message: Option<String>,
    /// The connector's error code.
    pub data_source_error_code: Option<String>,
    /// Where the source goes on, JSON.
    pub checkpoint: Option<String>,
    /// What it is doing or waiting for.
    pub note: Option<String>,
    /// What a person should read.
    pub warnings: Vec<String>,
    /// Running totals.
    pub counters: JobCounters,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobEnd {
    /// A final state.
    pub status: JobStatus,
    /// The API's error code.
    pub error_code: Option<String>,
    /// What went wrong and the way out.
    pub error_message: Option<String>,
    /// The connector's error code.
    pub data_source_error_code: Option<String>,
}

/// What a job did with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentAction {
    /// New in the index.
    Add,
    /// Another revision.
    Modify,
    /// Hidden or removed.
    Delete,
    /// As it was.
    Unmodified,
}

impl DocumentAction {
    /// The report's name of the action.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Modify => "MODIFY",
            Self::Delete => "DELETE",
            Self::Unmodified => "UNMODIFIED",
        }
    }
}

/// One line of a job's report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobDocument {
    /// The document.
    pub document_id: String,
    /// What the job did with it.
    pub action: DocumentAction,
    /// Why it failed, if it did.
    pub message: Option<String>,
}

/// Which jobs to list.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Only those in this state.
    pub status: Option<JobStatus>,
    /// Only those that started at or after, milliseconds.
    pub started_from: Option<i64>,
    /// Only those that started at or before, milliseconds.
    pub started_to: Option<i64>,
}

const COLUMNS: &str = "SELECT id, index_id, data_source_id, status, started_at, ended_at, error_code, error_message, \
     data_source_error_code, checkpoint, note, warnings, added, modified, deleted, failed, scanned, access_changed, \
     protected FROM sync_jobs";

impl Store {
    /// Adds a job in state SYNCING, unless one of the data source is SYNCING or STOPPING.
    ///
    /// # Errors
    /// [`StoreError::Exists`] with the id of the job in progress.
    pub async fn insert_job(&self, id: &str, index_id: &str, data_source_id: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let running: Option<String> = sqlx::query_scalar(
            "SELECT id FROM sync_jobs WHERE data_source_id = $1 AND status IN ('SYNCING', 'STOPPING') LIMIT 1",
        )
        .bind(data_source_id)
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(id) = running {
            return Err(StoreError::Exists { what: "sync job", id });
        }
        sqlx::query(
            "INSERT INTO sync_jobs (id, index_id, data_source_id, status, started_at) VALUES ($1, $2, $3, 'SYNCING', $4)",
        )
        .bind(id)
        .bind(index_id)
        .bind(data_source_id)
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        forget_reports(&mut transaction, data_source_id).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The job `id`.
    pub async fn job(&self, id: &str) -> Result<Option<SyncJob>, StoreError> {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(" WHERE id = ").push_bind(id);
        query.build().fetch_optional(self.read()).await?.map(|row| job_of(&row)).transpose()
    }

    /// Jobs of a data source, newest first, `limit` of them from `offset` on.
    pub async fn jobs(
        &self,
        data_source_id: &str,
        filter: &JobFilter,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<SyncJob>, StoreError> {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(" WHERE data_source_id = ").push_bind(data_source_id);
        if let Some(status) = filter.status {
            query.push(" AND status = ").push_bind(status.as_str());
        }
        if let Some(from) = filter.started_from {
            query.push(" AND started_at >= ").push_bind(from);
        }
        if let Some(to) = filter.started_to {
            query.push(" AND started_at <= ").push_bind(to);
        }
        query.push(" ORDER BY started_at DESC, id DESC LIMIT ").push_bind(i64::from(limit));
        query.push(" OFFSET ").push_bind(i64::from(offset));
        query.build().fetch_all(self.read()).await?.iter().map(job_of).collect()
    }

    /// Jobs that have not ended, oldest first.
    pub async fn open_jobs(&self) -> Result<Vec<SyncJob>, StoreError> {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(" WHERE status IN ('SYNCING', 'SYNCING_INDEXING', 'STOPPING') ORDER BY started_at, id");
        query.build().fetch_all(self.read()).await?.iter().map(job_of).collect()
    }

    /// Moves a job that has not ended from SYNCING to `status`; false if it was not SYNCING.
    pub async fn move_job(&self, id: &str, from: JobStatus, to: JobStatus) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let moved = sqlx::query("UPDATE sync_jobs SET status = $1 WHERE id = $2 AND status = $3")
            .bind(to.as_str())
            .bind(id)
            .bind(from.as_str())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        transaction.commit().await?;
        Ok(moved == 1)
    }

    /// Ends a job; does nothing if it has ended.
    pub async fn end_job(&self, id: &str, end: &JobEnd) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE sync_jobs SET status = $1, ended_at = $2, error_code = $3, error_message = $4,
             data_source_error_code = $5, note = NULL
             WHERE id = $6 AND status IN ('SYNCING', 'SYNCING_INDEXING', 'STOPPING')",
        )
        .bind(end.status.as_str())
        .bind(now_ms())
        .bind(&end.error_code)
        .bind(&end.error_message)
        .bind(&end.data_source_error_code)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Adds a warning to a job's report, once.
    pub async fn warn_job(&self, id: &str, warning: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let text: Option<String> = sqlx::query_scalar("SELECT warnings FROM sync_jobs WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        let corrupt = |source| StoreError::Corrupt { table: "sync_jobs", source };
        let mut warnings: Vec<String> =
            text.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text)).map_err(corrupt)?;
        if warnings.iter().any(|known| known == warning) || warnings.len() >= WARNINGS_MAX {
            return Ok(());
        }
        warnings.push(warning.to_owned());
        sqlx::query("UPDATE sync_jobs SET warnings = $1 WHERE id = $2")
            .bind(serde_json::to_string(&warnings).map_err(corrupt)?)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Adds to the number of documents whose access alone changed.
    pub async fn count_access_changes(&self, id: &str, n_documents: u64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE sync_jobs SET access_changed = access_changed + $1 WHERE id = $2")
            .bind(n_documents as i64)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Lines of a job's report by document id, `limit` of them after `after`.
    pub async fn job_documents(&self, id: &str, after: &str, limit: u32) -> Result<Vec<JobDocument>, StoreError> {
        let rows = sqlx::query(
            "SELECT document_id, action, message FROM job_documents
             WHERE job_id = $1 AND document_id > $2 ORDER BY document_id LIMIT $3",
        )
        .bind(id)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        let action = |name: &str| match name {
            "ADD" => DocumentAction::Add,
            "MODIFY" => DocumentAction::Modify,
            "DELETE" => DocumentAction::Delete,
            _ => DocumentAction::Unmodified,
        };
        Ok(rows
            .iter()
            .map(|row| JobDocument {
                document_id: row.get("document_id"),
                action: action(row.get("action")),
                message: row.get("message"),
            })
            .collect())
    }
}

/// Jobs of a data source whose reports are kept: an hourly sync of a hundred thousand documents would otherwise add two million rows a day.
const REPORTS_MAX: i64 = 10;

/// Forgets the lines of all but the last jobs of a data source; the jobs themselves stay, with their counters. Those that may still go on
/// need their lines, as the proof of what they saw.
async fn forget_reports(connection: &mut SqliteConnection, data_source_id: &str) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM job_documents WHERE job_id IN (
             SELECT id FROM sync_jobs WHERE data_source_id = $1 AND ended_at IS NOT NULL AND id NOT IN (
                 SELECT id FROM sync_jobs WHERE data_source_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2))",
    )
    .bind(data_source_id)
    .bind(REPORTS_MAX)
    .execute(connection)
    .await?;
    Ok(())
}

/// Warnings kept per job; a site with more has one problem, not a thousand.
const WARNINGS_MAX: usize = 1_000;

/// Adds lines to a job's report and moves its counters; a document that has a line already is not counted again.
pub(crate) async fn report(
    connection: &mut SqliteConnection,
    job_id: &str,
    documents: &[JobDocument],
) -> Result<(), StoreError> {
    let mut counters = JobCounters::default();
    for document in documents {
        let inserted = sqlx::query(
            "INSERT INTO job_documents (job_id, document_id, action, message) VALUES ($1, $2, $3, $4)
             ON CONFLICT (job_id, document_id) DO NOTHING",
        )
        .bind(job_id)
        .bind(&document.document_id)
        .bind(document.action.as_str())
        .bind(&document.message)
        .execute(&mut *connection)
        .await?
        .rows_affected();
        if inserted == 0 {
            continue;
        }
        match (document.action, &document.message) {
            (DocumentAction::Delete, _) => counters.deleted += 1,
            (_, Some(_)) => counters.failed += 1,
            (DocumentAction::Add, None) => counters.added += 1,
            (DocumentAction::Modify, None) => counters.modified += 1,
            (DocumentAction::Unmodified, None) => {}
        }
        counters.scanned += u64::from(document.action != DocumentAction::Delete);
    }
    sqlx::query(
        "UPDATE sync_jobs SET added = added + $1, modified = modified + $2, deleted = deleted + $3,
         failed = failed + $4, scanned = scanned + $5 WHERE id = $6",
    )
    .bind(counters.added as i64)
    .bind(counters.modified as i64)
    .bind(counters.deleted as i64)
    .bind(counters.failed as i64)
    .bind(counters.scanned as i64)
    .bind(job_id)
    .execute(connection)
    .await?;
    Ok(())
}

fn job_of(row: &SqliteRow) -> Result<SyncJob, StoreError> {
    let count = |name: &str| row.get::<i64, _>(name) as u64;
    Ok(SyncJob {
        id: row.get("id"),
        index_id: row.get("index_id"),
        data_source_id: row.get("data_source_id"),
        status: JobStatus::parse(row.get("status")).unwrap_or(JobStatus::Failed),
        started_at: row.get("started_at"),
        ended_at: row.get("ended_at"),
        error_code: row.get("error_code"),
        error_message: row.get("error_message"),
        data_source_error_code: row.get("data_source_error_code"),
        checkpoint: row.get("checkpoint"),
        note: row.get("note"),
        warnings: serde_json::from_str(row.get("warnings"))
            .map_err(|source| StoreError::Corrupt { table: "sync_jobs", source })?,
        counters: JobCounters {
            added: count("added"),
            modified: count("modified"),
            deleted: count("deleted"),
            failed: count("failed"),
            scanned: count("scanned"),
            access_changed: count("access_changed"),
            protected: count("protected"),
        },
    })
}

/// The access that a reader sees: hidden while the last clean listing lacked the document.
pub(crate) fn visible_access(access_id: i64, missing_since: Option<&str>) -> AccessId {
    if missing_since.is_some() { AccessId::HIDDEN } else { AccessId(access_id as u32) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{NewDataSource, NewIndex, fixture};

    #[tokio::test]
    async fn reports_of_the_last_jobs_are_kept_and_of_every_job_that_goes_on() {
        let (_folder, store) = fixture::store().await;
        let index = NewIndex { id: "i", name: "n", document: &json!({}), tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
        let document = json!({});
        let source = NewDataSource {
            id: "s",
            index_id: "i",
            name: "n",
            kind: "TEMPLATE",
            document: &document,
            tags: &[],
            limit: None,
        };
        store.create_data_source(&source, None).await.unwrap();
        let end = JobEnd {
            status: JobStatus::Succeeded,
            error_code: None,
            error_message: None,
            data_source_error_code: None,
        };
        for n in 0..14 {
            let id = format!("j{n:02}");
            store.insert_job(&id, "i", "s").await.unwrap();
            let line = JobDocument { document_id: "d".into(), action: DocumentAction::Add, message: None };
            store.report_documents(&id, &[line]).await.unwrap();
            if n == 1 {
                // It waits for its vectors all the while.
                store.move_job(&id, JobStatus::Syncing, JobStatus::SyncingIndexing).await.unwrap();
            } else {
                store.end_job(&id, &end).await.unwrap();
            }
        }
        let mut kept = Vec::new();
        for n in 0..14 {
            if !store.job_documents(&format!("j{n:02}"), "", 10).await.unwrap().is_empty() {
                kept.push(n);
            }
        }
        assert_eq!(kept, [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        assert_eq!(store.job("j00").await.unwrap().unwrap().counters.added, 1, "the job itself stays");
    }
}
