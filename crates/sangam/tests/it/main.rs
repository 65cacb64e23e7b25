//! The binary as people meet it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod binary;
mod browser;
mod cli;
mod client_commands;
mod connect;
mod connection_test;
mod data_center;
mod files;
mod first_generation;
mod installation;
mod journey;
mod kill;
mod missing_document;
#[path = "../../../sangam-console/tests/it/browser.rs"]
#[expect(dead_code, reason = "the browser of sangam-console's tests checks more")]
mod person;
mod report;
mod search_page;
mod served;
mod settings;
mod tls;
mod truth;
mod two_servers;
