//! What this server offers to this account: one harmless call for each feature, remembered for a day and for its version.
//!
//! A feature that is not there (404, 410, 501, a web page) is remembered too; one that is refused is asked for again at the next run,
//! because it takes an administrator a minute to permit it.

use std::{collections::BTreeMap, future::Future};

use sangam_sync::{Fact, SourceError};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Value, json};

use super::{Run, memory, wire::ServerInformation};
use crate::{client::Client, error::ClientError, walk::spaces::CrawledSpace};

/// Where the answers are remembered.
const MEMORY: &str = "datacenter/capabilities/";

/// Largest page that the version is read from.
const PAGE_BYTES_MAX: u64 = 4 << 20;

/// What a page says of the version.
const VERSION_TAG: &str = "name=\"ajs-version-number\"";

/// Something that not every server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Feature {
    /// `content/scan`: listings by cursor.
    Scan,
    /// Permissions of spaces by REST.
    SpacePermissions,
    /// Permissions of spaces by JSON-RPC, method and parameters in the body.
    JsonRpc,
    /// The same with the method in the path.
    JsonRpcLight,
    /// View lists with those that are inherited.
    RelevantRestrictions,
    /// Who may use the site.
    GlobalPermissions,
    /// All accounts.
    UserList,
    /// Accounts that count for the licence.
    ActiveUsers,
    /// Profiles with e-mail addresses.
    MobileProfile,
}

/// What a call for a feature said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Support {
    /// It is there.
    There,
    /// It is not there.
    Missing,
    /// It may be there, and this account may not use it.
    Refused,
}

/// What this server offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Capabilities {
    /// Its version, empty if it does not tell.
    pub version: String,
    features: BTreeMap<Feature, Support>,
}

impl Capabilities {
    /// True if the feature is there for this account.
    pub(super) fn has(&self, feature: Feature) -> bool {
        self.support(feature) == Support::There
    }

    /// What is known of a feature; one that nobody asked for is missing.
    pub(super) fn support(&self, feature: Feature) -> Support {
        self.features.get(&feature).copied().unwrap_or(Support::Missing)
    }

    /// What is worth to be remembered: everything but refusals.
    fn to_remember(&self) -> Value {
        let lasting = self.features.iter().filter(|(_, support)| **support != Support::Refused);
        let features = lasting.map(|(feature, support)| (*feature, *support)).collect();
        json!(Self { version: self.version.clone(), features })
    }
}

impl Run<'_> {
    /// Learns what the server offers, from the last day's runs as far as they know it.
    pub(super) async fn learn_capabilities(
        &mut self,
        spaces: &[CrawledSpace],
        username: &str,
    ) -> Result<(), SourceError> {
        let known = memory::recall::<Capabilities>(self.known, MEMORY).await?.remove("");
        let key = spaces.first().map(|space| space.space.key.as_str());
        let found = learn(&self.client, known.clone(), key, username).await?;
        tracing::info!(version = %found.version, "confluence: Data Center {}", found.version);
        if known.map(|known| known.to_remember()) != Some(found.to_remember()) {
            self.outbox.fact(Fact::Memories(vec![(MEMORY.to_owned(), found.to_remember())])).await?;
        }
        self.capabilities = found;
        Ok(())
    }
}

/// What the server offers; `known` holds as long as the version is the same. What depends on a space is not asked without one.
async fn learn(
    client: &Client,
    known: Option<Capabilities>,
    space_key: Option<&str>,
    username: &str,
) -> Result<Capabilities, ClientError> {
    let version = version(client).await?;
    let mut found = known.filter(|known| known.version == version && !version.is_empty()).unwrap_or_default();
    found.version = version;
    let optional = client.optional();
    let is_asked = found.features.contains_key(&Feature::RelevantRestrictions);
    let content_id = if is_asked { None } else { some_content(client).await? };
    let space = space_key.map(encoded).unwrap_or_default();
    let profile = encoded(username);
    let gets: Vec<(Feature, String)> = [
        (Feature::Scan, "rest/api/content/scan?limit=1&type=page".to_owned()),
        (Feature::GlobalPermissions, "rest/api/permissions".to_owned()),
        (Feature::UserList, "rest/api/user/list?limit=1".to_owned()),
        (Feature::ActiveUsers, "rest/api/admin/users/list/active?limit=1".to_owned()),
    ]
    .into_iter()
    .chain(space_key.map(|_| (Feature::SpacePermissions, format!("rest/api/space/{space}/permissions"))))
    .chain(content_id.map(|id| {
        (Feature::RelevantRestrictions, format!("rest/api/content/{id}/restriction/relevantViewRestrictions"))
    }))
    .chain((!username.is_empty()).then(|| (Feature::MobileProfile, format!("rest/mobile/1.0/profile/{profile}"))))
    .filter(|(feature, _)| !found.features.contains_key(feature))
    .collect();
    let asked = gets.iter().map(|(feature, path)| async {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        Ok::<_, ClientError>((*feature, support(optional.get::<IgnoredAny>(path, &query)).await?))
    });
    found.features.extend(futures::future::try_join_all(asked).await?);
    if let Some(key) = space_key {
        for (feature, light) in [(Feature::JsonRpc, false), (Feature::JsonRpcLight, true)] {
            // The second form is for servers that do not take the first.
            let is_needed = !found.has(Feature::JsonRpc) && !found.features.contains_key(&feature);
            if is_needed {
                let support = support(super::spaces::sets_by_rpc(&optional, key, light)).await?;
                found.features.insert(feature, support);
            }
        }
    }
    Ok(found)
}

