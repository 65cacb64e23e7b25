//! The form and the template, and what the connector says of what the form writes.

use std::path::PathBuf;

use sangam_confluence::{AuthType, ConfluenceConfig, Hosting};

use super::*;

const TYPED: &str = "type=ON_PREM&authType=Personal-token&hostUrl=https%3A%2F%2Fwiki.example.com%2Fc&\
    secretArn=arn%3Aaws%3Asecretsmanager%3Aus-east-1%3A000000000000%3Asecret%3Ax-abcdef&syncMode=FORCED_FULL_CRAWL&\
    enableIdentityCrawler=off&isCrawlAcl=off&isCrawlBlog=off&isCrawlPersonalSpace=off&isCrawlPersonalSpace=on&\
    inclusionSpaceKeyFilter=ENG%0D%0A%0D%0A%5EHR.*&exclusionUrlPatterns=.*%2Farchive%2F&maxFileSizeInMegaBytes=20&\
    enableDeletionProtection=off&deletionProtectionThreshold=30&proxyHost=proxy.example.com&proxyPort=3128&\
    bucket=b&key=k.pem&fieldForUserId=user_id&usersAclS3FilePath=b%2Fusers.json";

#[test]
fn each_option_of_the_form_is_a_member_of_the_template() {
    let template = write(&json!({}), &Fields::parse(TYPED));
    let endpoint = &template["connectionConfiguration"]["repositoryEndpointMetadata"];
    assert_eq!(
        *endpoint,
        json!({ "hostUrl": "https://wiki.example.com/c", "type": "ON_PREM", "authType": "Personal-token" })
    );
    assert_eq!((&template["syncMode"], &template["type"]), (&json!("FORCED_FULL_CRAWL"), &json!("CONFLUENCEV2")));
    assert_eq!(template["enableIdentityCrawler"], false);
    assert_eq!(template["sslCertificatePath"], json!({ "bucket": "b", "key": "k.pem" }));
    let more = &template["additionalProperties"];
    for (name, value) in [
        ("isCrawlAcl", json!(false)),
        ("isCrawlPage", json!(true)),
        ("isCrawlBlog", json!(false)),
        ("isCrawlPersonalSpace", json!(true)),
        ("isCrawlArchivedPage", json!(false)),
        ("inclusionSpaceKeyFilter", json!(["ENG", "^HR.*"])),
        ("exclusionSpaceKeyFilter", json!([])),
        ("exclusionUrlPatterns", json!([".*/archive/"])),
        ("maxFileSizeInMegaBytes", json!("20")),
        ("enableDeletionProtection", json!(false)),
        ("deletionProtectionThreshold", json!("30")),
        ("proxyHost", json!("proxy.example.com")),
        ("proxyPort", json!("3128")),
        ("fieldForUserId", json!("user_id")),
        ("usersAclS3FilePath", json!("b/users.json")),
    ] {
        assert_eq!(more[name], value, "{name}");
    }
}

#[test]
fn the_defaults_are_the_contracts() {
    let template = write(&json!({}), &Fields::default());
    assert_eq!(template["syncMode"], "FULL_CRAWL");
    assert_eq!(template["enableIdentityCrawler"], true);
    assert_eq!(template["secretArn"], NO_SECRET);
    let more = &template["additionalProperties"];
    assert_eq!((&more["maxFileSizeInMegaBytes"], &more["deletionProtectionThreshold"]), (&json!("50"), &json!("15")));
    assert!(more["usersAclS3FilePath"].is_null() && template["sslCertificatePath"].is_null());
}

/// The form as *Edit* shows a template, saved without a change.
fn saved(template: &Value) -> Value {
    let mut shown = Fields::default();
    read(template, &mut shown);
    write(template, &shown)
}

#[test]
fn what_the_form_does_not_know_is_kept() {
    let base = json!({ "version": "1.0.0", "additionalProperties": { "isRotateSecret": "true", "proxyUrl": "old" } });
    let template = write(&base, &Fields::parse(TYPED));
    let more = &template["additionalProperties"];
    assert_eq!((&template["version"], &more["isRotateSecret"]), (&json!("1.0.0"), &json!("true")));
    assert!(more["proxyUrl"].is_null(), "the older name of what was typed");
    assert_eq!(saved(&template), template);
}

