//! The words of AWS for each kind of mistake.

use insta::assert_snapshot;
use sangam_api::{ApiError, KendraOperation, KendraRequest, SecretsOperation, SecretsRequest};
use serde_json::{Value, json};

const INDEX_ID: &str = "0aaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";

fn kendra(operation: KendraOperation, body: &Value) -> ApiError {
    KendraRequest::parse(operation, body.to_string().as_bytes()).unwrap_err()
}

fn query(mut body: Value) -> ApiError {
    if body.get("IndexId").is_none() {
        body["IndexId"] = INDEX_ID.into();
    }
    kendra(KendraOperation::Query, &body)
}

#[test]
fn length_and_pattern_of_a_string() {
    assert_snapshot!(query(json!({"IndexId": "x"})), @"ValidationException: 1 validation error detected: Value 'x' at 'indexId' failed to satisfy constraint: Member must have length greater than or equal to 36");
    assert_snapshot!(query(json!({"IndexId": "x".repeat(37)})), @"ValidationException: 1 validation error detected: Value 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' at 'indexId' failed to satisfy constraint: Member must have length less than or equal to 36");
    assert_snapshot!(query(json!({"IndexId": "_".repeat(36)})), @"ValidationException: 1 validation error detected: Value '____________________________________' at 'indexId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9][a-zA-Z0-9-]*");
}

#[test]
fn a_missing_member() {
    assert_snapshot!(kendra(KendraOperation::Query, &json!({})), @"ValidationException: 1 validation error detected: Value null at 'indexId' failed to satisfy constraint: Member must not be null");
    assert_snapshot!(kendra(KendraOperation::Query, &json!({"IndexId": null})), @"ValidationException: 1 validation error detected: Value null at 'indexId' failed to satisfy constraint: Member must not be null");
}

#[test]
fn several_mistakes_are_all_told() {
    let error = query(json!({"IndexId": "", "VisitorId": "", "SortingConfiguration": {"SortOrder": "UP"}}));
    assert_snapshot!(error, @"ValidationException: 6 validation errors detected: Value '' at 'indexId' failed to satisfy constraint: Member must have length greater than or equal to 36; Value '' at 'indexId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9][a-zA-Z0-9-]*; Value null at 'sortingConfiguration.documentAttributeKey' failed to satisfy constraint: Member must not be null; Value 'UP' at 'sortingConfiguration.sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [DESC, ASC]; Value '' at 'visitorId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'visitorId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9][a-zA-Z0-9_-]*");
}

#[test]
fn enums_and_nested_members() {
    let filter = json!({"AttributeFilter": {"AndAllFilters": [{"EqualsTo": {"Key": "a", "Value": {}}}, {"EqualsTo": {"Key": "", "Value": {}}}]}});
    assert_snapshot!(query(filter), @"ValidationException: 2 validation errors detected: Value '' at 'attributeFilter.andAllFilters.2.member.equalsTo.key' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'attributeFilter.andAllFilters.2.member.equalsTo.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_][a-zA-Z0-9_-]*");
    let error = kendra(
        KendraOperation::CreateIndex,
        &json!({"Name": "n", "RoleArn": "arn:aws:iam::000000000000:role/r", "Edition": "HUGE"}),
    );
    assert_snapshot!(error, @"ValidationException: 1 validation error detected: Value 'HUGE' at 'edition' failed to satisfy constraint: Member must satisfy enum value set: [DEVELOPER_EDITION, ENTERPRISE_EDITION, GEN_AI_ENTERPRISE_EDITION]");
}

#[test]
fn numbers() {
    let list = |max| kendra(KendraOperation::ListIndices, &json!({"MaxResults": max}));
    assert_snapshot!(list(0), @"ValidationException: 1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1");
    assert_snapshot!(list(101), @"ValidationException: 1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100");
}

