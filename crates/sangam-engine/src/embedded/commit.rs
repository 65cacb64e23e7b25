//! The order of a commit, and what a crash leaves at each point of it.
//!
//! 1. The text index commits, if there is text to commit. Tantivy writes new files, syncs them, and
//!    swaps its `meta.json`.
//! 2. The vectors commit: a new file with the added rows (and those of segments that are merged), the
//!    list of dead rows, both synced; then the manifest is swapped. The manifest has the batch's
//!    number: it is the record that the batch is complete, text included.
//! 3. Views are taken of the new state.
//!
//! | crash at | text | vectors | [`last_batch_id`](crate::Engine::last_batch_id) |
//! |---|---|---|---|
//! | `BeforeTextCommit` | old | old | old |
//! | `AfterTextCommit` | new | old | old |
//! | `BeforeManifestRename` | new | old; files without a reference, removed at the next start | old |
//! | `AfterManifestRename` | new | new | new |
//!
//! In the middle rows, documents of the batch may be found in the text without vectors, and deleted
//! documents may still have vectors. Neither is seen: the caller's filter holds only ordinals whose
//! batch it knows to be complete, and at the start it deletes the others that
//! [`ordinals`](crate::Engine::ordinals) shows.
//!
//! A commit of vectors alone leaves the text index untouched, and one of text alone writes no vectors.

use super::EmbeddedEngine;
use crate::error::EngineError;
use crate::options::CommitPoint;

impl EmbeddedEngine {
    pub(super) fn commit_batch(&self, batch_id: u64) -> Result<(), EngineError> {
        let reached = |point| {
            if let Some(hook) = &self.commit_hook {
                hook(point);
            }
        };
        let mut writers = self.writers.lock();
        reached(CommitPoint::BeforeTextCommit);
        if writers.text.is_dirty() {
            writers.text.commit(batch_id)?;
            reached(CommitPoint::AfterTextCommit);
        }
        let has_text = writers.text.was_committed();
        writers.vectors.commit(batch_id, has_text, &reached)?;
        let view = writers.view(&self.cache)?;
        *self.current.write() = view;
        Ok(())
    }
}
