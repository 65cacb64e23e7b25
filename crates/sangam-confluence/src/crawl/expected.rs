//! How many documents a crawl will hand over, as far as its lists tell by now: the time that is left is told from it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sangam_sync::Progress;

/// A sum that grows with every list that is in. Spaces are listed ahead of being sent, so that it runs ahead of what is done.
#[derive(Debug, Clone, Default)]
pub(super) struct Expected {
    progress: Progress,
    n_documents: Arc<AtomicU64>,
}

impl Expected {
    pub(super) fn new(progress: Progress) -> Self {
        Self { progress, n_documents: Arc::default() }
    }

    /// Counts more documents, and says so.
    pub(super) fn add(&self, n: usize) {
        let n = n as u64;
        let before = self.n_documents.fetch_add(n, Ordering::Relaxed);
        self.progress.expect(before + n);
    }
}
