//! Group mappings.

use sangam_access::MappedMember;
use sangam_api::KendraOperation as Op;
use serde_json::{Value, json};

use crate::world::World;

fn users(names: &[&str]) -> Value {
    json!({"MemberUsers": names.iter().map(|name| json!({"UserId": name})).collect::<Vec<_>>()})
}

async fn members(world: &World, index: &str) -> Vec<MappedMember> {
    world.store.mappings(index).await.unwrap().into_iter().flat_map(|mapping| mapping.members).collect()
}

fn user(name: &str) -> MappedMember {
    MappedMember::User { name: name.into() }
}

#[tokio::test]
async fn the_highest_ordering_id_wins_and_the_directory_is_told() {
    let world = World::new().await;
    let index = world.index().await;
    let put = |ordering_id: i64, members: Value| json!({"IndexId": index, "GroupId": "g", "OrderingId": ordering_id, "GroupMembers": members});
    world.ok(Op::PutPrincipalMapping, put(2, users(&["ada"]))).await;
    assert!(world.host.logged(&format!("access changed {index}")));
    world.ok(Op::PutPrincipalMapping, put(1, users(&["ben"]))).await;
    assert_eq!(members(&world, &index).await, [user("ada")]);
    world.ok(Op::DeletePrincipalMapping, json!({"IndexId": index, "GroupId": "g", "OrderingId": 3})).await;
    assert!(members(&world, &index).await.is_empty());

    let summaries = world.ok(Op::DescribePrincipalMapping, json!({"IndexId": index, "GroupId": "g"})).await;
    let shown: Vec<(i64, &str)> = summaries["GroupOrderingIdSummaries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|summary| (summary["OrderingId"].as_i64().unwrap(), summary["Status"].as_str().unwrap()))
        .collect();
    assert_eq!(shown, [(3, "DELETED"), (2, "SUCCEEDED"), (1, "SUCCEEDED")]);

    // Without an ordering id the time of arrival counts, which is later than all of these.
    world.ok(Op::PutPrincipalMapping, json!({"IndexId": index, "GroupId": "g", "GroupMembers": users(&["cho"])})).await;
    assert_eq!(members(&world, &index).await, [user("cho")]);
}

#[tokio::test]
async fn members_come_from_a_file_too() {
    let world = World::new().await;
    let index = world.index().await;
    world.object("bucket", "groups/g.json", b"{\"type\":\"USER\",\"id\":\"ben\"}\n");
    let put = |ordering_id: i64, key: &str| {
        let mut members = users(&["ada"]);
        members["S3PathforGroupMembers"] = json!({"Bucket": "bucket", "Key": key});
        json!({"IndexId": index, "GroupId": "g", "OrderingId": ordering_id, "GroupMembers": members})
    };
    world.ok(Op::PutPrincipalMapping, put(1, "groups/g.json")).await;
    assert_eq!(members(&world, &index).await, [user("ada"), user("ben")]);

    world.ok(Op::PutPrincipalMapping, put(2, "missing.json")).await;
    assert_eq!(members(&world, &index).await, [user("ada"), user("ben")], "what was in force stays");
    let summaries = world.ok(Op::DescribePrincipalMapping, json!({"IndexId": index, "GroupId": "g"})).await;
    let newest = &summaries["GroupOrderingIdSummaries"][0];
    assert_eq!(newest["Status"], "FAILED");
    assert!(newest["FailureReason"].as_str().unwrap().contains("does not exist"));

    let error = world.refused(Op::PutPrincipalMapping, put(3, "../../sangam.db")).await;
    assert!(error.starts_with("ValidationException") && error.contains("leaves its bucket"), "{error}");
}

#[tokio::test]
async fn an_identity_crawler_finds_what_its_run_did_not_put() {
    let world = World::new().await;
    let index = world.index().await;
    let source = world.data_source(&index, "CUSTOM").await;
    for (group, ordering_id) in [("a", 1), ("b", 1), ("c", 5)] {
        let input = json!({"IndexId": index, "DataSourceId": source, "GroupId": group, "OrderingId": ordering_id, "GroupMembers": users(&["x"])});
        world.ok(Op::PutPrincipalMapping, input).await;
    }
    let older = |more: Value| {
        let mut input = json!({"IndexId": index, "DataSourceId": source, "OrderingId": 5, "MaxResults": 1});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let first = world.ok(Op::ListGroupsOlderThanOrderingId, older(json!({}))).await;
    assert_eq!(first["GroupsSummaries"], json!([{"GroupId": "a", "OrderingId": 1}]));
    let second = world.ok(Op::ListGroupsOlderThanOrderingId, older(json!({"NextToken": first["NextToken"]}))).await;
    assert_eq!(second["GroupsSummaries"], json!([{"GroupId": "b", "OrderingId": 1}]));
    assert!(second.get("NextToken").is_none());
    let unscoped = json!({"IndexId": index, "OrderingId": 5});
    assert_eq!(world.ok(Op::ListGroupsOlderThanOrderingId, unscoped).await["GroupsSummaries"], json!([]));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let world = World::new().await;
    let index = world.index().await;
    let error = world.refused(Op::DescribePrincipalMapping, json!({"IndexId": index, "GroupId": "g"})).await;
    assert_eq!(error, "ResourceNotFoundException: group `g` not found");
    let unknown = json!({"IndexId": index, "GroupId": "g", "DataSourceId": "nothing", "GroupMembers": {}});
    let error = world.refused(Op::PutPrincipalMapping, unknown).await;
    assert!(error.starts_with("ResourceNotFoundException"), "existence comes before semantics: {error}");
    let error =
        world.refused(Op::PutPrincipalMapping, json!({"IndexId": index, "GroupId": "g", "GroupMembers": {}})).await;
    assert!(error.starts_with("ValidationException"), "{error}");
}
