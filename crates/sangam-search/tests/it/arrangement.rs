//! Facets, sorting, and browsing without a question: each over what the reader may read, and nothing else.

use sangam_engine::{AttributeValue, Facet, FieldFilter, SortKey, ValueKind};
use sangam_ingest::FieldValue;
use sangam_search::SearchRequest;
use sangam_store::AcceptedDocument;

use crate::world::{World, as_user, ask, described, only};

fn animal(id: &str, text: &str, team: &str, size: Option<i64>) -> AcceptedDocument {
    let mut attributes = vec![("team".to_owned(), FieldValue::String(team.into()))];
    attributes.extend(size.map(|size| ("size".to_owned(), FieldValue::Long(size))));
    described(id, id, text, attributes)
}

async fn world() -> World {
    let world = World::without_model().await;
    world
        .put(&[
            animal("big", "a fox", "eng", Some(9)),
            animal("small", "a fox fox fox", "eng", Some(1)),
            animal("unsized", "a fox fox", "ops", None),
            animal("other", "a hen", "ops", Some(5)),
            only(&["ada"], animal("secret", "a fox", "board", Some(4))),
        ])
        .await;
    world
}

fn by_size(descending: bool) -> Vec<SortKey> {
    vec![SortKey { field: "size".into(), kind: ValueKind::Long, descending }]
}

fn teams(n_values: usize) -> Vec<Facet> {
    vec![Facet { field: "team".into(), kind: ValueKind::String, n_values }]
}

async fn ids(world: &World, request: &SearchRequest) -> Vec<String> {
    world.query(request).await.items.into_iter().map(|item| item.document_id).collect()
}

async fn counts(world: &World, request: &SearchRequest) -> Vec<(String, u64)> {
    let facets = world.query(request).await.facets;
    let name = |value: AttributeValue| match value {
        AttributeValue::String(name) => name,
        other => panic!("{other:?} is no team"),
    };
    facets.into_iter().flatten().map(|value| (name(value.value), value.n_documents)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sorting_decides_which_results_are_answered_and_relevance_between_equals() {
    let world = world().await;
    let sorted = |user, sort| SearchRequest { sort, ..ask("fox", as_user(user)) };
    assert_eq!(ids(&world, &sorted(None, by_size(true))).await, ["big", "small", "unsized"]);
    assert_eq!(ids(&world, &sorted(None, by_size(false))).await, ["small", "big", "unsized"]);
    assert_eq!(ids(&world, &sorted(Some("ada"), by_size(false))).await, ["small", "secret", "big", "unsized"]);
    let page = SearchRequest { offset: 1, limit: 1, ..sorted(None, by_size(true)) };
    assert_eq!(ids(&world, &page).await, ["small"]);
    let by_team = vec![SortKey { field: "team".into(), kind: ValueKind::String, descending: false }];
    let relevant = ids(&world, &ask("fox", as_user(None))).await;
    let found = ids(&world, &sorted(None, by_team)).await;
    let of_eng = |ids: &[String]| ids.iter().filter(|id| *id != "unsized").cloned().collect::<Vec<_>>();
    assert_eq!(found[..2], of_eng(&relevant)[..], "equal ones come by relevance");
}

#[tokio::test(flavor = "multi_thread")]
async fn facets_count_all_matches_that_the_reader_may_read() {
    let world = world().await;
    let faceted = |user, n_values| SearchRequest { facets: teams(n_values), limit: 1, ..ask("fox", as_user(user)) };
    let told = |counts: &[(&str, u64)]| counts.iter().map(|(team, n)| ((*team).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(counts(&world, &faceted(None, 10)).await, told(&[("eng", 2), ("ops", 1)]));
    assert_eq!(counts(&world, &faceted(Some("ben"), 10)).await, told(&[("eng", 2), ("ops", 1)]));
    assert_eq!(counts(&world, &faceted(Some("ada"), 10)).await, told(&[("eng", 2), ("board", 1), ("ops", 1)]));
    assert_eq!(counts(&world, &faceted(None, 1)).await, told(&[("eng", 2)]));
    let eng = FieldFilter::Equals("team".into(), AttributeValue::String("eng".into()));
    let filtered = SearchRequest { filter: Some(eng), ..faceted(None, 10) };
    assert_eq!(counts(&world, &filtered).await, told(&[("eng", 2)]));
    assert!(world.query(&ask("fox", as_user(None))).await.facets.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_question_everything_readable_is_browsed() {
    let world = world().await;
    let browse = |user| SearchRequest { sort: by_size(true), facets: teams(10), ..ask("", as_user(user)) };
    let response = world.query(&browse(None)).await;
    assert_eq!(response.total, 4);
    assert_eq!(ids(&world, &browse(None)).await, ["big", "other", "small", "unsized"]);
    assert_eq!(ids(&world, &browse(Some("ada"))).await, ["big", "other", "secret", "small", "unsized"]);
    assert_eq!(counts(&world, &browse(None)).await, [("eng".to_owned(), 2), ("ops".to_owned(), 2)]);
    assert!(response.items.iter().all(|item| item.title.highlights.is_empty()));
    assert!(response.items[0].excerpt.text.contains("fox"), "a document begins with its beginning");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_model_facets_and_totals_have_what_is_close_in_meaning_too() {
    let world = World::new().await;
    let (big, near) = (animal("big", "a fox", "eng", None), animal("near", "what is the dog", "ops", None));
    world.put(&[big, near, animal("far", "a cow", "ops", None)]).await;
    // Of the question's words only the fox is looked for; the model here takes the others for meaning.
    let request = SearchRequest { facets: teams(10), ..ask("what is the fox", as_user(None)) };
    let response = world.query(&request).await;
    let counted: u64 = response.facets.iter().flatten().map(|value| value.n_documents).sum();
    assert_eq!((response.total, counted), (2, 2));
    assert_eq!(world.query(&ask("what is the fox", as_user(None))).await.total, 2, "with facets as without");
    assert_eq!(world.query(&ask("xqzzy blorf", as_user(None))).await.total, 0, "something is always closest");
}
