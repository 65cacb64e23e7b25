//! Filters as clients write them.

use sangam_api::kendra::{IndexEdition, UserContextPolicy};
use serde_json::{Value, json};

use super::*;
use crate::indices::IndexDocument;

fn index() -> IndexDocument {
    let mut fields = Vec::new();
    for (name, kind) in
        [("_category", "string"), ("_authors", "string-list"), ("_view_count", "long"), ("_created_at", "date")]
    {
        let field = json!({
            "name": name, "kind": kind,
            "search": {"displayable": false, "facetable": false, "searchable": false, "sortable": false},
            "relevance": {"importance": 1}
        });
        fields.push(serde_json::from_value(field).unwrap());
    }
    IndexDocument {
        edition: IndexEdition::EnterpriseEdition,
        role_arn: String::new(),
        description: None,
        kms_key_id: None,
        fields,
        storage_units: 0,
        query_units: 0,
        user_context_policy: UserContextPolicy::AttributeFilter,
        user_token_configurations: None,
        user_group_resolution: None,
        error_message: None,
    }
}

fn splits(filter: Value) -> Outcome<(Option<FieldFilter>, Option<ReaderRequest>)> {
    let filter: AttributeFilter = serde_json::from_value(filter).unwrap();
    split(&index(), &filter, 10)
}

fn refusal(filter: impl Into<Value>) -> String {
    splits(filter.into()).unwrap_err().to_string()
}

fn equals(key: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    json!({"EqualsTo": {"Key": key, "Value": value}})
}

fn category(text: &str) -> Value {
    equals("_category", json!({"StringValue": text}))
}

fn user(name: &str) -> Value {
    equals("_user_id", json!({"StringValue": name}))
}

fn groups(names: &[&str]) -> Value {
    equals("_group_ids", json!({"StringListValue": names}))
}

fn named(user: Option<&str>, groups: &[&str]) -> ReaderRequest {
    ReaderRequest {
        user: user.map(Into::into),
        groups: groups.iter().map(|&group| group.into()).collect(),
        data_source_groups: Vec::new(),
    }
}

#[test]
fn every_operator_has_its_condition() {
    let text = |text: &str| AttributeValue::String(text.into());
    let (condition, reader) = splits(category("a")).unwrap();
    assert_eq!(condition, Some(FieldFilter::Equals("_category".into(), text("a"))));
    assert_eq!(reader, None);

    let list = json!({"StringListValue": ["x", "y"]});
    let names = vec!["x".to_owned(), "y".to_owned()];
    let (condition, _) = splits(json!({"ContainsAny": {"Key": "_authors", "Value": list}})).unwrap();
    assert_eq!(condition, Some(FieldFilter::ContainsAny("_authors".into(), names.clone())));
    let (condition, _) = splits(json!({"NotFilter": {"ContainsAll": {"Key": "_authors", "Value": list}}})).unwrap();
    assert_eq!(condition, Some(FieldFilter::Not(Box::new(FieldFilter::ContainsAll("_authors".into(), names)))));

    let matches = |operator: &str, number: i64| {
        let (condition, _) = splits(json!({operator: {"Key": "_view_count", "Value": {"LongValue": 5}}})).unwrap();
        condition.unwrap().matches(&[("_view_count".into(), AttributeValue::Long(number))])
    };
    assert!(matches("GreaterThan", 6) && !matches("GreaterThan", 5));
    assert!(matches("GreaterThanOrEquals", 5) && !matches("GreaterThanOrEquals", 4));
    assert!(matches("LessThan", 4) && !matches("LessThan", 5));
    assert!(matches("LessThanOrEquals", 5) && !matches("LessThanOrEquals", 6));

    let (condition, _) = splits(json!({"LessThan": {"Key": "_created_at", "Value": {"DateValue": 10.5}}})).unwrap();
    assert!(condition.unwrap().matches(&[("_created_at".into(), AttributeValue::Date(10_499))]));
}

