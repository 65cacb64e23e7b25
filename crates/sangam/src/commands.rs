//! One file for each subcommand, and what they start with.

pub mod connect;
mod console;
pub mod demo;
pub mod explain;
mod extract_worker;
pub mod keys;
pub mod report;
mod resolve;
pub mod search;
pub mod secrets;
pub mod serve;
pub mod sync;

use std::path::PathBuf;

use tokio::runtime::Runtime;

use crate::cli::{Cli, Command};
use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::logging;
use crate::output::Output;
use crate::settings::{CONFIG_ENV, ClientSettings, ConnectSettings, Settings, Sources, table};

/// What commands log that have something to say themselves: what must be acted on, and nothing that would drown the rest.
const COMMAND_LOG: &str = "warn";

/// Runs a command to its end.
///
/// # Errors
/// Why it ended early.
pub fn run(cli: Cli, output: &Output) -> Result<Exit, Failure> {
    // Before anything is read: a worker has neither settings nor a data folder.
    if matches!(cli.command, Command::ExtractWorker) {
        return Ok(extract_worker::run());
    }
    let config = cli.config.or_else(named_config);
    let sources = Sources::read(config.as_deref());
    match cli.command {
        Command::Serve => {
            let settings = Settings::new(sources)?;
            logging::init(&settings.log)?;
            runtime()?.block_on(serve::run(settings, output))
        }
        Command::Demo(args) => {
            let is_log_set = sources.has(&table::LOG);
            let settings = Settings::new(sources)?;
            logging::init(if is_log_set { &settings.log } else { COMMAND_LOG })?;
            runtime()?.block_on(demo::run(settings, args.confluence_listen, output))
        }
        Command::Console => {
            let settings = Settings::new(sources)?;
            logging::init(COMMAND_LOG)?;
            runtime()?.block_on(console::run(&settings, output))
        }
        Command::Keys(args) => {
            let settings = Settings::new(sources)?;
            logging::init(COMMAND_LOG)?;
            runtime()?.block_on(keys::run(args, &settings, output))
        }
        Command::Connect(args) => {
            let settings = ConnectSettings::new(sources)?;
            let client = Client::new(settings.client)?;
            runtime()?.block_on(connect::run(args, &client, &settings.confluence, output))
        }
        Command::Sync(args) => {
            let client = client(sources)?;
            runtime()?.block_on(sync::run(args, &client, output))
        }
        Command::Report(args) => {
            let client = client(sources)?;
            runtime()?.block_on(report::run(args, &client, output))
        }
        Command::Search(args) => {
            let client = client(sources)?;
            runtime()?.block_on(search::run(args, &client, output))
        }
        Command::Explain(args) => {
            let client = client(sources)?;
            runtime()?.block_on(explain::run(args, &client, output))
        }
        Command::Secrets(args) => {
            let client = client(sources)?;
            runtime()?.block_on(secrets::run(args, &client, output))
        }
        Command::ExtractWorker => Ok(extract_worker::run()),
    }
}

/// The file that the environment names; an empty variable counts as not set, as for every setting.
fn named_config() -> Option<PathBuf> {
    std::env::var_os(CONFIG_ENV).filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn client(sources: Sources) -> Result<Client, Failure> {
    Client::new(ClientSettings::new(sources)?)
}

fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(Failure::failed)
}
