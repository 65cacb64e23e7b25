use sangam_access::{Layer, LayerOrigin, LayerRecord, Principal};
use sangam_store::AcceptedDocument;

use crate::world::{INDEX, World, accepted};

fn only(names: &[&str]) -> LayerRecord {
    let users = names.iter().map(|name| Principal::User { name: (*name).into() });
    LayerRecord::known(Layer::only(users), LayerOrigin::AccessControlList { level: 0 })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_found_by_whom_every_list_allows() {
    let world = World::new().await;
    let restricted =
        AcceptedDocument { lists: vec![only(&["ada", "ben"]), only(&["ben", "cho"])], ..accepted("secret", "a fox") };
    world.store.accept(INDEX, &[restricted, accepted("public", "a fox")]).await.unwrap();
    world.index().await.wake();
    world.settle().await;
    assert_eq!(world.found(Some("ben"), "fox").await, ["public", "secret"]);
    for stranger in [Some("ada"), Some("cho"), Some("nobody"), None] {
        assert_eq!(world.found(stranger, "fox").await, ["public"], "{stranger:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_never_shows_under_the_access_of_the_one_before() {
    let world = World::new().await;
    world.put("page", "harmless words").await;
    world.settle().await;
    let closed = AcceptedDocument { lists: vec![only(&["ada"])], ..accepted("page", "confidential words") };
    world.store.accept(INDEX, &[closed]).await.unwrap();
    world.index().await.wake();
    // Until the new revision is current the old one is, and never the new text for everybody.
    while world.store.inbox_len(INDEX).await.unwrap() > 0 {
        assert!(world.found(None, "confidential").await.is_empty());
    }
    world.index().await.shown().await;
    assert!(world.found(None, "words").await.is_empty());
    assert_eq!(world.found(Some("ada"), "confidential").await, ["page"]);
}
