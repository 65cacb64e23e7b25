//! What was accepted waits, in order, until it is settled.

use sangam_access::{AccessId, LayerRecord};
use sangam_store::AcceptedDocument;

use crate::world::{INDEX, SOURCE, World, accepted, add_index, restriction};

const PLENTY: usize = 1 << 20;

async fn waiting(world: &World, limit: u32, bytes_max: usize) -> Vec<String> {
    let documents = world.store.inbox(INDEX, limit, bytes_max).await.unwrap();
    assert!(documents.is_sorted_by(|a, b| a.seq < b.seq));
    documents.into_iter().map(|document| document.document_id).collect()
}

#[tokio::test]
async fn documents_wait_in_the_order_in_which_they_came_also_over_a_restart() {
    let world = World::new().await;
    world.store.accept(INDEX, &[accepted("b", "1"), accepted("a", "22")]).await.unwrap();
    world.store.accept(INDEX, &[accepted("b", "333")]).await.unwrap();
    let world = world.reopen().await;
    assert_eq!(waiting(&world, 10, PLENTY).await, ["b", "a", "b"]);
    let contents: Vec<Vec<u8>> =
        world.store.inbox(INDEX, 10, PLENTY).await.unwrap().into_iter().map(|document| document.content).collect();
    assert_eq!(contents, [b"1".to_vec(), b"22".to_vec(), b"333".to_vec()]);
    assert_eq!(world.store.inbox_len(INDEX).await.unwrap(), 3);
}

#[tokio::test]
async fn a_batch_is_bounded_by_count_and_by_bytes_and_holds_at_least_one_document() {
    let world = World::new().await;
    let documents: Vec<AcceptedDocument> =
        [("ten", 10), ("empty", 0), ("five", 5), ("six", 6)].map(|(id, n)| accepted(id, &"x".repeat(n))).into();
    world.store.accept(INDEX, &documents).await.unwrap();
    let cases: [(u32, usize, &[&str]); 8] = [
        (0, PLENTY, &[]),
        (1, PLENTY, &["ten"]),
        (3, PLENTY, &["ten", "empty", "five"]),
        (10, 0, &["ten"]),
        (10, 10, &["ten"]),
        (10, 11, &["ten", "empty"]),
        (10, 16, &["ten", "empty", "five"]),
        (10, 22, &["ten", "empty", "five", "six"]),
    ];
    for (limit, bytes_max, expected) in cases {
        assert_eq!(waiting(&world, limit, bytes_max).await, expected, "{limit} documents, {bytes_max} bytes");
    }
}

#[tokio::test]
async fn an_index_has_an_inbox_of_its_own() {
    let world = World::new().await;
    add_index(&world.store, "second").await;
    world.store.accept(INDEX, &[accepted("a", "1")]).await.unwrap();
    world.store.accept("second", &[accepted("b", "1")]).await.unwrap();
    assert_eq!(waiting(&world, 10, PLENTY).await, ["a"]);
    assert_eq!(world.store.inbox_len("second").await.unwrap(), 1);
    assert!(world.store.accept("nowhere", &[accepted("a", "1")]).await.is_err());
}

#[tokio::test]
async fn lists_that_came_with_documents_are_one_access_if_they_are_the_same_in_the_same_order() {
    let world = World::new().await;
    let (ada, ben) = (restriction("one", &["ada"]), restriction("two", &["ben"]));
    let lists: [(&str, Vec<LayerRecord>); 5] = [
        ("none", vec![]),
        ("ada", vec![ada.clone()]),
        ("ada again", vec![ada.clone()]),
        ("ada and ben", vec![ada.clone(), ben.clone()]),
        ("ben and ada", vec![ben, ada]),
    ];
    let documents = lists.map(|(id, lists)| AcceptedDocument { lists, ..accepted(id, "x") });
    world.store.accept(INDEX, &documents).await.unwrap();
    let accesses: Vec<AccessId> = world
        .store
        .inbox(INDEX, 10, PLENTY)
        .await
        .unwrap()
        .iter()
        .map(|document| AccessId(document.access_id))
        .collect();
    assert_eq!(accesses[0], AccessId::PUBLIC);
    assert_eq!(accesses[1], accesses[2]);
    let table = world.store.access_table(INDEX).await.unwrap();
    let layers: Vec<_> = accesses.iter().map(|access| table.layers_of(*access).unwrap().to_vec()).collect();
    assert_eq!(layers[3], [layers[1][0], layers[4][0]]);
    assert_eq!(layers[4], [layers[3][1], layers[3][0]]);
    assert_eq!(table.n_accesses(), 3);
}

#[tokio::test]
async fn an_accepted_document_is_known_at_once_and_seen_by_nobody() {
    let world = World::new().await;
    world.store.accept(INDEX, &[accepted("new", "x")]).await.unwrap();
    let entry = world.entry("new").await;
    assert_eq!((entry.status.as_str(), entry.ordinal, entry.access), ("PROCESSING", None, AccessId::HIDDEN));
}

#[tokio::test]
async fn a_document_that_is_accepted_again_keeps_its_revision_and_access_until_the_new_one_is_in() {
    let world = World::new().await;
    world.list("guide", &["guide!"]).await;
    world.put(&["guide"]).await;
    let before = world.entry("guide").await;
    world.store.accept(INDEX, &[accepted("guide", "public now")]).await.unwrap();
    let entry = world.entry("guide").await;
    assert_eq!(entry.status, "PROCESSING");
    assert_eq!((entry.ordinal, entry.access), (before.ordinal, before.access));
}

#[tokio::test]
async fn documents_of_a_job_are_counted_apart() {
    let world = World::new().await;
    let (job_id, data_source_id) = (Some("job".to_owned()), Some(SOURCE.to_owned()));
    let of_job = AcceptedDocument { job_id, data_source_id, ..accepted("a", "x") };
    world.store.accept(INDEX, &[of_job.clone(), accepted("b", "x"), of_job]).await.unwrap();
    assert_eq!(world.store.inbox_len_of_job(INDEX, "job").await.unwrap(), 2);
    assert_eq!(world.store.inbox_len_of_job(INDEX, "another").await.unwrap(), 0);
}

#[tokio::test]
async fn what_waits_is_never_printed() {
    let world = World::new().await;
    let document = AcceptedDocument { document: "hushed".into(), ..accepted("a", "hushed") };
    assert!(!format!("{document:?}").contains("hushed"));
    world.store.accept(INDEX, &[document]).await.unwrap();
    assert!(!format!("{:?}", world.store.inbox(INDEX, 1, PLENTY).await.unwrap()).contains("hushed"));
}
