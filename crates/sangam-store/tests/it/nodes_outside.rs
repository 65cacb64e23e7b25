//! Where a listing ended cleanly: the nodes outside those that did not.

use std::collections::HashSet;

use crate::world::{OTHER, SOURCE, World, owned};

#[tokio::test]
async fn nodes_outside_some_subtrees_are_those_whose_path_to_the_root_avoids_them() {
    let world = World::new().await;
    world.list("site", &["site", "eng < site", "ops < site"]).await;
    world
        .list("eng", &["eng < site", "guide < eng", "note < guide", "lost < nowhere", "ring < loop", "loop < ring"])
        .await;
    let cases: [(&[&str], &[&str]); 7] = [
        (&[], &["site", "eng", "ops", "guide", "note"]),
        (&["eng"], &["site", "ops"]),
        (&["guide"], &["site", "eng", "ops"]),
        (&["note", "ops"], &["site", "eng", "guide"]),
        (&["site"], &[]),
        (&["unheard-of"], &["site", "eng", "ops", "guide", "note"]),
        (&["nowhere", "ring"], &["site", "eng", "ops", "guide", "note"]),
    ];
    for (roots, outside) in cases {
        let found = world.store.nodes_outside(SOURCE, &owned(roots)).await.unwrap();
        assert_eq!(found, owned(outside).into_iter().collect::<HashSet<_>>(), "outside {roots:?}");
    }
    assert!(world.store.nodes_outside(OTHER, &[]).await.unwrap().is_empty());
}