#[test]
fn an_edit_changes_what_was_changed_and_nothing_else() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/confluence-examples");
    let mut n_examples = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let example: Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap_or_default();
        if example["type"] != "CONFLUENCEV2" {
            continue;
        }
        n_examples += 1;
        assert_eq!(saved(&example), example);
        let mut shown = Fields::default();
        read(&example, &mut shown);
        shown.set("pageTitleRegEX", "^Runbook");
        let mut expected = example.clone();
        expected["additionalProperties"]["pageTitleRegEX"] = json!(["^Runbook"]);
        assert_eq!(write(&example, &shown), expected);
    }
    assert_eq!(n_examples, 5);
}

#[test]
fn the_connector_takes_what_the_form_writes() {
    let switches = |to: &str| {
        let names = ["Page", "PageComment", "PageAttachment", "Blog", "BlogComment", "BlogAttachment"];
        let names = names.into_iter().chain(["PersonalSpace", "ArchivedSpace", "ArchivedPage", "Acl"]);
        names.fold(String::new(), |all, name| all + "&isCrawl" + name + "=" + to)
    };
    let sites = [
        ("SAAS", Hosting::Cloud, "https://acme.atlassian.net"),
        ("ON_PREM", Hosting::DataCenter, "https://wiki.example.com/c"),
    ];
    let ways = [("Basic", AuthType::Basic), ("OAuth2", AuthType::OAuth2), ("Personal-token", AuthType::PersonalToken)];
    for (kind, hosting, host) in sites {
        for (way, auth) in ways {
            for (more, is_on) in [(String::new(), None), (switches("on"), Some(true)), (switches("off"), Some(false))] {
                let typed = Fields::parse(&format!("type={kind}&authType={way}&hostUrl={host}{more}"));
                let template = write(&json!({}), &typed);
                assert_eq!(saved(&template), template, "{typed:?}");
                let config = ConfluenceConfig::parse(&template);
                if (hosting, auth) == (Hosting::Cloud, AuthType::PersonalToken) {
                    assert!(config.unwrap_err().concat().contains("authType"), "Cloud has no such tokens");
                    continue;
                }
                let config = config.unwrap_or_else(|violations| panic!("{kind} {way} {is_on:?}: {violations:?}"));
                assert_eq!(
                    (config.hosting, config.auth, config.host_url.as_str().trim_end_matches('/')),
                    (hosting, auth, host)
                );
                let read = config.switches;
                assert_eq!([read.pages, read.page_comments, read.blog_attachments], [is_on.unwrap_or(true); 3]);
                assert_eq!(
                    [read.personal_spaces, read.archived_spaces, read.archived_pages],
                    [is_on.unwrap_or(false); 3]
                );
                assert_eq!(config.crawl_acl, is_on.unwrap_or(true));
            }
        }
    }
    let everything = ConfluenceConfig::parse(&write(&json!({}), &Fields::parse(TYPED)));
    let everything = everything.unwrap_or_else(|violations| panic!("{violations:?}"));
    assert!(everything.proxy.is_some() && everything.certificate.is_some() && everything.users_acl_s3_path.is_some());
    assert!(everything.filters.wants_space("HR1") && !everything.filters.wants_space("X"));
}

#[test]
fn templates_that_other_hands_wrote_are_read() {
    let mut typed = Fields::default();
    let template = json!({ "enableIdentityCrawler": "false", "additionalProperties": {
        "isCrawlPage": "false", "isCrawlBlog": null, "maxFileSizeInMegaBytes": 5, "proxyUrl": "p.example" } });
    read(&template, &mut typed);
    assert!(!typed.checked("enableIdentityCrawler", true) && !typed.checked("isCrawlPage", true));
    assert!(typed.checked("isCrawlBlog", false));
    assert_eq!((typed.last("maxFileSizeInMegaBytes"), typed.last("proxyHost")), ("5", "p.example"));
}
