//! Worker processes, started when they are needed, used again, and killed when a document is too much for them.

mod process;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::error::Death;
use crate::worker::frame::Request;
use crate::{ExtractError, Extracted, Limits, MediaType};
use process::Process;

/// Workers at work at once: what two processors do while the index and the model are at work too.
const WORKERS: usize = 2;

/// Longest that a document may take. A PDF of 250 pages takes half a second, the slowest honest files some seconds.
const WALL: Duration = Duration::from_secs(30);

/// Address space of a worker, in bytes: a largest document of the most wasteful format, its copies and the program itself fit in.
const MEMORY_BYTES: u64 = 1024 * 1024 * 1024;

/// Documents after which a worker is replaced, so that what a library leaks or breaks does not add up.
const DOCUMENTS_PER_WORKER: u32 = 200;

/// Bytes of documents after which a worker is replaced: its memory stays as large as its largest documents made it.
const BYTES_PER_WORKER: usize = 128 * 1024 * 1024;

/// How a worker is started: a program that calls [`worker_main`](crate::worker_main).
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

/// What a pool may use; [`PoolOptions::default`] has the values that the service uses.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// Workers at work at once; at least one.
    pub workers: usize,
    /// Longest that a document may take by the clock. Processor time is limited to the same, for the case that nobody looks at the clock any more.
    pub wall: Duration,
    /// Address space of a worker, in bytes.
    pub memory_bytes: u64,
    /// Documents after which a worker is replaced.
    pub documents_per_worker: u32,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { workers: WORKERS, wall: WALL, memory_bytes: MEMORY_BYTES, documents_per_worker: DOCUMENTS_PER_WORKER }
    }
}

/// Worker processes. They end with the pool, and by themselves when this process ends in whatever way.
#[derive(Debug)]
pub struct ExtractPool {
    command: WorkerCommand,
    options: PoolOptions,
    /// One for each worker that may be at work. Who waits has the document in memory already, so callers bound how many wait.
    turns: Semaphore,
    idle: Mutex<Vec<Process>>,
}

impl ExtractPool {
    /// A pool that starts no worker before it needs one.
    pub fn new(command: WorkerCommand, options: PoolOptions) -> Self {
        let turns = Semaphore::new(options.workers.max(1));
        Self { command, options, turns, idle: Mutex::default() }
    }

    /// Workers at work at once.
    pub fn workers(&self) -> usize {
        self.options.workers.max(1)
    }

    /// The text of `bytes`, read as `media_type` by a worker; waits for one.
    ///
    /// Dropping it kills the worker.
    ///
    /// # Errors
    /// As [`extract`](crate::extract()), and [`ExtractError::Died`] if the document was too much for the worker, [`ExtractError::Unavailable`] if there
    /// is none to be had.
    pub async fn extract(
        &self,
        bytes: &[u8],
        media_type: MediaType,
        limits: Limits,
    ) -> Result<Extracted, ExtractError> {
        if bytes.len() > limits.input_bytes_max {
            return Err(ExtractError::TooLarge { size_bytes: bytes.len(), limit_bytes: limits.input_bytes_max });
        }
        let unavailable = |reason: String| ExtractError::Unavailable { reason };
        let _turn = self.turns.acquire().await.map_err(|_| unavailable("it is closed".to_owned()))?;
        let mut process =
            self.process().await.map_err(|error| unavailable(format!("no worker could be started: {error}")))?;
        let request = Request {
            media_type: media_type.as_str().to_owned(),
            limits,
            memory_bytes: self.options.memory_bytes,
            cpu_seconds: self.options.wall.as_secs().max(1),
        };
        let outcome = timeout(self.options.wall, process.ask(&request, bytes)).await;
        match outcome {
            Err(_) => {
                process.kill().await;
                Err(ExtractError::Died { death: Death::Time })
            }
            Ok(Err(_)) => Err(match process.end().await {
                Ok(death) => ExtractError::Died { death },
                Err(reason) => unavailable(reason),
            }),
            Ok(Ok(outcome)) => {
                self.put_back(process);
                outcome
            }
        }
    }

    /// An idle worker, or a new one.
    async fn process(&self) -> std::io::Result<Process> {
        loop {
            let idle = self.idle.lock().pop();
            let Some(mut process) = idle else { return Process::start(&self.command).await };
            if process.is_alive() {
                return Ok(process);
            }
        }
    }

    fn put_back(&self, process: Process) {
        let is_fresh =
            process.n_documents() < self.options.documents_per_worker && process.n_bytes() < BYTES_PER_WORKER;
        if is_fresh {
            self.idle.lock().push(process);
        }
    }
}
