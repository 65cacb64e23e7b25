//! Restrictions and permissions, as far as calls tell of them.

use confluence_sim::{ContentId, DcOptions, DcVersion, JsonRpc, Operation, Site};
use serde_json::{Value, json};

use super::{As, CRAWLER, acme, column, options, served};

const BEN: As<'static> = As::Bearer("ben-token");
const RPC: &str = "/rpc/json-rpc/confluenceservice-v2";

#[tokio::test]
async fn own_lists_are_direct_and_relevant_ones_inherited() {
    let sim = acme().await;
    let own = sim.json("/rest/api/content/65802/restriction/byOperation/read").await;
    assert_eq!(own["restrictions"]["group"]["size"], 0);
    sim.site().write().restrict(ContentId(65802), Operation::Read, &["ada"], &[]).unwrap();
    let all = sim.json("/rest/api/content/65802/restriction/relevantViewRestrictions").await;
    let layers = all["viewContentRestrictions"]["results"].as_array().unwrap();
    let ids: Vec<&Value> = layers.iter().map(|layer| &layer["content"]["id"]).collect();
    assert_eq!(ids, [&json!("65802"), &json!("65801")]);
    let old = served(Site::acme(), options(DcVersion::V8_5)).await;
    assert_eq!(old.status_as(CRAWLER, "/rest/api/content/65802/restriction/relevantViewRestrictions").await, 404);
}

#[tokio::test]
async fn inherited_lists_come_fifty_at_a_time() {
    let mut site = Site::acme();
    let mut at = ContentId(65802);
    for n in 0..60 {
        at = site.add_page("ENG", Some(at), &format!("level {n}"), "", "ada").unwrap();
        site.restrict(at, Operation::Read, &["ada"], &[]).unwrap();
    }
    let sim = served(site, DcOptions::default()).await;
    let first = sim.json(&format!("/rest/api/content/{at}/restriction/relevantViewRestrictions?limit=500")).await;
    assert_eq!(first["viewContentRestrictions"]["size"], 50);
    let next = first["_links"]["next"].as_str().unwrap();
    assert_eq!(sim.json(next).await["viewContentRestrictions"]["size"], 11);
}

#[tokio::test]
async fn people_who_are_gone_are_a_key() {
    let sim = acme().await;
    let key = sim.site().read().find_user("ben").unwrap().user_key();
    sim.site().write().delete_user("ben").unwrap();
    let lists = sim.json("/rest/api/content/65801/restriction/byOperation").await;
    let user = &lists["read"]["restrictions"]["user"]["results"][0];
    assert_eq!((&user["type"], &user["userKey"]), (&json!("unknown"), &json!(key)));
    assert!(user.get("username").is_none());
}

#[tokio::test]
async fn rows_of_a_space_come_over_rest_from_9_2_on_and_to_its_administrators() {
    let mut site = Site::acme();
    site.settings.anonymous_access = true;
    let sim = served(site, DcOptions::default()).await;
    let rows = sim.json("/rest/api/space/KB/permissions").await;
    let subjects: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["subject"]["type"]).collect();
    assert_eq!(subjects, [&json!("group"), &json!("anonymous")]);
    assert_eq!(sim.status_as(BEN, "/rest/api/space/KB/permissions").await, 500);
    assert_eq!(sim.status_as(BEN, "/rest/api/space?expand=permissions").await, 500);
    assert_eq!(sim.status_as(As::Bearer("ada-token"), "/rest/api/space/ENG/permissions").await, 200);
    assert_eq!(sim.json("/rest/api/space/KB/permissions/anonymous").await.as_array().unwrap().len(), 1);
    assert_eq!(sim.json("/rest/api/space/HR/permissions/group/hr-private").await.as_array().unwrap().len(), 2);
    let cho = sim.site().read().find_user("cho").unwrap().user_key();
    assert_eq!(sim.json(&format!("/rest/api/space/HR/permissions/user/{cho}")).await.as_array().unwrap().len(), 1);
    assert_eq!(sim.call(CRAWLER, RPC, Some(json!({}))).await.status, 403, "the remote API is off by now");
    let old = served(Site::acme(), options(DcVersion::V8_5)).await;
    assert_eq!(old.status_as(CRAWLER, "/rest/api/space/KB/permissions").await, 404);
}

