//! `BatchGetDocumentStatus`

use sangam_api::kendra::{
    BatchGetDocumentStatusRequest, BatchGetDocumentStatusResponse, DocumentAttribute, DocumentInfo, DocumentStatus,
    ErrorCode, Status,
};
use sangam_store::CatalogueEntry;

use crate::Service;
use crate::error::{Outcome, invalid};

/// The attributes that a request may name.
const ATTRIBUTES: [&str; 3] = ["version", "datasourceId", "jobExecutionId"];

/// Where documents are on their way.
pub(crate) async fn status(
    service: &Service,
    input: BatchGetDocumentStatusRequest,
) -> Outcome<BatchGetDocumentStatusResponse> {
    let index = service.index(&input.index_id).await?;
    let ids: Vec<String> = input.document_info_list.iter().map(|info| info.document_id.clone()).collect();
    let entries = service.store().entries(&index.id, &ids).await?;
    // After the read: whatever it says is found by then.
    service.host().shown(&index.id).await;
    let mut list = Vec::with_capacity(ids.len());
    for info in input.document_info_list {
        let source = data_source(&info)?;
        let entry = entries.get(&info.document_id).filter(|entry| is_meant(entry, source.as_deref()));
        list.push(wire(info.document_id, entry));
    }
    Ok(BatchGetDocumentStatusResponse { errors: Some(Vec::new()), document_status_list: Some(list) })
}

/// The data source that a request names. A job is named with it or not at all, and the version means nothing without them.
fn data_source(info: &DocumentInfo) -> Outcome<Option<String>> {
    let attributes = info.attributes.as_deref().unwrap_or_default();
    if let Some(other) = attributes.iter().find(|attribute| !ATTRIBUTES.contains(&attribute.key.as_str())) {
        return Err(invalid(format!("document attribute `{}` cannot be given here", other.key)));
    }
    let value = |key: &str| {
        let found = attributes.iter().find(|attribute| attribute.key == key);
        found.map(|DocumentAttribute { value, .. }| {
            value
                .string_value
                .clone()
                .ok_or_else(|| invalid(format!("the value of document attribute `{key}` must be of type STRING_VALUE")))
        })
    };
    let (source, job) = (value("datasourceId").transpose()?, value("jobExecutionId").transpose()?);
    if source.is_some() != job.is_some() {
        return Err(invalid("document attributes `datasourceId` and `jobExecutionId` must be given together"));
    }
    Ok(source)
}

/// A document that a clean listing lacked is hidden and on its way out: to its readers it is not there.
fn is_meant(entry: &CatalogueEntry, source: Option<&str>) -> bool {
    entry.missing_since.is_none() && source.is_none_or(|source| entry.data_source_id.as_deref() == Some(source))
}

fn wire(document_id: String, entry: Option<&CatalogueEntry>) -> Status {
    let status =
        entry.map_or(DocumentStatus::NotFound, |entry| entry.status.parse().unwrap_or(DocumentStatus::Processing));
    let has_failed = matches!(status, DocumentStatus::Failed | DocumentStatus::UpdateFailed);
    let failure = entry.and_then(|entry| entry.failure.clone()).filter(|_| has_failed);
    Status {
        document_id: Some(document_id),
        document_status: Some(status),
        failure_code: has_failed.then(|| ErrorCode::InvalidRequest.as_str().to_owned()),
        failure_reason: failure,
    }
}
