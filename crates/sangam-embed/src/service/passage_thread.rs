//! The thread that embeds passages, and steps aside while queries come in.

use std::sync::mpsc::{Receiver, SyncSender};
use std::time::{Duration, Instant};

use super::query_thread::guarded;
use super::{Shared, Vectors};
use crate::{Effort, EmbedError, Embedder, priority};

/// Texts of one call to the embedder: passages of 80 words for some 50 ms of two cores, after which it is looked
/// again whether somebody is asking. More would make a query share the cores for longer, fewer leave cores idle at the end of each call.
const TEXTS_PER_CALL: usize = 8;

/// How long after a query indexing keeps to one core. People ask in bursts: they read, and ask again.
const QUIET: Duration = Duration::from_secs(2);

/// Texts and where their vectors go.
pub(super) struct PassageJob {
    pub(super) texts: Vec<String>,
    pub(super) reply: SyncSender<Vectors>,
}

/// Works through jobs until the service is dropped.
pub(super) fn run(embedder: &dyn Embedder, jobs: &Receiver<PassageJob>, shared: &Shared) {
    priority::give_way();
    while let Ok(job) = jobs.recv() {
        let vectors = embed(embedder, &job.texts, shared);
        // Nobody listens any more if the caller gave up.
        let _ = job.reply.send(vectors);
    }
}

/// The vectors of `texts`, in order. Texts of like length are worked on together, so that the cores finish a call together.
fn embed(embedder: &dyn Embedder, texts: &[String], shared: &Shared) -> Vectors {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&text| texts[text].len());
    let mut vectors = vec![Vec::new(); texts.len()];
    for batch in order.chunks(TEXTS_PER_CALL) {
        if shared.is_stopping() {
            return Err(EmbedError::Stopped);
        }
        let batch_texts: Vec<&str> = batch.iter().map(|&text| texts[text].as_str()).collect();
        let effort = effort(*shared.last_query.lock(), Instant::now());
        let found = guarded(|| embedder.embed_with(&batch_texts, effort))?;
        for (&text, vector) in batch.iter().zip(found) {
            vectors[text] = vector;
        }
    }
    Ok(vectors)
}

/// All cores when nobody has asked anything lately.
fn effort(last_query: Option<Instant>, now: Instant) -> Effort {
    match last_query {
        Some(last) if now.saturating_duration_since(last) < QUIET => Effort::OneCore,
        _ => Effort::AllCores,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_leaves_indexing_one_core_for_a_while() {
        let now = Instant::now();
        assert_eq!(effort(None, now), Effort::AllCores);
        assert_eq!(effort(Some(now), now + QUIET / 2), Effort::OneCore);
        assert_eq!(effort(Some(now), now + QUIET), Effort::AllCores);
    }
}
