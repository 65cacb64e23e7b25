//! Data sources, with the sequences of infrastructure clients.

use sangam_api::KendraOperation as Op;
use serde_json::{Value, json};

use crate::world::{GATE, ROLE, WRONG_SERVER, World, template};

async fn described(world: &World, index: &str, id: &str) -> Value {
    world.ok(Op::DescribeDataSource, json!({"IndexId": index, "Id": id})).await
}

#[tokio::test]
async fn a_custom_data_source_shows_nothing_that_it_cannot_have() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "CUSTOM").await;
    let source = described(&world, &index, &id).await;
    assert_eq!(
        (&source["Status"], &source["LanguageCode"], &source["Type"]),
        (&json!("ACTIVE"), &json!("en"), &json!("CUSTOM"))
    );
    for absent in ["Configuration", "RoleArn", "Schedule", "CustomDocumentEnrichmentConfiguration", "Description"] {
        assert!(source.get(absent).is_none(), "{absent}");
    }
    for (member, value) in [
        ("Configuration", json!({"TemplateConfiguration": {"Template": template()}})),
        ("RoleArn", json!(ROLE)),
        ("Schedule", json!("cron(0 1 * * ? *)")),
    ] {
        let input = json!({"IndexId": index, "Name": "n", "Type": "CUSTOM", member: value.clone()});
        let error = world.refused(Op::CreateDataSource, input).await;
        assert!(error.starts_with(&format!("ValidationException: {member} cannot be given")), "{error}");
        let error = world.refused(Op::UpdateDataSource, json!({"IndexId": index, "Id": id, member: value})).await;
        assert!(error.contains("cannot be given"), "{error}");
    }
}

#[tokio::test]
async fn a_template_is_echoed_as_it_is_and_no_sync_starts() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "TEMPLATE").await;
    let source = described(&world, &index, &id).await;
    let configuration = json!({"TemplateConfiguration": {"Template": template()}});
    assert_eq!(
        source["Configuration"].to_string(),
        configuration.to_string(),
        "also the order and the kinds of numbers"
    );
    assert!(world.jobs.log.lock().unwrap().is_empty());
    let history = world.ok(Op::ListDataSourceSyncJobs, json!({"IndexId": index, "Id": id})).await;
    assert_eq!(history["History"], json!([]));
}

#[tokio::test]
async fn a_template_is_refused_with_all_that_is_wrong_in_it() {
    let world = World::new().await;
    let index = world.index().await;
    let create = |template: Value| {
        json!({"IndexId": index, "Name": "n", "Type": "TEMPLATE", "RoleArn": ROLE,
            "Configuration": {"TemplateConfiguration": {"Template": template}}})
    };
    let error = world.refused(Op::CreateDataSource, create(json!({"type": "CONFLUENCEV2"}))).await;
    assert_eq!(
        error,
        "ValidationException: 2 validation errors detected: `syncMode` is required; `hostUrl` is required"
    );
    let error = world.refused(Op::CreateDataSource, create(json!("CONFLUENCEV2"))).await;
    assert!(error.contains("JSON object"), "{error}");
    for untyped in [json!({}), json!({"type": null}), json!({"type": " "}), json!({"type": 2})] {
        let error = world.refused(Op::CreateDataSource, create(untyped)).await;
        assert!(error.starts_with("ValidationException: 1 validation error detected: `type`"), "{error}");
    }
    let id = world.data_source(&index, "TEMPLATE").await;
    let broken = json!({"TemplateConfiguration": {"Template": {"type": "CONFLUENCEV2", "syncMode": "FULL_CRAWL"}}});
    let error = world.refused(Op::UpdateDataSource, json!({"IndexId": index, "Id": id, "Configuration": broken})).await;
    assert!(error.contains("1 validation error detected: `hostUrl` is required"), "{error}");
    assert_eq!(described(&world, &index, &id).await["Configuration"]["TemplateConfiguration"]["Template"], template());
}

