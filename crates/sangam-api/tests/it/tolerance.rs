//! What is accepted although it is not quite what the model has, and where tolerance ends.

use sangam_api::constraint::JSON_DEPTH_MAX;
use sangam_api::kendra::{BatchPutDocumentRequest, QueryRequest};
use sangam_api::{ErrorKind, KendraOperation, KendraRequest};
use serde_json::{Value, json};

const INDEX_ID: &str = "0aaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";

fn query(body: &Value) -> Box<QueryRequest> {
    match KendraRequest::parse(KendraOperation::Query, body.to_string().as_bytes()) {
        Ok(KendraRequest::Query(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn put(document: &Value) -> Box<BatchPutDocumentRequest> {
    let body = json!({"IndexId": INDEX_ID, "Documents": [document]});
    match KendraRequest::parse(KendraOperation::BatchPutDocument, body.to_string().as_bytes()) {
        Ok(KendraRequest::BatchPutDocument(request)) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn null_is_absent() {
    let request = query(&json!({"IndexId": INDEX_ID, "QueryText": null, "AttributeFilter": null, "PageSize": null}));
    assert_eq!(*request, QueryRequest { index_id: INDEX_ID.to_owned(), ..QueryRequest::default() });
}

#[test]
fn unknown_members_are_ignored_at_any_depth() {
    let request = query(&json!({"IndexId": INDEX_ID, "Mood": [1], "UserContext": {"UserId": "a", "Shoe": 44}}));
    assert_eq!(request.user_context.unwrap().user_id.as_deref(), Some("a"));
}

#[test]
fn dates_are_numbers_with_and_without_fraction() {
    for (number, millis) in [(json!(1_577_934_245), 1_577_934_245_000), (json!(1_577_934_245.678), 1_577_934_245_678)] {
        let request = put(&json!({"Id": "d", "Attributes": [{"Key": "_created_at", "Value": {"DateValue": number}}]}));
        let value = request.documents[0].attributes.as_ref().unwrap()[0].value.clone();
        assert_eq!(value.date_value.unwrap().as_millis(), millis);
        assert_eq!(serde_json::to_value(value).unwrap(), json!({"DateValue": number}));
    }
}

#[test]
fn blobs_are_decoded() {
    let request = put(&json!({"Id": "d", "Blob": "aGVsbG8gd29ybGQ="}));
    assert_eq!(request.documents[0].blob.as_ref().unwrap().as_bytes(), b"hello world");
}

#[test]
fn lengths_count_code_points() {
    let title = |text: String| json!({"Key": "k", "Value": {"StringValue": text}});
    put(&json!({"Id": "d", "Attributes": [title("😀".repeat(2048))]}));
    let body = json!({"IndexId": INDEX_ID, "Documents": [{"Id": "d", "Attributes": [title("😀".repeat(2049))]}]});
    let error = KendraRequest::parse(KendraOperation::BatchPutDocument, body.to_string().as_bytes()).unwrap_err();
    assert!(error.message.contains("less than or equal to 2048"), "{error}");
}

#[test]
fn filters_may_nest() {
    let mut filter = json!({"EqualsTo": {"Key": "k", "Value": {"LongValue": 1}}});
    for _ in 0..20 {
        filter = json!({"NotFilter": {"AndAllFilters": [filter]}});
    }
    let request = query(&json!({"IndexId": INDEX_ID, "AttributeFilter": filter}));
    assert_eq!(serde_json::to_value(request.attribute_filter).unwrap(), filter);
}

#[test]
fn json_that_nests_too_deep_is_refused() {
    let nested =
        |depth: usize| format!("{{\"IndexId\":\"{INDEX_ID}\",\"X\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let parse = |body: String| KendraRequest::parse(KendraOperation::Query, body.as_bytes());
    assert!(parse(nested(JSON_DEPTH_MAX - 2)).is_ok());
    for depth in [JSON_DEPTH_MAX + 1, 1_000_000] {
        assert_eq!(parse(nested(depth)).unwrap_err().kind, ErrorKind::Serialization);
    }
}

#[test]
fn a_flood_of_mistakes_stays_a_short_answer() {
    let ids: Vec<Value> = (0..100_000).map(|_| json!("")).collect();
    let body = json!({"IndexId": INDEX_ID, "DocumentIdList": ids});
    let error = KendraRequest::parse(KendraOperation::BatchDeleteDocument, body.to_string().as_bytes()).unwrap_err();
    assert!(error.message.starts_with("1 validation error detected: "), "a list that is too long is not looked into");
}
