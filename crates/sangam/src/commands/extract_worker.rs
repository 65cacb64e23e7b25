//! `sangam extract-worker`: what the server starts to take the text out of files.

use std::process::ExitCode;

use crate::failure::Exit;

/// Answers the server until it has no more files.
pub(super) fn run() -> Exit {
    if sangam_extract::worker_main() == ExitCode::SUCCESS { Exit::Done } else { Exit::Failed }
}
