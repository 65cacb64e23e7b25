//! What a job says of itself while it runs: notes, warnings, counts, and where it may go on.

use crate::{JobKind, JobStatus, Store, StoreError, SyncJob, now_ms};

/// Warnings kept per job; a site with more has one problem, not a thousand.
const WARNINGS_MAX: usize = 1_000;

/// A checkpoint older than this is not gone on from: too much of what it skips has changed since.
const CHECKPOINT_AGE_MAX_MS: i64 = 24 * 60 * 60 * 1_000;

impl Store {
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

    /// Notes how much a job fetches (JSON) and a digest of the configuration that it began with.
    pub async fn begin_job(&self, id: &str, mode: &str, setup: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE sync_jobs SET mode = $1, setup = $2 WHERE id = $3")
            .bind(mode)
            .bind(setup)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Says what a job is doing or waiting for, how many documents it expects, and how many calls it made.
    pub async fn tell_progress(
        &self,
        id: &str,
        note: Option<&str>,
        n_expected: Option<u64>,
        n_calls: u64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE sync_jobs SET note = $1, expected = COALESCE($2, expected), calls = $3
             WHERE id = $4 AND ended_at IS NULL",
        )
        .bind(note)
        .bind(n_expected.map(|count| count as i64))
        .bind(n_calls as i64)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Notes when the source will be welcome again, so that the next job goes on where this one was.
    pub async fn set_retry_at(&self, id: &str, retry_at: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE sync_jobs SET retry_at = $1 WHERE id = $2")
            .bind(retry_at)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Lets job `id`, which has no checkpoint yet, go on where the last job of its data source was told to come back later, if that one
    /// fetched as much under the same configuration. What that one saw counts as seen. Returns the job as it is now.
    pub async fn inherit_checkpoint(&self, id: &str) -> Result<Option<SyncJob>, StoreError> {
        let Some(job) = self.job(id).await? else { return Ok(None) };
        let filter = crate::JobFilter { kind: JobKind::Sync, ..crate::JobFilter::default() };
        let before = self.jobs(&job.data_source_id, &filter, 0, 2).await?.into_iter().find(|other| other.id != id);
        let fits = |before: &SyncJob| {
            before.status == JobStatus::Incomplete
                && before.retry_at.is_some()
                && before.mode.is_some()
                && before.mode == job.mode
                && before.setup == job.setup
                && before.ended_at.is_some_and(|ended_at| now_ms() - ended_at <= CHECKPOINT_AGE_MAX_MS)
        };
        let Some(before) = before.filter(fits).filter(|_| job.checkpoint.is_none()) else { return Ok(Some(job)) };
        let Some(checkpoint) = &before.checkpoint else { return Ok(Some(job)) };
        let mut transaction = self.write().await?;
        let copied = sqlx::query(
            "INSERT INTO job_documents (job_id, document_id, action)
             SELECT $1, document_id, 'UNMODIFIED' FROM job_documents WHERE job_id = $2 AND action <> 'DELETE'
             ON CONFLICT (job_id, document_id) DO NOTHING",
        )
        .bind(id)
        .bind(&before.id)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        sqlx::query("UPDATE sync_jobs SET checkpoint = $1, scanned = scanned + $2 WHERE id = $3")
            .bind(checkpoint)
            .bind(copied as i64)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.job(id).await
    }

    /// Keeps what a dry run found.
    pub async fn put_job_result(&self, id: &str, result: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE sync_jobs SET result = $1 WHERE id = $2")
            .bind(result)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What a dry run found, JSON; `None` if it has not ended.
    pub async fn job_result(&self, id: &str) -> Result<Option<String>, StoreError> {
        let result: Option<Option<String>> = sqlx::query_scalar("SELECT result FROM sync_jobs WHERE id = $1")
            .bind(id)
            .fetch_optional(self.read())
            .await?;
        Ok(result.flatten())
    }
}
