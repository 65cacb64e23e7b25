//! The task that indexes what the API accepted, in order.

use std::sync::Arc;
use std::time::Duration;

use sangam_access::AccessId;
use sangam_extract::{Limits, extract};
use sangam_store::{FailedDocument, InboxDocument, JobCommit, RevisionAccess};
use tokio_util::sync::CancellationToken;

use crate::document::sniff;
use crate::index::blocking;
use crate::{InboxRecord, Index, IndexBatch, IngestError, NewDocument, media_type_of};

/// Documents indexed in one batch: a commit costs about a tenth of a second however many there are.
const BATCH_DOCUMENTS: u32 = 200;
/// Content bytes of one batch; a single larger document is a batch of its own.
const BATCH_BYTES: usize = 32 << 20;
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
    let n_waiting = waiting.len();
    if n_waiting == 0 {
        return Ok(0);
    }
    let data_source_id = waiting[0].data_source_id.clone();
    let job = job_id.zip(data_source_id).map(|(job_id, data_source_id)| JobCommit {
        job_id,
        data_source_id,
        checkpoint: None,
    });
    let inbox_done = waiting.iter().map(|document| document.seq).collect();
    let (documents, failed) = blocking(move || Ok::<_, IngestError>(prepare(waiting))).await?;
    index.write(IndexBatch { documents, failed, inbox_done, job, forced: true, ..IndexBatch::default() }).await?;
    Ok(n_waiting)
}

/// Takes the text out of each document; of several revisions of one document the last counts.
fn prepare(waiting: Vec<InboxDocument>) -> (Vec<NewDocument>, Vec<FailedDocument>) {
    let mut last: Vec<InboxDocument> = Vec::with_capacity(waiting.len());
    for document in waiting {
        last.retain(|earlier| earlier.document_id != document.document_id);
        last.push(document);
    }
    let mut documents = Vec::with_capacity(last.len());
    let mut failed = Vec::new();
    for waiting in last {
        let (document_id, seq) = (waiting.document_id.clone(), waiting.seq);
        match read(waiting) {
            Ok(document) => documents.push(document),
            Err(reason) => failed.push(FailedDocument { document_id, reason, inbox_seq: Some(seq) }),
        }
    }
    (documents, failed)
}

fn read(waiting: InboxDocument) -> Result<NewDocument, String> {
    let record: InboxRecord = serde_json::from_str(&waiting.document)
        .map_err(|_| "the accepted document cannot be read by this version".to_owned())?;
    let declared = record.content_type.as_deref().and_then(media_type_of);
    let media_type = sniff(&waiting.content, declared, None);
    let extracted = extract(&waiting.content, media_type, &Limits::default()).map_err(|error| error.to_string())?;
    let title = record.title.or(extracted.title).unwrap_or_default();
    Ok(NewDocument {
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
    })
}
