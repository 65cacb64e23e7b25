//! Takes documents and deletions, and commits them to the text index.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roaring::RoaringBitmap;
use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use super::schema::{Fields, schema};
use super::snapshot::{SegmentOrdinals, TextSnapshot};
use super::{attributes, record, text_error};
use crate::analysis::{self, BODY_ANALYZER, TITLE_ANALYZER};
use crate::document::EngineDocument;
use crate::error::EngineError;

/// A segment is merged away once this share of it is deleted: enough to keep the disk in bounds,
/// rare enough not to rewrite everything for a few edits.
const DELETED_RATIO_BEFORE_MERGE: f32 = 0.3;

/// The one writer of a text index.
pub(crate) struct TextWriter {
    dir: PathBuf,
    fields: Fields,
    writer: IndexWriter,
    reader: IndexReader,
    /// The ordinals in the index, uncommitted ones included.
    present: RoaringBitmap,
    /// Whether there was a commit, ever.
    committed: bool,
    /// Whether there is anything to commit.
    dirty: bool,
    /// The columns of ordinals by segment, since they never change.
    columns: HashMap<SegmentId, Arc<SegmentOrdinals>>,
}

impl TextWriter {
    /// Opens the index, creates it if it is missing, and verifies the checksums of its files.
    pub(crate) fn open(dir: &Path, memory_bytes: usize) -> Result<Self, EngineError> {
        std::fs::create_dir_all(dir).map_err(|error| EngineError::io(dir, error))?;
        let failed = |error| text_error(dir, "open the text index", error);
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(dir).map_err(|error| failed(error.into()))?;
        let index = Index::open_or_create(directory, schema).map_err(failed)?;
        verify(dir, &index)?;
        index.tokenizers().register(TITLE_ANALYZER, analysis::title_analyzer());
        index.tokenizers().register(BODY_ANALYZER, analysis::body_analyzer());
        // One thread writes and one merges: indexing shares two cores with queries and embedding.
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(memory_bytes)
            .build();
        let writer: IndexWriter = index.writer_with_options(options).map_err(failed)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(DELETED_RATIO_BEFORE_MERGE);
        writer.set_merge_policy(Box::new(policy));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader: IndexReader = reader.try_into().map_err(failed)?;
        let committed = index.load_metas().map_err(failed)?.payload.is_some();
        let mut text = Self {
            dir: dir.to_owned(),
            fields,
            writer,
            reader,
            present: RoaringBitmap::new(),
            committed,
            dirty: false,
            columns: HashMap::new(),
        };
        text.present = text.snapshot()?.ordinals();
        Ok(text)
    }

    fn failed(&self, operation: &'static str) -> impl Fn(tantivy::TantivyError) -> EngineError + '_ {
        move |error| text_error(&self.dir, operation, error)
    }

    /// See [`Engine::add`](crate::Engine::add); the documents are valid.
    pub(crate) fn add(&mut self, documents: Vec<EngineDocument>) -> Result<(), EngineError> {
        for document in documents {
            if !self.present.insert(document.ordinal) {
                self.writer.delete_term(self.ordinal_term(document.ordinal));
            }
            self.dirty = true;
            let document = self.convert(&document);
            let added = self.writer.add_document(document);
            added.map_err(self.failed("add a document to the text index"))?;
        }
        Ok(())
    }

    fn convert(&self, document: &EngineDocument) -> TantivyDocument {
        let mut converted = TantivyDocument::with_capacity(document.body.len() + 1024);
        converted.add_u64(self.fields.ordinal, u64::from(document.ordinal));
        converted.add_text(self.fields.title, &document.title);
        converted.add_text(self.fields.body, &document.body);
        let columns = attributes::columns(&document.attributes);
        converted.add_field_value(self.fields.attributes, &columns);
        converted.add_bytes(self.fields.record, &record::encode(document));
        converted
    }

    fn ordinal_term(&self, ordinal: u32) -> Term {
        Term::from_field_u64(self.fields.ordinal, u64::from(ordinal))
    }

    /// See [`Engine::delete`](crate::Engine::delete).
    pub(crate) fn delete(&mut self, ordinals: &RoaringBitmap) {
        let present = ordinals & &self.present;
        for ordinal in &present {
            self.writer.delete_term(self.ordinal_term(ordinal));
        }
        self.dirty |= !present.is_empty();
        self.present -= present;
    }

    /// Returns whether [`Self::commit`] would change anything.
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Returns whether there was a commit, by this writer or an earlier one.
    pub(crate) fn was_committed(&self) -> bool {
        self.committed
    }

    /// Commits what was added and deleted.
    pub(crate) fn commit(&mut self, batch_id: u64) -> Result<(), EngineError> {
        let failed = |error| text_error(&self.dir, "commit the text index", error);
        let mut prepared = self.writer.prepare_commit().map_err(failed)?;
        prepared.set_payload(&batch_id.to_string());
        prepared.commit().map_err(failed)?;
        self.committed = true;
        self.dirty = false;
        self.reader.reload().map_err(failed)
    }

    /// Returns the committed state.
    pub(crate) fn snapshot(&mut self) -> Result<TextSnapshot, EngineError> {
        let searcher = self.reader.searcher();
        let mut columns = HashMap::new();
        for segment in searcher.segment_readers() {
            let id = segment.segment_id();
            let ordinals = match self.columns.get(&id) {
                Some(ordinals) => Arc::clone(ordinals),
                None => Arc::new(SegmentOrdinals::read(segment).map_err(self.failed("read the ordinals"))?),
            };
            columns.insert(id, ordinals);
        }
        self.columns = columns;
        TextSnapshot::new(&self.dir, self.fields, searcher, &self.columns)
    }
}

/// Compares every file with the checksum in its footer.
fn verify(dir: &Path, index: &Index) -> Result<(), EngineError> {
    let checked = index.validate_checksum();
    let damaged = checked.map_err(|error| text_error(dir, "verify the text index", error))?;
    match damaged.into_iter().min() {
        Some(file) => {
            Err(EngineError::Corrupt { file: dir.join(file), reason: "its checksum does not fit".to_owned() })
        }
        None => Ok(()),
    }
}

impl std::fmt::Debug for TextWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextWriter")
            .field("dir", &self.dir)
            .field("n_documents", &self.present.len())
            .field("dirty", &self.dirty)
            .finish_non_exhaustive()
    }
}
