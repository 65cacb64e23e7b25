//! What a job could not index, in a sentence: a person sees it where they look first, and need not know that there is a report.

use sqlx::Row;

use crate::{Store, StoreError, SyncJob};

impl Store {
    /// How many documents of `job` failed and why most of them did, for a person; `None` if none did.
    pub async fn failures_told(&self, job: &SyncJob) -> Result<Option<String>, StoreError> {
        let n_failed = job.counters.failed;
        if n_failed == 0 {
            return Ok(None);
        }
        let commonest = sqlx::query(
            "SELECT message, COUNT(*) AS n FROM job_documents WHERE job_id = $1 AND message IS NOT NULL
             GROUP BY message ORDER BY n DESC, message LIMIT 1",
        )
        .bind(&job.id)
        .fetch_optional(self.read())
        .await?;
        let documents = if n_failed == 1 { "1 document".to_owned() } else { format!("{n_failed} documents") };
        let Some(row) = commonest else { return Ok(Some(format!("{documents} could not be indexed."))) };
        let n_alike = u64::try_from(row.get::<i64, _>("n")).unwrap_or_default();
        let part = if n_alike < n_failed { format!(", {n_alike} of them") } else { String::new() };
        let reason: String = row.get("message");
        Ok(Some(format!("{documents} could not be indexed{part}: {}.", reason.trim_end_matches('.'))))
    }
}
