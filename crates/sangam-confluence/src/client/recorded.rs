//! Every recorded answer of Cloud: what the crawler may get is read, what fails is told apart, and the rest is named here.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    time::Duration,
};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Client, tests::client};
use crate::{
    settings::ConfluenceSettings,
    wire::{
        Attachment, Comment, Content, Found, FoundUser, Group, Label, PermissionCheck, Restriction, RestrictionState,
        Space, SpacePermission, TreeRow, User, Users,
    },
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/confluence")
}

fn response(name: &str) -> Value {
    let file = std::fs::read(folder().join(format!("{name}.json"))).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_slice::<Value>(&file).unwrap()["response"].take()
}

fn one<T: DeserializeOwned>(name: &str) {
    serde_json::from_value::<T>(response(name)["body"].take()).unwrap_or_else(|error| panic!("{name}: {error}"));
}

fn rows<T: DeserializeOwned>(name: &str) {
    let body = response(name)["body"].take();
    for row in body["results"].as_array().unwrap_or_else(|| panic!("{name} is a listing")) {
        serde_json::from_value::<T>(row.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Reads the answer of this name.
type ReadIt = fn(&str);

/// What is read, each with the type that reads it.
const READ: [(&str, ReadIt); 36] = [
    ("cloud-200-near-limit", rows::<Content>),
    ("cloud-v1-content-search-expanded", rows::<Found>),
    ("cloud-v1-group-members", rows::<User>),
    ("cloud-v1-group-members-unknown", rows::<User>),
    ("cloud-v1-groups", rows::<Group>),
    ("cloud-v1-permission-check-allowed", one::<PermissionCheck>),
    ("cloud-v1-permission-check-denied", one::<PermissionCheck>),
    ("cloud-v1-restriction-list", one::<RestrictionState>),
    ("cloud-v1-restriction-read-page1", one::<Restriction>),
    ("cloud-v1-restriction-read-page2", one::<Restriction>),
    ("cloud-v1-search-user", rows::<FoundUser>),
    ("cloud-v1-user-bulk", rows::<User>),
    ("cloud-v1-user-current", one::<User>),
    ("cloud-v1-user-memberof", rows::<Group>),
    ("cloud-v2-blogposts", rows::<Content>),
    ("cloud-v2-database", one::<Content>),
    ("cloud-v2-embed", one::<Content>),
    ("cloud-v2-folder", one::<Content>),
    ("cloud-v2-footer-comment-children", rows::<Comment>),
    ("cloud-v2-footer-comments", rows::<Comment>),
    ("cloud-v2-inline-comments", rows::<Comment>),
    ("cloud-v2-page-attachments", rows::<Attachment>),
    ("cloud-v2-page-descendants", rows::<TreeRow>),
    ("cloud-v2-page-draft", one::<Content>),
    ("cloud-v2-page-labels", rows::<Label>),
    ("cloud-v2-page-live-subtype", rows::<Content>),
    ("cloud-v2-page-single-adf", one::<Content>),
    ("cloud-v2-page-single-includes", one::<Content>),
    ("cloud-v2-page-trashed-still-200", one::<Content>),
    ("cloud-v2-space-pages-page1", rows::<Content>),
    ("cloud-v2-space-pages-page2-last", rows::<Content>),
    ("cloud-v2-space-permissions", rows::<SpacePermission>),
    ("cloud-v2-space-permissions-page1of2", rows::<SpacePermission>),
    ("cloud-v2-spaces-page1", rows::<Space>),
    ("cloud-v2-spaces-page2-last", rows::<Space>),
    ("cloud-v2-whiteboard", one::<Content>),
];

/// Failures, each with the error that the crawler sees.
const FAILURES: [(&str, &str); 13] = [
    ("cloud-429-burst", "Unavailable"),
    ("cloud-429-gateway-no-retry-after", "Unavailable"),
    ("cloud-429-quota", "Unavailable"),
    ("cloud-attachment-weblink-401", "Unauthorized"),
    ("cloud-basic-wrong-token-401", "Unauthorized"),
    ("cloud-v1-content-get-ancestor-restriction-404", "NotFound"),
    ("cloud-v1-error-403-not-permitted", "Forbidden"),
    ("cloud-v1-error-404", "NotFound"),
    ("cloud-v1-error-404-archived", "NotFound"),
    ("cloud-v1-gone-410", "NotFound"),
    ("cloud-v1-search-bad-cql", "Rejected"),
    ("cloud-v1-user-email-denied", "Forbidden"),
    ("cloud-v2-error-400-bad-cursor", "Rejected"),
];

/// What is read elsewhere, or not at all.
const ELSEWHERE: [&str; 21] = [
    // Read with the types of the calls that need them: roles, users in bulk, bytes, the site's id, scopes.
    "cloud-media-binary-200",
    "cloud-tenant-info",
    "cloud-v1-attachment-download-302",
    "cloud-v2-error-401-scope",
    "cloud-v2-error-404",
    "cloud-v2-space-role-assignments",
    "cloud-v2-space-role-mode",
    "cloud-v2-space-roles",
    "cloud-v2-users-bulk",
    // Calls that no crawl makes.
    "cloud-v1-audit",
    "cloud-v1-content-state",
    "cloud-v1-content-state-none",
    "cloud-v1-convert-async",
    "cloud-v1-longtask",
    "cloud-v1-restriction-byoperation",
    "cloud-v1-search-last",
    "cloud-v1-search-page1",
    "cloud-v1-space-list-permissions-legacy",
    "cloud-v1-system-info",
    "cloud-v2-page-ancestors",
    "cloud-v2-page-direct-children",
];

/// Calls that no crawl makes, and that are too many for the list above.
const NEVER: [&str; 3] = ["cloud-v2-admin-key", "cloud-v2-convert-ids-to-types", "cloud-v2-page-versions"];

#[test]
fn every_recorded_answer_has_its_place_and_what_is_read_is_read() {
    for (name, read) in READ {
        read(name);
    }
    one::<Users>("cloud-v2-users-bulk");
    let names = READ.iter().map(|(name, _)| *name).chain(FAILURES.iter().map(|(name, _)| *name));
    let named: BTreeSet<String> = names.chain(ELSEWHERE).chain(NEVER).map(str::to_owned).collect();
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let recorded: BTreeSet<String> = files
        .filter_map(|file| file.strip_suffix(".json").filter(|name| name.starts_with("cloud-")).map(str::to_owned))
        .collect();
    assert_eq!(named, recorded);
}

/// Gives the same answer to every call, for as long as the test runs.
fn answering(response: &Value) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let body = match &response["body_text"] {
        Value::String(text) => text.clone(),
        _ if response["body"].is_null() => String::new(),
        _ => response["body"].to_string(),
    };
    let mut head = format!("HTTP/1.1 {} Recorded\r\nContent-Length: {}\r\n", response["status"], body.len());
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        head.extend([name, ": ", value.as_str().unwrap_or_default(), "\r\n"]);
    }
    let answer = format!("{head}Connection: close\r\n\r\n{body}");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = Vec::new();
            let mut byte = [0];
            while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                asked.push(byte[0]);
            }
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    address
}

fn client_at(address: SocketAddr) -> Client {
    let site = format!("http://{address}");
    let settings = ConfluenceSettings {
        backoff_base: Duration::from_millis(1),
        // Longer waits than none end the sync, with the time at which it is welcome.
        retry_after_max: Duration::ZERO,
        api_url: Some(site.parse().unwrap()),
        ..ConfluenceSettings::default()
    };
    client(&site, "SAAS", settings)
}

#[tokio::test]
async fn failures_are_told_apart() {
    for (name, expected) in FAILURES {
        let client = client_at(answering(&response(name)));
        let error = client.get::<Content>("api/v2/pages/1", &[]).await.expect_err(name);
        assert!(format!("{error:?}").starts_with(expected), "{name}: {error:?}");
    }
}
