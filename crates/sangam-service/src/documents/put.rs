//! `BatchPutDocument`

use std::collections::HashMap;

use sangam_api::kendra::{
    BatchPutDocumentRequest, BatchPutDocumentResponse, BatchPutDocumentResponseFailedDocument, Document, ErrorCode,
};
use sangam_ingest::{FieldValue, InboxRecord};
use sangam_store::{AcceptedDocument, CatalogueEntry};

use super::owner::{CustomSources, may_put};
use super::{Refusal, access, attributes};
use crate::error::{Outcome, not_built};
use crate::indices::IndexDocument;
use crate::{Service, s3};

/// Longest title that is kept as the attribute `_document_title`, as for every attribute; a longer one is still the title.
const TITLE_ATTRIBUTE_CHARS_MAX: usize = 2_048;
/// Name of that attribute.
const TITLE: &str = "_document_title";

/// Accepts documents: durable when this returns, found a little later. A document that is refused is in the answer, and does not hold up
/// the others.
pub(crate) async fn put(service: &Service, input: BatchPutDocumentRequest) -> Outcome<BatchPutDocumentResponse> {
    let record = service.active_index(&input.index_id).await?;
    if input.custom_document_enrichment_configuration.is_some() {
        return Err(not_built("CustomDocumentEnrichmentConfiguration"));
    }
    // Refused as a whole: a document that is let in without its list would be public.
    if input.documents.iter().any(|document| document.access_control_configuration_id.is_some()) {
        return Err(not_built("AccessControlConfigurationId"));
    }
    let index = IndexDocument::of(&record)?;
    let ids: Vec<String> = input.documents.iter().map(|document| document.id.clone()).collect();
    let entries = service.store().entries(&record.id, &ids).await?;
    let mut batch = Batch { service, index_id: &record.id, index: &index, entries, sources: CustomSources::default() };

    let mut accepted = Vec::with_capacity(ids.len());
    let mut failed = Vec::new();
    for document in input.documents {
        let id = document.id.clone();
        match batch.accept(document).await? {
            Ok(document) => accepted.push(document),
            Err((data_source_id, Refusal(message))) => failed.push(BatchPutDocumentResponseFailedDocument {
                id: Some(id),
                data_source_id,
                error_code: Some(ErrorCode::InvalidRequest),
                error_message: Some(message),
            }),
        }
    }
    if !accepted.is_empty() {
        service.host().accept(&record.id, accepted).await?;
    }
    Ok(BatchPutDocumentResponse { failed_documents: Some(failed) })
}

/// What the documents of one call are checked against.
struct Batch<'a> {
    service: &'a Service,
    index_id: &'a str,
    index: &'a IndexDocument,
    entries: HashMap<String, CatalogueEntry>,
    sources: CustomSources,
}

/// Why a document is refused, with the data source that it names.
type Refused = (Option<String>, Refusal);

impl Batch<'_> {
    async fn accept(&mut self, mut document: Document) -> Outcome<Result<AcceptedDocument, Refused>> {
        let given = document.attributes.take().unwrap_or_default();
        let checked = attributes::check(self.index, given);
        let mut attributes = match checked {
            Ok(attributes) => attributes,
            Err(refusal) => return Ok(Err((None, refusal))),
        };
        let source = attributes.data_source_id.take();
        let job_id = match self.job(source.as_deref(), attributes.job_id.as_deref()).await? {
            Ok(job_id) => job_id,
            Err(refusal) => return Ok(Err((source, refusal))),
        };
        let checked =
            may_put(self.entries.get(&document.id), source.as_deref()).and_then(|()| access::layers(&document));
        let lists = match checked {
            Ok(lists) => lists,
            Err(refusal) => return Ok(Err((source, refusal))),
        };
        let content = match self.content(&mut document).await {
            Ok(content) => content,
            Err(refusal) => return Ok(Err((source, refusal))),
        };
        let title = document.title.take().filter(|title| !title.is_empty()).or(attributes.title);
        let record = InboxRecord {
            content_type: document.content_type.map(|content_type| content_type.as_str().to_owned()),
            attributes: with_title(attributes.values, title.as_deref()),
            title,
        };
        Ok(Ok(AcceptedDocument {
            document_id: document.id,
            document: serde_json::to_string(&record).expect("strings and numbers always serialize"),
            content,
            lists,
            data_source_id: source,
            job_id,
        }))
    }

    async fn job(&mut self, source: Option<&str>, job_id: Option<&str>) -> Outcome<Result<Option<String>, Refusal>> {
        match (source, job_id) {
            (Some(source), job_id) => {
                Ok(self.sources.job(self.service, self.index_id, source, job_id).await?.map(Some))
            }
            (None, Some(_)) => Ok(Err(Refusal::from(format!(
                "document attribute `{}` needs `{}` beside it",
                attributes::JOB_ID,
                attributes::DATA_SOURCE_ID
            )))),
            (None, None) => Ok(Ok(None)),
        }
    }

    /// The document's bytes, out of the request or out of S3.
    async fn content(&self, document: &mut Document) -> Result<Vec<u8>, Refusal> {
        let settings = self.service.settings();
        let bytes_max = settings.quotas.document_bytes_max();
        match (document.blob.take(), document.s3_path.take()) {
            (Some(blob), None) if blob.as_bytes().len() > bytes_max => {
                Err(format!("the document has more than {bytes_max} bytes").into())
            }
            (Some(blob), None) => Ok(blob.into_inner()),
            (None, Some(path)) => {
                s3::read(&settings.s3_folder, &path, bytes_max).await.map_err(|error| error.to_string().into())
            }
            (None, None) => Err(Refusal::from("the document must have Blob or S3Path")),
            (Some(_), Some(_)) => Err(Refusal::from("the document cannot have both Blob and S3Path")),
        }
    }
}

/// The title is an attribute too, so that a filter can ask for it.
fn with_title(mut values: Vec<(String, FieldValue)>, title: Option<&str>) -> Vec<(String, FieldValue)> {
    if let Some(title) = title {
        values.retain(|(name, _)| name != TITLE);
        if title.chars().count() <= TITLE_ATTRIBUTE_CHARS_MAX {
            values.push((TITLE.to_owned(), FieldValue::String(title.to_owned())));
        }
    }
    values
}