#[test]
fn the_original_words_refuse_what_the_original_refuses() {
    assert_eq!(
        refusal(json!({})).split_once(": ").unwrap().1,
        "AttributeFilter cannot have 0 operators. It must have one and only one."
    );
    let two = json!({"EqualsTo": category("a")["EqualsTo"], "NotFilter": category("b")});
    assert!(refusal(two).contains("cannot have 2 operators"));
    let deep = json!({"AndAllFilters": [{"OrAllFilters": [{"NotFilter": category("a")}]}]});
    assert!(refusal(deep).contains("AttributeFilter cannot have a depth of more than 2."));
    let two_layers = json!({"AndAllFilters": [{"OrAllFilters": [category("a"), category("b")]}]});
    assert!(splits(two_layers).is_ok());
    let long = json!({"OrAllFilters": vec![category("a"); 11]});
    assert!(refusal(long).contains("AttributeFilter cannot have a length of more than 10"));
    assert!(
        refusal(equals("city", json!({"StringValue": "x"})))
            .contains("Attribute city is not defined at the index level")
    );
}

#[test]
fn wrong_types_and_values_are_refused() {
    assert!(refusal(equals("_category", json!({"LongValue": 1}))).contains("must be of type STRING_VALUE"));
    assert!(refusal(equals("_category", json!({}))).contains("one and only one value"));
    assert!(
        refusal(equals("_category", json!({"StringValue": "a", "LongValue": 1}))).contains("one and only one value")
    );
    let contains = json!({"ContainsAny": {"Key": "_category", "Value": {"StringValue": "a"}}});
    assert!(refusal(contains).contains("ContainsAny cannot be used"));
    let list = json!({"ContainsAny": {"Key": "_category", "Value": {"StringListValue": ["a"]}}});
    assert!(refusal(list).contains("ContainsAny cannot be used with attribute _category"));
    let greater = json!({"GreaterThan": {"Key": "_category", "Value": {"StringValue": "a"}}});
    assert!(refusal(greater).contains("GreaterThan cannot be used"));
    let eleven: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    assert!(refusal(equals("_authors", json!({"StringListValue": eleven}))).contains("more than 10 strings"));
    assert!(refusal(json!({"OrAllFilters": []})).contains("empty list"));
    assert!(refusal(json!({"AndAllFilters": []})).contains("empty list"));
}

#[test]
fn a_reader_is_taken_out_of_the_filter() {
    assert_eq!(splits(user("ada")).unwrap(), (None, Some(named(Some("ada"), &[]))));
    assert_eq!(splits(groups(&["a", "b"])).unwrap(), (None, Some(named(None, &["a", "b"]))));
    let singular = equals("_group_id", json!({"StringValue": "a"}));
    let both = json!({"OrAllFilters": [user("ada"), groups(&["b"]), singular]});
    assert_eq!(splits(both.clone()).unwrap(), (None, Some(named(Some("ada"), &["b", "a"]))));

    let (condition, reader) = splits(json!({"AndAllFilters": [category("x"), both]})).unwrap();
    assert_eq!(reader, Some(named(Some("ada"), &["b", "a"])));
    let expected = FieldFilter::Equals("_category".into(), AttributeValue::String("x".into()));
    assert_eq!(condition, Some(FieldFilter::And(vec![expected])));
    let (condition, reader) = splits(json!({"AndAllFilters": [user("ada")]})).unwrap();
    assert_eq!((condition, reader), (None, Some(named(Some("ada"), &[]))));
}

#[test]
fn a_reader_that_cannot_be_understood_is_an_error_and_never_no_filter() {
    for filter in [
        json!({"NotFilter": user("ada")}),
        json!({"OrAllFilters": [user("ada"), category("x")]}),
        json!({"AndAllFilters": [user("ada"), groups(&["a"])]}),
        json!({"AndAllFilters": [{"NotFilter": user("ada")}]}),
        json!({"AndAllFilters": [{"OrAllFilters": [user("ada"), category("x")]}]}),
        json!({"OrAllFilters": [user("ada"), user("ben")]}),
        json!({"OrAllFilters": [{"AndAllFilters": [user("ada")]}]}),
        json!({"GreaterThan": {"Key": "_user_id", "Value": {"StringValue": "a"}}}),
        json!({"ContainsAny": {"Key": "_user_id", "Value": {"StringValue": "a"}}}),
        equals("_user_id", json!({"StringListValue": ["ada"]})),
        equals("_user_id", json!({"LongValue": 1})),
        equals("_group_ids", json!({"LongValue": 1})),
        equals("_user_id", json!({})),
        groups(&[]),
        json!({"OrAllFilters": [groups(&[])]}),
    ] {
        assert!(splits(filter.clone()).is_err(), "{filter}");
    }
}
