//! `sangam keys`: the keys that sign requests, in the data folder itself, so that a lost key never locks anybody out.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use sangam_secrets::{AccessKeyInfo, AccessKeys, KeyError, Sealer, SecretsError};
use sangam_server::Policy;
use sangam_server::policy::{Grant, Preset};
use sangam_store::{Store, StoreError};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::resolve::{Named, pick};
use crate::data_dir::DataDir;
use crate::failure::{Exit, Failure};
use crate::output::{Output, printable};
use crate::settings::Settings;

/// Indices that are listed for a name; an installation with more uses ids.
const INDICES_MAX: u32 = 10_000;
/// What stands for every index in a policy.
const EVERY_INDEX: &str = "*";

/// Arguments of `keys`.
#[derive(Debug, Args)]
pub struct KeysArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key.
    ///
    /// Prints its id and its secret, which is shown this once and stored sealed.
    Create(CreateArgs),

    /// List the keys.
    ///
    /// Revoked ones too; secrets are not shown.
    List,

    /// Revoke a key.
    ///
    /// A running server refuses it within two seconds. A key that the settings give comes back at the server's next start.
    Revoke(RevokeArgs),
}

/// Arguments of `keys create`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["policy", "actions"]))]
pub struct CreateArgs {
    /// What the key may do, by a ready name.
    ///
    /// `admin`: everything. `ingest`: put documents, run sync jobs, map principals, describe and list. `query`: ask, and list indices.
    #[arg(long, value_name = "POLICY")]
    pub policy: Option<ReadyPolicy>,

    /// An operation that the key may call.
    ///
    /// `service:Operation`, where `*` stands for any characters, such as `kendra:Query`, `kendra:List*` or `secretsmanager:*`; or the name
    /// of a policy. May be given several times.
    #[arg(long = "action", value_name = "ACTION")]
    pub actions: Vec<String>,

    /// An index that the key may use, by id or name.
    ///
    /// May be given several times; without it, every index. What is about no single index, such as listing them, needs a key for every index.
    #[arg(long = "index", value_name = "INDEX")]
    pub indices: Vec<String>,

    /// What the key is for, for people.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub description: String,
}

/// A policy with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReadyPolicy {
    /// Everything.
    Admin,
    /// Documents, sync jobs and principals in; describe and list.
    Ingest,
    /// Questions, and finding the index to ask.
    Query,
}

impl ReadyPolicy {
    const fn preset(self) -> Preset {
        match self {
            Self::Admin => Preset::Admin,
            Self::Ingest => Preset::Ingest,
            Self::Query => Preset::Query,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Ingest => "ingest",
            Self::Query => "query",
        }
    }
}

/// Arguments of `keys revoke`.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// The key's id.
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Runs the command.
pub(super) async fn run(args: KeysArgs, settings: &Settings, output: &Output) -> Result<Exit, Failure> {
    // No lock: keys are made beside a running server, and the database takes turns.
    let folder = match &args.command {
        KeysCommand::Create(_) => DataDir::create(&settings.data_dir)?,
        KeysCommand::List | KeysCommand::Revoke(_) => DataDir::existing(&settings.data_dir)?,
    };
    let store = Store::open(&folder.database()).await?;
    let done = act(args.command, settings, &store, output).await;
    store.close().await;
    done
}

async fn act(command: KeysCommand, settings: &Settings, store: &Store, output: &Output) -> Result<Exit, Failure> {
    let sealer = Sealer::start(settings.secrets_key.clone(), store).await?;
    let keys = AccessKeys::new(store.clone(), sealer);
    match command {
        KeysCommand::Create(args) => create(args, &keys, store, output).await,
        KeysCommand::List => list(&keys.list().await?, output),
        KeysCommand::Revoke(args) => {
            if !keys.revoke(&args.id).await? {
                return Err(Failure::wrong_input(format!("there is no key `{}` that is not revoked", args.id))
                    .hint("`sangam keys list` shows the keys"));
            }
            output.talk(format!("key `{}` is revoked", args.id));
            Ok(Exit::Done)
        }
    }
}

async fn create(args: CreateArgs, keys: &AccessKeys, store: &Store, output: &Output) -> Result<Exit, Failure> {
    let policy = policy(args.policy, args.actions, indices(&args.indices, store).await?)?;
    let text = serde_json::to_string(&policy).map_err(Failure::failed)?;
    let key = keys.create(&text, &args.description).await?;
    let secret = key.secret.expose_secret();
    if output.is_json() {
        output.json(&json!({ "AccessKeyId": key.id, "SecretAccessKey": secret, "Policy": policy }))?;
    } else {
        output.line(format!("SANGAM_ACCESS_KEY_ID={}\nSANGAM_SECRET_ACCESS_KEY={secret}", key.id))?;
        output.talk("the secret is shown this once: keep it");
    }
    Ok(Exit::Done)
}

