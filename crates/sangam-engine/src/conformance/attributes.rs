//! Matches as a set, counts of values, and sorting.

use roaring::RoaringBitmap;

use super::{NewEngine, Subject, everything, readable, string, strings, with_attributes};
use crate::document::AttributeValue;
use crate::engine::View;
use crate::facet::{Facet, SortKey, ValueKind};
use crate::filter::FieldFilter;
use crate::query::LexicalQuery;

pub(super) fn check(new_engine: NewEngine<'_>) {
    let list = |values: &[&str]| AttributeValue::StringList(strings(values));
    let mut subject = Subject::new(new_engine);
    subject.add(vec![
        with_attributes(
            1,
            vec![("kind", string("page")), ("tags", list(&["b", "a", "b"])), ("n", AttributeValue::Long(3))],
        ),
        with_attributes(2, vec![("kind", string("blog")), ("tags", list(&["a"])), ("n", AttributeValue::Long(-3))]),
        with_attributes(3, vec![("kind", string("page")), ("when", AttributeValue::Date(9))]),
    ]);
    subject.commit();
    subject.add(vec![
        with_attributes(4, vec![("kind", string("page")), ("tags", list(&[])), ("when", AttributeValue::Date(7))]),
        with_attributes(5, vec![("kind", list(&["page"])), ("n", AttributeValue::Date(3))]),
        with_attributes(6, vec![("kind", string("attachment")), ("n", AttributeValue::Long(3))]),
        with_attributes(90, vec![("kind", string("page"))]),
    ]);
    subject.delete(&[90]);
    let view = subject.commit();
    matches(&*view);
    facets(&*view);
    sorting(&*view);
}

fn set(ordinals: &[u32]) -> RoaringBitmap {
    ordinals.iter().copied().collect()
}

fn matches(view: &dyn View) {
    let all = |query: Option<&str>, filter| {
        let query = query.map(LexicalQuery::from_text);
        view.matches(query.as_ref(), &filter).expect("matches")
    };
    assert_eq!(all(None, everything()), set(&[1, 2, 3, 4, 5, 6]));
    assert_eq!(all(Some("common"), readable([2, 4, 90])), set(&[2, 4]));
    assert_eq!(all(Some("absent"), everything()), set(&[]));
    assert_eq!(all(Some(""), everything()), set(&[]));
    let pages = FieldFilter::Equals("kind".to_owned(), string("page"));
    assert_eq!(all(None, readable([1, 2, 3]).with_fields(pages)), set(&[1, 3]));
}

fn facets(view: &dyn View) {
    let count = |ordinals: &[u32], field: &str, kind, n_values| {
        let facet = Facet { field: field.to_owned(), kind, n_values };
        let counted = view.facets(&set(ordinals), &[facet]).expect("facets").remove(0);
        counted.into_iter().map(|value| (value.value, value.n_documents)).collect::<Vec<_>>()
    };
    let all = [1, 2, 3, 4, 5, 6, 90];
    assert_eq!(
        count(&all, "kind", ValueKind::String, 10),
        [(string("page"), 3), (string("attachment"), 1), (string("blog"), 1)],
        "the most frequent first, equal ones by value, deleted ones not at all"
    );
    assert_eq!(count(&all, "kind", ValueKind::String, 1), [(string("page"), 3)]);
    assert_eq!(count(&all, "kind", ValueKind::StringList, 10), [(string("page"), 1)]);
    assert_eq!(count(&all, "tags", ValueKind::StringList, 10), [(string("a"), 2), (string("b"), 1)]);
    assert_eq!(count(&[2, 5], "tags", ValueKind::StringList, 10), [(string("a"), 1)]);
    assert_eq!(count(&all, "n", ValueKind::Long, 10), [(AttributeValue::Long(3), 2), (AttributeValue::Long(-3), 1)]);
    assert_eq!(count(&all, "n", ValueKind::Date, 10), [(AttributeValue::Date(3), 1)]);
    assert_eq!(count(&all, "missing", ValueKind::String, 10), []);
    assert_eq!(count(&[], "kind", ValueKind::String, 10), []);
    assert_eq!(view.facets(&set(&all), &[]).expect("facets").len(), 0);
}

fn sorting(view: &dyn View) {
    let sorted = |keys: &[(&str, ValueKind, bool)], ranked: &[u32], k| {
        let key = |(field, kind, descending): &(&str, ValueKind, bool)| SortKey {
            field: (*field).to_owned(),
            kind: *kind,
            descending: *descending,
        };
        let keys: Vec<SortKey> = keys.iter().map(key).collect();
        view.sorted(&set(&[1, 2, 3, 4, 5, 6, 90]), &keys, ranked, k).expect("sorted")
    };
    let (string, long, date) = (ValueKind::String, ValueKind::Long, ValueKind::Date);
    assert_eq!(sorted(&[("kind", string, false)], &[], 10), [6, 2, 1, 3, 4, 5]);
    assert_eq!(sorted(&[("kind", string, true)], &[4, 3], 10), [4, 3, 1, 2, 6, 5], "equal ones as they are ranked");
    assert_eq!(sorted(&[("kind", string, true)], &[], 2), [1, 3]);
    assert_eq!(sorted(&[("n", long, false)], &[5], 10), [2, 1, 6, 5, 3, 4], "what lacks the value comes last");
    assert_eq!(sorted(&[("n", long, true)], &[], 10), [1, 6, 2, 3, 4, 5]);
    assert_eq!(sorted(&[("when", date, false), ("kind", string, true)], &[], 10), [4, 3, 1, 2, 6, 5]);
    assert_eq!(sorted(&[("n", long, true), ("kind", string, false)], &[], 3), [6, 1, 2]);
    assert_eq!(sorted(&[("tags", ValueKind::StringList, false)], &[], 10), [1, 2, 3, 4, 5, 6], "lists do not sort");
    assert_eq!(sorted(&[], &[3], 3), [3, 1, 2]);
}
