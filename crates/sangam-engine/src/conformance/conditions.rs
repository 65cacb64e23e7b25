//! Conditions on attributes, in both retrievals.

use std::ops::Bound;

use super::{NewEngine, Subject, at_angle, everything, found, string, strings, vectors, with_attributes};
use crate::document::{AttributeValue, EngineDocument};
use crate::engine::View;
use crate::filter::{FieldFilter, RangeKind};

pub(super) fn check(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    let documents = documents();
    // Two segments, and a deleted document in one of them.
    subject.add(documents[..4].to_vec());
    subject.commit();
    subject.add(documents[4..].to_vec());
    subject.add(vec![with_attributes(90, vec![("_category", string("wiki"))])]);
    subject.commit();
    subject.add_vectors(documents.iter().map(|document| vectors(document.ordinal, &[(0, 10.0)])).collect());
    subject.delete(&[90]);
    let view = subject.commit();
    for condition in conditions() {
        compare(&*view, &documents, &condition);
        compare(&*view, &documents, &FieldFilter::Not(Box::new(condition)));
    }
}

/// Compares both retrievals with the definition.
fn compare(view: &dyn View, documents: &[EngineDocument], condition: &FieldFilter) {
    let matching = documents.iter().filter(|document| condition.matches(&document.attributes));
    let expected: Vec<u32> = matching.map(|document| document.ordinal).collect();
    let filter = everything().with_fields(condition.clone());
    assert_eq!(found(view, "common", &filter), expected, "{condition:?}");
    let hits = view.semantic(&at_angle(0.0), &filter, 100).expect("hits");
    let ordinals: Vec<u32> = hits.iter().map(|hit| hit.ordinal).collect();
    assert_eq!(ordinals, expected, "{condition:?}");
}

fn documents() -> Vec<EngineDocument> {
    let list = |values: &[&str]| AttributeValue::StringList(strings(values));
    vec![
        with_attributes(1, vec![("_category", string("wiki")), ("cf-x", AttributeValue::Long(5))]),
        with_attributes(2, vec![("_category", string("Wiki")), ("cf-x", AttributeValue::Long(-5))]),
        with_attributes(3, vec![("_category", string("2024-01-02T03:04:05Z")), ("tags", list(&["a"]))]),
        with_attributes(4, vec![("_category", string("5")), ("tags", list(&["a", "b"]))]),
        with_attributes(5, vec![("_category", string("")), ("tags", list(&["b", "a", "b"]))]),
        with_attributes(6, vec![("_category", list(&["wiki"])), ("tags", list(&[]))]),
        with_attributes(7, vec![("cf-x", AttributeValue::Date(5)), ("tags", string("a"))]),
        with_attributes(8, vec![("when", AttributeValue::Date(0)), ("a.b", string("dotted"))]),
        with_attributes(9, vec![("when", AttributeValue::Date(i64::MAX)), ("a", string("dotted"))]),
        with_attributes(10, vec![("when", AttributeValue::Date(i64::MIN)), ("a\\.b \u{1}", string("odd"))]),
        with_attributes(11, vec![("_category", string("true")), ("cf-x", AttributeValue::Long(i64::MAX))]),
        with_attributes(12, vec![]),
        with_attributes(13, vec![("step", AttributeValue::Long(-10))]),
        with_attributes(14, vec![("step", AttributeValue::Long(0))]),
        with_attributes(15, vec![("step", AttributeValue::Long(20))]),
    ]
}

fn conditions() -> Vec<FieldFilter> {
    let equals = |name: &str, value| FieldFilter::Equals(name.to_owned(), value);
    let list = |values: &[&str]| AttributeValue::StringList(strings(values));
    let range = |field: &str, lower, upper, kind| FieldFilter::Range { field: field.to_owned(), lower, upper, kind };
    let any = |values: &[&str]| FieldFilter::ContainsAny("tags".to_owned(), strings(values));
    let all = |values: &[&str]| FieldFilter::ContainsAll("tags".to_owned(), strings(values));
    let mut conditions: Vec<FieldFilter> = ["wiki", "Wiki", "2024-01-02T03:04:05Z", "5", "", "true", "absent"]
        .into_iter()
        .map(|value| equals("_category", string(value)))
        .collect();
    conditions.extend([
        equals("_category", list(&["wiki"])),
        equals("a.b", string("dotted")),
        equals("a", string("dotted")),
        equals("a\\.b \u{1}", string("odd")),
        equals("missing", string("wiki")),
        equals("cf-x", AttributeValue::Long(5)),
        equals("cf-x", AttributeValue::Date(5)),
        equals("when", AttributeValue::Date(0)),
        equals("tags", list(&["a", "b"])),
        equals("tags", list(&["b", "a", "a"])),
        equals("tags", list(&["a", "b", "c"])),
        equals("tags", list(&[])),
        equals("tags", string("a")),
    ]);
    for values in [&["a"][..], &["b"], &["a", "b"], &["b", "c"], &["c"], &[]] {
        conditions.extend([any(values), all(values)]);
    }
    for kind in [RangeKind::Long, RangeKind::Date] {
        for field in ["cf-x", "when", "_category"] {
            conditions.extend([
                range(field, Bound::Unbounded, Bound::Unbounded, kind),
                range(field, Bound::Excluded(-5), Bound::Excluded(5), kind),
                range(field, Bound::Included(-5), Bound::Included(5), kind),
                range(field, Bound::Excluded(i64::MAX), Bound::Unbounded, kind),
                range(field, Bound::Included(0), Bound::Excluded(0), kind),
                range(field, Bound::Included(6), Bound::Included(-6), kind),
            ]);
        }
    }
    for step in [-11, -10, -5, 0, 7, 10, 20, 21] {
        conditions.push(equals("step", AttributeValue::Long(step)));
        conditions.push(range("step", Bound::Included(step), Bound::Excluded(step + 4), RangeKind::Long));
    }
    let nested = FieldFilter::Or(vec![
        FieldFilter::And(vec![any(&["a"]), FieldFilter::Not(Box::new(any(&["b"])))]),
        equals("cf-x", AttributeValue::Long(5)),
    ]);
    conditions.extend([nested, FieldFilter::And(Vec::new()), FieldFilter::Or(Vec::new())]);
    conditions
}