#[tokio::test]
async fn other_types_are_recorded_and_echoed() {
    let world = World::new().await;
    let index = world.index().await;
    for (kind, configuration) in [
        ("S3", json!({"S3Configuration": {"BucketName": "bucket-name", "InclusionPrefixes": ["a"]}})),
        (
            "WEBCRAWLER",
            json!({"WebCrawlerConfiguration": {"Urls": {"SeedUrlConfiguration": {"SeedUrls": ["https://example.com"]}}, "CrawlDepth": 2}}),
        ),
        (
            "CONFLUENCE",
            json!({"ConfluenceConfiguration": {"ServerUrl": "https://example.atlassian.net", "Version": "CLOUD",
                "SecretArn": "arn:aws:secretsmanager:eu-west-1:000000000000:secret:confluence-AbCdEf"}}),
        ),
    ] {
        let enrichment = json!({"InlineConfigurations": [{"Condition": {"ConditionDocumentAttributeKey": "_source_uri",
            "Operator": "Contains", "ConditionOnValue": {"DateValue": 1_577_934_245.5}}, "DocumentContentDeletion": false}]});
        let input = json!({"IndexId": index, "Name": "n", "Type": kind, "RoleArn": ROLE, "Configuration": configuration,
            "CustomDocumentEnrichmentConfiguration": enrichment});
        let id = world.ok(Op::CreateDataSource, input).await["Id"].clone();
        let source = described(&world, &index, id.as_str().unwrap()).await;
        assert_eq!(source["Configuration"], configuration);
        assert_eq!(source["CustomDocumentEnrichmentConfiguration"], enrichment);
        let error = world.refused(Op::StartDataSourceSyncJob, json!({"IndexId": index, "Id": id})).await;
        assert!(error.starts_with("ValidationException") && error.ends_with("is not implemented yet"), "{error}");
    }
}

#[tokio::test]
async fn a_configuration_of_the_first_generation_is_checked_by_its_connector() {
    let world = World::new().await;
    let index = world.index().await;
    let secret = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:confluence-AbCdEf";
    let wrong = json!({"ServerUrl": WRONG_SERVER, "Version": "CLOUD", "SecretArn": secret});
    let input = json!({"IndexId": index, "Name": "n", "Type": "CONFLUENCE", "RoleArn": ROLE,
        "Configuration": {"ConfluenceConfiguration": wrong}});
    let error = world.refused(Op::CreateDataSource, input).await;
    assert_eq!(error, "ValidationException: 1 validation error detected: `ConfluenceConfiguration.ServerUrl` is wrong");
}

#[tokio::test]
async fn what_a_type_needs_must_be_there() {
    let world = World::new().await;
    let index = world.index().await;
    let s3 = json!({"S3Configuration": {"BucketName": "bucket-name"}});
    for (input, complaint) in [
        (json!({"Configuration": s3}), "RoleArn is required"),
        (json!({"RoleArn": ROLE}), "Configuration is required"),
        (json!({"RoleArn": ROLE, "Configuration": {}}), "must have S3Configuration and nothing else"),
        (
            json!({"RoleArn": ROLE, "Configuration": {"TemplateConfiguration": {"Template": {}}}}),
            "must have S3Configuration and nothing else",
        ),
        (json!({"RoleArn": ROLE, "Configuration": s3, "Schedule": "rate(1 day)"}), "rate() is not supported"),
    ] {
        let mut create = json!({"IndexId": index, "Name": "n", "Type": "S3"});
        create.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        let error = world.refused(Op::CreateDataSource, create).await;
        assert!(error.starts_with("ValidationException") && error.contains(complaint), "{error}");
        for hang in ["Please make sure your role exists", "Secrets Manager throws the exception"] {
            assert!(!error.contains(hang), "Terraform would retry for minutes");
        }
    }
}

