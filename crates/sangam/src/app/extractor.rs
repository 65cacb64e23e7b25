//! What takes the text out of files: workers that are this same binary.

use std::sync::Arc;

use anyhow::Context;
use sangam_extract::{ExtractPool, Extractor, PoolOptions, WorkerCommand};

/// The hidden subcommand that makes this binary a worker.
const WORKER_SUBCOMMAND: &str = "extract-worker";

/// The pool of the service; it starts no process before there is a file to read.
pub(super) fn extractor() -> anyhow::Result<Extractor> {
    let program = std::env::current_exe().context("could not find this program, which is to read files")?;
    let command = WorkerCommand { program, args: vec![WORKER_SUBCOMMAND.into()] };
    Ok(Extractor::Pool(Arc::new(ExtractPool::new(command, PoolOptions::default()))))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn the_subcommand_makes_a_worker() {
        let cli = Cli::try_parse_from(["sangam", WORKER_SUBCOMMAND]).unwrap();
        assert!(matches!(cli.command, Command::ExtractWorker));
    }
}
