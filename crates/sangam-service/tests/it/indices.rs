//! Indices, with the sequences of infrastructure clients.

use sangam_api::KendraOperation as Op;
use sangam_service::Quotas;
use serde_json::{Value, json};

use crate::world::{GATE, ROLE, World};

async fn described(world: &World, id: &str) -> Value {
    world.ok(Op::DescribeIndex, json!({"Id": id})).await
}

fn field<'a>(index: &'a Value, name: &str) -> &'a Value {
    let fields = index["DocumentMetadataConfigurations"].as_array().unwrap();
    fields.iter().find(|field| field["Name"] == name).unwrap_or_else(|| panic!("no field {name}"))
}

#[tokio::test]
async fn a_fresh_index_is_active_and_shows_exactly_what_terraform_expects() {
    let world = World::new().await;
    let id = world.index().await;
    let index = described(&world, &id).await;
    assert_eq!(index["Status"], "ACTIVE");
    assert_eq!(index["Edition"], "ENTERPRISE_EDITION");
    assert_eq!(index["UserContextPolicy"], "ATTRIBUTE_FILTER");
    assert_eq!(index["CapacityUnits"], json!({"StorageCapacityUnits": 0, "QueryCapacityUnits": 0}));
    let statistics = json!({
        "FaqStatistics": {"IndexedQuestionAnswersCount": 0},
        "TextDocumentStatistics": {"IndexedTextDocumentsCount": 0, "IndexedTextBytes": 0}
    });
    assert_eq!(index["IndexStatistics"], statistics);
    for absent in [
        "Description",
        "ErrorMessage",
        "ServerSideEncryptionConfiguration",
        "UserTokenConfigurations",
        "UserGroupResolutionConfiguration",
    ] {
        assert!(index.get(absent).is_none(), "{absent}");
    }
    assert!(index["CreatedAt"].is_number() && index["UpdatedAt"].is_number());
}

#[tokio::test]
async fn the_fourteen_predefined_fields() {
    let world = World::new().await;
    let index = described(&world, &world.index().await).await;
    let rows: Vec<String> = index["DocumentMetadataConfigurations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| {
            let flag = |name: &str| if field["Search"][name].as_bool().unwrap() { '+' } else { '-' };
            let flags: String = ["Displayable", "Facetable", "Searchable", "Sortable"].map(flag).iter().collect();
            format!(
                "{} {} {flags} {}",
                field["Name"].as_str().unwrap(),
                field["Type"].as_str().unwrap(),
                field["Relevance"]
            )
        })
        .collect();
    let date = r#"{"Freshness":false,"Importance":1,"Duration":"25920000s","RankOrder":"ASCENDING"}"#;
    let text = r#"{"Importance":1,"ValueImportanceMap":{}}"#;
    assert_eq!(
        rows,
        [
            r#"_authors STRING_LIST_VALUE ---- {"Importance":1}"#.to_owned(),
            format!("_category STRING_VALUE ---+ {text}"),
            format!("_created_at DATE_VALUE ---+ {date}"),
            format!("_data_source_id STRING_VALUE ---+ {text}"),
            r#"_document_title STRING_VALUE +-++ {"Importance":2,"ValueImportanceMap":{}}"#.to_owned(),
            r#"_excerpt_page_number LONG_VALUE ---- {"Importance":2,"RankOrder":"ASCENDING"}"#.to_owned(),
            format!("_faq_id STRING_VALUE ---+ {text}"),
            format!("_file_type STRING_VALUE ---+ {text}"),
            format!("_language_code STRING_VALUE ---+ {text}"),
            format!("_last_updated_at DATE_VALUE ---+ {date}"),
            format!("_source_uri STRING_VALUE +--- {text}"),
            format!("_tenant_id STRING_VALUE ---+ {text}"),
            format!("_version STRING_VALUE ---+ {text}"),
            r#"_view_count LONG_VALUE ---+ {"Importance":1,"RankOrder":"ASCENDING"}"#.to_owned(),
        ]
    );
}

