//! The binary as people meet it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod binary;
mod cli;
mod client_commands;
mod connect;
mod files;
mod installation;
mod journey;
mod kill;
mod report;
mod served;
mod settings;
mod truth;