/// What an answer says of a feature. Only what ends the run is an error.
async fn support<T>(call: impl Future<Output = Result<T, ClientError>>) -> Result<Support, ClientError> {
    Ok(match call.await {
        Ok(_) => Support::There,
        Err(ClientError::NotFound { .. } | ClientError::Rejected { .. } | ClientError::Malformed { .. }) => {
            Support::Missing
        }
        Err(error) if error.ends_the_sync() => return Err(error),
        // Refusals, and servers that refuse with status 500.
        Err(_) => Support::Refused,
    })
}

/// The server's version: told by itself, by its manifest, or by its pages; empty if none of them does.
async fn version(client: &Client) -> Result<String, ClientError> {
    let optional = client.optional();
    for path in ["rest/api/server-information", "rest/applinks/1.0/manifest"] {
        match optional.get::<ServerInformation>(path, &[]).await {
            Ok(found) => return Ok(found.version),
            Err(error) if error.ends_the_sync() => return Err(error),
            Err(_) => {}
        }
    }
    match optional.text("", PAGE_BYTES_MAX).await {
        Ok(page) => Ok(version_in(&page).unwrap_or_default().to_owned()),
        Err(error) if error.ends_the_sync() => Err(error),
        Err(_) => Ok(String::new()),
    }
}

fn version_in(page: &str) -> Option<&str> {
    let tag = &page[page.find(VERSION_TAG)?..];
    let content = tag[..tag.find('>')?].split_once("content=\"")?.1;
    content.split_once('"').map(|(version, _)| version)
}

/// The id of some page that the account sees.
async fn some_content(client: &Client) -> Result<Option<String>, ClientError> {
    let query = [("limit", "1"), ("type", "page"), ("expand", "version")];
    match client.list("rest/api/content", &query).page::<super::wire::ContentRow>().await {
        Ok(page) => Ok(page.and_then(|page| page.rows.into_iter().next()).map(|row| row.id)),
        Err(error) if error.ends_the_sync() => Err(error),
        Err(_) => Ok(None),
    }
}

/// A name as one part of a path.
pub(crate) fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            text.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    text
}

/// The sign of a number under 16.
fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).map_or('0', |sign| sign.to_ascii_uppercase())
}

/// What a server offers that decides how much a crawl can tell, each a sentence: for people who set up a connection.
#[derive(Debug, Default)]
pub(crate) struct Abilities {
    /// The server's version, empty if it does not tell.
    pub version: String,
    /// What works.
    pub abilities: Vec<String>,
    /// What does not, and what that hides.
    pub lacks: Vec<String>,
}

/// Tries what not every server has. `space_key` is one of the spaces that the account sees, `username` its own name.
pub(crate) async fn abilities(
    client: &Client,
    space_key: Option<&str>,
    username: &str,
) -> Result<Abilities, ClientError> {
    Ok(sentences(&learn(client, None, space_key, username).await?))
}

fn sentences(found: &Capabilities) -> Abilities {
    let mut told = Abilities { version: found.version.clone(), ..Abilities::default() };
    let mut tell = |feature: Feature, ability: &str, lack: &str| {
        let is_there = found.has(feature);
        let list = if is_there { &mut told.abilities } else { &mut told.lacks };
        list.push(if is_there { ability } else { lack }.to_owned());
    };
    tell(
        Feature::GlobalPermissions,
        "Reads who may use Confluence.",
        "The server does not tell this account who may use Confluence: people in `confluence-users` and \
         `confluence-administrators` are taken for users, and whoever counts for the licence where the server tells that; \
         everybody else reads what is public.",
    );
    tell(
        Feature::RelevantRestrictions,
        "Tells a lifted restriction from one whose people are gone.",
        "A view list that became empty while somebody on it was deleted keeps its page closed: the server cannot tell whether it was \
         lifted.",
    );
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_a_page_too() {
        let page = "<html><head><meta name=\"ajs-base-url\" content=\"x\"><meta name=\"ajs-version-number\" content=\"7.19.30\"></head>";
        assert_eq!(version_in(page), Some("7.19.30"));
        assert_eq!(version_in("<html>"), None);
    }

    #[test]
    fn names_are_one_part_of_a_path() {
        assert_eq!(encoded("team/ops +%ä"), "team%2Fops%20%2B%25%C3%A4");
        assert_eq!(encoded("~a.b-c_d"), "~a.b-c_d");
    }

    #[test]
    fn a_refusal_is_not_remembered_and_what_is_missing_is() {
        let features = [(Feature::Scan, Support::Missing), (Feature::UserList, Support::Refused)];
        let found = Capabilities { version: "9.2.4".into(), features: features.into() };
        let again: Capabilities = serde_json::from_value(found.to_remember()).unwrap();
        assert_eq!((again.version.as_str(), again.features.len()), ("9.2.4", 1));
        assert_eq!(again.support(Feature::Scan), Support::Missing);
    }

    #[test]
    fn what_a_server_does_not_tell_is_told_with_what_it_hides() {
        let told = sentences(&Capabilities::default());
        assert!(told.abilities.is_empty() && told.lacks[0].contains("confluence-users"), "{told:?}");
        let all = [Feature::GlobalPermissions, Feature::RelevantRestrictions];
        let features = all.into_iter().map(|feature| (feature, Support::There)).collect();
        let told = sentences(&Capabilities { version: "9".into(), features });
        assert!(told.lacks.is_empty() && told.abilities.len() == 2, "{told:?}");
    }
}
