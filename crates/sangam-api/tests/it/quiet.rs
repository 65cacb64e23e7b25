//! `Debug` and errors do not tell what a request holds.

use sangam_api::constraint::Kind;
use sangam_api::kendra::{DocumentAttributeValue, RetrieveResult, RetrieveResultItem};
use serde_json::Value;

use crate::sample::{full, minimal};
use crate::services;

#[test]
fn debug_of_every_request_names_members_and_shows_no_value() {
    for operation in services::all() {
        let body = full(operation.input());
        let debug = operation.parse(&body).unwrap().debug;
        let Kind::Structure(members) = operation.input().kind else { panic!("an input is a structure") };
        let input = operation.input().name;
        let expected_start = format!("{}({input}", operation.name());
        let rest = debug.strip_prefix(&expected_start).unwrap_or_else(|| panic!("{debug}"));
        let names = rest.trim_end_matches(')').trim_start_matches(" { ").trim_end_matches(" }");
        let names: Vec<_> = names.split(", ").filter(|name| !name.is_empty()).collect();
        assert_eq!(names.len(), members.len(), "{debug}");
        let is_a_member =
            |name: &str| members.iter().any(|member| member.name.eq_ignore_ascii_case(&name.replace('_', "")));
        assert!(names.iter().all(|name| is_a_member(name)), "{debug}");
    }
}

#[test]
fn debug_of_an_answer_shows_no_text() {
    let item = RetrieveResultItem { content: Some("the secret plan".to_owned()), ..RetrieveResultItem::default() };
    let answer = RetrieveResult { result_items: Some(vec![item.clone()]), ..RetrieveResult::default() };
    assert_eq!(format!("{item:?}"), "RetrieveResultItem { content }");
    assert_eq!(format!("{answer:?}"), "RetrieveResult { result_items }");
    assert_eq!(format!("{:?}", DocumentAttributeValue::default()), "DocumentAttributeValue");
}

#[test]
fn an_error_about_json_shows_none_of_it() {
    let query = services::all().find(|operation| operation.name() == "Query").unwrap();
    for body in [
        "{\"QueryText\": \"the plan",
        "{\"QueryText\": the plan}",
        "[\"the plan\"]",
        "\"the plan\"",
        "{\"QueryText\": [\"the plan\"]}",
    ] {
        let error = query.parse_bytes(body.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "SerializationException");
        assert!(!error.message.contains("plan"), "{error}");
    }
}

#[test]
fn a_question_and_a_token_are_not_repeated() {
    let suggestions = services::all().find(|operation| operation.name() == "GetQuerySuggestions").unwrap();
    let mut body = minimal(suggestions.input());
    body["QueryText"] = Value::from("why \u{1} was she dismissed");
    assert_eq!(
        suggestions.parse(&body).unwrap_err().message,
        r"1 validation error detected: Value at 'queryText' failed to satisfy constraint: Member must satisfy regular expression pattern: ^\P{C}*$"
    );
    let query = services::all().find(|operation| operation.name() == "Query").unwrap();
    let mut body = minimal(query.input());
    body["UserContext"] = serde_json::json!({"Token": "eyJhbGciOi\n"});
    assert!(!query.parse(&body).unwrap_err().message.contains("eyJ"));
}
