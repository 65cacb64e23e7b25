//! The explanation and the search never disagree.

use proptest::prelude::*;
use sangam_access::{AccountState, DirectoryUser, SourceDirectory};

use crate::random::{RandomDocument, documents, readers};
use crate::world::{INDEX, SOURCE, World, as_user, ask, ask_anyone, only, page, user};

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_document_is_found_if_and_only_if_the_explanation_says_it_is_readable(documents in documents(20)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            world.put(&documents.iter().map(RandomDocument::accepted).collect::<Vec<_>>()).await;
            for (reader, names) in readers() {
                // Every document has the word in its title.
                let found = world.found(&ask("document", reader.clone())).await;
                for document in &documents {
                    let told = world.searcher.explain(&world.store, INDEX, &reader, &document.id).await.unwrap();
                    let readable = document.is_readable_by(&names);
                    assert_eq!(told.access.readable, readable, "explained: {} for {names:?}", document.id);
                    assert_eq!(found.contains(&document.id), readable, "found: {} for {names:?}", document.id);
                }
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_explanation_follows_a_document_from_accepted_to_removed() {
    let world = World::new().await;
    let explain = async |reader| world.searcher.explain(&world.store, INDEX, &as_user(reader), "page").await.unwrap();
    let told = explain(None).await;
    assert_eq!((told.found, told.status, told.access.readable), (false, None, false));

    world.put(&[only(&["ada"], page("page", "a fox"))]).await;
    let told = explain(Some("ada")).await;
    assert_eq!((told.found, told.status.as_deref()), (true, Some("INDEXED")));
    assert!(told.access.readable);
    assert_eq!(told.access.layers[0].matched, [user("ada")]);
    let told = explain(Some("ben")).await;
    assert!(!told.access.readable && told.access.layers[0].matched.is_empty());
    assert_eq!(told.access.layers[0].allowed, [user("ada")]);

    world.store.insert_job("job", INDEX, SOURCE).await.unwrap();
    world.index().hide("job", &["page".into()]).await.unwrap();
    let told = explain(Some("ada")).await;
    assert_eq!((told.access.readable, told.missing_since_job.as_deref()), (false, Some("job")));
    assert!(world.found(&ask("fox", as_user(Some("ada")))).await.is_empty());

    world.index().remove(&["page".into()]).await.unwrap();
    assert!(!explain(Some("ada")).await.found);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_explanation_names_the_accounts_that_a_user_is() {
    let world = World::new().await;
    world.put(&[page("page", "a fox")]).await;
    let account = DirectoryUser {
        id: "5b10".into(),
        aliases: vec!["ada@example.com".into()],
        display_name: "Ada L.".into(),
        state: AccountState::Guest,
    };
    let people = SourceDirectory { users: vec![account], groups: Vec::new() };
    world.index().put_directory(SOURCE, &people).await.unwrap();
    let told = world.searcher.explain(&world.store, INDEX, &as_user(Some("ADA@example.com")), "page").await.unwrap();
    let account = &told.accounts[0];
    assert_eq!((account.data_source_id.as_str(), account.id.as_str()), (SOURCE, "5b10"));
    assert_eq!((account.display_name.as_str(), account.state), ("Ada L.", AccountState::Guest));
    assert!(told.access.readable && told.access.note.is_some_and(|note| note.contains("public")));
    let stranger = world.searcher.explain(&world.store, INDEX, &as_user(Some("ben")), "page").await.unwrap();
    assert!(stranger.accounts.is_empty());
    assert_eq!(world.found(&ask_anyone("fox")).await, ["page"]);
}
