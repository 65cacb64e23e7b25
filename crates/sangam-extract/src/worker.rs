//! What a worker process does: it reads one document after the other from its standard input and answers on its standard output.
//!
//! It confines itself before it reads anything: a crafted file may make the libraries recurse, allocate or loop without end, and then this process
//! ends, not the one that has the index. It needs no files, no network and no environment.

mod confine;
pub(crate) mod frame;

use std::io::{self, Read, Write};
use std::os::unix::process::parent_id;
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::error::Death;
use crate::{ExtractError, Extracted, MediaType, extract};
use frame::{Answer, Head, PREFIX_BYTES, Request};

/// Stack of the thread that extracts: what the libraries need for the deepest files that programs write, several times over.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// How often a worker at work looks whether its parent is still there.
const PARENT_CHECK: Duration = Duration::from_secs(1);

/// Answers requests until the standard input ends, or the parent has gone.
///
/// To be called by the program that an [`ExtractPool`](crate::ExtractPool) starts, before it starts any thread. Returns a failure if the process could
/// not be confined, or if what it reads is not a request.
pub fn worker_main() -> ExitCode {
    // What a panic says may quote the document.
    std::panic::set_hook(Box::new(|_| {}));
    let served = confine::own_output().and_then(|mut output| {
        confine::confine()?;
        serve(&mut io::stdin().lock(), &mut output)
    });
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn serve(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let parent = parent_id();
    output.write_all(&frame::HELLO)?;
    while let Some((request, bytes)) = read_request(input)? {
        confine::allow(request.memory_bytes, request.cpu_seconds)?;
        let Some(outcome) = run(request, bytes, parent) else { return Ok(()) };
        let (answer, text) = match outcome {
            Ok(Extracted { title, text, truncated }) => (Answer::Text { title, truncated }, text),
            Err(error) => (Answer::Error(error), String::new()),
        };
        output.write_all(&frame::head(&answer, text.len()))?;
        output.write_all(text.as_bytes())?;
        output.flush()?;
    }
    Ok(())
}

/// The next request with its document, or `None` at the end of the input.
fn read_request(input: &mut impl Read) -> io::Result<Option<(Request, Vec<u8>)>> {
    let mut prefix = [0; PREFIX_BYTES];
    match input.read_exact(&mut prefix) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let Head { header_bytes, body_bytes } = frame::parse_prefix(prefix)?;
    let mut header = vec![0; header_bytes];
    input.read_exact(&mut header)?;
    let mut body = vec![0; body_bytes];
    input.read_exact(&mut body)?;
    Ok(Some((serde_json::from_slice(&header)?, body)))
}

/// The outcome, or `None` if the parent has gone.
fn run(request: Request, bytes: Vec<u8>, parent: u32) -> Option<Result<Extracted, ExtractError>> {
    let (sender, outcome) = mpsc::channel();
    let work = move || {
        let media_type = MediaType::from_label(&request.media_type);
        let unsupported = ExtractError::Unsupported { media_type: request.media_type };
        // Nobody waits any more if this fails.
        let _ = sender.send(media_type.map_or(Err(unsupported), |known| extract(&bytes, known, &request.limits)));
    };
    let Ok(thread) = thread::Builder::new().stack_size(STACK_BYTES).spawn(work) else {
        return Some(Err(ExtractError::Died { death: Death::Memory }));
    };
    loop {
        match outcome.recv_timeout(PARENT_CHECK) {
            Ok(outcome) => {
                // It has nothing left to do but to free the document.
                let _ = thread.join();
                return Some(outcome);
            }
            Err(RecvTimeoutError::Timeout) if parent_id() == parent => {}
            Err(RecvTimeoutError::Timeout) => return None,
            Err(RecvTimeoutError::Disconnected) => return Some(Err(ExtractError::Died { death: Death::Crash })),
        }
    }
}
