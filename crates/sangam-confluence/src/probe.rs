//! *Test connection*: what the account is, what it may read, and what stays hidden because it may not, each with the way out.
//!
//! Every question is one that a crawl asks, asked once and small. Only a connection that does not come about is an error.

mod cloud;
mod data_center;
mod scopes;

use sangam_sync::{Probe, SourceError};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    client::{Client, Row},
    config::{ConfluenceConfig, Hosting},
    error::ClientError,
};

/// Bytes of an attachment that are fetched at most: enough to see that some come.
const SAMPLE_BYTES_MAX: u64 = 64 << 10;

/// The group that sees all content of a Data Center, by its exact name.
const ADMINISTRATORS: &str = "confluence-administrators";

/// Tries the connection.
///
/// # Errors
/// If the site cannot be reached or refuses the credentials.
pub(crate) async fn probe(client: &Client, config: &ConfluenceConfig) -> Result<Probe, SourceError> {
    match client.hosting() {
        Hosting::Cloud => cloud::probe(client, config).await,
        Hosting::DataCenter => data_center::probe(client).await,
    }
}

/// A space as far as the probe looks at it.
#[derive(Debug, Clone, Deserialize)]
struct SpaceRow {
    id: Value,
    #[serde(default)]
    key: String,
}

impl Row for SpaceRow {
    fn key(&self) -> String {
        self.id.to_string()
    }
}

/// What was found so far.
#[derive(Default)]
struct Findings {
    abilities: Vec<String>,
    lacks: Vec<String>,
}

impl Findings {
    /// Notes what an answer means: `can` for one, `cannot` and the reason for none. Returns the answer.
    fn note<T>(&mut self, answer: Result<T, ClientError>, can: &str, cannot: &str) -> Result<Option<T>, SourceError> {
        match answer {
            Ok(value) => {
                self.abilities.push(can.to_owned());
                Ok(Some(value))
            }
            Err(error) if error.ends_the_sync() => Err(error.into()),
            Err(error) => {
                self.lacks.push(format!("{cannot} ({error})"));
                Ok(None)
            }
        }
    }
}

/// The first row of a listing.
async fn first<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Option<T>, ClientError> {
    #[derive(Deserialize)]
    struct Rows {
        results: Vec<Value>,
    }
    let rows: Rows = client.get(path, query).await?;
    let malformed = |_| ClientError::Malformed { path: path.to_owned(), what: "a row has another form" };
    rows.results.into_iter().next().map(|row| serde_json::from_value(row).map_err(malformed)).transpose()
}

/// The text of a row's member.
fn text<'v>(row: &'v Value, name: &str) -> &'v str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A file that came, or was larger than the sample, can be read.
fn sampled(bytes: Result<Vec<u8>, ClientError>) -> Result<(), ClientError> {
    match bytes {
        Ok(_) | Err(ClientError::TooLarge { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
