//! `Query` and `Retrieve`.

use sangam_access::{ReaderRequest, ScopedGroup};
use sangam_api::KendraOperation as Op;
use sangam_service::{Audience, NoUserContext, Quotas};
use serde_json::{Value, json};

use crate::world::{ROLE, World};

fn ask(index: &str, more: Value) -> Value {
    let mut input = json!({"IndexId": index, "QueryText": "how do I"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn an_answer_has_the_form_that_clients_rely_on() {
    let world = World::new().await;
    let index = world.index().await;
    let answer = world.ok(Op::Query, ask(&index, json!({}))).await;
    assert_eq!(answer["TotalNumberOfResults"], 7);
    assert_eq!(answer["FacetResults"], json!([]));
    let item = &answer["ResultItems"][0];
    let query_id = answer["QueryId"].as_str().unwrap();
    assert!(item["Id"].as_str().unwrap().starts_with(query_id) && item["Id"].as_str().unwrap().len() == 73);
    assert_eq!((&item["Type"], &item["AdditionalAttributes"]), (&json!("DOCUMENT"), &json!([])));
    assert_eq!(item["DocumentTitle"], json!({"Text": "Title", "Highlights": []}));
    assert_eq!(item["ScoreAttributes"], json!({"ScoreConfidence": "HIGH"}));
    assert_eq!(item["DocumentAttributes"][0]["Value"], json!({"StringValue": "https://example.com/doc"}));
    assert_eq!(world.searcher.last().attributes, ["_document_title", "_source_uri"]);

    let answer = world.ok(Op::Retrieve, ask(&index, json!({}))).await;
    let item = &answer["ResultItems"][0];
    assert_eq!((&item["DocumentTitle"], &item["Content"]), (&json!("Title"), &json!("a passage")));
    assert_eq!(item["DocumentURI"], "", "a document without an address");
    assert!(answer["QueryId"].is_string() && answer.get("TotalNumberOfResults").is_none());
}

#[tokio::test]
async fn readers_are_named_in_one_way() {
    let world = World::new().await;
    let index = world.index().await;
    let context =
        json!({"UserId": "ada", "Groups": ["g"], "DataSourceGroups": [{"GroupId": "d", "DataSourceId": "s"}]});
    world.ok(Op::Query, ask(&index, json!({"UserContext": context}))).await;
    let expected = ReaderRequest {
        user: Some("ada".into()),
        groups: vec!["g".into()],
        data_source_groups: vec![ScopedGroup { name: "d".into(), data_source: Some("s".into()) }],
    };
    assert_eq!(world.searcher.last().audience, Audience::Request(expected));

    let by_filter = json!({"EqualsTo": {"Key": "_user_id", "Value": {"StringValue": "ben"}}});
    world.ok(Op::Retrieve, ask(&index, json!({"AttributeFilter": by_filter}))).await;
    let ben = ReaderRequest { user: Some("ben".into()), ..ReaderRequest::default() };
    assert_eq!(world.searcher.last().audience, Audience::Request(ben));
    assert_eq!(world.searcher.last().filter, None);

    for (more, complaint) in [
        (json!({"UserContext": {"UserId": "ada"}, "AttributeFilter": by_filter}), "cannot be combined"),
        (json!({"UserContext": {"Token": "t", "UserId": "ada"}}), "both Token and UserId"),
        (json!({"UserContext": {"Token": "t"}}), "no user token configuration"),
    ] {
        let error = world.refused(Op::Query, ask(&index, more)).await;
        assert!(error.starts_with("ValidationException") && error.contains(complaint), "{error}");
    }
}

#[tokio::test]
async fn nobody_named_sees_what_is_public_unless_everything_was_asked_for() {
    let nobody = || Audience::Request(ReaderRequest::default());
    for (setting, tag, expected) in [
        (NoUserContext::Public, None, nobody()),
        (NoUserContext::Everything, None, Audience::Everything),
        (NoUserContext::Public, Some("everything"), Audience::Everything),
        (NoUserContext::Everything, Some("public"), nobody()),
        (NoUserContext::Everything, Some("Everything "), nobody()),
    ] {
        let world = World::with(|settings| settings.no_user_context = setting).await;
        let mut create = json!({"Name": "n", "RoleArn": ROLE});
        if let Some(value) = tag {
            create["Tags"] = json!([{"Key": "sangam:no-user-context", "Value": value}]);
        }
        let index = world.ok(Op::CreateIndex, create).await["Id"].clone();
        let index = index.as_str().unwrap();
        world.ok(Op::Query, ask(index, json!({}))).await;
        assert_eq!(world.searcher.last().audience, expected, "{setting:?} {tag:?}");
        world.ok(Op::Query, ask(index, json!({"UserContext": {}}))).await;
        assert_eq!(world.searcher.last().audience, expected, "an empty user context names nobody");
        for nobody_named in [
            json!({"UserContext": {"UserId": "sangam:nobody"}}),
            json!({"AttributeFilter": {"EqualsTo": {"Key": "_user_id", "Value": {"StringValue": "sangam:nobody"}}}}),
        ] {
            world.ok(Op::Query, ask(index, nobody_named)).await;
            assert_eq!(world.searcher.last().audience, nobody(), "nobody on purpose finds what is public");
        }
        world.ok(Op::Query, ask(index, json!({"UserContext": {"UserId": "ada"}}))).await;
        assert!(matches!(world.searcher.last().audience, Audience::Request(reader) if !reader.is_empty()));
    }
}

#[tokio::test]
async fn an_index_that_wants_tokens_takes_nobodys_word() {
    let world = World::with(|settings| settings.no_user_context = NoUserContext::Everything).await;
    let tokens = json!([{"JsonTokenTypeConfiguration": {"UserNameAttributeField": "u", "GroupAttributeField": "g"}}]);
    let create =
        json!({"Name": "n", "RoleArn": ROLE, "UserContextPolicy": "USER_TOKEN", "UserTokenConfigurations": tokens});
    let index = world.ok(Op::CreateIndex, create).await["Id"].clone();
    let index = index.as_str().unwrap();
    world.ok(Op::Query, ask(index, json!({}))).await;
    assert_eq!(world.searcher.last().audience, Audience::Request(ReaderRequest::default()), "public only");
    let error = world.refused(Op::Query, ask(index, json!({"UserContext": {"UserId": "ada"}}))).await;
    assert!(error.contains("USER_TOKEN"), "{error}");
    let error = world.refused(Op::Query, ask(index, json!({"UserContext": {"Token": "{}"}}))).await;
    assert!(error.ends_with("UserContext.Token is not implemented yet"), "{error}");
}

#[tokio::test]
async fn pages_and_requested_attributes() {
    let world = World::with(|settings| settings.quotas = Quotas::Kendra).await;
    let index = world.index().await;
    let more = json!({"PageNumber": 3, "PageSize": 40, "RequestedDocumentAttributes": ["_source_uri", "_category", "unknown"]});
    world.ok(Op::Query, ask(&index, more)).await;
    let asked = world.searcher.last();
    assert_eq!((asked.offset, asked.limit), (80, 20));
    assert_eq!(asked.attributes, ["_source_uri"], "what is not displayable does not come back");
    let error = world.refused(Op::Query, ask(&index, json!({"PageSize": 101}))).await;
    assert_eq!(
        error,
        "ValidationException: 1 validation error detected: Value '101' at 'pageSize' failed to satisfy constraint: \
         Member must have value less than or equal to 100"
    );
    let error = world.refused(Op::Query, ask(&index, json!({"QueryText": "x".repeat(1001)}))).await;
    assert!(error.starts_with("ValidationException") && !error.contains("xx"), "{error}");
}

#[tokio::test]
async fn what_is_not_built_is_an_error_and_what_says_nothing_is_not() {
    let world = World::new().await;
    let index = world.index().await;
    for (more, what) in [
        (json!({"CollapseConfiguration": {"DocumentAttributeKey": "_category"}}), "CollapseConfiguration"),
        (
            json!({"SpellCorrectionConfiguration": {"IncludeQuerySpellCheckSuggestions": true}}),
            "SpellCorrectionConfiguration",
        ),
        (json!({"QueryResultTypeFilter": "ANSWER"}), "QueryResultTypeFilter other than DOCUMENT"),
        (
            json!({"DocumentRelevanceOverrideConfigurations": [{"Name": "_category", "Relevance": {}}]}),
            "DocumentRelevanceOverrideConfigurations",
        ),
    ] {
        let error = world.refused(Op::Query, ask(&index, more)).await;
        assert_eq!(error, format!("ValidationException: {what} is not implemented yet"));
    }
    let harmless = json!({"Facets": [], "QueryResultTypeFilter": "DOCUMENT", "VisitorId": "v",
        "SpellCorrectionConfiguration": {"IncludeQuerySpellCheckSuggestions": false}});
    world.ok(Op::Query, ask(&index, harmless)).await;
}

/// An index on which categories, authors and views can be counted, the category sorted by as from the start.
async fn countable(world: &World) -> String {
    let index = world.index().await;
    let search = |name: &str, kind: &str| json!({"Name": name, "Type": kind, "Search": {"Facetable": true}});
    let fields = json!([
        search("_category", "STRING_VALUE"),
        search("_authors", "STRING_LIST_VALUE"),
        search("_created_at", "DATE_VALUE"),
    ]);
    world.ok(Op::UpdateIndex, json!({"Id": index, "DocumentMetadataConfigurationUpdates": fields})).await;
    index
}

#[tokio::test]
async fn facets_are_counted_and_told_in_the_form_of_the_api() {
    let world = World::new().await;
    let index = countable(&world).await;
    let facets = json!([
        {"DocumentAttributeKey": "_category", "MaxResults": 2},
        {"DocumentAttributeKey": "_authors"},
        {"DocumentAttributeKey": "_created_at"},
    ]);
    let answer = world.ok(Op::Query, ask(&index, json!({"Facets": facets}))).await;
    assert_eq!(
        answer["FacetResults"],
        json!([
            {"DocumentAttributeKey": "_category", "DocumentAttributeValueType": "STRING_VALUE",
             "DocumentAttributeValueCountPairs": [{"DocumentAttributeValue": {"StringValue": "wiki"}, "Count": 3}]},
            {"DocumentAttributeKey": "_authors", "DocumentAttributeValueType": "STRING_LIST_VALUE",
             "DocumentAttributeValueCountPairs": [{"DocumentAttributeValue": {"StringValue": "wiki"}, "Count": 3}]},
            {"DocumentAttributeKey": "_created_at", "DocumentAttributeValueType": "DATE_VALUE",
             "DocumentAttributeValueCountPairs": [{"DocumentAttributeValue": {"DateValue": 1.5}, "Count": 3}]},
        ])
    );
    let asked: Vec<usize> = world.searcher.last().facets.iter().map(|facet| facet.n_values).collect();
    assert_eq!(asked, [2, 10, 10]);
    for (facet, complaint) in [
        (json!({"DocumentAttributeKey": "_version"}), "Attribute _version is not facetable"),
        (json!({"DocumentAttributeKey": "nowhere"}), "Attribute nowhere is not defined at the index level"),
        (json!({"MaxResults": 3}), "must have a DocumentAttributeKey"),
        (
            json!({"DocumentAttributeKey": "_category", "Facets": [{"DocumentAttributeKey": "_authors"}]}),
            "a facet below a facet is not implemented yet",
        ),
    ] {
        let error = world.refused(Op::Query, ask(&index, json!({"Facets": [facet]}))).await;
        assert!(error.starts_with("ValidationException") && error.contains(complaint), "{error}");
    }
}

#[tokio::test]
async fn results_are_sorted_by_fields_that_can_be() {
    let world = World::new().await;
    let index = countable(&world).await;
    let key = |name: &str, order: &str| json!({"DocumentAttributeKey": name, "SortOrder": order});
    let several = json!({"SortingConfigurations": [key("_created_at", "DESC"), key("_category", "ASC")]});
    world.ok(Op::Query, ask(&index, several)).await;
    let asked: Vec<(String, bool)> =
        world.searcher.last().sort.into_iter().map(|key| (key.field, key.descending)).collect();
    assert_eq!(asked, [("_created_at".to_owned(), true), ("_category".to_owned(), false)]);
    let both =
        json!({"SortingConfiguration": key("_category", "ASC"), "SortingConfigurations": [key("_category", "ASC")]});
    for (more, complaint) in [
        (both, "cannot be used together"),
        (json!({"SortingConfiguration": key("_authors", "ASC")}), "Attribute _authors is not sortable"),
        (json!({"SortingConfiguration": key("nowhere", "ASC")}), "not defined at the index level"),
    ] {
        let error = world.refused(Op::Query, ask(&index, more)).await;
        assert!(error.starts_with("ValidationException") && error.contains(complaint), "{error}");
    }
}

#[tokio::test]
async fn an_index_is_browsed_by_a_filter_or_facets_and_an_order() {
    let world = World::new().await;
    let index = countable(&world).await;
    let sort = json!({"DocumentAttributeKey": "_category", "SortOrder": "ASC"});
    let filter = json!({"EqualsTo": {"Key": "_category", "Value": {"StringValue": "wiki"}}});
    let facets = json!([{"DocumentAttributeKey": "_category"}]);
    for browse in [
        json!({"QueryText": null, "AttributeFilter": filter, "SortingConfiguration": sort}),
        json!({"QueryText": " ", "Facets": facets, "SortingConfigurations": [sort]}),
    ] {
        world.ok(Op::Query, ask(&index, browse)).await;
        assert_eq!(world.searcher.last().text.trim(), "");
    }
    for lacking in [
        json!({"QueryText": null}),
        json!({"QueryText": null, "AttributeFilter": filter}),
        json!({"QueryText": " ", "SortingConfiguration": sort}),
    ] {
        let error = world.refused(Op::Query, ask(&index, lacking)).await;
        assert!(error.starts_with("ValidationException: A query without QueryText must have"), "{error}");
    }
}

#[tokio::test]
async fn existence_comes_before_semantics() {
    let world = World::new().await;
    let nowhere = "00000000-0000-0000-0000-000000000000";
    for operation in [Op::Query, Op::Retrieve] {
        let error = world.refused(operation, ask(nowhere, json!({"PageSize": -1, "AttributeFilter": {}}))).await;
        assert_eq!(error, format!("ResourceNotFoundException: index `{nowhere}` not found"));
    }
}
