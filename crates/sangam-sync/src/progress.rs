//! What a job is doing, for people who wait for it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sangam_store::Store;

/// How often what was said is stored: nobody reads faster, and every time costs a durable write.
const TELL_EVERY: Duration = Duration::from_secs(1);

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

/// Stores what `progress` says with the job, at most once a second and only what is new, while `work` is under way.
pub(crate) async fn tell<T>(store: &Store, job_id: &str, progress: &Progress, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    let mut told = Said::default();
    loop {
        tokio::select! {
            done = &mut work => {
                tell_once(store, job_id, progress, &mut told).await;
                return done;
            }
            () = tokio::time::sleep(TELL_EVERY) => {}
        }
        // Beside the work, which may hold the only writing connection.
        tokio::select! {
            done = &mut work => {
                tell_once(store, job_id, progress, &mut told).await;
                return done;
            }
            () = tell_once(store, job_id, progress, &mut told) => {}
        }
    }
}

async fn tell_once(store: &Store, job_id: &str, progress: &Progress, told: &mut Said) {
    let said = progress.said();
    if said == *told {
        return;
    }
    match store.tell_progress(job_id, said.note.as_deref(), said.n_expected, said.n_calls).await {
        Ok(()) => *told = said,
        Err(error) => tracing::warn!(job.id = job_id, %error, "the progress of sync job `{job_id}` was not stored"),
    }
}
