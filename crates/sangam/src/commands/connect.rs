//! `sangam connect`: from nothing to a data source, step by step. Asks what it was not told, fetches a grant, stores the secret, tests the
//! connection and says what the account lacks.
//!
//! Secrets come by a prompt that does not show them, or by the standard input, never by a flag.

mod ask;
mod browser;
mod callback;
mod consent;
mod create;
mod offer;
mod tell;

use clap::{Args, Subcommand, ValueEnum};
use reqwest::Url;
use sangam_confluence::{ConfluenceSettings, Hosting};
use serde_json::{Value, json};

use self::ask::Ask;
use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// The port of the callback when no flag names another: one that an app can register once.
const CALLBACK_PORT: u16 = 8723;

/// Arguments of `connect`.
#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// What to connect to.
    #[command(subcommand)]
    pub product: Product,
}

/// The products that can be connected.
#[derive(Debug, Subcommand)]
pub enum Product {
    /// Connect Confluence Cloud or Data Center.
    ///
    /// Asks on a terminal for what no flag says. Passwords and tokens are asked for without showing them, or read from the standard input
    /// with `--secrets-stdin`. Stores them as a secret, tests what the account may see, and makes a data source in the index that `--index` names
    /// or that is chosen.
    Confluence(ConfluenceArgs),
}

/// Where a site runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HostingChoice {
    /// Confluence Cloud.
    Cloud,
    /// Confluence Data Center or Server.
    DataCenter,
}

/// How to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuthChoice {
    /// User name with API token (Cloud) or password (Data Center).
    Basic,
    /// OAuth 2.0.
    Oauth2,
    /// Personal access token, Data Center only.
    PersonalToken,
}

/// Arguments of `connect confluence`.
#[derive(Debug, Args)]
pub struct ConfluenceArgs {
    /// Where the site runs.
    #[arg(long, value_enum, value_name = "HOSTING")]
    pub hosting: Option<HostingChoice>,

    /// The site's address.
    ///
    /// Such as `https://acme.atlassian.net`, or `https://wiki.example.com/confluence` for a Data Center with a context path.
    #[arg(long, value_name = "URL")]
    pub url: Option<Url>,

    /// How to sign in.
    #[arg(long, value_enum, value_name = "AUTH")]
    pub auth: Option<AuthChoice>,

    /// The user name, on Cloud the e-mail address.
    #[arg(long, value_name = "NAME")]
    pub username: Option<String>,

    /// The client id of the OAuth 2.0 app.
    #[arg(long, value_name = "ID")]
    pub app_key: Option<String>,

    /// The port of this machine that the browser is sent back to.
    ///
    /// Register `http://127.0.0.1:PORT/callback` with the app.
    #[arg(long, value_name = "PORT", default_value_t = CALLBACK_PORT)]
    pub port: u16,

    /// Do not open a browser.
    ///
    /// The address to consent at is printed in any case. Without this flag it is opened too: with the command in `BROWSER`, or on a desktop
    /// with its own browser.
    #[arg(long)]
    pub no_browser: bool,

    /// Read passwords and tokens from the standard input.
    ///
    /// A JSON object with some of `password`, `patToken` and `confluenceAppSecret`.
    #[arg(long)]
    pub secrets_stdin: bool,

    /// The name of the secret.
    ///
    /// A secret of this name gets a new value. Without it: `confluence/` and the site's host.
    #[arg(long, value_name = "NAME")]
    pub secret_name: Option<String>,

    /// The index to make a data source in, by id or name.
    ///
    /// Without it a terminal is asked which of the indices it shall be, or none; in a script the secret is stored and the connection tested,
    /// and nothing else.
    #[arg(long, value_name = "INDEX")]
    pub index: Option<String>,

    /// The name of the data source.
    #[arg(long, value_name = "NAME", default_value = "confluence")]
    pub name: String,

    /// Start a sync of the new data source.
    #[arg(long, requires = "index")]
    pub sync: bool,
}

/// What was decided before anything is sent.
struct Plan {
    hosting: Hosting,
    auth: AuthChoice,
    /// `None` for a Cloud grant that will tell.
    url: Option<Url>,
}

/// A site and the members of its secret.
struct Credentials {
    url: Url,
    members: serde_json::Map<String, Value>,
}

/// Runs the command.
pub(super) async fn run(
    args: ConnectArgs,
    client: &Client,
    settings: &ConfluenceSettings,
    output: &Output,
) -> Result<Exit, Failure> {
    let Product::Confluence(args) = args.product;
    let mut ask = Ask::new(args.secrets_stdin)?;
    let plan = plan(&args, &mut ask)?;
    let credentials = credentials(&args, plan.auth, &plan, settings, &mut ask, output).await?;
    let name = args.secret_name.clone().unwrap_or_else(|| secret_name(&credentials.url));
    let secret_arn = create::secret(client, &name, &credentials).await?;
    output.talk(format!("the secret `{name}` is stored"));
    let template = template(&plan, &credentials.url, &secret_arn);
    let tested = client.v1("connections/test", &json!({ "configuration": template })).await?;
    let is_connected = tested.get("connected").and_then(Value::as_bool).unwrap_or(false);
    if !output.is_json() {
        tell::probe(&tested, output)?;
    }
    let index = match args.index {
        _ if !is_connected => None,
        Some(index) => Some(index),
        None => offer::index(client, &mut ask, output).await?,
    };
    let made = match index {
        Some(index) => Some(create::data_source(client, &index, &args.name, &template, args.sync).await?),
        None => None,
    };
    tell::end(&tested, &secret_arn, made.as_ref(), output)?;
    Ok(if is_connected { Exit::Done } else { Exit::No })
}

