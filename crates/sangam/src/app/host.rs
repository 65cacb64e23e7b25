//! The open indices, as the operations see them.

use std::sync::Arc;

use async_trait::async_trait;
use sangam_ingest::{IndexRegistry, IngestError};
use sangam_service::{IndexHost, SeamError};
use sangam_store::{AcceptedDocument, DocumentAction, JobDocument, Store};

/// Documents of a data source removed in one transaction: nobody else can write meanwhile, and gives up after half a minute.
const REMOVE_MANY: usize = 1_000;

/// Opens, fills and removes indices of the registry.
pub(super) struct Host {
    pub(super) indices: Arc<IndexRegistry>,
    pub(super) store: Store,
}

#[async_trait]
impl IndexHost for Host {
    fn has_model(&self, index_id: &str) -> bool {
        self.indices.get(index_id).is_ok_and(|index| index.has_model())
    }

    async fn create(&self, index_id: &str) -> Result<(), SeamError> {
        self.indices.open(index_id).await.map(drop).map_err(seam)
    }

    async fn remove(&self, index_id: &str) -> Result<(), SeamError> {
        self.indices.delete(index_id).await.map_err(seam)
    }

    async fn accept(&self, index_id: &str, documents: Vec<AcceptedDocument>) -> Result<(), SeamError> {
        let index = self.indices.get(index_id).map_err(seam)?;
        self.store.accept(index_id, &documents).await.map_err(SeamError::failed)?;
        index.wake();
        Ok(())
    }

    async fn delete(&self, index_id: &str, document_ids: &[String], job_id: Option<&str>) -> Result<(), SeamError> {
        let index = self.indices.get(index_id).map_err(seam)?;
        if let Some(job_id) = job_id {
            let entries = self.store.entries(index_id, document_ids).await.map_err(SeamError::failed)?;
            let lines: Vec<JobDocument> = entries
                .into_keys()
                .map(|document_id| JobDocument { document_id, action: DocumentAction::Delete, failure: None })
                .collect();
            self.store.report_documents(job_id, &lines).await.map_err(SeamError::failed)?;
        }
        index.remove(document_ids).await.map_err(seam)
    }

    async fn remove_documents_of(&self, index_id: &str, data_source_id: &str) -> Result<(), SeamError> {
        let index = self.indices.get(index_id).map_err(seam)?;
        let documents = self.store.documents_of(index_id, data_source_id).await.map_err(SeamError::failed)?;
        for documents in documents.chunks(REMOVE_MANY) {
            index.remove(documents).await.map_err(seam)?;
        }
        Ok(())
    }

    async fn shown(&self, index_id: &str) {
        // An index that is not open shows nothing to anybody.
        if let Ok(index) = self.indices.get(index_id) {
            index.shown().await;
        }
    }

    async fn access_changed(&self, index_id: &str) -> Result<(), SeamError> {
        self.indices.get(index_id).map_err(seam)?.refresh_people().await.map_err(seam)
    }
}

/// What an operation is told when the index did not answer.
pub(super) fn seam(error: IngestError) -> SeamError {
    match error {
        IngestError::NotOpen { index_id } => SeamError::NotOpen { index_id },
        error => SeamError::failed(error),
    }
}
