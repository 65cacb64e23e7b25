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
    assert!(config.proxy.is_none());
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
    let found = config.proxy.unwrap();
    assert_eq!((found.host.as_str(), found.port, found.secret_id), ("proxy.example.com", 3128, None));
    assert!(proxy(json!({ "proxyHost": "http://proxy.example.com", "proxyPort": 3128 })).is_err());
    assert!(proxy(json!({ "proxyHost": "proxy.example.com" })).is_err());
    assert!(proxy(json!({ "proxyPort": 70000 })).is_err());
    assert!(proxy(json!({ "proxyHost": "", "proxyPort": "" })).unwrap().proxy.is_none());
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

fn v1(configuration: impl Into<Value>) -> Value {
    json!({ "ConfluenceConfiguration": configuration.into() })
}

#[test]
fn both_examples_of_the_first_generation_are_accepted() {
    let minimal = v1(example("v1-cloud-minimal.json"));
    assert!(ConfluenceConfig::handles(&minimal));
    let config = ConfluenceConfig::parse(&minimal).unwrap();
    assert_eq!((config.hosting, config.auth, config.mode), (Hosting::Cloud, AuthType::Basic, CrawlMode::Changes));
    assert_eq!(config.user_id_field, UserIdField::AccountId);
    assert_eq!(ConfluenceConfig::secret_id(&minimal), Some(config.secret_arn.clone()));
    let switches = config.switches;
    assert!(switches.pages && switches.blogs && config.crawl_acl && config.identity_crawler);
    assert!(!switches.page_comments && !switches.blog_comments && !switches.page_attachments);

    let full = ConfluenceConfig::parse(&v1(example("v1-server-full.json"))).unwrap();
    assert_eq!((full.hosting, full.user_id_field), (Hosting::DataCenter, UserIdField::UserName));
    let switches = full.switches;
    assert!(switches.page_attachments && switches.blog_attachments && switches.personal_spaces);
    assert!(!switches.archived_spaces && !switches.archived_pages);
    assert!(
        full.filters.wants_space("INC1") && !full.filters.wants_space("OTHER") && !full.filters.wants_space("EXC1")
    );
    assert!(full.filters.wants(Entity::Page, "about INC_PAT1", "https://c/x"));
    assert!(full.filters.wants(Entity::Attachment, "a.pdf", "https://c/INC_PAT2/a.pdf"));
    assert!(!full.filters.wants(Entity::Blog, "another", "https://c/x"), "it matches no pattern");
    assert!(!full.filters.wants(Entity::Page, "INC_PAT1", "https://c/EXC_PAT2"), "exclusion wins");
    let sources = |entity| full.mappings.of(entity).iter().map(|mapping| mapping.source_field.as_str()).collect();
    let of_blogs: Vec<&str> = sources(Entity::Blog);
    assert_eq!(
        of_blogs[..9],
        ["author", "url", "itemType", "labels", "publishedDate", "spaceKey", "spaceName", "url", "version"]
    );
    let of_pages: Vec<&str> = sources(Entity::Page);
    assert!(of_pages.contains(&"status") && of_pages.contains(&"modifiedDate"));
}

#[test]
fn a_value_of_the_first_generation_takes_the_type_of_its_field() {
    let mut configuration = v1(example("v1-cloud-minimal.json"));
    let mapping = |source: &str, index: &str| json!({ "DataSourceFieldName": source, "IndexFieldName": index });
    configuration["ConfluenceConfiguration"]["PageConfiguration"] = json!({ "PageFieldMappings": [
        mapping("AUTHOR", "_authors"), mapping("AUTHOR", "writer"), mapping("VERSION", "v"), mapping("VERSION", "gone"),
        mapping("LABELS", "n") ] });
    configuration["IndexFields"] = json!({ "_authors": "STRING_LIST_VALUE", "writer": "STRING_VALUE", "v": "STRING_VALUE",
        "n": "LONG_VALUE" });
    let config = ConfluenceConfig::parse(&configuration).unwrap();
    let types: Vec<FieldType> = config.mappings.of(Entity::Page).iter().map(|mapping| mapping.index_type).collect();
    // Labels are no number: they keep their type, and the job says that the field has another.
    assert_eq!(
        types[..5],
        [FieldType::StringList, FieldType::String, FieldType::String, FieldType::Long, FieldType::StringList]
    );
}

