//! Gathers what was found into batches, and sends each with the checkpoint that is true once it is stored.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use sangam_sync::{Batch, BatchSink, Content, Fact, SourceDocument, SourceError, Unchanged};

use super::checkpoint::{self, Position};

/// Documents of a batch: what the job stores in one go.
const DOCUMENTS_MAX: usize = 100;

/// Bytes of content of a batch; one document may be larger and is then a batch of its own.
const CONTENT_BYTES_MAX: usize = 16 << 20;

/// Unchanged documents of a batch: an id and an anchor each.
const UNCHANGED_MAX: usize = 1000;

/// The batch under construction.
pub(crate) struct Outbox<'a> {
    /// Never locked, only borrowed: the mutex lets a crawl be shared between the calls it makes at once.
    sink: Mutex<&'a mut dyn BatchSink>,
    batch: Batch,
    content_bytes: usize,
    /// A digest of what the sync began with, for the checkpoint.
    settled: String,
    position: Position,
    incomplete: BTreeSet<String>,
}

impl<'a> Outbox<'a> {
    pub(crate) fn new(
        sink: &'a mut dyn BatchSink,
        settled: String,
        position: Position,
        incomplete: BTreeSet<String>,
    ) -> Self {
        Self { sink: Mutex::new(sink), batch: Batch::default(), content_bytes: 0, settled, position, incomplete }
    }

    /// Adds an access fact, and sends what there is: documents that follow need it stored.
    pub(crate) async fn fact(&mut self, fact: Fact) -> Result<(), SourceError> {
        if !self.batch.documents.is_empty() || !self.batch.unchanged.is_empty() {
            // Within a batch facts come before documents; this one is found after those.
            self.flush().await?;
        }
        self.batch.facts.push(fact);
        self.flush().await
    }

    /// Adds a warning to the job's report.
    pub(crate) fn warn(&mut self, message: String) {
        tracing::warn!("confluence: {message}");
        self.batch.facts.push(Fact::Warning(message));
    }

    /// Has the job remember a value for the next runs; `null` forgets it. It is stored after the facts that were added before.
    pub(crate) fn remember(&mut self, key: String, value: serde_json::Value) {
        self.batch.facts.push(Fact::Memories(vec![(key, value)]));
    }

    /// Notes that the listing of a node did not end cleanly.
    pub(crate) fn mark_incomplete(&mut self, node: String) {
        self.incomplete.insert(node);
    }

    /// Adds a new or changed document.
    pub(crate) async fn document(&mut self, document: SourceDocument) -> Result<(), SourceError> {
        let bytes = content_bytes(&document.content);
        let is_full = self.batch.documents.len() >= DOCUMENTS_MAX || self.content_bytes + bytes > CONTENT_BYTES_MAX;
        if is_full && !self.batch.documents.is_empty() {
            self.flush().await?;
        }
        self.content_bytes += bytes;
        self.batch.documents.push(document);
        Ok(())
    }

    /// Adds a document that is as it was.
    pub(crate) async fn unchanged(&mut self, unchanged: Unchanged) -> Result<(), SourceError> {
        if self.batch.unchanged.len() >= UNCHANGED_MAX {
            self.flush().await?;
        }
        self.batch.unchanged.push(unchanged);
        Ok(())
    }

    /// Everything up to `position` has been added. Batches sent before the next call say so.
    pub(crate) fn advance(&mut self, position: Position) {
        self.position = position;
    }

    /// Sends what there is.
    pub(crate) async fn flush(&mut self) -> Result<(), SourceError> {
        let mut batch = std::mem::take(&mut self.batch);
        self.content_bytes = 0;
        if batch.facts.is_empty() && batch.documents.is_empty() && batch.unchanged.is_empty() {
            return Ok(());
        }
        batch.checkpoint = checkpoint::write(&self.settled, &self.position, &self.incomplete);
        self.sink.get_mut().unwrap_or_else(PoisonError::into_inner).send(batch).await
    }

    /// Sends the rest, and tells which listings did not end cleanly.
    pub(crate) async fn finish(mut self) -> Result<Vec<String>, SourceError> {
        self.flush().await?;
        Ok(self.incomplete.into_iter().collect())
    }
}

fn content_bytes(content: &Content) -> usize {
    match content {
        Content::Text(text) => text.len(),
        Content::File { bytes, .. } => bytes.len(),
        Content::None | Content::Failed { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use async_trait::async_trait;

    use super::*;

    struct Kept(Arc<Mutex<Vec<Batch>>>);

    #[async_trait]
    impl BatchSink for Kept {
        async fn send(&mut self, batch: Batch) -> Result<(), SourceError> {
            self.0.lock().unwrap().push(batch);
            Ok(())
        }
    }

    fn document(bytes: usize) -> SourceDocument {
        SourceDocument {
            id: "page/1".into(),
            anchor: "1".into(),
            version: "1".into(),
            title: String::new(),
            uri: String::new(),
            content: Content::Text("x".repeat(bytes)),
            attributes: vec![],
        }
    }

    #[tokio::test]
    async fn batches_are_bounded_and_carry_the_position_of_what_is_whole() {
        let batches = Arc::new(Mutex::new(Vec::new()));
        let mut sink = Kept(Arc::clone(&batches));
        let mut outbox = Outbox::new(&mut sink, "s".into(), Position::Start, BTreeSet::new());
        for _ in 0..=DOCUMENTS_MAX {
            outbox.document(document(1)).await.unwrap();
        }
        outbox.advance(Position::Site { listing: checkpoint::SiteListing::Attachments, next: None });
        outbox.document(document(CONTENT_BYTES_MAX)).await.unwrap();
        outbox.finish().await.unwrap();
        let batches = batches.lock().unwrap();
        let sizes: Vec<usize> = batches.iter().map(|batch| batch.documents.len()).collect();
        assert_eq!(sizes, [DOCUMENTS_MAX, 1, 1]);
        assert_eq!(checkpoint::read(Some(&batches[0].checkpoint), "s").0, Position::Start);
        assert!(matches!(checkpoint::read(Some(&batches[1].checkpoint), "s").0, Position::Site { .. }));
    }
}