/// Ids of the indices that are named.
async fn indices(given: &[String], store: &Store) -> Result<Vec<String>, Failure> {
    if given.iter().all(|index| index == EVERY_INDEX) {
        return Ok(vec![EVERY_INDEX.to_owned()]);
    }
    let known: Vec<Named> = store
        .indices(None, INDICES_MAX)
        .await?
        .into_iter()
        .map(|index| Named { id: index.id, name: index.name })
        .collect();
    given.iter().map(|index| pick("index", index, &known)).collect()
}

/// A ready policy stays its name as long as it is for every index.
fn policy(ready: Option<ReadyPolicy>, actions: Vec<String>, indices: Vec<String>) -> Result<Policy, Failure> {
    if let Some(wrong) = actions.iter().find(|action| !is_action(action)) {
        return Err(Failure::wrong_input(format!("`{wrong}` is no action")).hint(
            "an action is `service:Operation`, such as `kendra:Query` or `kendra:*`, or `admin`, `ingest`, `query`",
        ));
    }
    Ok(match ready {
        Some(ready) if indices == [EVERY_INDEX] => Policy::Preset(ready.preset()),
        Some(ready) => Policy::Explicit(Grant { actions: vec![ready.name().to_owned()], indices }),
        None => Policy::Explicit(Grant { actions, indices }),
    })
}

/// A misspelt action would be stored and allow nothing.
fn is_action(action: &str) -> bool {
    const SERVICES: [&str; 4] = ["kendra", "secretsmanager", "sangam", EVERY_INDEX];
    let named = |(service, operation): (&str, &str)| SERVICES.contains(&service) && !operation.is_empty();
    action == EVERY_INDEX
        || <ReadyPolicy as ValueEnum>::from_str(action, false).is_ok()
        || action.split_once(':').is_some_and(named)
}

fn list(keys: &[AccessKeyInfo], output: &Output) -> Result<Exit, Failure> {
    if output.is_json() {
        output.json(&keys.iter().map(as_json).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    for key in keys {
        let state = match (key.revoked_at, key.is_preset) {
            (Some(at), _) => format!("revoked {}", day(at)),
            (None, true) => "from the settings".to_owned(),
            (None, false) => "active".to_owned(),
        };
        let (policy, description) = (printable(key.policy.trim_matches('"')), printable(&key.description));
        output.line(format!("{}  {}  {state}  {policy}  {description}", key.id, day(key.created_at)).trim_end())?;
    }
    Ok(Exit::Done)
}

fn as_json(key: &AccessKeyInfo) -> Value {
    let policy: Value = serde_json::from_str(&key.policy).unwrap_or_else(|_| Value::from(key.policy.as_str()));
    json!({
        "AccessKeyId": key.id,
        "Policy": policy,
        "Description": key.description,
        "IsPreset": key.is_preset,
        "CreatedAt": instant(key.created_at),
        "RevokedAt": key.revoked_at.map(instant),
    })
}

fn instant(millis: i64) -> String {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX).to_string()
}

fn day(millis: i64) -> String {
    instant(millis).chars().take_while(|c| *c != 'T').collect()
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::failed(error)
    }
}

impl From<SecretsError> for Failure {
    fn from(error: SecretsError) -> Self {
        Self::failed(error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::wrong(error).hint("the setting `secrets_key` says where the key comes from")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(ready: Option<&str>, actions: &[&str], indices: &[&str]) -> String {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let ready = ready.map(|name| <ReadyPolicy as ValueEnum>::from_str(name, false).unwrap());
        serde_json::to_string(&policy(ready, owned(actions), owned(indices)).unwrap()).unwrap()
    }

    #[test]
    fn policies_are_stored_in_their_shortest_form() {
        assert_eq!(text(Some("query"), &[], &["*"]), r#""query""#);
        assert_eq!(text(Some("query"), &[], &["i"]), r#"{"actions":["query"],"indices":["i"]}"#);
        assert_eq!(text(None, &["kendra:List*"], &["*"]), r#"{"actions":["kendra:List*"],"indices":["*"]}"#);
    }

    #[test]
    fn an_action_that_could_never_match_is_refused() {
        for action in ["kendra:Query", "secretsmanager:*", "sangam:ExplainAccess", "*", "*:List*", "ingest"] {
            assert!(is_action(action), "{action}");
        }
        for action in ["", "Query", "kendra", "kendra:", "s3:GetObject"] {
            assert!(!is_action(action), "{action}");
        }
    }

    #[test]
    fn times_are_days_in_lists() {
        assert_eq!(day(1_577_934_245_678), "2020-01-02");
    }
}
