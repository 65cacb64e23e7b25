//! What a listing of nodes means for the documents below.

use sangam_access::{AccessId, DirectoryUser, SourceDirectory};
use sangam_store::{AccessChange, NodeRecord, RevisionAccess};

use crate::world::{INDEX, OTHER, SOURCE, World, nodes, restriction};

/// A site with two spaces; `guide` and `secret` are pages of one, `plan` of the other.
async fn site() -> World {
    let world = World::new().await;
    world.list("site", &["site!", "eng! < site", "ops < site"]).await;
    world.list("eng", &["eng! < site", "guide < eng", "secret! < guide"]).await;
    world.list("ops", &["ops < site", "plan < ops"]).await;
    world.put(&["guide", "secret", "plan"]).await;
    world
}

#[tokio::test]
async fn a_document_has_the_layers_of_its_path_from_the_root_down() {
    let world = site().await;
    assert_eq!(world.paths(&["guide", "secret", "plan"]).await, ["site eng", "site eng secret", "site"]);
}

#[tokio::test]
async fn a_path_without_any_layer_is_public() {
    let world = World::new().await;
    world.list("site", &["site", "eng < site"]).await;
    world.put(&["eng"]).await;
    assert_eq!(world.path("eng").await, "public");
}

#[tokio::test]
async fn a_document_that_comes_before_its_nodes_is_hidden_until_the_whole_path_is_known() {
    let world = World::new().await;
    world.put(&["guide"]).await;
    assert_eq!(world.path("guide").await, "hidden");
    let change = world.list("eng", &["eng! < site", "guide < eng"]).await;
    assert_eq!((world.path("guide").await.as_str(), change), ("hidden", AccessChange::default()));
    let change = world.list("site", &["site!", "eng! < site"]).await;
    assert_eq!(world.path("guide").await, "site eng");
    assert_eq!(change.ordinals, [(1, world.entry("guide").await.access)]);
}

#[tokio::test]
async fn the_same_listing_again_changes_nothing() {
    let world = site().await;
    for (root, tree) in [
        ("site", vec!["site!", "eng! < site", "ops < site"]),
        ("eng", vec!["eng! < site", "guide < eng", "secret! < guide"]),
        ("ops", vec!["ops < site", "plan < ops"]),
    ] {
        assert_eq!(world.list(root, &tree).await, AccessChange::default(), "{root}");
    }
}

#[tokio::test]
async fn the_sites_listing_leaves_pages_alone_and_changes_what_their_space_says() {
    let world = site().await;
    let change = world.list("site", &["site!", "eng < site", "ops! < site"]).await;
    assert_eq!(world.paths(&["guide", "secret", "plan"]).await, ["site", "site secret", "site ops"]);
    assert_eq!(change.n_documents, 3);
}

#[tokio::test]
async fn a_listing_of_one_space_reports_only_the_ordinals_that_it_changed() {
    let world = site().await;
    let change = world.list("eng", &["eng! < site", "guide < eng", "secret < guide"]).await;
    assert_eq!(world.paths(&["guide", "secret", "plan"]).await, ["site eng", "site eng", "site"]);
    assert_eq!(change.ordinals, [(world.ordinal("secret").await, world.entry("guide").await.access)]);
    assert_eq!(change.n_documents, 1);
}

