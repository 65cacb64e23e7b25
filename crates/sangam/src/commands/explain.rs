//! `sangam explain`: why somebody may or may not read a document.

mod answer;
mod words;

use clap::Args;
use serde_json::json;

use self::answer::Answer;
use super::resolve;
use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The index, by id or name.
    #[arg(long, value_name = "INDEX")]
    pub index: String,

    /// The document's id, as `search --json` shows it.
    #[arg(long, value_name = "ID")]
    pub document: String,

    /// Who would read.
    ///
    /// A user as the source or a principal mapping knows them: an e-mail address, a user name or an account id.
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<String>,

    /// A group that the one who would read is in.
    ///
    /// May be given several times. Groups that the source reports are found by themselves.
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
}

/// Runs the command.
pub(super) async fn run(args: ExplainArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    let index_id = resolve::index(client, &args.index).await?;
    let question = json!({ "user": args.user, "groups": args.groups, "documentId": args.document });
    let told = client.v1(&format!("indices/{index_id}/explain"), &question).await?;
    // As it is: a newer server may tell more than this program knows.
    if output.is_json() {
        output.json(&told)?;
    }
    let answer: Answer = serde_json::from_value(told).map_err(|error| {
        Failure::failed(anyhow::Error::new(error).context("the server's explanation is not understood"))
            .hint("server and program may be of different versions; `--json` shows the answer as it is")
    })?;
    if !output.is_json() {
        output.line(words::tell(&answer, args.user.as_deref(), &args.groups))?;
    }
    Ok(if answer.found && answer.access.readable { Exit::Done } else { Exit::No })
}