/// Asks for what no flag says, and refuses what does not go together.
fn plan(args: &ConfluenceArgs, ask: &mut Ask) -> Result<Plan, Failure> {
    let hosting = match args.hosting {
        Some(HostingChoice::Cloud) => Hosting::Cloud,
        Some(HostingChoice::DataCenter) => Hosting::DataCenter,
        None => match ask.choice("Where does Confluence run", "--hosting", &["cloud", "data-center"])? {
            0 => Hosting::Cloud,
            _ => Hosting::DataCenter,
        },
    };
    let auth = match (args.auth, hosting) {
        (Some(auth), _) => auth,
        (None, Hosting::Cloud) => match ask.choice("How to sign in", "--auth", &["basic", "oauth2"])? {
            0 => AuthChoice::Basic,
            _ => AuthChoice::Oauth2,
        },
        (None, Hosting::DataCenter) => {
            match ask.choice("How to sign in", "--auth", &["personal-token", "basic", "oauth2"])? {
                0 => AuthChoice::PersonalToken,
                1 => AuthChoice::Basic,
                _ => AuthChoice::Oauth2,
            }
        }
    };
    if auth == AuthChoice::PersonalToken && hosting == Hosting::Cloud {
        return Err(Failure::wrong_input("personal access tokens are Data Center's: Confluence Cloud has none")
            .hint("use `--auth basic` with an API token, or `--auth oauth2`"));
    }
    // A grant of Cloud tells which sites it is for.
    let may_wait = auth == AuthChoice::Oauth2 && hosting == Hosting::Cloud;
    let url = match &args.url {
        Some(url) => Some(url.clone()),
        None if may_wait => None,
        None => Some(ask.url("The site's address", "--url")?),
    };
    Ok(Plan { hosting, auth, url })
}

/// What the secret will hold.
async fn credentials(
    args: &ConfluenceArgs,
    auth: AuthChoice,
    plan: &Plan,
    settings: &ConfluenceSettings,
    ask: &mut Ask,
    output: &Output,
) -> Result<Credentials, Failure> {
    if auth == AuthChoice::Oauth2 {
        return consent::grant(args, plan, settings, ask, output).await;
    }
    let url = plan.url.clone().ok_or_else(|| Failure::wrong_input("the site's address is missing"))?;
    let mut members = serde_json::Map::new();
    members.insert("hostUrl".into(), plain(&url).into());
    if auth == AuthChoice::PersonalToken {
        members.insert("patToken".into(), ask.secret("Personal access token", "patToken")?.into());
    } else {
        let (name, password) = match plan.hosting {
            Hosting::Cloud => ("E-mail address", "API token"),
            Hosting::DataCenter => ("User name", "Password"),
        };
        let username = match &args.username {
            Some(username) => username.clone(),
            None => ask.text(name, "--username")?,
        };
        members.insert("username".into(), username.into());
        members.insert("password".into(), ask.secret(password, "password")?.into());
    }
    Ok(Credentials { url, members })
}

/// The address as configurations have it.
fn plain(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn secret_name(url: &Url) -> String {
    let host = url.host_str().unwrap_or("site");
    let kept = host.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' });
    format!("confluence/{}", kept.collect::<String>())
}

/// A template that crawls everything that the account sees, with its permissions.
fn template(plan: &Plan, url: &Url, secret_arn: &str) -> Value {
    let entity = || json!({ "fieldMappings": [] });
    let kind = match plan.hosting {
        Hosting::Cloud => "SAAS",
        Hosting::DataCenter => "ON_PREM",
    };
    let auth = match plan.auth {
        AuthChoice::Basic => "Basic",
        AuthChoice::Oauth2 => "OAuth2",
        AuthChoice::PersonalToken => "Personal-token",
    };
    json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": secret_arn,
        "enableIdentityCrawler": true,
        "connectionConfiguration": {
            "repositoryEndpointMetadata": { "type": kind, "hostUrl": plain(url), "authType": auth }
        },
        "repositoryConfigurations": {
            "space": entity(), "page": entity(), "blog": entity(), "comment": entity(), "attachment": entity()
        },
        "additionalProperties": { "isCrawlAcl": true }
    })
}

#[cfg(test)]
mod tests {
    use sangam_confluence::ConfluenceConfig;

    use super::*;

    #[test]
    fn the_templates_that_are_written_are_accepted() {
        let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:x-abcdef";
        for (hosting, auth, url) in [
            (Hosting::Cloud, AuthChoice::Basic, "https://acme.atlassian.net/"),
            (Hosting::Cloud, AuthChoice::Oauth2, "https://acme.atlassian.net"),
            (Hosting::DataCenter, AuthChoice::PersonalToken, "https://wiki.example.com/confluence/"),
            (Hosting::DataCenter, AuthChoice::Oauth2, "https://wiki.example.com"),
        ] {
            let url: Url = url.parse().unwrap();
            let plan = Plan { hosting, auth, url: None };
            let parsed = ConfluenceConfig::parse(&template(&plan, &url, arn)).unwrap();
            assert_eq!((parsed.hosting, plain(&parsed.host_url)), (hosting, plain(&url)));
        }
    }

    #[test]
    fn a_secret_is_named_by_its_site() {
        assert_eq!(secret_name(&"https://acme.atlassian.net".parse().unwrap()), "confluence/acme.atlassian.net");
        assert_eq!(secret_name(&"http://[::1]:8090".parse().unwrap()), "confluence/---1-");
    }
}
