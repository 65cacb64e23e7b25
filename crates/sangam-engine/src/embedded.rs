//! The engine in this process: a folder with a text index, a vector index, and a lock.

mod cache;
mod commit;
mod filters;
mod lock;
mod ordinals;
mod view;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use roaring::RoaringBitmap;

use self::cache::BitsCache;
use self::lock::FolderLock;
use self::view::EmbeddedView;
use crate::document::{DocumentVectors, EngineDocument};
use crate::engine::{Engine, View};
use crate::error::EngineError;
use crate::options::{CommitHook, EngineOptions};
use crate::text::TextWriter;
use crate::vectors::VectorWriter;

/// The folder of the text index, in the index's folder.
const TEXT_DIR: &str = "text";

/// The folder of the vectors, in the index's folder.
const VECTORS_DIR: &str = "vectors";

/// An engine on a folder. There is one at a time per folder, and any number of views of it.
pub struct EmbeddedEngine {
    dir: PathBuf,
    commit_hook: Option<CommitHook>,
    writers: Mutex<Writers>,
    /// The view of the last commit. Swapped as a whole, so that nobody waits for a commit.
    current: RwLock<Arc<EmbeddedView>>,
    cache: Arc<BitsCache>,
    /// Last, so that it is given back after everything else is closed.
    _lock: FolderLock,
}

/// What a write needs, one at a time.
struct Writers {
    text: TextWriter,
    vectors: VectorWriter,
}

impl Writers {
    fn view(&mut self, cache: &Arc<BitsCache>) -> Result<Arc<EmbeddedView>, EngineError> {
        let (text, vectors) = (self.text.snapshot()?, self.vectors.snapshot());
        let batch_id = self.vectors.batch_id();
        Ok(Arc::new(EmbeddedView::new(text, vectors, batch_id, Arc::clone(cache))))
    }
}

impl EmbeddedEngine {
    /// Opens the engine of a folder, creates it if it is missing, and verifies the checksums of
    /// everything in it.
    ///
    /// # Errors
    /// [`EngineError::Locked`] if another engine has the folder, [`EngineError::Corrupt`] if a file
    /// is damaged, [`EngineError::FingerprintMismatch`] if there are vectors of another model.
    pub fn open(dir: &Path, options: EngineOptions) -> Result<Self, EngineError> {
        let lock = FolderLock::take(dir)?;
        let text = TextWriter::open(&dir.join(TEXT_DIR), options.writer_memory_bytes)?;
        let vectors = VectorWriter::open(&dir.join(VECTORS_DIR), options.dimensions, &options.model_fingerprint)?;
        if vectors.has_text() && !text.was_committed() {
            return Err(EngineError::Corrupt {
                file: dir.join(TEXT_DIR),
                reason: "documents were committed to it, and it has none".to_owned(),
            });
        }
        let mut writers = Writers { text, vectors };
        let cache = Arc::new(BitsCache::default());
        let view = writers.view(&cache)?;
        Ok(Self {
            dir: dir.to_owned(),
            commit_hook: options.commit_hook,
            current: RwLock::new(view),
            writers: Mutex::new(writers),
            cache,
            _lock: lock,
        })
    }

    /// Drops all vectors of a folder that no engine has open, so that it can be opened with another
    /// model. The text stays.
    ///
    /// # Errors
    /// [`EngineError::Locked`] if an engine has the folder.
    pub fn reset_vectors(dir: &Path) -> Result<(), EngineError> {
        let _lock = FolderLock::take(dir)?;
        VectorWriter::reset(&dir.join(VECTORS_DIR))
    }
}

impl Engine for EmbeddedEngine {
    fn add(&self, documents: Vec<EngineDocument>) -> Result<(), EngineError> {
        for document in &documents {
            if let Some(reason) = document.broken_rule() {
                return Err(EngineError::InvalidDocument { ordinal: document.ordinal, reason });
            }
        }
        self.writers.lock().text.add(documents)
    }

    fn add_vectors(&self, vectors: Vec<DocumentVectors>) -> Result<(), EngineError> {
        self.writers.lock().vectors.add(vectors)
    }

    fn delete(&self, ordinals: &RoaringBitmap) -> Result<(), EngineError> {
        let mut writers = self.writers.lock();
        writers.text.delete(ordinals);
        writers.vectors.delete(ordinals);
        Ok(())
    }

    fn commit(&self, batch_id: u64) -> Result<(), EngineError> {
        self.commit_batch(batch_id)
    }

    fn last_batch_id(&self) -> Option<u64> {
        self.current.read().batch_id()
    }

    fn ordinals(&self) -> Result<RoaringBitmap, EngineError> {
        let view = Arc::clone(&self.current.read());
        Ok(view.ordinals())
    }

    fn view(&self) -> Result<Arc<dyn View>, EngineError> {
        let view = Arc::clone(&self.current.read());
        Ok(view)
    }
}

impl std::fmt::Debug for EmbeddedEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedEngine").field("dir", &self.dir).finish_non_exhaustive()
    }
}
