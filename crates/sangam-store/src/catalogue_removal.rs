//! Documents that go: hidden first, then forgotten.

use sangam_access::AccessId;
use sqlx::{QueryBuilder, Row};

use crate::catalogue_commit::retire;
use crate::job_report::{JobDocument, report};
use crate::tree::{BINDINGS_MAX, push_list};
use crate::{CatalogueChange, DocumentAction, Store, StoreError};

/// A document that a job did not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnseenDocument {
    /// The document.
    pub document_id: String,
    /// The node whose access it had.
    pub anchor: Option<String>,
    /// The job whose clean listing lacked it before.
    pub missing_since: Option<String>,
    /// Since when its place does not reach the root, milliseconds since 1970 UTC: the place was lost from sight.
    pub lost_at: Option<i64>,
}

impl Store {
    /// Forgets documents; their revisions are retired. Unknown ids are ignored.
    pub async fn remove_documents(
        &self,
        index_id: &str,
        document_ids: &[String],
    ) -> Result<CatalogueChange, StoreError> {
        let mut transaction = self.write().await?;
        let mut change = CatalogueChange::default();
        let ids: Vec<&str> = document_ids.iter().map(String::as_str).collect();
        for chunk in ids.chunks(BINDINGS_MAX) {
            let mut query = QueryBuilder::new("DELETE FROM documents WHERE index_id = ");
            query.push_bind(index_id).push(" AND id IN (");
            push_list(&mut query, chunk);
            query.push(") RETURNING ordinal");
            let rows = query.build().persistent(false).fetch_all(&mut *transaction).await?;
            let ordinals = rows.iter().filter_map(|row| row.get::<Option<i64>, _>("ordinal"));
            change.retired.extend(ordinals.map(|ordinal| ordinal as u32));
            let mut query = QueryBuilder::new("DELETE FROM inbox WHERE index_id = ");
            query.push_bind(index_id).push(" AND document_id IN (");
            push_list(&mut query, chunk);
            query.push(")");
            query.build().persistent(false).execute(&mut *transaction).await?;
        }
        retire(&mut transaction, index_id, &change.retired).await?;
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
            "SELECT id, anchor, missing_since, lost_at FROM documents
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
                lost_at: row.get("lost_at"),
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
            lines.push(JobDocument { document_id: id.clone(), action: DocumentAction::Delete, failure: None });
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
}
