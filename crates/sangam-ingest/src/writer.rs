//! The one path by which a document becomes current: engine first, then the store, then readers.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use sangam_engine::{EngineDocument, Passage, StoredDocument, View};
use sangam_store::failpoint::{self, FailPoint};
use sangam_store::{
    CatalogueChange, CatalogueCommit, CatalogueEntry, DocumentFailure, FailedDocument, FailureStage, JobCommit,
    Revision, SeenDocument,
};

use crate::document::LANGUAGE_FIELD;
use crate::index::blocking;
use crate::{FieldValue, Index, IngestError, NewDocument};

/// Ordinals taken from the store at once: one durable write for many documents.
const ORDINAL_BLOCK: u32 = 1_024;

/// What the writer of an index keeps between batches.
pub(crate) struct Writer {
    batch: u64,
    ordinals: Range<u32>,
}

impl Writer {
    pub(crate) fn new(batch: u64) -> Self {
        Self { batch, ordinals: 0..0 }
    }

    /// The last batch that the engine was given.
    pub(crate) fn batch(&self) -> u64 {
        self.batch
    }
}

/// Documents and facts that become true together.
#[derive(Debug, Default)]
pub struct IndexBatch {
    /// New or changed documents.
    pub documents: Vec<NewDocument>,
    /// Documents that could not be indexed at all.
    pub failed: Vec<FailedDocument>,
    /// Documents seen unchanged.
    pub seen: Vec<SeenDocument>,
    /// Places in the inbox that this settles.
    pub inbox_done: Vec<i64>,
    /// The job whose batch this is.
    pub job: Option<JobCommit>,
    /// Index a document again even if nothing that is indexed changed, and cut its text as if it were new.
    pub forced: bool,
}

impl Index {
    /// Writes a batch: durable and visible on return.
    ///
    /// Killed before the store's commit, nothing of it is seen, and the same batch may come again; after it, all of it is.
    pub async fn write(&self, batch: IndexBatch) -> Result<CatalogueChange, IngestError> {
        let mut writer = self.lock().await;
        let IndexBatch { documents, mut failed, mut seen, inbox_done, job, forced } = batch;
        let documents = self.drop_unchanged(documents, &mut seen, forced).await?;
        let (mut revisions, numbered) = self.number(&mut writer, documents).await?;
        let view = self.engine.view()?;
        let (engine_documents, broken) = blocking(move || Ok::<_, IngestError>(split(numbered, view.as_ref()))).await?;
        if !broken.is_empty() {
            take_broken(&mut revisions, &broken, &mut failed);
        }
        if !revisions.is_empty() {
            writer.batch += 1;
            let (engine, number) = (Arc::clone(&self.engine), writer.batch);
            blocking(move || {
                engine.add(engine_documents)?;
                engine.commit(number)
            })
            .await?;
        }
        let commit = CatalogueCommit {
            index_id: self.id().to_owned(),
            engine_batch: if revisions.is_empty() { 0 } else { writer.batch },
            revisions,
            failed,
            seen,
            inbox_done,
            job,
        };
        let gate = self.showing.write().await;
        let change = self.store.commit_catalogue(&commit).await?;
        failpoint::hit(FailPoint::AfterCatalogueCommit);
        self.show(&change).await?;
        drop(gate);
        drop(writer);
        self.indexed.notify_one();
        self.progressed.notify_waiters();
        Ok(change)
    }

    /// Takes out documents of which nothing that is indexed changed, and notes them as seen. One that failed again is none of them: its
    /// job has to say so.
    async fn drop_unchanged(
        &self,
        documents: Vec<NewDocument>,
        seen: &mut Vec<SeenDocument>,
        forced: bool,
    ) -> Result<Vec<Changed>, IngestError> {
        let ids: Vec<String> = documents.iter().map(|document| document.document_id.clone()).collect();
        let entries = if forced { HashMap::new() } else { self.store.entries(self.id(), &ids).await? };
        let mut changed = Vec::with_capacity(documents.len());
        for document in documents {
            let hash = document.content_hash();
            match (&document.anchor, entries.get(&document.document_id)) {
                (Some(anchor), Some(entry)) if document.failure.is_none() && is_current(entry, &hash) => {
                    seen.push(SeenDocument {
                        document_id: document.document_id,
                        anchor: anchor.clone(),
                        version: Some(document.version),
                    });
                }
                (_, entry) => {
                    let previous = entry.and_then(|entry| entry.ordinal);
                    changed.push(Changed { document, content_hash: hash, previous });
                }
            }
        }
        Ok(changed)
    }

