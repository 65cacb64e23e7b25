//! Tags, by ARNs that clients composed.

use sangam_api::KendraOperation as Op;
use serde_json::json;

use crate::world::{ROLE, World};

#[tokio::test]
async fn only_the_resource_path_of_an_arn_counts() {
    let world = World::new().await;
    let tags = json!([{"Key": "b", "Value": "1"}, {"Key": "a", "Value": ""}]);
    let index = world.ok(Op::CreateIndex, json!({"Name": "n", "RoleArn": ROLE, "Tags": tags})).await["Id"].clone();
    let index = index.as_str().unwrap();
    let source = json!({"IndexId": index, "Name": "n", "Type": "CUSTOM", "Tags": [{"Key": "s", "Value": "2"}]});
    let source = world.ok(Op::CreateDataSource, source).await["Id"].clone();
    for prefix in ["arn:aws:kendra:eu-west-1:123456789012", "arn:aws-cn:kendra:cn-north-1:", "arn:aws:kendra::"] {
        let arn = format!("{prefix}:index/{index}");
        let listed = world.ok(Op::ListTagsForResource, json!({"ResourceARN": arn})).await;
        assert_eq!(listed["Tags"], json!([{"Key": "a", "Value": ""}, {"Key": "b", "Value": "1"}]));
    }
    let arn = format!("arn:aws:kendra:::index/{index}/data-source/{}", source.as_str().unwrap());
    let listed = world.ok(Op::ListTagsForResource, json!({"ResourceARN": arn})).await;
    assert_eq!(listed["Tags"], json!([{"Key": "s", "Value": "2"}]));
    world
        .ok(
            Op::TagResource,
            json!({"ResourceARN": arn, "Tags": [{"Key": "s", "Value": "3"}, {"Key": "t", "Value": "4"}]}),
        )
        .await;
    world.ok(Op::UntagResource, json!({"ResourceARN": arn, "TagKeys": ["t", "unknown"]})).await;
    let listed = world.ok(Op::ListTagsForResource, json!({"ResourceARN": arn})).await;
    assert_eq!(listed["Tags"], json!([{"Key": "s", "Value": "3"}]));
}

#[tokio::test]
async fn unknown_resources_are_unavailable_and_reserved_keys_refused() {
    let world = World::new().await;
    let index = world.index().await;
    for arn in [
        "arn:aws:kendra:::index/00000000-0000-0000-0000-000000000000".to_owned(),
        format!("arn:aws:kendra:::index/{index}/data-source/nothing"),
        format!("arn:aws:kendra:::index/{index}/faq/nothing"),
        "index".to_owned(),
    ] {
        let calls = [
            (Op::ListTagsForResource, json!({"ResourceARN": arn})),
            (Op::TagResource, json!({"ResourceARN": arn, "Tags": [{"Key": "aws:x", "Value": ""}]})),
            (Op::UntagResource, json!({"ResourceARN": arn, "TagKeys": []})),
        ];
        for (operation, input) in calls {
            let error = world.refused(operation, input).await;
            assert!(error.starts_with("ResourceUnavailableException"), "{error}");
        }
    }
    let arn = format!("arn:aws:kendra:::index/{index}");
    for tags in
        [json!([{"Key": "aws:x", "Value": ""}]), json!([{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])]
    {
        let error = world.refused(Op::TagResource, json!({"ResourceARN": arn, "Tags": tags})).await;
        assert!(error.starts_with("ValidationException"), "{error}");
    }
    let many = |from: usize| -> serde_json::Value {
        (from..from + 150).map(|n| json!({"Key": format!("k{n}"), "Value": ""})).collect::<Vec<_>>().into()
    };
    world.ok(Op::TagResource, json!({"ResourceARN": arn, "Tags": many(0)})).await;
    let error = world.refused(Op::TagResource, json!({"ResourceARN": arn, "Tags": many(150)})).await;
    assert!(error.contains("at most 200 tags"), "{error}");
}
