//! What the commands need that speak to a server.

use reqwest::Url;
use sangam_confluence::ConfluenceSettings;
use sangam_server::sigv4::Credentials;

use super::mistakes::Mistakes;
use super::sources::Sources;
use super::{confluence, preset_key, table};

/// The region that requests are signed for when none is set: what AWS's own clients fall back to.
const DEFAULT_REGION: &str = "us-east-1";

/// Settings of a command that speaks to a server.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Scheme, host and port of the server.
    pub endpoint: Url,
    /// What requests are signed with; nothing if neither our names nor AWS's are set.
    pub credentials: Option<Credentials>,
    /// The region that signatures are for.
    pub region: String,
}

impl ClientSettings {
    /// The settings that `sources` give.
    ///
    /// # Errors
    /// All mistakes in what a client reads, and all unknown names.
    pub fn new(mut sources: Sources) -> Result<Self, Mistakes> {
        let endpoint = sources.get(&table::ENDPOINT);
        let preset = preset_key(&mut sources);
        let region = sources.get(&table::REGION);
        let key = preset.map(|key| (key.id, key.secret)).or_else(|| sources.aws_key());
        let credentials = key.map(|(access_key_id, secret)| Credentials { access_key_id, secret });
        let mistakes = sources.into_mistakes();
        match (mistakes.is_empty(), endpoint) {
            (true, Some(endpoint)) => {
                Ok(Self { endpoint, credentials, region: region.unwrap_or_else(|| DEFAULT_REGION.to_owned()) })
            }
            _ => Err(Mistakes(mistakes)),
        }
    }
}

/// Settings of `connect`: the server, and where Atlassian is.
#[derive(Debug)]
pub struct ConnectSettings {
    /// The server.
    pub client: ClientSettings,
    /// Atlassian's hosts.
    pub confluence: ConfluenceSettings,
}

impl ConnectSettings {
    /// The settings that `sources` give.
    ///
    /// # Errors
    /// As [`ClientSettings::new`], and mistakes in the settings of the Confluence source.
    pub fn new(mut sources: Sources) -> Result<Self, Mistakes> {
        let confluence = confluence(&mut sources);
        let client = ClientSettings::new(sources)?;
        // A value that is not accepted is a mistake, and those have ended this.
        Ok(Self { client, confluence: confluence.unwrap_or_default() })
    }
}