#[test]
fn what_is_wrong_in_the_first_generation_is_named() {
    let full = example("v1-server-full.json");
    for (path, value, member) in [
        ("/ServerUrl", json!("http://wiki.example.com"), "ServerUrl"),
        ("/ServerUrl", json!(null), "ServerUrl"),
        ("/SecretArn", json!(" "), "SecretArn"),
        ("/Version", json!("SAAS"), "Version"),
        ("/AuthenticationType", json!("OAUTH2"), "AuthenticationType"),
        ("/SpaceConfiguration/CrawlPersonalSpaces", json!("yes"), "SpaceConfiguration.CrawlPersonalSpaces"),
        ("/SpaceConfiguration/IncludeSpaces", json!("ENG"), "SpaceConfiguration.IncludeSpaces"),
        ("/SpaceConfiguration/ExcludeSpaces", json!(["(("]), "SpaceConfiguration.ExcludeSpaces[0]"),
        ("/InclusionPatterns", json!(["ok", "(("]), "InclusionPatterns[1]"),
        ("/AttachmentConfiguration/CrawlAttachments", json!(3), "AttachmentConfiguration.CrawlAttachments"),
        ("/PageConfiguration", json!([]), "PageConfiguration"),
        (
            "/BlogConfiguration/BlogFieldMappings/0/DataSourceFieldName",
            json!("MODIFIED_DATE"),
            "BlogConfiguration.BlogFieldMappings[0].DataSourceFieldName",
        ),
        (
            "/AttachmentConfiguration/AttachmentFieldMappings/1/IndexFieldName",
            json!(""),
            "AttachmentConfiguration.AttachmentFieldMappings[1].IndexFieldName",
        ),
        ("/ProxyConfiguration", json!({ "Host": "proxy.example.com" }), "ProxyConfiguration.Port"),
        ("/ProxyConfiguration", json!({ "Host": "http://p/", "Port": 1 }), "ProxyConfiguration.Host"),
        ("/ProxyConfiguration", json!({ "Host": "p", "Port": 0 }), "ProxyConfiguration.Port"),
    ] {
        let mut broken = full.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        match broken.pointer_mut(parent).unwrap() {
            Value::Object(members) => drop(members.insert(name.to_owned(), value)),
            other => other[name.parse::<usize>().unwrap()] = value,
        }
        let violations = ConfluenceConfig::parse(&v1(broken)).expect_err(path);
        let named = format!("`ConfluenceConfiguration.{member}` must ");
        assert!(violations.iter().any(|violation| violation.starts_with(&named)), "{path}: {violations:?}");
    }
    let mut cloud = example("v1-cloud-minimal.json");
    cloud["AuthenticationType"] = json!("PAT");
    let violations = ConfluenceConfig::parse(&v1(cloud.clone())).unwrap_err();
    assert!(violations[0].starts_with("`ConfluenceConfiguration.AuthenticationType` must "), "{violations:?}");
    cloud["AuthenticationType"] = json!("HTTP_BASIC");
    cloud["ServerUrl"] = json!("https://example.atlassian.net/wiki");
    assert_eq!(ConfluenceConfig::parse(&v1(cloud)).unwrap().host_url.as_str(), "https://example.atlassian.net/");
}

#[test]
fn nulls_unknown_members_and_texts_for_numbers_are_tolerated() {
    let mut template = minimal();
    template["comesLater"] = json!({ "a": [1] });
    template["sslCertificatePath"] = Value::Null;
    template["repositoryConfigurations"] = json!({ "page": null, "wiki": { "fieldMappings": 3 } });
    template["additionalProperties"] = json!({
        "isCrawlAcl": null, "isCrawlBlog": "FALSE", "maxFileSizeInMegaBytes": "12.5", "deletionProtectionThreshold": "30",
        "pageTitleRegEX": null, "inclusionSpaceKeyFilter": ["", "ENG"], "proxyPort": "", "unheardOf": true });
    let config = ConfluenceConfig::parse(&template).unwrap();
    assert!(config.crawl_acl && !config.switches.blogs);
    assert_eq!((config.filters.file_bytes_max(), config.deletion_threshold_percent), (12 << 20 | 1 << 19, Some(30)));
    assert!(config.filters.wants_space("eng") && !config.filters.wants_space("HR"));
}
