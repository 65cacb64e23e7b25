//! Conditions on attributes, and attributes in answers.

use std::ops::Bound;

use sangam_engine::{AttributeValue, FieldFilter, RangeKind};
use sangam_ingest::FieldValue;
use sangam_search::SearchRequest;
use sangam_store::AcceptedDocument;

use crate::world::{World, as_user, ask, ask_anyone, described, filtered, only};

fn fox(id: &str, attributes: &[(&str, FieldValue)]) -> AcceptedDocument {
    let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    described(id, id, "a fox", attributes)
}

fn string(text: &str) -> FieldValue {
    FieldValue::String(text.into())
}

async fn world() -> World {
    let world = World::new().await;
    let tags = |tags: &[&str]| FieldValue::StringList(tags.iter().map(|tag| (*tag).into()).collect());
    world
        .put(&[
            fox("one", &[("team", string("eng")), ("size", FieldValue::Long(1)), ("tags", tags(&["a", "b"]))]),
            fox("two", &[("team", string("ops")), ("size", FieldValue::Long(2)), ("tags", tags(&["b"]))]),
            fox("three", &[("team", string("eng")), ("_language_code", string("de"))]),
            fox("dated", &[("made", FieldValue::Date(1_000))]),
            only(&["ada"], fox("secret", &[("team", string("eng"))])),
        ])
        .await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_narrow_what_is_found_and_counted() {
    let world = world().await;
    let equals = |name: &str, value: &str| FieldFilter::Equals(name.into(), AttributeValue::String(value.into()));
    let range = |field: &str, lower, upper, kind| FieldFilter::Range { field: field.into(), lower, upper, kind };
    let eng = || equals("team", "eng");
    let not = |filter| FieldFilter::Not(Box::new(filter));
    let cases: [(FieldFilter, &[&str]); 11] = [
        (eng(), &["one", "three"]),
        (not(eng()), &["dated", "two"]),
        (equals("team", "none"), &[]),
        (equals("_language_code", "de"), &["three"]),
        (equals("_language_code", "en"), &["dated", "one", "two"]),
        (FieldFilter::And(vec![eng(), equals("_language_code", "en")]), &["one"]),
        (FieldFilter::Or(vec![equals("team", "ops"), equals("_language_code", "de")]), &["three", "two"]),
        (FieldFilter::ContainsAny("tags".into(), vec!["a".into(), "z".into()]), &["one"]),
        (FieldFilter::ContainsAll("tags".into(), vec!["b".into()]), &["one", "two"]),
        (range("size", Bound::Excluded(1), Bound::Unbounded, RangeKind::Long), &["two"]),
        (range("made", Bound::Unbounded, Bound::Included(1_000), RangeKind::Date), &["dated"]),
    ];
    for (filter, expected) in cases {
        let request = filtered("fox", filter.clone());
        assert_eq!(world.found(&request).await, expected, "{filter:?}");
        assert_eq!(world.passages_of(&request).await, expected, "{filter:?}");
    }
    let of_ada = SearchRequest { filter: Some(eng()), ..ask("fox", as_user(Some("ada"))) };
    assert_eq!(world.found(&of_ada).await, ["one", "secret", "three"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_the_attributes_that_were_asked_for_and_the_address() {
    let world = World::new().await;
    world.put(&[fox("one", &[("_source_uri", string("https://example.com/1")), ("team", string("eng"))])]).await;
    let attributes = vec!["team".into(), "unknown".into()];
    let request = SearchRequest { attributes, ..ask_anyone("fox") };
    let expected = [("team".to_owned(), AttributeValue::String("eng".into()))];
    let item = world.query(&request).await.items.remove(0);
    assert_eq!((item.uri.as_deref(), item.attributes.as_slice()), (Some("https://example.com/1"), &expected[..]));
    let passage = world.retrieve(&request).await.items.remove(0);
    assert_eq!((passage.uri.as_deref(), passage.attributes.as_slice()), (Some("https://example.com/1"), &expected[..]));
    assert!(world.query(&ask_anyone("fox")).await.items[0].attributes.is_empty());
}
