//! A worker by itself, for tests and programs that are no worker themselves.

use std::process::ExitCode;

fn main() -> ExitCode {
    sangam_extract::worker_main()
}
