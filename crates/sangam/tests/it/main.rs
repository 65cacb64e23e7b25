//! The binary as people meet it.

mod binary;
mod cli;
mod installation;
mod journey;
mod settings;
