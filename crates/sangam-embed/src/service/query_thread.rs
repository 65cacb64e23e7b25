//! The thread that embeds queries, one at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender};

use super::Shared;
use crate::{Effort, EmbedError, Embedder};

/// One query and where its vector goes.
pub(super) struct QueryJob {
    pub(super) text: String,
    pub(super) reply: SyncSender<Result<Vec<f32>, EmbedError>>,
}

/// Answers queries until the service is dropped.
///
/// One by one, although a batch would be cheaper when many wait: a query's vector must not depend on who else is asking.
pub(super) fn run(embedder: &dyn Embedder, jobs: &Receiver<QueryJob>, shared: &Shared) {
    while let Ok(job) = jobs.recv() {
        if shared.is_stopping() {
            continue;
        }
        let vector = guarded(|| embedder.embed_with(&[&job.text], Effort::Query));
        let vector = vector.and_then(|vectors| vectors.into_iter().next().ok_or_else(no_vector));
        // Nobody listens any more if the caller gave up.
        let _ = job.reply.send(vector);
    }
}

/// Runs `embed` so that a panic in a library fails one job instead of all that follow.
pub(super) fn guarded<T>(embed: impl FnOnce() -> Result<T, EmbedError>) -> Result<T, EmbedError> {
    let outcome = catch_unwind(AssertUnwindSafe(embed));
    outcome.unwrap_or_else(|_| Err(EmbedError::Run { source: "the runtime panicked".into() }))
}

fn no_vector() -> EmbedError {
    EmbedError::Run { source: "a text is without its vector".into() }
}
