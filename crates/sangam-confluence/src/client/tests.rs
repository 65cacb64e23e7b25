//! Clients that are never used to call.

use std::collections::HashMap;

use async_trait::async_trait;
use sangam_sync::{FieldType, HostError, SecretLock, SourceSetup};
use serde_json::json;

use super::*;

/// An installation without anything.
struct Nothing;

#[async_trait]
impl SyncHost for Nothing {
    async fn setup(&self, _: &str, _: &str) -> Result<Option<SourceSetup>, HostError> {
        Ok(None)
    }

    async fn fields(&self, _: &str) -> Result<HashMap<String, FieldType>, HostError> {
        Ok(HashMap::new())
    }

    async fn secret(&self, _: &str) -> Result<SecretString, HostError> {
        Err(HostError("there is no secret".into()))
    }

    async fn lock_secret(&self, _: &str) -> Result<Box<dyn SecretLock>, HostError> {
        Err(HostError("there is no secret".into()))
    }

    async fn file(&self, _: &str, _: &str, _: u64) -> Result<Vec<u8>, HostError> {
        Err(HostError("there is no file".into()))
    }
}

/// A client of any site.
pub(super) fn client(host_url: &str, kind: &str, settings: ConfluenceSettings) -> Client {
    let config = ConfluenceConfig::parse(&json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
        "connectionConfiguration": { "repositoryEndpointMetadata": {
            "hostUrl": host_url, "type": kind, "authType": "Basic" } },
        "repositoryConfigurations": {},
        "additionalProperties": {},
    }))
    .unwrap();
    let credentials = Credentials::Basic { username: "a".into(), password: "t0p".to_owned().into() };
    Client::new(&config, credentials, Arc::new(settings), Extras::default(), Arc::new(Nothing)).unwrap()
}

/// A client of a Cloud site.
pub(super) fn client_for(host_url: &str, media_hosts: &[&str]) -> Client {
    let media_hosts = media_hosts.iter().map(|host| (*host).to_owned()).collect();
    client(host_url, "SAAS", ConfluenceSettings { media_hosts, ..ConfluenceSettings::default() })
}

/// A client of a Data Center.
pub(super) fn data_center_at(host_url: &str) -> Client {
    client(host_url, "ON_PREM", ConfluenceSettings::default())
}

#[test]
fn debug_output_holds_no_credentials() {
    let debug = format!("{:?}", client_for("https://acme.atlassian.net", &[]));
    assert!(
        debug.contains("acme.atlassian.net/wiki/") && !debug.contains("Basic") && !debug.contains("t0p"),
        "{debug}"
    );
}

#[test]
fn the_base_has_the_context_path_that_the_hosting_has() {
    let first = |client: &Client| client.url("rest/api/space", &[("limit", "5")]).to_string();
    assert_eq!(
        first(&client_for("https://acme.atlassian.net", &[])),
        "https://acme.atlassian.net/wiki/rest/api/space?limit=5"
    );
    for (host, expected) in [
        ("https://wiki.example.com", "https://wiki.example.com/rest/api/space?limit=5"),
        ("https://wiki.example.com/", "https://wiki.example.com/rest/api/space?limit=5"),
        ("https://wiki.example.com/confluence", "https://wiki.example.com/confluence/rest/api/space?limit=5"),
    ] {
        assert_eq!(first(&data_center_at(host)), expected);
    }
}
