//! Sync jobs: rows that outlive the process which works on them.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::job_report::forget_reports;
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

/// What a job is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// A sync as the API has it.
    #[default]
    Sync,
    /// A refresh of access between syncs.
    Access,
    /// A dry run, which stores nothing but its own result.
    Preview,
}

impl JobKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Sync, Self::Access, Self::Preview];

    /// The word in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Access => "access",
            Self::Preview => "preview",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
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
    /// What it is for.
    pub kind: JobKind,
    /// How much it fetches, JSON; `None` until that is known.
    pub mode: Option<String>,
    /// Digest of the configuration that it began with.
    pub setup: Option<String>,
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
    /// Documents that the source expects to list.
    pub n_expected: Option<u64>,
    /// Calls made to the product.
    pub n_calls: u64,
    /// When the source said that it will be welcome again, milliseconds since 1970 UTC.
    pub retry_at: Option<i64>,
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

/// Which jobs to list.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Only those of this kind.
    pub kind: JobKind,
    /// Only those in this state.
    pub status: Option<JobStatus>,
    /// Only those that started at or after, milliseconds.
    pub started_from: Option<i64>,
    /// Only those that started at or before, milliseconds.
    pub started_to: Option<i64>,
}

const COLUMNS: &str = "SELECT id, index_id, data_source_id, kind, mode, setup, status, started_at, ended_at, \
     error_code, error_message, data_source_error_code, checkpoint, note, expected, calls, retry_at, warnings, \
     added, modified, deleted, failed, scanned, access_changed, protected FROM sync_jobs";

/// Jobs of a kind other than sync that a data source keeps: a refresh every ten minutes would otherwise add fifty thousand rows a year.
const OTHER_JOBS_MAX: i64 = 200;

impl Store {
    /// Adds a sync job in state SYNCING, unless one of the data source is SYNCING or STOPPING.
    ///
    /// # Errors
    /// [`StoreError::Exists`] with the id of the job in progress, [`StoreError::NotFound`] if there is no such data source.
    pub async fn insert_job(&self, id: &str, index_id: &str, data_source_id: &str) -> Result<(), StoreError> {
        self.insert_job_of(JobKind::Sync, id, index_id, data_source_id, None).await
    }

    /// Adds a job of `kind` in state SYNCING that fetches as much as `mode` (JSON) says, unless one that stands in its way is SYNCING
    /// or STOPPING: one of its own kind, and for a refresh of access a sync too.
    ///
    /// # Errors
    /// [`StoreError::Exists`] with the id of the job in progress, [`StoreError::NotFound`] if there is no such data source.
    pub async fn insert_job_of(
        &self,
        kind: JobKind,
        id: &str,
        index_id: &str,
        data_source_id: &str,
        mode: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let source: Option<i64> = sqlx::query_scalar("SELECT 1 FROM data_sources WHERE id = $1 AND index_id = $2")
            .bind(data_source_id)
            .bind(index_id)
            .fetch_optional(&mut *transaction)
            .await?;
        if source.is_none() {
            return Err(StoreError::not_found("data source", data_source_id));
        }
        let also = if kind == JobKind::Access { JobKind::Sync } else { kind };
        let running: Option<String> = sqlx::query_scalar(
            "SELECT id FROM sync_jobs WHERE data_source_id = $1 AND kind IN ($2, $3)
             AND status IN ('SYNCING', 'STOPPING') LIMIT 1",
        )
        .bind(data_source_id)
        .bind(kind.as_str())
        .bind(also.as_str())
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(id) = running {
            return Err(StoreError::Exists { what: "sync job", id });
        }
        sqlx::query(
            "INSERT INTO sync_jobs (id, index_id, data_source_id, kind, mode, status, started_at)
             VALUES ($1, $2, $3, $4, $5, 'SYNCING', $6)",
        )
        .bind(id)
        .bind(index_id)
        .bind(data_source_id)
        .bind(kind.as_str())
        .bind(mode)
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        if kind == JobKind::Sync {
            forget_reports(&mut transaction, data_source_id).await?;
        } else {
            forget_jobs(&mut transaction, data_source_id, kind).await?;
        }
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
        query.push(" AND kind = ").push_bind(filter.kind.as_str());
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
}

/// Forgets all but the last jobs of a kind that ended.
async fn forget_jobs(connection: &mut SqliteConnection, data_source_id: &str, kind: JobKind) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM sync_jobs WHERE data_source_id = $1 AND kind = $2 AND ended_at IS NOT NULL AND id NOT IN (
             SELECT id FROM sync_jobs WHERE data_source_id = $1 AND kind = $2
             ORDER BY started_at DESC, id DESC LIMIT $3)",
    )
    .bind(data_source_id)
    .bind(kind.as_str())
    .bind(OTHER_JOBS_MAX)
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
        kind: JobKind::parse(row.get("kind")).unwrap_or_default(),
        mode: row.get("mode"),
        setup: row.get("setup"),
        status: JobStatus::parse(row.get("status")).unwrap_or(JobStatus::Failed),
        started_at: row.get("started_at"),
        ended_at: row.get("ended_at"),
        error_code: row.get("error_code"),
        error_message: row.get("error_message"),
        data_source_error_code: row.get("data_source_error_code"),
        checkpoint: row.get("checkpoint"),
        note: row.get("note"),
        n_expected: row.get::<Option<i64>, _>("expected").map(|count| count as u64),
        n_calls: count("calls"),
        retry_at: row.get("retry_at"),
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