#[tokio::test]
async fn the_remote_api_has_two_forms_and_three_moods() {
    let sim = served(Site::acme(), options(DcVersion::V7_19)).await;
    let full = json!({"jsonrpc": "2.0", "method": "getSpacePermissionSets", "id": 7, "params": ["KB"]});
    let answer = sim.call(CRAWLER, RPC, Some(full.clone())).await.json();
    let view = json!([{"type": "VIEWSPACE", "spacePermissions": [
        {"type": "VIEWSPACE", "userName": null, "groupName": "confluence-users-acme"},
        {"type": "VIEWSPACE", "userName": null, "groupName": null},
    ]}]);
    assert_eq!(answer, json!({"jsonrpc": "2.0", "id": 7, "result": view}));
    let light = sim.call(CRAWLER, &format!("{RPC}/getSpacePermissionSets"), Some(json!(["KB"]))).await;
    assert_eq!(light.json(), view);
    let refused = sim.call(BEN, RPC, Some(full.clone())).await;
    assert_eq!(refused.status, 200);
    assert_eq!(refused.json()["error"]["code"], 500);
    let lists = json!({"jsonrpc": "2.0", "method": "getContentPermissionSets", "id": 1, "params": [65801]});
    let lists = sim.call(CRAWLER, RPC, Some(lists)).await.json();
    assert_eq!(lists["result"][0]["contentPermissions"].as_array().unwrap().len(), 2);
    for (mood, status) in [(JsonRpc::Off, 403), (JsonRpc::WebSudo, 200)] {
        sim.site().write().data_center_mut().unwrap().options.json_rpc = Some(mood);
        let answer = sim.call(CRAWLER, RPC, Some(full.clone())).await;
        assert_eq!(answer.status, status);
        assert!(answer.header("content-type").starts_with("text/html"), "{mood:?}");
    }
}

#[tokio::test]
async fn who_may_use_the_site_is_told_to_administrators() {
    let mut site = Site::acme();
    site.settings.anonymous_access = true;
    let sim = served(site, DcOptions::default()).await;
    sim.site().write().set_can_use("gia", true).unwrap();
    let rows = sim.json("/rest/api/permissions").await;
    let uses = |row: &&Value| row["operation"] == json!({"targetType": "application", "operationKey": "use"});
    let names: Vec<String> = rows
        .as_array()
        .unwrap()
        .iter()
        .filter(uses)
        .map(|row| row["subject"]["displayName"].as_str().unwrap().to_owned())
        .collect();
    let expected =
        ["confluence-administrators", "confluence-admins-acme", "confluence-users-acme", "Gia Rossi", "Anonymous"];
    assert_eq!(names, expected);
    assert_eq!(sim.status_as(BEN, "/rest/api/permissions").await, 403);
    assert_eq!(sim.json("/rest/api/permissions/anonymous").await.as_array().unwrap().len(), 1);
    assert_eq!(sim.json("/rest/api/permissions/unlicensed").await, json!([]));
    assert_eq!(sim.json("/rest/api/permissions/user/gia").await.as_array().unwrap().len(), 1);
    assert_eq!(sim.json("/rest/api/permissions/group/hr-private").await, json!([]));
    assert_eq!(sim.status_as(CRAWLER, "/rest/api/permissions/group/no-such").await, 404);
}

#[tokio::test]
async fn the_super_group_sees_all_by_calls_and_administrators_do_not() {
    let sim = acme().await;
    let (all, _) = sim.walk(CRAWLER, "/rest/api/content?spaceKey=ENG&limit=200").await;
    assert!(column(&all, "id").contains(&"65830".to_owned()), "Ada's alone");
    let admins = "confluence-admins-acme";
    sim.site().write().add_member(admins, "ben").unwrap();
    assert_eq!(sim.status_as(BEN, "/rest/api/content/65830").await, 404);
    assert_eq!(sim.status_as(BEN, &format!("/rest/api/group/{admins}/member")).await, 200);
    sim.site().write().add_member("confluence-administrators", "ben").unwrap();
    assert_eq!(sim.status_as(BEN, "/rest/api/content/65830").await, 200);
}