#[test]
fn lists() {
    let status = |list: Value| {
        kendra(KendraOperation::BatchGetDocumentStatus, &json!({"IndexId": INDEX_ID, "DocumentInfoList": list}))
    };
    assert_snapshot!(status(json!([])), @"ValidationException: 1 validation error detected: Value '[]' at 'documentInfoList' failed to satisfy constraint: Member must have length greater than or equal to 1");
    let eleven: Vec<Value> = (0..11).map(|i| json!({"DocumentId": i.to_string()})).collect();
    assert_snapshot!(status(eleven.into()), @"ValidationException: 1 validation error detected: Value at 'documentInfoList' failed to satisfy constraint: Member must have length less than or equal to 10");
    assert_snapshot!(status(json!([{"DocumentId": "a"}, null])), @"ValidationException: 1 validation error detected: Value null at 'documentInfoList.2.member' failed to satisfy constraint: Member must not be null");
}

#[test]
fn maps() {
    let update = |map: Value| {
        let field = json!({"Name": "f", "Type": "STRING_VALUE", "Relevance": {"ValueImportanceMap": map}});
        kendra(KendraOperation::UpdateIndex, &json!({"Id": INDEX_ID, "DocumentMetadataConfigurationUpdates": [field]}))
    };
    assert_snapshot!(update(json!({"": 1})), @"ValidationException: 1 validation error detected: Value '' at 'documentMetadataConfigurationUpdates.1.member.relevance.valueImportanceMap' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length greater than or equal to 1]");
    assert_snapshot!(update(json!({"good": 11})), @"ValidationException: 1 validation error detected: Value '11' at 'documentMetadataConfigurationUpdates.1.member.relevance.valueImportanceMap' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 10]");
}

#[test]
fn snapshots_have_their_own_exception() {
    assert_snapshot!(kendra(KendraOperation::GetSnapshots, &json!({"IndexId": INDEX_ID, "Interval": "NOW", "MetricType": "QUERIES_BY_COUNT"})), @"InvalidRequestException: 1 validation error detected: Value 'NOW' at 'interval' failed to satisfy constraint: Member must satisfy enum value set: [THIS_MONTH, THIS_WEEK, ONE_WEEK_AGO, TWO_WEEKS_AGO, ONE_MONTH_AGO, TWO_MONTHS_AGO]");
}

#[test]
fn secrets() {
    let create =
        |body: Value| SecretsRequest::parse(SecretsOperation::CreateSecret, body.to_string().as_bytes()).unwrap_err();
    assert_snapshot!(create(json!({"Name": "n", "SecretString": "s".repeat(65_537)})), @"ValidationException: 1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536");
    assert_snapshot!(create(json!({"Name": "n", "SecretBinary": ""})), @"ValidationException: 1 validation error detected: Value at 'secretBinary' failed to satisfy constraint: Member must have length greater than or equal to 1");
    assert_snapshot!(create(json!({"SecretString": "s"})), @"ValidationException: 1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null");
}

#[test]
fn wrong_types() {
    assert_snapshot!(query(json!({"QueryText": 7})), @"SerializationException: expected a string at 'queryText', found a number");
    assert_snapshot!(query(json!({"PageSize": 1.5})), @"SerializationException: expected a 32-bit integer at 'pageSize', found a number with a fraction");
    assert_snapshot!(query(json!({"PageSize": 3_000_000_000_i64})), @"SerializationException: expected a 32-bit integer at 'pageSize', found a number");
    assert_snapshot!(query(json!({"Facets": [{"DocumentAttributeKey": "a"}, {"MaxResults": true}]})), @"SerializationException: expected a 32-bit integer at 'facets.2.member.maxResults', found a boolean");
    let put = json!({"IndexId": INDEX_ID, "Documents": [{"Id": "d", "Blob": "*"}]});
    assert_snapshot!(kendra(KendraOperation::BatchPutDocument, &put), @"SerializationException: expected base64 text at 'documents.1.member.blob', found a string");
}

#[test]
fn what_is_no_json() {
    let parse = |body: &str| KendraRequest::parse(KendraOperation::Query, body.as_bytes()).unwrap_err();
    assert_snapshot!(parse("{"), @"SerializationException: the request body is not valid JSON: EOF while parsing an object at line 1 column 1");
    assert_snapshot!(parse("[]"), @"SerializationException: the request body is not a JSON object");
    assert_snapshot!(parse("null"), @"SerializationException: the request body is not a JSON object");
}
