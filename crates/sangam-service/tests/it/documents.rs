//! Documents put, deleted and asked about.

use sangam_api::KendraOperation as Op;
use sangam_service::Quotas;
use serde_json::{Value, json};

use crate::world::World;

async fn put(world: &World, index: &str, document: Value) -> Option<String> {
    let answer = world.ok(Op::BatchPutDocument, json!({"IndexId": index, "Documents": [document.clone()]})).await;
    let failed = answer["FailedDocuments"].as_array().unwrap();
    failed.first().map(|failed| {
        assert_eq!((&failed["Id"], &failed["ErrorCode"]), (&document["Id"], &json!("InvalidRequest")));
        failed["ErrorMessage"].as_str().unwrap().to_owned()
    })
}

#[tokio::test]
async fn an_accepted_document_is_in_the_inbox_with_all_it_needs() {
    let world = World::new().await;
    let index = world.index().await;
    let document = json!({
        "Id": "d", "Title": "The title", "Blob": "aGVsbG8=", "ContentType": "MD",
        "Attributes": [
            {"Key": "_category", "Value": {"StringValue": "c"}},
            {"Key": "_authors", "Value": {"StringListValue": ["a", "b"]}},
            {"Key": "_view_count", "Value": {"LongValue": 3}},
            {"Key": "_created_at", "Value": {"DateValue": 1.5}}
        ],
        "AccessControlList": [{"Name": "ada", "Type": "USER", "Access": "ALLOW"}]
    });
    assert_eq!(put(&world, &index, document).await, None);
    let waiting = world.store.inbox(&index, 10, usize::MAX).await.unwrap();
    assert_eq!(waiting[0].content, b"hello");
    let expected = json!({
        "title": "The title", "content_type": "MD",
        "attributes": [
            ["_category", {"string": "c"}], ["_authors", {"string-list": ["a", "b"]}], ["_view_count", {"long": 3}],
            ["_created_at", {"date": 1500}], ["_document_title", {"string": "The title"}]
        ]
    });
    assert_eq!(serde_json::from_str::<Value>(&waiting[0].document).unwrap(), expected);
    assert!(waiting[0].access_id > 1, "neither hidden nor public");
    let status = world
        .ok(
            Op::BatchGetDocumentStatus,
            json!({"IndexId": index, "DocumentInfoList": [{"DocumentId": "d"}, {"DocumentId": "z"}]}),
        )
        .await;
    assert_eq!(
        status["DocumentStatusList"],
        json!([{"DocumentId": "d", "DocumentStatus": "PROCESSING"}, {"DocumentId": "z", "DocumentStatus": "NOT_FOUND"}])
    );
}

#[tokio::test]
async fn one_refused_document_does_not_hold_up_the_others() {
    let world = World::new().await;
    let index = world.index().await;
    let documents = json!([{"Id": "good", "Blob": ""}, {"Id": "bad"}, {"Id": "fine", "Blob": "aGk="}]);
    let answer = world.ok(Op::BatchPutDocument, json!({"IndexId": index, "Documents": documents})).await;
    assert_eq!(answer["FailedDocuments"].as_array().unwrap().len(), 1);
    assert_eq!(answer["FailedDocuments"][0]["Id"], "bad");
    assert_eq!(world.store.inbox_len(&index).await.unwrap(), 2);
}

#[tokio::test]
async fn attributes_must_be_fields_of_their_type() {
    let world = World::new().await;
    let index = world.index().await;
    let with = |attributes: Value| json!({"Id": "d", "Blob": "", "Attributes": attributes});
    let city = put(&world, &index, with(json!([{"Key": "city", "Value": {"StringValue": "x"}}]))).await;
    assert_eq!(city.unwrap(), "No document metadata configuration found for document attribute key  city.");
    for (attributes, complaint) in [
        (json!([{"Key": "_category", "Value": {"LongValue": 1}}]), "must be of type STRING_VALUE"),
        (json!([{"Key": "_category", "Value": {}}]), "has no value"),
        (json!([{"Key": "_category", "Value": {"StringValue": "a", "LongValue": 1}}]), "more than one value"),
        (
            json!([{"Key": "_category", "Value": {"StringValue": "a"}}, {"Key": "_category", "Value": {"StringValue": "b"}}]),
            "given twice",
        ),
        (
            json!([{"Key": "_data_source_sync_job_execution_id", "Value": {"StringValue": "j"}}]),
            "needs `_data_source_id`",
        ),
        (json!([{"Key": "_data_source_id", "Value": {"StringValue": "nothing"}}]), "data source `nothing` not found"),
        (json!([{"Key": "_user_id", "Value": {"StringValue": "ada"}}]), "No document metadata configuration found"),
    ] {
        let message = put(&world, &index, with(attributes)).await.unwrap();
        assert!(message.contains(complaint), "{message}");
    }
}

#[tokio::test]
async fn content_comes_from_one_place_and_has_a_limit() {
    let world = World::with(|settings| settings.quotas = Quotas::Kendra).await;
    let index = world.index().await;
    world.object("bucket", "a.txt", b"from s3");
    let s3 = |key: &str| json!({"Id": "d", "S3Path": {"Bucket": "bucket", "Key": key}});
    assert_eq!(put(&world, &index, s3("a.txt")).await, None);
    assert_eq!(world.store.inbox(&index, 1, usize::MAX).await.unwrap()[0].content, b"from s3");
    assert!(put(&world, &index, s3("b.txt")).await.unwrap().contains("does not exist"));
    assert!(put(&world, &index, s3("../../sangam.db")).await.unwrap().contains("leaves its bucket"));
    world.object("bucket", "large.txt", &vec![b'x'; 5 * 1024 * 1024 + 1]);
    assert!(put(&world, &index, s3("large.txt")).await.unwrap().contains("more than 5242880 bytes"));
    let both = json!({"Id": "d", "Blob": "", "S3Path": {"Bucket": "bucket", "Key": "a.txt"}});
    assert!(put(&world, &index, both).await.unwrap().contains("both"));
}

