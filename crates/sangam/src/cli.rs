//! What the command line accepts. Each subcommand's own arguments are declared beside what it does, in `commands`.

mod reference;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::connect::ConnectArgs;
use crate::commands::demo::DEMO_CONFLUENCE;
use crate::commands::explain::ExplainArgs;
use crate::commands::keys::KeysArgs;
use crate::commands::report::ReportArgs;
use crate::commands::search::SearchArgs;
use crate::commands::secrets::SecretsArgs;
use crate::commands::sync::SyncArgs;

pub use reference::reference;

/// Permission-aware search that speaks the Amazon Kendra API.
///
/// Data goes to the standard output, talk to the standard error. The exit code is 0 for done, 1 if the answer is no or the input was wrong,
/// and 2 if the program or the server failed. `docs/settings.md` describes the settings, which come from `sangam.toml` and from
/// environment variables that begin with `SANGAM_`.
#[derive(Debug, Parser)]
#[command(name = "sangam", version, max_term_width = 120)]
pub struct Cli {
    /// Write data as JSON.
    ///
    /// Every command that has something to tell can tell it as one JSON value on the standard output.
    #[arg(long, global = true)]
    pub json: bool,

    /// Read settings from this file.
    ///
    /// In place of `sangam.toml` in the working directory; the environment variable `SANGAM_CONFIG` does the same.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server.
    ///
    /// Opens the data folder, makes it at the first start, and serves until it is interrupted. The first start prints an access key, once,
    /// unless the settings give one.
    Serve,

    /// Run a server with a bundled Confluence site, and show what two people get.
    ///
    /// Starts a simulated site, the server and a sync, asks the same question as two people, prints what to try next, and keeps serving.
    /// A second start goes on with the same data, which is in the folder `demo` of the data folder.
    Demo(DemoArgs),

    /// Print a one-time link to the console.
    ///
    /// Whoever opens it within 15 minutes is signed in as an administrator. Works on the data folder, also beside a running server, so that
    /// whoever may read that folder is never locked out.
    Console,

    /// Connect a Confluence site.
    ///
    /// Asks what it needs, fetches an OAuth 2.0 grant if wanted, stores the credentials, tests what the account may see and says what it lacks.
    /// The exit code is 1 if the connection does not work.
    Connect(ConnectArgs),

    /// Sync a data source, and wait for the end.
    ///
    /// Starts a sync job, or follows the one that is under way, and shows its progress on a terminal. Interrupting the command leaves the job
    /// running. The exit code is 1 if the job ends as FAILED, INCOMPLETE or ABORTED.
    Sync(SyncArgs),

    /// Tell what a sync did with each document.
    ///
    /// Prints a line for each document that the job saw: what was done with it, how that ended, which document it is, and why it failed.
    /// With `--json` each line is a JSON value, which also has the document's address, who may read it now, and the names of its fields.
    Report(ReportArgs),

    /// Ask a question.
    ///
    /// Asks as the person that `--as` names, or as the groups; without either, what everybody may read. The exit code is 1 if nothing is found.
    Search(SearchArgs),

    /// Tell why somebody may or may not read a document.
    ///
    /// Prints the verdict, and for each layer of the document's access where it comes from, whom it lets in, and what matched. The exit code
    /// is 1 if they may not read it.
    Explain(ExplainArgs),

    /// Make, list and revoke access keys.
    ///
    /// Works on the data folder, also beside a running server, which obeys within two seconds.
    Keys(KeysArgs),

    /// Store, list and delete secrets, such as a Confluence site's credentials.
    ///
    /// Values come from the standard input or from a file, never from an argument, and are never printed.
    Secrets(SecretsArgs),

    /// Take the text out of files that the server hands over.
    ///
    /// The server starts this itself, so that a file that is too much for it ends this process and not the server.
    #[command(hide = true)]
    ExtractWorker,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where the simulated Confluence listens.
    ///
    /// An address and a port of this machine; the second start must have the same, because the data source points there.
    #[arg(long, value_name = "ADDRESS", default_value = DEMO_CONFLUENCE)]
    pub confluence_listen: SocketAddr,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_declaration_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_flags_may_stand_behind_the_command() {
        let cli = Cli::try_parse_from(["sangam", "keys", "list", "--json", "--config", "a.toml"]).unwrap();
        assert!(cli.json && cli.config.is_some());
    }
}
