#![doc = include_str!("../README.md")]

pub mod app;
pub mod cli;
pub mod client;
pub mod commands;
pub mod data_dir;
pub mod failure;
pub mod logging;
pub mod output;
#[cfg(test)]
mod pages;
pub mod provision;
pub mod settings;

use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use failure::Exit;
use output::Output;

/// Runs the command of this process's arguments, and returns how the process ends.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; anything else is wrong input. What cannot be printed has no reader.
            let exit = if error.use_stderr() { Exit::No } else { Exit::Done };
            let _ = error.print();
            return exit.into();
        }
    };
    let output = Output::new(cli.json);
    match commands::run(cli, &output) {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(&output).into(),
    }
}