#[tokio::test]
async fn an_update_is_partial_and_empty_texts_clear() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "TEMPLATE").await;
    let update = |more: Value| {
        let mut input = json!({"IndexId": index, "Id": id});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    world.ok(Op::UpdateDataSource, update(json!({"Description": "d", "Schedule": "cron(0 1 * * ? *)"}))).await;
    world.ok(Op::UpdateDataSource, update(json!({"Name": "other", "LanguageCode": "de"}))).await;
    let source = described(&world, &index, &id).await;
    assert_eq!(source["Schedule"], "cron(0 1 * * ? *)");
    assert_eq!(
        (&source["Name"], &source["Description"], &source["LanguageCode"]),
        (&json!("other"), &json!("d"), &json!("de"))
    );
    world.ok(Op::UpdateDataSource, update(json!({"Description": "", "Schedule": ""}))).await;
    let source = described(&world, &index, &id).await;
    assert!(source.get("Schedule").is_none() && source.get("Description").is_none());
    assert_eq!(source["Configuration"]["TemplateConfiguration"]["Template"], template());
}

#[tokio::test]
async fn a_client_token_stands_for_one_data_source_of_one_index() {
    let world = World::new().await;
    let (first, second) = (world.index().await, world.index().await);
    let create =
        |index: &str, name: &str| json!({"IndexId": index, "Name": name, "Type": "CUSTOM", "ClientToken": "t"});
    let one = world.ok(Op::CreateDataSource, create(&first, "a")).await;
    assert_eq!(world.ok(Op::CreateDataSource, create(&first, "a")).await, one);
    assert_ne!(world.ok(Op::CreateDataSource, create(&second, "a")).await, one);
    let error = world.refused(Op::CreateDataSource, create(&first, "b")).await;
    assert!(error.starts_with("ConflictException"), "{error}");
}

#[tokio::test]
async fn a_deleted_data_source_is_deleting_then_not_found() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "CUSTOM").await;
    let both = json!({"IndexId": index, "Id": id});
    let closed = world.host.gate.acquire_many(GATE as u32).await.unwrap();
    world.ok(Op::DeleteDataSource, both.clone()).await;
    assert_eq!(described(&world, &index, &id).await["Status"], "DELETING");
    world.ok(Op::DeleteDataSource, both.clone()).await;
    for operation in [Op::StartDataSourceSyncJob, Op::UpdateDataSource] {
        let error = world.refused(operation, both.clone()).await;
        assert!(error.starts_with("ConflictException"), "{error}");
    }
    drop(closed);
    world.service.finish().await;
    for operation in [Op::DescribeDataSource, Op::DeleteDataSource, Op::UpdateDataSource, Op::StartDataSourceSyncJob] {
        let error = world.refused(operation, both.clone()).await;
        assert!(error.starts_with("ResourceNotFoundException"), "{error}");
    }
    assert!(world.host.logged(&format!("remove documents of {id}")));
    assert!(world.host.logged(&format!("access changed {index}")));
}

#[tokio::test]
async fn the_list_has_them_all_and_existence_comes_before_semantics() {
    let world = World::new().await;
    let index = world.index().await;
    for _ in 0..3 {
        world.data_source(&index, "CUSTOM").await;
    }
    let first = world.ok(Op::ListDataSources, json!({"IndexId": index, "MaxResults": 2})).await;
    assert_eq!(first["SummaryItems"].as_array().unwrap().len(), 2);
    let rest = world.ok(Op::ListDataSources, json!({"IndexId": index, "NextToken": first["NextToken"]})).await;
    assert_eq!(rest["SummaryItems"].as_array().unwrap().len(), 1);
    assert!(rest.get("NextToken").is_none());

    let nowhere = "00000000-0000-0000-0000-000000000000";
    let wrong = json!({"IndexId": nowhere, "Name": "n", "Type": "CUSTOM", "Schedule": "rate(1 day)"});
    let error = world.refused(Op::CreateDataSource, wrong).await;
    assert_eq!(error, format!("ResourceNotFoundException: index `{nowhere}` not found"));
}
