//! A reader's total depends on what that reader may read and on nothing else.

use proptest::prelude::*;
use sangam_search::SearchRequest;
use sangam_store::AcceptedDocument;

use crate::random::{RandomDocument, documents, readers, text};
use crate::world::{INDEX, World, as_user, ask, only, page, sorted};

/// The same question to the index with all documents and to one that never had those which the reader may not read.
async fn compare(world: &World, documents: &[RandomDocument], question: &str) {
    let accepted: Vec<AcceptedDocument> = documents.iter().map(RandomDocument::accepted).collect();
    world.put(&accepted).await;
    for (number, (reader, names)) in readers().into_iter().enumerate() {
        let index_id = format!("without {number}");
        let readable: Vec<AcceptedDocument> =
            documents.iter().filter(|document| document.is_readable_by(&names)).map(RandomDocument::accepted).collect();
        world.add_index(&index_id).await;
        world.put_into(&index_id, &readable).await;

        let request = ask(question, reader);
        let alone = SearchRequest { index_id, ..request.clone() };
        assert_eq!(world.query(&request).await.total, world.query(&alone).await.total, "{names:?}");
        assert_eq!(world.found(&request).await, world.found(&alone).await, "{names:?}");
        assert_eq!(world.passages_of(&request).await, world.passages_of(&alone).await, "{names:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, max_shrink_iters: 16, ..ProptestConfig::default() })]

    #[test]
    fn documents_that_a_reader_may_not_read_change_nothing_for_them(
        documents in documents(25),
        question in text(),
        with_model: bool,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let world = if with_model { World::new().await } else { World::without_model().await };
            compare(&world, &documents, &question).await;
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_secret_documents_does_not_push_out_what_is_readable_or_show_in_the_total() {
    let world = World::new().await;
    let secret = (0..400).map(|n| only(&["ada"], page(&format!("secret {n}"), "fox fox fox")));
    let public = (0..5).map(|n| page(&format!("public {n}"), "a fox among many other words of no matter"));
    world.put(&secret.chain(public).collect::<Vec<_>>()).await;
    let expected: Vec<String> = (0..5).map(|n| format!("public {n}")).collect();
    for reader in [None, Some("ben")] {
        assert_eq!(world.found(&ask("fox", as_user(reader))).await, expected);
        assert_eq!(world.passages_of(&ask("fox", as_user(reader))).await, expected);
    }
    assert_eq!(world.query(&ask("fox", as_user(Some("ada")))).await.total, 405);
    assert_eq!(world.store.index_statistics(INDEX).await.unwrap().n_documents, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_without_words_finds_nothing_by_words() {
    let world = World::without_model().await;
    world.put(&[page("one", "a fox")]).await;
    for question in ["", "  ", "?!"] {
        // Without a question the index is browsed; one that has no words is a question all the same.
        let n_expected = usize::from(question.trim().is_empty());
        let response = world.query(&ask(question, as_user(None))).await;
        assert_eq!((response.total, response.items.len()), (n_expected as u64, n_expected), "{question:?}");
        assert!(world.retrieve(&ask(question, as_user(None))).await.items.is_empty(), "{question:?}");
    }
    assert_eq!(sorted(world.found(&ask("fox", as_user(None))).await), ["one"]);
}
