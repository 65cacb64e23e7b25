//! One worker process, from its start to how it ended.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::WorkerCommand;
use crate::error::Death;
use crate::worker::frame::{self, Answer, HELLO, Head, PREFIX_BYTES, Request};
use crate::{ExtractError, Extracted};

/// How long a worker may take to be ready: it only needs to be loaded, but the machine may be busy.
const START_PATIENCE: Duration = Duration::from_secs(20);

/// How long a worker whose streams have ended may take to end itself.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// Bytes of what a worker says at its end.
const LAST_WORDS_MAX: u64 = 4096;

/// Signals that say nothing about the document: somebody ends the program.
const FROM_OUTSIDE: [i32; 3] = [SIGHUP, SIGINT, SIGTERM];
const SIGHUP: i32 = 1;
const SIGINT: i32 = 2;
const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
const SIGXCPU: i32 = if cfg!(target_os = "linux") { 24 } else { 30 };

/// A running worker; killed when it is dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    words: ChildStderr,
    n_documents: u32,
    n_bytes: usize,
}

impl Process {
    /// Starts a worker and waits until it is ready.
    pub(super) async fn start(command: &WorkerCommand) -> io::Result<Self> {
        let mut child = Command::new(&command.program)
            .args(&command.args)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // An interrupt at the terminal is for the server, which lets documents under way finish.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let lacking = || io::Error::other("a stream is lacking");
        let input = child.stdin.take().ok_or_else(lacking)?;
        let output = child.stdout.take().ok_or_else(lacking)?;
        let words = child.stderr.take().ok_or_else(lacking)?;
        let mut process = Self { child, input, output, words, n_documents: 0, n_bytes: 0 };
        match timeout(START_PATIENCE, process.is_ready()).await {
            Ok(true) => Ok(process),
            _ => Err(io::Error::other("the program that was started is no worker")),
        }
    }

    async fn is_ready(&mut self) -> bool {
        let mut hello = [0; HELLO.len()];
        self.output.read_exact(&mut hello).await.is_ok() && hello == HELLO
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub(super) fn n_documents(&self) -> u32 {
        self.n_documents
    }

    pub(super) fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Asks for the text of `bytes`. After an error or when it is dropped half-way the process is of no more use.
    pub(super) async fn ask(&mut self, request: &Request, bytes: &[u8]) -> io::Result<Result<Extracted, ExtractError>> {
        self.n_documents += 1;
        self.n_bytes += bytes.len();
        self.input.write_all(&frame::head(request, bytes.len())).await?;
        self.input.write_all(bytes).await?;
        self.input.flush().await?;
        let mut prefix = [0; PREFIX_BYTES];
        self.output.read_exact(&mut prefix).await?;
        let Head { header_bytes, body_bytes } = frame::parse_prefix(prefix)?;
        let mut header = vec![0; header_bytes];
        self.output.read_exact(&mut header).await?;
        let mut text = vec![0; body_bytes];
        self.output.read_exact(&mut text).await?;
        Ok(match serde_json::from_slice(&header).map_err(io::Error::from)? {
            Answer::Text { title, truncated } => {
                let text = String::from_utf8(text).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
                Ok(Extracted { title, text, truncated })
            }
            Answer::Error(error) => Err(error),
        })
    }

    /// Kills and reaps it.
    pub(super) async fn kill(mut self) {
        // It may have ended in between.
        let _ = self.child.kill().await;
    }

    /// How a worker ended that gave no answer: by its document, or for a reason that has nothing to do with it.
    pub(super) async fn end(mut self) -> Result<Death, String> {
        drop((self.input, self.output));
        let Ok(Ok(status)) = timeout(END_PATIENCE, self.child.wait()).await else {
            // It goes on, so it was its answer that made no sense.
            let _ = self.child.kill().await;
            return Ok(Death::Crash);
        };
        let mut words = Vec::new();
        // Nobody else holds the other end, so that this ends.
        let _ = self.words.take(LAST_WORDS_MAX).read_to_end(&mut words).await;
        cause(status, &words)
    }
}

/// What a status and the runtime's last words say. They are compared with and never shown: they might quote the document.
fn cause(status: ExitStatus, words: &[u8]) -> Result<Death, String> {
    let says = |part: &str| words.windows(part.len()).any(|window| window == part.as_bytes());
    match status.signal() {
        Some(signal) if FROM_OUTSIDE.contains(&signal) => Err(format!("a worker was ended by signal {signal}")),
        Some(SIGXCPU) => Ok(Death::Time),
        // Not by us: the system was short of memory.
        Some(SIGKILL) => Ok(Death::Memory),
        Some(SIGABRT) if says("overflowed its stack") => Ok(Death::Stack),
        Some(SIGABRT) if says("memory allocation of") => Ok(Death::Memory),
        // Also by itself, with whatever code: it was ready, so it was the document that made it.
        _ => Ok(Death::Crash),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_worker_says_whose_fault_it_was() {
        let by_signal = |signal: i32, words: &[u8]| cause(ExitStatus::from_raw(signal), words);
        assert_eq!(by_signal(SIGABRT, b"\nthread '<unnamed>' has overflowed its stack\n"), Ok(Death::Stack));
        assert_eq!(by_signal(SIGABRT, b"memory allocation of 123 bytes failed\n"), Ok(Death::Memory));
        assert_eq!(by_signal(SIGABRT, b""), Ok(Death::Crash));
        assert_eq!(by_signal(11, b""), Ok(Death::Crash));
        assert_eq!(by_signal(SIGXCPU, b""), Ok(Death::Time));
        assert_eq!(by_signal(SIGTERM, b""), Err("a worker was ended by signal 15".to_owned()));
        assert_eq!(cause(ExitStatus::from_raw(1 << 8), b""), Ok(Death::Crash));
    }
}
