//! Nodes that move, and paths that do not reach the root.

use crate::world::World;

/// Two spaces with a layer each; `guide` with its child `note` is in `eng`.
async fn two_spaces() -> World {
    let world = World::new().await;
    world.list("site", &["site", "eng! < site", "ops! < site"]).await;
    world.list("eng", &["eng! < site", "guide! < eng", "note < guide", "other! < eng"]).await;
    world.list("ops", &["ops! < site"]).await;
    world.put(&["guide", "note", "other"]).await;
    world
}

#[tokio::test]
async fn a_page_moved_to_another_parent_takes_what_is_below_it_along() {
    let world = two_spaces().await;
    let change = world.list("eng", &["eng! < site", "guide! < other", "note < guide", "other! < eng"]).await;
    assert_eq!(world.paths(&["guide", "note", "other"]).await, ["eng other guide", "eng other guide", "eng other"]);
    assert_eq!(change.n_documents, 2);
}

#[tokio::test]
async fn a_page_moved_between_spaces_is_in_its_new_one_whichever_is_listed_first() {
    let from = ("eng", vec!["eng! < site", "other! < eng"]);
    let to = ("ops", vec!["ops! < site", "guide! < ops", "note < guide"]);
    for (first, second) in [(&from, &to), (&to, &from)] {
        let world = two_spaces().await;
        world.list(first.0, &first.1).await;
        world.list(second.0, &second.1).await;
        assert_eq!(world.paths(&["guide", "note", "other"]).await, ["ops guide", "ops guide", "eng other"]);
    }
}

#[tokio::test]
async fn a_page_whose_parent_moved_to_a_stricter_space_is_never_left_with_its_old_access() {
    let world = two_spaces().await;
    // The listing of the new space is older than the child: it has the moved page alone.
    let change = world.list("ops", &["ops! < site", "guide! < ops"]).await;
    assert_eq!(world.paths(&["guide", "note"]).await, ["ops guide", "ops guide"]);
    assert_eq!(change.n_documents, 2);
}

#[tokio::test]
async fn a_page_below_one_that_vanished_from_another_listing_is_hidden() {
    let world = two_spaces().await;
    world.list("ops", &["ops! < site", "child < guide"]).await;
    world.put(&["child"]).await;
    assert_eq!(world.path("child").await, "eng guide");
    let change = world.list("eng", &["eng! < site"]).await;
    assert_eq!(world.path("child").await, "hidden");
    assert_eq!(change.n_documents, 4);
}

#[tokio::test]
async fn a_space_that_becomes_part_of_another_one_belongs_to_the_listing_above() {
    let world = two_spaces().await;
    world.list("site", &["site", "ops! < site", "eng! < ops"]).await;
    assert_eq!(world.path("other").await, "ops eng other");
    world.list("site", &["site", "ops! < site"]).await;
    assert_eq!(world.path("other").await, "hidden");
}

#[tokio::test]
async fn a_path_that_does_not_reach_the_root_hides_what_is_on_it() {
    let cases: [(&str, &[&str]); 4] = [
        ("a parent that nobody listed", &["eng! < site", "guide < nowhere", "note < guide", "other! < eng"]),
        ("a page that is its own parent", &["eng! < site", "guide < guide", "note < guide", "other! < eng"]),
        ("two pages below each other", &["eng! < site", "guide < note", "note < guide", "other! < eng"]),
        ("a page below a cycle", &["eng! < site", "guide < note", "note < x", "x < note", "other! < eng"]),
    ];
    for (case, tree) in cases {
        let world = two_spaces().await;
        let change = world.list("eng", tree).await;
        assert_eq!(world.paths(&["guide", "note", "other"]).await, ["hidden", "hidden", "eng other"], "{case}");
        assert_eq!(change.n_documents, 2, "{case}");
        world.list("eng", &["eng! < site", "guide! < eng", "note < guide", "other! < eng"]).await;
        assert_eq!(world.paths(&["guide", "note"]).await, ["eng guide", "eng guide"], "{case}, mended");
    }
}

#[tokio::test]
async fn a_path_longer_than_any_page_tree_hides_its_end_and_not_its_beginning() {
    let world = two_spaces().await;
    let names: Vec<String> =
        (0..1_000).map(|n| format!("p{n} < {}", if n == 0 { "ops".into() } else { format!("p{}", n - 1) })).collect();
    let tree: Vec<&str> = std::iter::once("ops! < site").chain(names.iter().map(String::as_str)).collect();
    world.list("ops", &tree).await;
    world.put(&["p0", "p997", "p998", "p999"]).await;
    assert_eq!(world.paths(&["p0", "p997", "p998", "p999"]).await, ["ops", "ops", "hidden", "hidden"]);
}

#[tokio::test]
async fn a_listing_that_begins_at_a_page_does_not_take_that_page_from_the_listing_above() {
    let world = two_spaces().await;
    world.list("guide", &["guide! < other", "note < guide"]).await;
    assert_eq!(world.path("note").await, "eng other guide");
    world.list("eng", &["eng! < site", "other! < eng"]).await;
    assert_eq!(world.paths(&["guide", "note", "other"]).await, ["hidden", "hidden", "eng other"]);
}
