//! `sangam secrets`: credentials of sources, kept by the server. A value goes in and never comes out here.

mod value;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sangam_api::SecretsRequest;
use sangam_api::secretsmanager::{
    CreateSecretRequest, CreateSecretResponse, DeleteSecretRequest, DeleteSecretResponse, GetSecretValueRequest,
    GetSecretValueResponse, ListSecretsRequest, ListSecretsResponse, PutSecretValueRequest, PutSecretValueResponse,
    SecretListEntry,
};
use uuid::Uuid;

use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::{Output, printable};

/// The most that a page of secrets holds.
const PAGE_SIZE: i32 = 100;
/// Pages of the listing: an end for a server that never stops.
const PAGES_MAX: usize = 1_000;

/// Arguments of `secrets`.
#[derive(Debug, Args)]
pub struct SecretsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: SecretsCommand,
}

/// What can be done with secrets.
#[derive(Debug, Subcommand)]
pub enum SecretsCommand {
    /// Store a new secret.
    ///
    /// Prints its ARN, which a data source's template names as `secretArn`.
    Create(CreateArgs),

    /// List the secrets.
    ///
    /// Names, ARNs and descriptions.
    List,

    /// Replace the value of a secret.
    ///
    /// The old value stays as the previous version until the next one.
    Put(PutArgs),

    /// Show which keys the value of a secret has.
    ///
    /// To see whether a template's secret has all that its authentication needs, without showing any of it.
    ShowKeys(ShowKeysArgs),

    /// Delete a secret.
    ///
    /// It can be restored for 30 days, or for as many as `--recovery-days` says.
    Delete(DeleteArgs),
}

/// Arguments of `secrets create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The new secret's name.
    #[arg(value_name = "NAME")]
    pub name: String,

    /// What it is for, for people.
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,

    /// Read the value from this file.
    ///
    /// Without it, from the standard input. A JSON object of strings, such as `{"username": …, "password": …}`.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `secrets put`.
#[derive(Debug, Args)]
pub struct PutArgs {
    /// The secret, by name or ARN.
    #[arg(value_name = "SECRET")]
    pub secret: String,

    /// Read the value from this file.
    ///
    /// Without it, from the standard input.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `secrets show-keys`.
#[derive(Debug, Args)]
pub struct ShowKeysArgs {
    /// The secret, by name or ARN.
    #[arg(value_name = "SECRET")]
    pub secret: String,
}

/// Arguments of `secrets delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The secret, by name or ARN.
    #[arg(value_name = "SECRET")]
    pub secret: String,

    /// How long it can be restored, in days from 7 to 30.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(7..=30), conflicts_with = "force")]
    pub recovery_days: Option<i64>,

    /// Delete it at once, for good.
    #[arg(long)]
    pub force: bool,
}

/// Runs the command.
pub(super) async fn run(args: SecretsArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    match args.command {
        SecretsCommand::Create(args) => create(args, client, output).await,
        SecretsCommand::List => list(client, output).await,
        SecretsCommand::Put(args) => put(args, client, output).await,
        SecretsCommand::ShowKeys(args) => show_keys(args, client, output).await,
        SecretsCommand::Delete(args) => delete(args, client, output).await,
    }
}

async fn create(args: CreateArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    let value = value::read(args.file.as_deref())?;
    output_note(&value, output);
    let request = CreateSecretRequest {
        name: args.name,
        client_request_token: Some(Uuid::new_v4().to_string()),
        description: args.description,
        secret_string: Some(value.into_sensitive()),
        ..CreateSecretRequest::default()
    };
    let made: CreateSecretResponse = client.secrets(&SecretsRequest::CreateSecret(Box::new(request))).await?;
    if output.is_json() {
        output.json(&made)?;
    } else {
        output.line(made.arn.unwrap_or_default())?;
    }
    Ok(Exit::Done)
}

async fn put(args: PutArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    let value = value::read(args.file.as_deref())?;
    output_note(&value, output);
    let request = PutSecretValueRequest {
        secret_id: args.secret,
        client_request_token: Some(Uuid::new_v4().to_string()),
        secret_string: Some(value.into_sensitive()),
        ..PutSecretValueRequest::default()
    };
    let put: PutSecretValueResponse = client.secrets(&SecretsRequest::PutSecretValue(Box::new(request))).await?;
    if output.is_json() {
        output.json(&put)?;
    } else {
        output.line(put.version_id.unwrap_or_default())?;
    }
    Ok(Exit::Done)
}

/// A value that is no JSON object is stored all the same, and no source can use it.
fn output_note(value: &value::SecretValue, output: &Output) {
    if value.keys().is_none() {
        output.talk("note: the value is not a JSON object, so no data source can use it");
    }
}

async fn list(client: &Client, output: &Output) -> Result<Exit, Failure> {
    let mut secrets: Vec<SecretListEntry> = Vec::new();
    let mut next_token = None;
    for _ in 0..PAGES_MAX {
        let request = ListSecretsRequest { next_token, max_results: Some(PAGE_SIZE), ..ListSecretsRequest::default() };
        let page: ListSecretsResponse = client.secrets(&SecretsRequest::ListSecrets(Box::new(request))).await?;
        secrets.extend(page.secret_list.unwrap_or_default());
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    if output.is_json() {
        output.json(&secrets)?;
        return Ok(Exit::Done);
    }
    for secret in &secrets {
        let text = |text: &Option<String>| printable(text.as_deref().unwrap_or_default());
        let line = format!("{}  {}  {}", text(&secret.name), text(&secret.arn), text(&secret.description));
        output.line(line.trim_end())?;
    }
    Ok(Exit::Done)
}

async fn show_keys(args: ShowKeysArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    let request = GetSecretValueRequest { secret_id: args.secret.clone(), ..GetSecretValueRequest::default() };
    let secret: GetSecretValueResponse = client.secrets(&SecretsRequest::GetSecretValue(Box::new(request))).await?;
    let keys = secret.secret_string.and_then(|value| value::SecretValue::from(value.into_inner()).keys());
    let Some(keys) = keys else {
        return Err(Failure::wrong_input(format!("the value of `{}` is not a JSON object", args.secret))
            .hint("store another one with `sangam secrets put`"));
    };
    if output.is_json() {
        output.json(&keys)?;
    } else {
        keys.iter().try_for_each(|key| output.line(printable(key)))?;
    }
    Ok(Exit::Done)
}

async fn delete(args: DeleteArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    let request = DeleteSecretRequest {
        secret_id: args.secret.clone(),
        recovery_window_in_days: args.recovery_days,
        force_delete_without_recovery: args.force.then_some(true),
    };
    let deleted: DeleteSecretResponse = client.secrets(&SecretsRequest::DeleteSecret(Box::new(request))).await?;
    if output.is_json() {
        output.json(&deleted)?;
    } else if args.force {
        output.talk(format!("secret `{}` is deleted", args.secret));
    } else {
        output.talk(format!("secret `{}` is deleted; it can be restored for some days", args.secret));
    }
    Ok(Exit::Done)
}
