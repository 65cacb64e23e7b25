//! Two threads in front of an embedder, so that a query never waits for indexing.
//!
//! The query thread takes queries one by one and runs them on threads that nothing else uses. The passage thread takes
//! jobs in order and works through each in short batches of texts of like length: before each batch it looks whether a query came in lately, and
//! takes one core or all of them. Nothing else is shared, so the worst that indexing can do to a query is to use the other cores.

mod passage_thread;
mod query_thread;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use parking_lot::Mutex;

use crate::query_cache::QueryCache;
use crate::{EmbedError, Embedder};
use passage_thread::PassageJob;
use query_thread::QueryJob;

/// Queries that may wait. At a few milliseconds each the last one waits about a second, after which people
/// are better served by an error that the caller turns into a search by words.
pub const QUERY_JOBS_MAX: usize = 256;

/// Jobs of passages that may wait; who brings more is held up, which is how indexing slows its source down.
pub const PASSAGE_JOBS_MAX: usize = 4;

/// Texts of one job. A longer list becomes several jobs, so that a single new document gets its turn
/// within seconds while a large import is embedding.
const TEXTS_PER_JOB_MAX: usize = 256;

type Vectors = Result<Vec<Vec<f32>>, EmbedError>;

/// An embedder behind two threads of its own, which are joined when the service is dropped.
///
/// All calls block: from async code, call them on a blocking thread. Dropping waits for the batches that are running, not for
/// those that wait.
pub struct EmbedService {
    embedder: Arc<dyn Embedder>,
    shared: Arc<Shared>,
    cache: Mutex<QueryCache>,
    queries: Option<SyncSender<QueryJob>>,
    passages: Option<SyncSender<PassageJob>>,
    threads: Vec<JoinHandle<()>>,
}

/// What the threads tell each other.
pub(crate) struct Shared {
    /// When the last query came in, to slow indexing down for a while.
    last_query: Mutex<Option<Instant>>,
    is_stopping: AtomicBool,
}

impl Shared {
    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Acquire)
    }
}

impl EmbedService {
    /// A service in front of `embedder`, with its threads started.
    ///
    /// # Errors
    /// [`EmbedError::Stopped`] if the system gives no thread.
    pub fn start(embedder: Arc<dyn Embedder>) -> Result<Self, EmbedError> {
        let shared = Arc::new(Shared { last_query: Mutex::new(None), is_stopping: AtomicBool::new(false) });
        let (queries, query_jobs) = sync_channel(QUERY_JOBS_MAX);
        let (passages, passage_jobs) = sync_channel(PASSAGE_JOBS_MAX);
        let mut service = Self {
            embedder: Arc::clone(&embedder),
            shared: Arc::clone(&shared),
            cache: Mutex::new(QueryCache::default()),
            queries: Some(queries),
            passages: Some(passages),
            threads: Vec::new(),
        };
        let (query_embedder, query_shared) = (Arc::clone(&embedder), Arc::clone(&shared));
        service.own("sangam-embed-query", move || query_thread::run(&*query_embedder, &query_jobs, &query_shared))?;
        service.own("sangam-embed-passages", move || passage_thread::run(&*embedder, &passage_jobs, &shared))?;
        Ok(service)
    }

    fn own(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), EmbedError> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        self.threads.push(thread.map_err(|_| EmbedError::Stopped)?);
        Ok(())
    }

    /// The embedder behind the service, for its dimensions, fingerprint and limit.
    pub fn embedder(&self) -> &dyn Embedder {
        &*self.embedder
    }

    /// The vector of a query, of unit L2 norm. The vectors of recent queries are remembered.
    ///
    /// # Errors
    /// [`EmbedError::Busy`] may be retried, or answered by a search by words alone; others as [`Embedder::embed_with`] and
    /// [`EmbedError::Stopped`].
    pub fn embed_query(&self, text: &str) -> Result<Vec<f32>, EmbedError> {
        *self.shared.last_query.lock() = Some(Instant::now());
        if let Some(vector) = self.cache.lock().get(text) {
            return Ok(vector);
        }
        let (reply, answer) = sync_channel(1);
        let job = QueryJob { text: text.to_owned(), reply };
        let sent = self.queries.as_ref().ok_or(EmbedError::Stopped)?.try_send(job);
        sent.map_err(|error| match error {
            TrySendError::Full(_) => EmbedError::Busy,
            TrySendError::Disconnected(_) => EmbedError::Stopped,
        })?;
        let vector = wait(&answer)?;
        self.cache.lock().insert(text, vector.clone());
        Ok(vector)
    }

    /// The vectors of `texts`, in the same order, each of unit L2 norm. Waits while [`PASSAGE_JOBS_MAX`] jobs are waiting.
    ///
    /// # Errors
    /// As [`Embedder::embed_with`], and [`EmbedError::Stopped`]; no vector is returned if any is missing.
    pub fn embed_passages(&self, texts: &[&str]) -> Vectors {
        let queue = self.passages.as_ref().ok_or(EmbedError::Stopped)?;
        let mut answers = Vec::new();
        let mut vectors = Vec::with_capacity(texts.len());
        for texts in texts.chunks(TEXTS_PER_JOB_MAX) {
            let (reply, answer) = sync_channel(1);
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            queue.send(PassageJob { texts, reply }).map_err(|_| EmbedError::Stopped)?;
            answers.push(answer);
        }
        for answer in answers {
            vectors.extend(wait(&answer)?);
        }
        Ok(vectors)
    }
}

/// A thread that stops drops its jobs, and with them the senders of their answers.
fn wait<T>(answer: &Receiver<Result<T, EmbedError>>) -> Result<T, EmbedError> {
    answer.recv().unwrap_or(Err(EmbedError::Stopped))
}

impl Drop for EmbedService {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Release);
        // The threads end when their queue has no sender.
        self.queries = None;
        self.passages = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the embedding service panicked");
            }
        }
    }
}
