//! Documents accepted and not yet indexed: durable before the caller hears so.

use std::collections::BTreeSet;

use sangam_access::LayerRecord;
use sqlx::{Row, SqliteConnection};

use crate::access::move_generation;
use crate::failpoint::{self, FailPoint};
use crate::intern::intern_lists;
use crate::{DataSourceState, Store, StoreError, now_ms};

/// A document to accept.
#[derive(Clone, PartialEq, Eq)]
pub struct AcceptedDocument {
    /// The document.
    pub document_id: String,
    /// What is not content: title, attributes, type; JSON of the caller's own making.
    pub document: String,
    /// The content's bytes.
    pub content: Vec<u8>,
    /// Its access control lists, one layer each; none means public.
    pub lists: Vec<LayerRecord>,
    /// The custom data source that owns it.
    pub data_source_id: Option<String>,
    /// The job of that source that it belongs to.
    pub job_id: Option<String>,
}

impl std::fmt::Debug for AcceptedDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AcceptedDocument")
            .field("document_id", &self.document_id)
            .field("content_bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// An accepted document that waits.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxDocument {
    /// Its place; a higher one came later.
    pub seq: i64,
    /// The document.
    pub document_id: String,
    /// As accepted.
    pub document: String,
    /// As accepted.
    pub content: Vec<u8>,
    /// The access of its lists.
    pub access_id: u32,
    /// The custom data source that owns it.
    pub data_source_id: Option<String>,
    /// The job of that source that it belongs to.
    pub job_id: Option<String>,
}

impl std::fmt::Debug for InboxDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboxDocument")
            .field("seq", &self.seq)
            .field("document_id", &self.document_id)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Accepts documents of index `index_id`; durable on return.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], and none is accepted, if one belongs to a data source that is gone or going.
    pub async fn accept(&self, index_id: &str, documents: &[AcceptedDocument]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let owners: BTreeSet<&str> =
            documents.iter().filter_map(|document| document.data_source_id.as_deref()).collect();
        for owner in owners {
            check_active(&mut transaction, index_id, owner).await?;
        }
        let now = now_ms();
        for accepted in documents {
            let access = intern_lists(&mut transaction, index_id, &accepted.lists).await?;
            // The row of a document that is indexed already keeps its revision and its access until the new one is in.
            sqlx::query(
                "INSERT INTO documents (index_id, id, data_source_id, access_id, status, updated_at)
                 VALUES ($1, $2, $3, 0, 'PROCESSING', $4)
                 ON CONFLICT (index_id, id) DO UPDATE SET status = 'PROCESSING', failure = NULL",
            )
            .bind(index_id)
            .bind(&accepted.document_id)
            .bind(&accepted.data_source_id)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
            sqlx::query(
                "INSERT INTO inbox (index_id, document_id, action, document, content, access_id, data_source_id, job_id,
                     received_at)
                 VALUES ($1, $2, 'put', $3, $4, $5, $6, $7, $8)",
            )
            .bind(index_id)
            .bind(&accepted.document_id)
            .bind(&accepted.document)
            .bind(&accepted.content)
            .bind(i64::from(access.0))
            .bind(&accepted.data_source_id)
            .bind(&accepted.job_id)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        }
        move_generation(&mut transaction, index_id).await?;
        transaction.commit().await?;
        failpoint::hit(FailPoint::AfterAccept);
        Ok(())
    }

    /// The first waiting documents of index `index_id`, at most `limit` of them and, after the first, `bytes_max` bytes.
    pub async fn inbox(&self, index_id: &str, limit: u32, bytes_max: usize) -> Result<Vec<InboxDocument>, StoreError> {
        let sizes: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT seq, COALESCE(LENGTH(content), 0) FROM inbox WHERE index_id = $1 ORDER BY seq LIMIT $2",
        )
        .bind(index_id)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        let mut bytes = 0_usize;
        let fits = |size: usize| {
            let first = bytes == 0;
            bytes += size.max(1);
            first || bytes <= bytes_max
        };
        let Some(last) = sizes
            .iter()
            .map(|(seq, size)| (*seq, *size as usize))
            .map_while({
                let mut fits = fits;
                move |(seq, size)| fits(size).then_some(seq)
            })
            .last()
        else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(
            "SELECT seq, document_id, document, content, access_id, data_source_id, job_id FROM inbox
             WHERE index_id = $1 AND seq <= $2 ORDER BY seq",
        )
        .bind(index_id)
        .bind(last)
        .fetch_all(self.read())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| InboxDocument {
                seq: row.get("seq"),
                document_id: row.get("document_id"),
                document: row.get("document"),
                content: row.get::<Option<Vec<u8>>, _>("content").unwrap_or_default(),
                access_id: row.get::<i64, _>("access_id") as u32,
                data_source_id: row.get("data_source_id"),
                job_id: row.get("job_id"),
            })
            .collect())
    }

    /// Number of documents of index `index_id` that wait.
    pub async fn inbox_len(&self, index_id: &str) -> Result<u64, StoreError> {
        let n: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM inbox WHERE index_id = $1")
            .bind(index_id)
            .fetch_one(self.read())
            .await?;
        Ok(n as u64)
    }
}

/// Makes sure, with the write lock held, that a data source stays: what is accepted before its deletion begins goes with it.
async fn check_active(connection: &mut SqliteConnection, index_id: &str, id: &str) -> Result<(), StoreError> {
    let status: Option<String> = sqlx::query_scalar("SELECT status FROM data_sources WHERE id = $1 AND index_id = $2")
        .bind(id)
        .bind(index_id)
        .fetch_optional(connection)
        .await?;
    if status.as_deref() == Some(DataSourceState::Active.as_str()) {
        Ok(())
    } else {
        Err(StoreError::not_found("data source", id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{NewDataSource, NewIndex, fixture};

    fn of_source(id: &str) -> AcceptedDocument {
        AcceptedDocument {
            document_id: "d".into(),
            document: "{}".into(),
            content: Vec::new(),
            lists: Vec::new(),
            data_source_id: Some(id.into()),
            job_id: Some("j".into()),
        }
    }

    /// Its job is about to go, and a batch that reports to no job would be tried again for ever, and all that came later with it.
    #[tokio::test]
    async fn nothing_is_accepted_for_a_data_source_that_is_going_away() {
        let (_folder, store) = fixture::store().await;
        let index = NewIndex { id: "i", name: "n", document: &json!({}), tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
        let source = NewDataSource {
            id: "s",
            index_id: "i",
            name: "n",
            kind: "CUSTOM",
            document: &json!({}),
            tags: &[],
            limit: None,
        };
        store.create_data_source(&source, None).await.unwrap();
        store.accept("i", &[of_source("s")]).await.unwrap();
        let deleting = store.modify_data_source("i", "s", |source| {
            source.state = DataSourceState::Deleting;
            Ok::<(), StoreError>(())
        });
        deleting.await.unwrap();
        for gone in ["s", "never"] {
            let refused = store.accept("i", &[of_source(gone)]).await;
            assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{gone}: {refused:?}");
        }
        assert_eq!(store.inbox_len("i").await.unwrap(), 1);
    }
}