#[tokio::test]
async fn the_nodes_that_add_a_layer_are_told_with_it_and_those_of_other_sources_are_not() {
    let world = site().await;
    let layers: std::collections::BTreeMap<_, _> = world.store.node_layers(SOURCE).await.unwrap().into_iter().collect();
    assert_eq!(layers.keys().collect::<Vec<_>>(), ["eng", "secret", "site"]);
    assert_eq!(layers["secret"], restriction("secret", &["ada"]));
    world.list("eng", &["eng! < site", "guide < eng", "secret < guide"]).await;
    assert_eq!(world.store.node_layers(SOURCE).await.unwrap().len(), 2);
    assert!(world.store.node_layers(OTHER).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_empty_listing_of_a_root_hides_what_was_anchored_there() {
    let world = site().await;
    world.list("everybody", &["everybody"]).await;
    world.put(&["everybody"]).await;
    assert_eq!(world.path("everybody").await, "public");
    let change = world.list("everybody", &[]).await;
    assert_eq!((world.path("everybody").await.as_str(), change.n_documents), ("hidden", 1));
    assert_eq!(world.path("secret").await, "site eng secret");
}

#[tokio::test]
async fn a_page_that_vanished_is_hidden_with_all_that_is_below_it() {
    let world = site().await;
    let change = world.list("eng", &["eng! < site", "secret! < guide"]).await;
    assert_eq!(world.paths(&["guide", "secret", "plan"]).await, ["hidden", "hidden", "site"]);
    assert_eq!(change.n_documents, 2);
    assert!(change.ordinals.iter().all(|(_, access)| *access == AccessId::HIDDEN));
}

#[tokio::test]
async fn a_space_that_vanished_hides_its_pages_and_shows_them_again_when_it_returns() {
    let world = site().await;
    let change = world.list("site", &["site!", "ops < site"]).await;
    assert_eq!(world.paths(&["guide", "secret", "plan"]).await, ["hidden", "hidden", "site"]);
    assert_eq!(change.n_documents, 2);
    world.list("site", &["site!", "eng! < site", "ops < site"]).await;
    assert_eq!(world.paths(&["guide", "secret", "plan"]).await, ["site eng", "site eng secret", "site"]);
}

#[tokio::test]
async fn a_site_that_lists_nothing_any_more_hides_everything() {
    let world = site().await;
    let change = world.list("site", &[]).await;
    assert_eq!(world.paths(&["guide", "secret", "plan"]).await, ["hidden", "hidden", "hidden"]);
    assert_eq!(change.n_documents, 3);
}

#[tokio::test]
async fn a_changed_layer_is_one_row_and_touches_no_document() {
    let world = site().await;
    let layer = |table: &sangam_access::AccessTable, access| *table.layers_of(access).unwrap().last().unwrap();
    let access = world.entry("secret").await.access;
    let before = layer(&world.store.access_table(INDEX).await.unwrap(), access);

    let mut listed = nodes(&["eng! < site", "guide < eng", "secret! < guide"]);
    listed[2].layer = Some(restriction("secret", &["ben"]));
    let change = world.store.replace_nodes(INDEX, SOURCE, "eng", &listed).await.unwrap();

    let layers = vec![(before, restriction("secret", &["ben"]))];
    assert_eq!(change, AccessChange { layers, is_moved: true, ..AccessChange::default() });
    let table = world.store.access_table(INDEX).await.unwrap();
    assert_eq!(layer(&table, access), before, "a layer keeps its id");
    assert_eq!(table.layer(before), listed[2].layer.as_ref());
}

#[tokio::test]
async fn a_layer_that_comes_back_has_the_id_that_it_had() {
    let world = site().await;
    let before = world.entry("secret").await.access;
    world.list("eng", &["eng! < site", "guide < eng"]).await;
    assert_eq!(world.path("secret").await, "hidden");
    world.list("eng", &["eng! < site", "guide < eng", "secret! < guide"]).await;
    assert_eq!(world.entry("secret").await.access, before);
}

#[tokio::test]
async fn nodes_of_the_same_name_in_two_data_sources_are_two_nodes() {
    let world = site().await;
    let change = world.store.replace_nodes(INDEX, OTHER, "site", &nodes(&["site"])).await.unwrap();
    assert_eq!(change, AccessChange { is_moved: true, ..AccessChange::default() });
    assert_eq!(world.path("plan").await, "site");
    let mut foreign = world.revision("foreign", "1");
    (foreign.data_source_id, foreign.anchor) = (Some(OTHER.into()), Some("site".into()));
    world.commit(vec![foreign]).await;
    assert_eq!(world.path("foreign").await, "public");
}

#[tokio::test]
async fn a_document_without_an_anchor_keeps_its_access_whatever_is_listed() {
    let world = site().await;
    let mut fixed = world.revision("fixed", "1");
    (fixed.anchor, fixed.access) = (None, RevisionAccess::Fixed(AccessId::PUBLIC));
    world.commit(vec![fixed]).await;
    world.list("site", &["site!"]).await;
    assert_eq!(world.paths(&["fixed", "plan"]).await, ["public", "hidden"]);
}

#[tokio::test]
async fn a_document_hidden_for_now_gets_its_new_access_without_being_shown() {
    let world = site().await;
    world.start_job("job").await;
    world.hide("job", &["plan"]).await;
    let change = world.list("ops", &["ops < site", "plan! < ops"]).await;
    assert_eq!(change, AccessChange { n_documents: 1, ..AccessChange::default() });
    assert_eq!(world.path("plan").await, "hidden");
    world.see("job", &[("plan", "plan")]).await;
    assert_eq!(world.path("plan").await, "site plan");
}

#[tokio::test]
async fn a_node_of_an_index_that_does_not_exist_is_refused() {
    let world = World::new().await;
    let node = NodeRecord { id: "site".into(), parent: None, layer: Some(restriction("site", &["ada"])) };
    assert!(world.store.replace_nodes("nowhere", SOURCE, "site", &[node]).await.is_err());
}

#[tokio::test]
async fn a_directory_replaces_the_one_before() {
    let world = World::new().await;
    for name in ["ada", "ben"] {
        let user = DirectoryUser {
            id: name.into(),
            aliases: Vec::new(),
            display_name: name.into(),
            state: sangam_access::AccountState::Active,
        };
        let people = SourceDirectory { users: vec![user], groups: Vec::new() };
        world.store.put_directory(INDEX, SOURCE, &people).await.unwrap();
        assert_eq!(world.store.directories(INDEX).await.unwrap(), [(SOURCE.to_owned(), people)]);
    }
}
