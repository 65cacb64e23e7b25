use serde::de::DeserializeOwned;
use serde_json::json;

use super::*;
use crate::datacenter::fixture;

fn parse<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn results<T: DeserializeOwned>(name: &str) -> Vec<T> {
    parse(fixture(name)["results"].clone())
}

/// Parses one recording; `false` if nothing here reads its kind.
fn is_read(name: &str) -> bool {
    match name {
        "dc-content-get" => drop(parse::<ContentRow>(fixture(name))),
        "dc-content-list"
        | "dc-content-list-short-page-with-next"
        | "dc-content-scan"
        | "dc-comments"
        | "dc-attachments"
        | "dc-space-trash" => drop(results::<ContentRow>(name)),
        "dc-spaces" => drop(results::<SpaceRow>(name)),
        "dc-groups" | "dc-group-nested-groups" | "dc-user-memberof" => drop(results::<NamedGroup>(name)),
        "dc-group-members" | "dc-user-list" | "dc-user-list-limit-zero-loops" => drop(results::<Person>(name)),
        "dc-user-by-username" => drop(parse::<Person>(fixture(name))),
        "dc-space-permissions-91" => drop(parse::<Vec<PermissionRow>>(fixture(name))),
        "dc-jsonrpc-permission-sets" | "dc-jsonrpc-error" => drop(parse::<RpcAnswer>(fixture(name))),
        "dc-restriction-byoperation" => drop(parse::<ByOperation>(fixture(name))),
        "dc-restriction-relevant-view" => drop(parse::<RelevantRestrictions>(fixture(name))),
        "dc-server-information" => drop(parse::<ServerInformation>(fixture(name))),
        "dc-mobile-profile-email" => drop(parse::<MobileProfile>(fixture(name))),
        _ => return false,
    }
    true
}

/// Recordings of what this source does not ask for, and of answers without an object; the client's tests hold the latter.
const NOT_READ: [&str; 12] = [
    "dc-429",
    "dc-attachment-extractedtext-204",
    "dc-audit-events",
    "dc-error-401",
    "dc-error-403-captcha",
    "dc-error-404",
    "dc-extender-space-viewers",
    "dc-search",
    "dc-sso-login-html-200",
    "dc-webhook-delivery-page-trashed",
    "dc-webhooks",
    "dc-websudo-html-200",
];

#[test]
fn every_recording_is_parsed_or_named_as_not_asked_for() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/confluence");
    let mut n = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".json").filter(|name| name.starts_with("dc-")) else { continue };
        assert_ne!(is_read(name), NOT_READ.contains(&name), "`{name}` is either parsed or not asked for");
        n += 1;
    }
    assert_eq!(n, 34);
}

#[test]
fn a_page_has_its_parent_its_people_and_its_instants() {
    let page: ContentRow = parse(fixture("dc-content-get"));
    assert_eq!(page.parent_id(), Some("98500"));
    let content = page.as_content("98306");
    assert_eq!(content.author_id.as_deref(), Some("8a7f80838f1c2d3e018f1c2e4a5b0001"));
    assert_eq!(content.version.author_id.as_deref(), Some("8a7f80838f1c2d3e018f1c2e4a5b0002"));
    assert_eq!((content.version.number, content.version.created_at.as_str()), (7, "2026-08-18T10:22:31.114Z"));
    assert_eq!(content.created_at, "2025-03-02T08:00:00.001Z", "in winter the offset is another one");
    assert_eq!(content.links.webui, "/pages/viewpage.action?pageId=98501");
    let lists = page.restrictions.read.unwrap().restrictions.unwrap();
    assert!(lists.user.unwrap().results.is_empty() && lists.group.unwrap().results.is_empty());
    assert_eq!(page.metadata.labels.unwrap().results[0].name, "runbook");
    assert!(!page.body.into_storage().is_empty());
}

#[test]
fn comments_and_attachments_know_what_they_are_in() {
    let comments: Vec<ContentRow> = results("dc-comments");
    assert_eq!(comments[1].container_id(), Some("98501"), "by its link, as it is not expanded");
    assert_eq!(comments[1].as_comment().parent_comment_id.as_deref(), Some("98520"));
    assert_eq!(comments[0].as_comment().parent_comment_id, None);
    let attachment = results::<ContentRow>("dc-attachments").remove(0);
    assert_eq!(attachment.container_id(), Some("98501"));
    assert!(attachment.links.download.starts_with("/download/attachments/98501/topology.png?version=2"));
    let attachment = attachment.as_attachment();
    assert_eq!((attachment.media_type.as_deref(), attachment.file_size), (Some("image/png"), 90211));
    let in_space: ContentRow = parse(json!({ "id": "1", "_expandable": { "container": "/rest/api/space/ENG" } }));
    assert_eq!(in_space.container_id(), None);
}

#[test]
fn an_account_is_current_only_if_the_server_says_so() {
    let state = |value: Value| parse::<Person>(value).is_current();
    assert!(state(fixture("dc-user-by-username")));
    assert!(!state(json!({ "type": "known", "userKey": "k" })));
    assert!(!state(json!({ "type": "known", "userKey": "k", "status": "DEACTIVATED" })));
    assert!(!state(json!({ "type": "unknown", "userKey": "k", "status": "CURRENT" })));
}

#[test]
fn an_error_of_json_rpc_is_no_result() {
    assert!(parse::<RpcAnswer>(fixture("dc-jsonrpc-error")).result.is_none());
}

#[test]
fn what_is_no_time_stays_as_it_is() {
    assert_eq!(instant("2024-08-01T14:28:58.958-07:00"), "2024-08-01T21:28:58.958Z");
    assert_eq!(instant("yesterday"), "yesterday");
}

#[test]
fn what_is_shown_for_debugging_holds_neither_text_nor_title() {
    let page: ContentRow =
        parse(json!({ "id": "7", "title": "Layoffs", "body": { "storage": { "value": "<p>in May</p>" } },
        "_links": { "webui": "/display/HR/Layoffs" } }));
    let shown = format!("{page:?}");
    assert!(shown.contains("13 bytes") && !shown.contains("May") && !shown.contains("Layoffs"), "{shown}");
}
