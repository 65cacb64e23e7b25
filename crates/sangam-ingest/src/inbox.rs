//! The task that indexes what the API accepted, in order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use sangam_access::AccessId;
use sangam_extract::{Limits, RawFile};
use sangam_store::{DocumentFailure, FailedDocument, FailureStage, InboxDocument, JobCommit, RevisionAccess};
use tokio_util::sync::CancellationToken;

use crate::{InboxRecord, Index, IndexBatch, IngestError, NewDocument, media_type_of};

/// Documents indexed in one batch: a commit costs about a tenth of a second however many there are.
const BATCH_DOCUMENTS: u32 = 200;
/// Content bytes of one batch; a single larger document is a batch of its own.
const BATCH_BYTES: usize = 32 << 20;
/// Bytes of text after which a batch ends: files may unpack to much more than they are, and all texts of a batch are in memory at once.
const BATCH_TEXT_BYTES: usize = 32 << 20;
/// How long the task rests after a failure before it tries again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Indexes accepted documents until `stop`.
pub(crate) async fn run(index: Arc<Index>, stop: CancellationToken) {
    loop {
        let step = tokio::select! {
            () = stop.cancelled() => return,
            step = index_some(&index) => step,
        };
        let rest = match step {
            Ok(0) => None,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(index.id = index.id(), %error, "accepted documents of index `{}` wait", index.id());
                Some(RETRY_AFTER)
            }
        };
        let wake = async {
            match rest {
                Some(rest) => tokio::time::sleep(rest).await,
                None => index.accepted.notified().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = wake => {}
        }
    }
}

/// Indexes the first waiting documents; returns how many there were.
async fn index_some(index: &Index) -> Result<usize, IngestError> {
    let mut waiting = index.store.inbox(index.id(), BATCH_DOCUMENTS, BATCH_BYTES).await?;
    // Documents of different jobs move different counters, so a batch is of one job; the rest comes next.
    let job_id = waiting.first().and_then(|document| document.job_id.clone());
    let same = waiting.iter().take_while(|document| document.job_id == job_id).count();
    waiting.truncate(same);
    let Some(data_source_id) = waiting.first().map(|document| document.data_source_id.clone()) else { return Ok(0) };
    let job = job_id.zip(data_source_id).map(|(job_id, data_source_id)| JobCommit {
        job_id,
        data_source_id,
        checkpoint: None,
    });
    let Prepared { inbox_done, documents, failed } = prepare(index, waiting).await?;
    let n_done = inbox_done.len();
    index.write(IndexBatch { documents, failed, inbox_done, job, ..IndexBatch::default() }).await?;
    Ok(n_done)
}

/// A batch, ready to be written.
#[derive(Default)]
struct Prepared {
    /// Places in the inbox that the batch settles: at least one, but not those of which it has no room for the text.
    inbox_done: Vec<i64>,
    documents: Vec<NewDocument>,
    failed: Vec<FailedDocument>,
}

/// Takes the text out of the first documents, as many as a batch has room for; of several revisions of one document the last counts.
async fn prepare(index: &Index, waiting: Vec<InboxDocument>) -> Result<Prepared, IngestError> {
    let mut last = HashMap::new();
    for document in &waiting {
        last.insert(document.document_id.clone(), document.seq);
    }
    let mut prepared = Prepared::default();
    let mut n_text_bytes = 0;
    let revisions = waiting.into_iter().map(async |document| {
        let seq = document.seq;
        let is_last = last.get(&document.document_id) == Some(&seq);
        (seq, if is_last { Some(read(index, document).await) } else { None })
    });
    let mut revisions = stream::iter(revisions).buffered(index.extractor().at_once());
    while let Some((seq, revision)) = revisions.next().await {
        match revision.transpose()? {
            Some(Ok(document)) => {
                n_text_bytes += document.text.len();
                prepared.documents.push(document);
            }
            Some(Err(failed)) => prepared.failed.push(failed),
            // A later one is in the inbox too, in this batch or the next.
            None => {}
        }
        prepared.inbox_done.push(seq);
        if n_text_bytes > BATCH_TEXT_BYTES {
            break;
        }
    }
    Ok(prepared)
}

/// The document with its text, or why it has none.
///
/// # Errors
/// The extractor is not available: the document waits.
async fn read(index: &Index, waiting: InboxDocument) -> Result<Result<NewDocument, FailedDocument>, IngestError> {
    let failed = |document_id: String, stage: FailureStage, reason: &str| {
        let failure = DocumentFailure::at(stage, reason);
        Ok(Err(FailedDocument { document_id, failure, inbox_seq: Some(waiting.seq) }))
    };
    let Ok(record) = serde_json::from_str::<InboxRecord>(&waiting.document) else {
        return failed(
            waiting.document_id,
            FailureStage::Index,
            "the accepted document cannot be read by this version",
        );
    };
    let media_type = record.content_type.as_deref().and_then(media_type_of).map(str::to_owned);
    let file = RawFile { bytes: waiting.content, media_type, name: None };
    let extracted = match index.extractor().extract(file, Limits::default()).await {
        Ok(extracted) => extracted,
        Err(error) if error.is_transient() => return Err(error.into()),
        Err(error) => return failed(waiting.document_id, FailureStage::Extract, &error.to_string()),
    };
    let title = record.title.or(extracted.title).unwrap_or_default();
    Ok(Ok(NewDocument {
        document_id: waiting.document_id,
        data_source_id: waiting.data_source_id,
        anchor: None,
        version: waiting.seq.to_string(),
        title,
        text: extracted.text,
        attributes: record.attributes,
        access: RevisionAccess::Fixed(AccessId(waiting.access_id)),
        failure: None,
        inbox_seq: Some(waiting.seq),
    }))
}
