//! A job's report: a line for every document that it saw, which is also the proof of what its listing held.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::jobs::JobCounters;
use crate::{DocumentFailure, FailureStage, Store, StoreError};

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
    /// Where and why it failed, if it did.
    pub failure: Option<DocumentFailure>,
}

impl DocumentAction {
    /// The action of that name in the report.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Add, Self::Modify, Self::Delete, Self::Unmodified].into_iter().find(|action| action.as_str() == name)
    }
}

/// Which lines of a report to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportFilter {
    /// Only those of this action.
    pub action: Option<DocumentAction>,
    /// Only those that failed (`true`) or did not (`false`).
    pub failed: Option<bool>,
}

impl Store {
    /// Forgets all lines of a job's report; its counters stay.
    pub async fn forget_report(&self, id: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM job_documents WHERE job_id = $1").bind(id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Lines of a job's report by document id, `limit` of them after `after`.
    pub async fn job_documents(&self, id: &str, after: &str, limit: u32) -> Result<Vec<JobDocument>, StoreError> {
        self.job_documents_like(id, &ReportFilter::default(), after, limit).await
    }

    /// The same of the lines that `filter` wants.
    pub async fn job_documents_like(
        &self,
        id: &str,
        filter: &ReportFilter,
        after: &str,
        limit: u32,
    ) -> Result<Vec<JobDocument>, StoreError> {
        let mut query =
            QueryBuilder::new("SELECT document_id, action, message, stage FROM job_documents WHERE job_id = ");
        query.push_bind(id).push(" AND document_id > ").push_bind(after);
        if let Some(action) = filter.action {
            query.push(" AND action = ").push_bind(action.as_str());
        }
        match filter.failed {
            Some(true) => drop(query.push(" AND message IS NOT NULL")),
            Some(false) => drop(query.push(" AND message IS NULL")),
            None => {}
        }
        query.push(" ORDER BY document_id LIMIT ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(self.read()).await?;
        Ok(rows
            .iter()
            .map(|row| JobDocument {
                document_id: row.get("document_id"),
                action: DocumentAction::parse(row.get("action")).unwrap_or(DocumentAction::Unmodified),
                failure: failure(row),
            })
            .collect())
    }
}

/// Why a line's document failed. Every failure has a stage; one of a stage that this version does not know was the index's.
fn failure(row: &SqliteRow) -> Option<DocumentFailure> {
    let reason: Option<String> = row.get("message");
    let stage = row.get::<Option<&str>, _>("stage").and_then(FailureStage::parse);
    reason.map(|reason| DocumentFailure::at(stage.unwrap_or(FailureStage::Index), reason))
}

/// Jobs of a data source whose reports are kept: an hourly sync of a hundred thousand documents would otherwise add two million rows a day.
const REPORTS_MAX: i64 = 10;

/// Forgets the lines of all but the last jobs of a data source; the jobs themselves stay, with their counters. Those that may still go on
/// need their lines, as the proof of what they saw.
pub(crate) async fn forget_reports(connection: &mut SqliteConnection, data_source_id: &str) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM job_documents WHERE job_id IN (
             SELECT id FROM sync_jobs WHERE data_source_id = $1 AND kind = 'sync' AND ended_at IS NOT NULL AND id NOT IN (
                 SELECT id FROM sync_jobs WHERE data_source_id = $1 AND kind = 'sync'
                 ORDER BY started_at DESC, id DESC LIMIT $2))",
    )
    .bind(data_source_id)
    .bind(REPORTS_MAX)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lines written by one statement; five values each, far below the engine's limit.
const LINES_PER_STATEMENT: usize = 500;

/// Adds lines to a job's report and moves its counters; a document that has a line already is not counted again.
pub(crate) async fn report(
    connection: &mut SqliteConnection,
    job_id: &str,
    documents: &[JobDocument],
) -> Result<(), StoreError> {
    let mut counters = JobCounters::default();
    for chunk in documents.chunks(LINES_PER_STATEMENT) {
        let mut query = QueryBuilder::new("INSERT INTO job_documents (job_id, document_id, action, message, stage) ");
        query.push_values(chunk, |mut row, document| {
            row.push_bind(job_id);
            row.push_bind(&document.document_id);
            row.push_bind(document.action.as_str());
            row.push_bind(document.failure.as_ref().map(|failure| &failure.reason));
            row.push_bind(document.failure.as_ref().map(|failure| failure.stage.as_str()));
        });
        query.push(" ON CONFLICT (job_id, document_id) DO NOTHING RETURNING action, message IS NOT NULL AS failed");
        // Of many lengths: kept prepared they would push out what is worth keeping.
        for row in query.build().persistent(false).fetch_all(&mut *connection).await? {
            let action = DocumentAction::parse(row.get("action")).unwrap_or(DocumentAction::Unmodified);
            match (action, row.get::<bool, _>("failed")) {
                (DocumentAction::Delete, _) => counters.deleted += 1,
                (_, true) => counters.failed += 1,
                (DocumentAction::Add, false) => counters.added += 1,
                (DocumentAction::Modify, false) => counters.modified += 1,
                (DocumentAction::Unmodified, false) => {}
            }
            counters.scanned += u64::from(action != DocumentAction::Delete);
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{JobEnd, JobStatus, NewDataSource, NewIndex, fixture};

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
            let line = JobDocument { document_id: "d".into(), action: DocumentAction::Add, failure: None };
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