    /// Gives each document an ordinal that no revision ever had.
    async fn number(
        &self,
        writer: &mut Writer,
        documents: Vec<Changed>,
    ) -> Result<(Vec<Revision>, Vec<Numbered>), IngestError> {
        let mut revisions = Vec::with_capacity(documents.len());
        let mut numbered = Vec::with_capacity(documents.len());
        for Changed { document, content_hash, previous } in documents {
            if writer.ordinals.is_empty() {
                let first = self.store.reserve_ordinals(self.id(), ORDINAL_BLOCK).await?;
                writer.ordinals = first..first + ORDINAL_BLOCK;
            }
            let ordinal = writer.ordinals.next().expect("a block was reserved above");
            let language = document.language();
            let mut attributes = document.attributes;
            if !attributes.iter().any(|(name, _)| name == LANGUAGE_FIELD) {
                // So that a filter by language finds what does not say its own.
                attributes.push((LANGUAGE_FIELD.to_owned(), FieldValue::String(language.clone())));
            }
            revisions.push(Revision {
                document_id: document.document_id,
                data_source_id: document.data_source_id,
                anchor: document.anchor,
                version: document.version,
                content_hash,
                ordinal,
                access: document.access,
                text_bytes: document.text.len() as u64,
                failure: document.failure,
                inbox_seq: document.inbox_seq,
            });
            let document = EngineDocument {
                ordinal,
                title: document.title,
                body: document.text,
                language,
                attributes: attributes.into_iter().map(|(name, value)| (name, value.into())).collect(),
                passages: Vec::new(),
            };
            numbered.push(Numbered { document, previous });
        }
        Ok((revisions, numbered))
    }
}

/// A document to be written.
struct Changed {
    document: NewDocument,
    content_hash: Vec<u8>,
    /// The ordinal of the revision that it follows, unless it is to be written as if it were new.
    previous: Option<u32>,
}

/// A document on its way to the engine.
struct Numbered {
    document: EngineDocument,
    /// As in [`Changed`].
    previous: Option<u32>,
}

fn is_current(entry: &CatalogueEntry, hash: &[u8]) -> bool {
    entry.ordinal.is_some() && entry.content_hash.as_deref() == Some(hash)
}

/// Why documents are refused by the engine, by their ordinals.
type Broken = HashMap<u32, String>;

/// Cuts the bodies into passages, and takes out what the engine would refuse: such a document fails alone, where the batch would be tried
/// again for ever and hold up all that comes after.
fn split(numbered: Vec<Numbered>, view: &dyn View) -> (Vec<EngineDocument>, Broken) {
    let mut broken = Broken::new();
    let mut whole = Vec::with_capacity(numbered.len());
    for Numbered { mut document, previous } in numbered {
        let ranges = match previous.and_then(|ordinal| stored(view, ordinal)) {
            Some(old) => sangam_extract::passages_after(&document.body, &old.body, &ranges_of(&old.passages)),
            None => sangam_extract::passages(&document.body),
        };
        let passage = |range: Range<usize>| Passage { start: range.start as u32, end: range.end as u32 };
        document.passages = ranges.into_iter().map(passage).collect();
        match document.broken_rule() {
            Some(reason) => drop(broken.insert(document.ordinal, reason)),
            None => whole.push(document),
        }
    }
    (whole, broken)
}

/// What the engine has of a revision. One that cannot be read saves no vectors, which is no reason not to replace it.
fn stored(view: &dyn View, ordinal: u32) -> Option<StoredDocument> {
    view.fetch(&[ordinal]).ok()?.pop()
}

fn ranges_of(passages: &[Passage]) -> Vec<Range<usize>> {
    passages.iter().map(|passage| passage.start as usize..passage.end as usize).collect()
}

/// Moves the revisions of broken documents to those that failed.
fn take_broken(revisions: &mut Vec<Revision>, broken: &Broken, failed: &mut Vec<FailedDocument>) {
    revisions.retain(|revision| {
        let Some(reason) = broken.get(&revision.ordinal) else { return true };
        failed.push(FailedDocument {
            document_id: revision.document_id.clone(),
            failure: DocumentFailure::at(FailureStage::Index, format!("the document cannot be indexed: {reason}")),
            inbox_seq: revision.inbox_seq,
        });
        false
    });
}