#[tokio::test]
async fn what_was_sent_is_echoed() {
    let world = World::new().await;
    let sent = json!({
        "Name": "all", "RoleArn": ROLE, "Edition": "DEVELOPER_EDITION", "Description": "everything",
        "ServerSideEncryptionConfiguration": {"KmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"},
        "UserContextPolicy": "USER_TOKEN",
        "UserGroupResolutionConfiguration": {"UserGroupResolutionMode": "NONE"},
        "UserTokenConfigurations": [{"JsonTokenTypeConfiguration": {"UserNameAttributeField": "u", "GroupAttributeField": "g"}}],
    });
    let id = world.ok(Op::CreateIndex, sent.clone()).await["Id"].as_str().unwrap().to_owned();
    let index = described(&world, &id).await;
    for (member, value) in sent.as_object().unwrap() {
        assert_eq!(&index[member], value, "{member}");
    }
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_nothing_else() {
    let world = World::new().await;
    let create = json!({"Name": "n", "RoleArn": ROLE, "Description": "d"});
    let id = world.ok(Op::CreateIndex, create).await["Id"].as_str().unwrap().to_owned();
    let before = described(&world, &id).await;
    let units = json!({"StorageCapacityUnits": 1, "QueryCapacityUnits": 2});
    for (member, value) in [
        ("Name", json!("other")),
        ("RoleArn", json!("arn:aws:iam::1:role/other")),
        ("Description", json!("another")),
        ("CapacityUnits", units),
        ("UserGroupResolutionConfiguration", json!({"UserGroupResolutionMode": "AWS_SSO"})),
    ] {
        world.ok(Op::UpdateIndex, json!({"Id": id, member: value.clone()})).await;
        let after = described(&world, &id).await;
        assert_eq!(after[member], value);
        assert_eq!(after["Status"], "ACTIVE");
        assert_eq!(after["DocumentMetadataConfigurations"], before["DocumentMetadataConfigurations"]);
    }
    let after = described(&world, &id).await;
    assert_eq!((&after["Name"], &after["Description"]), (&json!("other"), &json!("another")));
    world.ok(Op::UpdateIndex, json!({"Id": id, "Description": ""})).await;
    assert!(described(&world, &id).await.get("Description").is_none());
}

#[tokio::test]
async fn fields_are_sent_back_unchanged_and_one_is_added() {
    let world = World::new().await;
    let id = world.index().await;
    let shown = described(&world, &id).await["DocumentMetadataConfigurations"].clone();
    world.ok(Op::UpdateIndex, json!({"Id": id, "DocumentMetadataConfigurationUpdates": shown})).await;
    assert_eq!(described(&world, &id).await["DocumentMetadataConfigurations"], shown);

    let mut more = shown.as_array().unwrap().clone();
    more.push(json!({"Name": "team", "Type": "STRING_VALUE", "Search": {"Facetable": true, "Sortable": true},
        "Relevance": {"Importance": 3, "ValueImportanceMap": {"core": 7}}}));
    world.ok(Op::UpdateIndex, json!({"Id": id, "DocumentMetadataConfigurationUpdates": more})).await;
    let index = described(&world, &id).await;
    assert_eq!(index["DocumentMetadataConfigurations"].as_array().unwrap().len(), 15);
    let expected = json!({"Name": "team", "Type": "STRING_VALUE",
        "Search": {"Facetable": true, "Searchable": true, "Displayable": true, "Sortable": true},
        "Relevance": {"Importance": 3, "ValueImportanceMap": {"core": 7}}});
    assert_eq!(field(&index, "team"), &expected);

    let change = json!([{"Name": "team", "Type": "LONG_VALUE"}]);
    let error = world.refused(Op::UpdateIndex, json!({"Id": id, "DocumentMetadataConfigurationUpdates": change})).await;
    assert!(error.starts_with("ValidationException: the type of field `team` cannot be changed"), "{error}");
}

#[tokio::test]
async fn a_client_token_stands_for_one_index() {
    let world = World::new().await;
    let input = |name: &str| json!({"Name": name, "RoleArn": ROLE, "ClientToken": "terraform-20260101000000"});
    let first = world.ok(Op::CreateIndex, input("a")).await;
    assert_eq!(world.ok(Op::CreateIndex, input("a")).await, first);
    let error = world.refused(Op::CreateIndex, input("b")).await;
    assert!(error.starts_with("ConflictException"), "{error}");
    let list = world.ok(Op::ListIndices, json!({})).await;
    assert_eq!(list["IndexConfigurationSummaryItems"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_deleted_index_is_deleting_then_not_found() {
    let world = World::new().await;
    let id = world.index().await;
    let source = world.data_source(&id, "TEMPLATE").await;
    let closed = world.host.gate.acquire_many(GATE as u32).await.unwrap();
    world.ok(Op::DeleteIndex, json!({"Id": id})).await;
    assert_eq!(described(&world, &id).await["Status"], "DELETING");
    world.ok(Op::DeleteIndex, json!({"Id": id})).await;
    let error = world.refused(Op::UpdateIndex, json!({"Id": id, "Name": "x"})).await;
    assert!(error.starts_with("ConflictException"), "{error}");
    drop(closed);
    world.service.finish().await;
    for operation in [Op::DescribeIndex, Op::DeleteIndex, Op::UpdateIndex] {
        let error = world.refused(operation, json!({"Id": id})).await;
        assert!(error.starts_with("ResourceNotFoundException"), "{error}");
    }
    assert!(world.jobs.logged(&format!("quiesce {source}")));
    assert!(world.host.logged(&format!("remove {id}")));
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_no_half_made_index() {
    let world = World::new().await;
    let closed = world.host.gate.acquire_many(GATE as u32).await.unwrap();
    let create = world.call(Op::CreateIndex, json!({"Name": "n", "RoleArn": ROLE}));
    let hung_up = tokio::time::timeout(std::time::Duration::from_millis(50), create).await;
    assert!(hung_up.is_err());
    drop(closed);
    world.service.finish().await;
    let list = world.ok(Op::ListIndices, json!({})).await;
    assert_eq!(list["IndexConfigurationSummaryItems"][0]["Status"], "ACTIVE");
}

#[tokio::test]
async fn an_index_that_cannot_be_made_is_failed_and_says_so() {
    let world = World::new().await;
    world.host.fails.store(true, std::sync::atomic::Ordering::Relaxed);
    let id = world.index().await;
    let index = described(&world, &id).await;
    assert_eq!(index["Status"], "FAILED");
    assert!(index["ErrorMessage"].as_str().unwrap().contains("could not be made"));
    world.host.fails.store(false, std::sync::atomic::Ordering::Relaxed);
    world.ok(Op::DeleteIndex, json!({"Id": id})).await;
}

#[tokio::test]
async fn rules_of_the_editions() {
    let world = World::new().await;
    let gen_ai = |more: Value| {
        let mut input = json!({"Name": "n", "RoleArn": ROLE, "Edition": "GEN_AI_ENTERPRISE_EDITION"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let tokens = json!([{"JsonTokenTypeConfiguration": {"UserNameAttributeField": "u", "GroupAttributeField": "g"}}]);
    for more in [json!({"UserContextPolicy": "USER_TOKEN"}), json!({"UserTokenConfigurations": tokens})] {
        let error = world.refused(Op::CreateIndex, gen_ai(more)).await;
        assert!(error.starts_with("ValidationException") && error.contains("GEN_AI"), "{error}");
    }
    let id = world.ok(Op::CreateIndex, gen_ai(json!({}))).await["Id"].clone();
    let error = world.refused(Op::UpdateIndex, json!({"Id": id, "UserContextPolicy": "USER_TOKEN"})).await;
    assert!(error.contains("GEN_AI"), "{error}");
    let error =
        world.refused(Op::CreateIndex, json!({"Name": "n", "RoleArn": ROLE, "UserTokenConfigurations": [{}]})).await;
    assert!(error.contains("one of JwtTokenTypeConfiguration"), "{error}");
}

#[tokio::test]
async fn quotas_are_off_until_they_are_asked_for() {
    let world = World::new().await;
    for _ in 0..11 {
        world.index().await;
    }
    let world = World::with(|settings| settings.quotas = Quotas::Kendra).await;
    for _ in 0..10 {
        world.index().await;
    }
    let error = world.refused(Op::CreateIndex, json!({"Name": "n", "RoleArn": ROLE})).await;
    assert!(error.starts_with("ServiceQuotaExceededException"), "{error}");
}

#[tokio::test]
async fn a_list_goes_on_where_its_token_says() {
    let world = World::new().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(world.index().await);
    }
    let mut listed = Vec::new();
    let mut token = Value::Null;
    loop {
        let page = world.ok(Op::ListIndices, json!({"MaxResults": 2, "NextToken": token})).await;
        for item in page["IndexConfigurationSummaryItems"].as_array().unwrap() {
            assert_eq!((&item["Status"], &item["Edition"]), (&json!("ACTIVE"), &json!("ENTERPRISE_EDITION")));
            listed.push(item["Id"].as_str().unwrap().to_owned());
        }
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    made.sort();
    listed.sort();
    assert_eq!(listed, made);
    let error = world.refused(Op::ListIndices, json!({"NextToken": "mine"})).await;
    assert!(error.starts_with("ValidationException"), "{error}");
}
