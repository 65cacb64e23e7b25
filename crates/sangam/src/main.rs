//! The binary; everything is in the library beside it, where tests and benches reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    sangam::main()
}
