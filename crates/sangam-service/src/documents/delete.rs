//! `BatchDeleteDocument`

use sangam_api::kendra::{
    BatchDeleteDocumentRequest, BatchDeleteDocumentResponse, BatchDeleteDocumentResponseFailedDocument, DataSourceType,
    ErrorCode,
};
use sangam_store::CatalogueEntry;

use super::Refusal;
use super::owner::CustomSources;
use crate::Service;
use crate::error::Outcome;

/// Deletes documents; nobody finds them once this returns. Unknown ids are passed over, as the original does.
pub(crate) async fn delete(
    service: &Service,
    input: BatchDeleteDocumentRequest,
) -> Outcome<BatchDeleteDocumentResponse> {
    let index = service.active_index(&input.index_id).await?;
    let target = input.data_source_sync_job_metric_target;
    let source_id = target.as_ref().map(|target| target.data_source_id.clone());
    let mut job = Ok(None);
    if let Some(target) = target {
        let job_id = target.data_source_sync_job_id.as_deref();
        let found = CustomSources::default().job(service, &index.id, &target.data_source_id, job_id).await?;
        job = found.map(Some);
    }
    let entries = service.store().entries(&index.id, &input.document_id_list).await?;

    let mut deleted = Vec::new();
    let mut failed = Vec::new();
    for id in input.document_id_list {
        let may = match &job {
            Ok(_) => may_delete(service, &index.id, entries.get(&id), source_id.as_deref()).await?,
            Err(refusal) => Err(refusal.clone()),
        };
        match may {
            Ok(()) => deleted.push(id),
            Err(Refusal(message)) => failed.push(BatchDeleteDocumentResponseFailedDocument {
                id: Some(id),
                data_source_id: source_id.clone(),
                error_code: Some(ErrorCode::InvalidRequest),
                error_message: Some(message),
            }),
        }
    }
    if !deleted.is_empty() {
        service.host().delete(&index.id, &deleted, job.ok().flatten().as_deref()).await?;
    }
    Ok(BatchDeleteDocumentResponse { failed_documents: Some(failed) })
}

/// A connector's documents go by its syncs only; a custom data source's go also without a job, but never in another one's.
async fn may_delete(
    service: &Service,
    index_id: &str,
    entry: Option<&CatalogueEntry>,
    source_id: Option<&str>,
) -> Outcome<Result<(), Refusal>> {
    let Some(entry) = entry else { return Ok(Ok(())) };
    Ok(match (entry.data_source_id.as_deref(), source_id) {
        (owner, given) if owner == given => Ok(()),
        (Some(owner), None) => {
            let source = service.store().data_source(index_id, owner).await?;
            if source.is_none_or(|source| source.kind == DataSourceType::Custom.as_str()) {
                Ok(())
            } else {
                Err(format!("the document belongs to data source `{owner}`, whose syncs delete it").into())
            }
        }
        (Some(owner), Some(_)) => Err(format!("the document belongs to data source `{owner}`").into()),
        (None, _) => Err(Refusal::from("the document was put without a data source")),
    })
}
