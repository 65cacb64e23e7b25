//! The examples that must be accepted and the cases that must be refused, as the reference has them.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;

fn example(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/confluence-examples").join(name);
    serde_json::from_slice(&std::fs::read(path).expect("the example is in the repository")).expect("it is JSON")
}

/// Applies the `replace` and `remove` operations that `rejects.json` uses.
fn patched(mut document: Value, patch: &Value) -> Value {
    for operation in patch.as_array().unwrap() {
        let pointer = operation["path"].as_str().unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap();
        match (operation["op"].as_str().unwrap(), parent) {
            ("remove", Value::Object(members)) => drop(members.remove(name).unwrap()),
            ("replace", parent) => *parent.pointer_mut(&format!("/{name}")).unwrap() = operation["value"].clone(),
            other => panic!("unknown operation {other:?}"),
        }
    }
    document
}

#[test]
fn every_example_is_accepted() {
    for name in [
        "cloud-basic-all-entities.json",
        "cloud-basic-pages-only.json",
        "cloud-oauth2-string-booleans.json",
        "datacenter-oauth2-string-booleans.json",
        "datacenter-pat-made-up.json",
    ] {
        let template = example(name);
        assert!(ConfluenceConfig::handles(&template), "{name}");
        ConfluenceConfig::parse(&template).unwrap_or_else(|violations| panic!("{name}: {violations:?}"));
    }
    let request = example("create-data-source-request-made-up.json");
    ConfluenceConfig::parse(&request["Configuration"]["TemplateConfiguration"]["Template"]).unwrap();
}

#[test]
fn every_reject_is_refused_and_its_member_named() {
    let rejects = example("rejects.json");
    let base = example(rejects["base"].as_str().unwrap());
    let cases = rejects["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 15);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let violations = ConfluenceConfig::parse(&patched(base.clone(), &case["patch"])).expect_err(name);
        let pointer = case["patch"][0]["path"].as_str().unwrap();
        let member = member_of(pointer);
        assert!(
            violations.iter().any(|violation| violation.starts_with(&format!("`{member}` must "))),
            "{name}: {violations:?}"
        );
    }
}

/// `/a/b/0/c` as the messages write it: `a.b[0].c`.
fn member_of(pointer: &str) -> String {
    let mut member = String::new();
    for part in pointer.trim_start_matches('/').split('/') {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            member.extend(["[", part, "]"]);
        } else {
            member.push_str(if member.is_empty() { "" } else { "." });
            member.push_str(part);
        }
    }
    member
}

fn minimal() -> Value {
    json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
        "connectionConfiguration": { "repositoryEndpointMetadata": {
            "hostUrl": "https://example.atlassian.net/", "type": "SAAS", "authType": "Basic" } },
        "repositoryConfigurations": {},
        "additionalProperties": {},
    })
}

#[test]
fn what_is_absent_has_the_decided_default() {
    let config = ConfluenceConfig::parse(&minimal()).unwrap();
    let switches = config.switches;
    assert!(config.crawl_acl && config.identity_crawler);
    assert!(switches.pages && switches.blogs && switches.page_comments && switches.blog_attachments);
    assert!(!switches.personal_spaces && !switches.archived_spaces && !switches.archived_pages);
    assert_eq!(config.deletion_threshold_percent, Some(15));
    assert_eq!(config.filters.file_bytes_max(), 50 << 20);
    assert_eq!(config.proxy, None);
    assert_eq!(config.mode, CrawlMode::Changes);
}

#[test]
fn comments_and_attachments_go_with_their_parents_switch_and_the_guard_can_be_off() {
    let mut template = minimal();
    template["additionalProperties"] = json!({ "isCrawlPage": "false", "enableDeletionProtection": "false" });
    let config = ConfluenceConfig::parse(&template).unwrap();
    assert!(!config.switches.page_comments && !config.switches.page_attachments);
    assert!(config.switches.blog_comments);
    assert_eq!(config.deletion_threshold_percent, None);
}

#[test]
fn hosts_are_https_without_a_path_or_on_this_machine() {
    let host = |host: &str, kind: &str| {
        let mut template = minimal();
        template["connectionConfiguration"]["repositoryEndpointMetadata"]["hostUrl"] = json!(host);
        template["connectionConfiguration"]["repositoryEndpointMetadata"]["type"] = json!(kind);
        ConfluenceConfig::parse(&template)
    };
    for good in ["https://example.atlassian.net", "http://127.0.0.1:8090", "http://localhost:1", "http://[::1]:8090/"] {
        assert!(host(good, "SAAS").is_ok(), "{good}");
    }
    assert!(host("https://wiki.example.com/confluence", "ON_PREM").is_ok());
    for bad in [
        "https://example.atlassian.net/wiki",
        "https://wiki.example.com",
        "http://10.0.0.1",
        "ftp://x",
        "x",
        "https://u:p@example.atlassian.net",
    ] {
        let violations = host(bad, "SAAS").expect_err(bad);
        assert!(
            violations[0].starts_with("`connectionConfiguration.repositoryEndpointMetadata.hostUrl` must "),
            "{violations:?}"
        );
    }
    assert!(host("http://wiki.example.com", "ON_PREM").is_err());
}

#[test]
fn a_proxy_is_host_and_port_without_a_scheme() {
    let proxy = |more: Value| {
        let mut template = minimal();
        template["additionalProperties"] = more;
        ConfluenceConfig::parse(&template)
    };
    let config = proxy(json!({ "proxyHost": "proxy.example.com", "proxyPort": "3128" })).unwrap();
    assert_eq!(config.proxy, Some(Proxy { host: "proxy.example.com".into(), port: 3128 }));
    assert!(proxy(json!({ "proxyHost": "http://proxy.example.com", "proxyPort": 3128 })).is_err());
    assert!(proxy(json!({ "proxyHost": "proxy.example.com" })).is_err());
    assert!(proxy(json!({ "proxyPort": 70000 })).is_err());
    assert_eq!(proxy(json!({ "proxyHost": "", "proxyPort": "" })).unwrap().proxy, None);
}

#[test]
fn all_violations_come_at_once() {
    let violations =
        ConfluenceConfig::parse(&json!({ "type": "CONFLUENCEV2", "additionalProperties": { "isCrawlPage": 3 } }))
            .unwrap_err();
    let named = |member: &str| violations.iter().any(|violation| violation.starts_with(&format!("`{member}` must ")));
    for member in [
        "syncMode",
        "secretArn",
        "connectionConfiguration",
        "repositoryConfigurations",
        "additionalProperties.isCrawlPage",
    ] {
        assert!(named(member), "{member}: {violations:?}");
    }
}
