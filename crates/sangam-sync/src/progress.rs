//! What a job is doing, for people who wait for it.

use std::sync::Arc;

use parking_lot::Mutex;

/// Shared between a source, which says, and its job, which shows.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<Said>>);

/// What was said so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// What the source waits for or does, a sentence without secrets, titles or text; `None` if there is nothing to say.
    pub note: Option<String>,
    /// Documents that the source expects to list, as far as it knows by now.
    pub n_expected: Option<u64>,
    /// Calls made to the product, repetitions included.
    pub n_calls: u64,
}

impl Progress {
    /// Says what the source is doing or waiting for; `None` takes it back.
    pub fn note(&self, note: Option<String>) {
        self.0.lock().note = note;
    }

    /// Says how many documents there will be, all in all.
    pub fn expect(&self, n_documents: u64) {
        self.0.lock().n_expected = Some(n_documents);
    }

    /// Counts a call.
    pub fn count_call(&self) {
        self.0.lock().n_calls += 1;
    }

    /// What was said last.
    pub fn said(&self) -> Said {
        self.0.lock().clone()
    }
}