#[tokio::test]
async fn what_is_not_built_is_refused_as_a_whole() {
    let world = World::new().await;
    let index = world.index().await;
    let enriched =
        json!({"IndexId": index, "Documents": [{"Id": "d", "Blob": ""}], "CustomDocumentEnrichmentConfiguration": {}});
    let error = world.refused(Op::BatchPutDocument, enriched).await;
    assert_eq!(error, "ValidationException: CustomDocumentEnrichmentConfiguration is not implemented yet");
    let configured =
        json!({"IndexId": index, "Documents": [{"Id": "d", "Blob": "", "AccessControlConfigurationId": "a"}]});
    let error = world.refused(Op::BatchPutDocument, configured).await;
    assert!(error.ends_with("AccessControlConfigurationId is not implemented yet"), "{error}");
    assert_eq!(world.store.inbox_len(&index).await.unwrap(), 0);
}

#[tokio::test]
async fn deletion_obeys_ownership_and_passes_over_the_unknown() {
    let world = World::new().await;
    let index = world.index().await;
    let source = world.data_source(&index, "CUSTOM").await;
    world.ok(Op::StartDataSourceSyncJob, json!({"IndexId": index, "Id": source})).await;
    let owned = json!({"Id": "owned", "Blob": "", "Attributes": [{"Key": "_data_source_id", "Value": {"StringValue": source}}]});
    assert_eq!(put(&world, &index, owned).await, None);
    assert_eq!(put(&world, &index, json!({"Id": "mine", "Blob": ""})).await, None);

    let target = json!({"DataSourceId": source});
    let delete = |ids: Value| json!({"IndexId": index, "DocumentIdList": ids, "DataSourceSyncJobMetricTarget": target});
    let answer = world.ok(Op::BatchDeleteDocument, delete(json!(["mine", "owned", "unknown"]))).await;
    assert_eq!(answer["FailedDocuments"].as_array().unwrap().len(), 1);
    assert_eq!(answer["FailedDocuments"][0]["Id"], "mine");
    let answer = world.ok(Op::BatchDeleteDocument, json!({"IndexId": index, "DocumentIdList": ["mine"]})).await;
    assert_eq!(answer["FailedDocuments"], json!([]));
    let left = world.store.entries(&index, &["mine".into(), "owned".into()]).await.unwrap();
    assert!(left.is_empty());

    world.ok(Op::StopDataSourceSyncJob, json!({"IndexId": index, "Id": source})).await;
    let answer = world.ok(Op::BatchDeleteDocument, delete(json!(["owned"]))).await;
    assert_eq!(answer["FailedDocuments"].as_array().unwrap().len(), 1, "no job is in progress");
}

#[tokio::test]
async fn a_connectors_document_cannot_be_touched() {
    let world = World::new().await;
    let index = world.index().await;
    let source = world.data_source(&index, "TEMPLATE").await;
    // As a sync would have left it.
    let synced = sangam_store::AcceptedDocument {
        document_id: "page".into(),
        document: "{}".into(),
        content: vec![],
        lists: vec![],
        data_source_id: Some(source.clone()),
        job_id: None,
    };
    world.store.accept(&index, &[synced]).await.unwrap();
    let message = put(&world, &index, json!({"Id": "page", "Blob": ""})).await.unwrap();
    assert!(message.contains("belongs to data source"), "{message}");
    let claim = json!({"Id": "other", "Blob": "", "Attributes": [{"Key": "_data_source_id", "Value": {"StringValue": source}}]});
    assert!(put(&world, &index, claim).await.unwrap().contains("not of type CUSTOM"));
    let answer = world.ok(Op::BatchDeleteDocument, json!({"IndexId": index, "DocumentIdList": ["page"]})).await;
    assert!(answer["FailedDocuments"][0]["ErrorMessage"].as_str().unwrap().contains("whose syncs delete it"));
}

#[tokio::test]
async fn a_status_may_be_asked_for_a_job() {
    let world = World::new().await;
    let index = world.index().await;
    put(&world, &index, json!({"Id": "d", "Blob": ""})).await;
    let ask = |attributes: Value| json!({"IndexId": index, "DocumentInfoList": [{"DocumentId": "d", "Attributes": attributes}]});
    let text = |key: &str| json!({"Key": key, "Value": {"StringValue": "x"}});
    let answer = world.ok(Op::BatchGetDocumentStatus, ask(json!([text("datasourceId"), text("jobExecutionId")]))).await;
    assert_eq!(answer["DocumentStatusList"][0]["DocumentStatus"], "NOT_FOUND");
    let answer = world.ok(Op::BatchGetDocumentStatus, ask(json!([text("version")]))).await;
    assert_eq!(answer["DocumentStatusList"][0]["DocumentStatus"], "PROCESSING");
    for attributes in [json!([text("datasourceId")]), json!([text("jobExecutionId")]), json!([text("other")])] {
        let error = world.refused(Op::BatchGetDocumentStatus, ask(attributes)).await;
        assert!(error.starts_with("ValidationException"), "{error}");
    }
}

#[tokio::test]
async fn a_status_waits_until_queries_see_what_it_says() {
    let world = World::new().await;
    let index = world.index().await;
    let ask = json!({"IndexId": index, "DocumentInfoList": [{"DocumentId": "a"}]});
    world.ok(Op::BatchGetDocumentStatus, ask).await;
    assert!(world.host.logged(&format!("shown {index}")));
}
