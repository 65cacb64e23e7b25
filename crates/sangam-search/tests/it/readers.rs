//! Who finds what.

use sangam_access::{
    AccountState, DirectoryGroup, DirectoryUser, Layer, LayerOrigin, LayerRecord, Principal, ReaderRequest,
    SourceDirectory,
};
use sangam_ingest::{IndexBatch, NewDocument};
use sangam_search::{Audience, SearchError, SearchRequest};
use sangam_store::{AcceptedDocument, NodeRecord, RevisionAccess};

use crate::world::{SOURCE, World, as_group, as_user, ask, list, only, page, user};

#[tokio::test(flavor = "multi_thread")]
async fn each_reader_finds_what_every_list_lets_them() {
    let world = World::new().await;
    let group = |name: &str| Principal::Group { name: name.into(), data_source: None };
    let lists = |id: &str, lists: Vec<Layer>| AcceptedDocument {
        lists: lists.into_iter().map(list).collect(),
        ..page(id, "a fox")
    };
    world
        .put(&[
            page("public", "a fox"),
            lists("ada", vec![Layer::only([user("ada")])]),
            lists("ada or eng", vec![Layer::only([user("ada"), group("eng")])]),
            lists("both", vec![Layer::only([user("ada"), user("ben")]), Layer::only([user("ben"), group("eng")])]),
            lists("not ben", vec![Layer { deny: [user("ben")].into(), ..Layer::everyone() }]),
            lists("no one", vec![Layer::nobody()]),
        ])
        .await;
    let ada_of_eng = ReaderRequest { groups: vec!["eng".into()], ..as_user(Some("ada")) };
    let cases: [(ReaderRequest, &[&str]); 6] = [
        (as_user(None), &["public"]),
        (as_user(Some("stranger")), &["not ben", "public"]),
        (as_user(Some("ada")), &["ada", "ada or eng", "not ben", "public"]),
        (as_user(Some("ben")), &["both", "public"]),
        (as_group("eng", None), &["ada or eng", "not ben", "public"]),
        (ada_of_eng, &["ada", "ada or eng", "both", "not ben", "public"]),
    ];
    for (reader, expected) in cases {
        let request = ask("fox", reader.clone());
        assert_eq!(world.found(&request).await, expected, "{reader:?}");
        assert_eq!(world.passages_of(&request).await, expected, "{reader:?}");
    }
}

/// A document of the data source, anchored at a node.
fn anchored(id: &str, anchor: &str) -> NewDocument {
    NewDocument {
        document_id: id.into(),
        data_source_id: Some(SOURCE.into()),
        anchor: Some(anchor.into()),
        version: "1".into(),
        title: id.into(),
        text: "a fox".into(),
        attributes: Vec::new(),
        access: RevisionAccess::Anchored,
        failure: None,
        inbox_seq: None,
    }
}

fn people(members: &[&str]) -> SourceDirectory {
    let account = |id: &str| DirectoryUser {
        id: id.into(),
        aliases: vec![format!("{id}@example.com")],
        display_name: id.into(),
        state: AccountState::Active,
    };
    let eng = DirectoryGroup {
        id: "g1".into(),
        name: "eng".into(),
        members: members.iter().map(|name| (*name).into()).collect(),
        member_groups: Vec::new(),
        product_access: true,
        administers: false,
    };
    SourceDirectory { users: vec![account("ada"), account("ben")], groups: vec![eng] }
}

fn node(id: &str, parent: Option<&str>, layer: Option<Layer>) -> NodeRecord {
    let origin = LayerOrigin::Restriction { id: id.into(), title: id.into() };
    NodeRecord {
        id: id.into(),
        parent: parent.map(Into::into),
        layer: layer.map(|layer| LayerRecord::known(layer, origin)),
    }
}

/// A site that `eng` may use, with an open page and one for `ben` alone; one document at each, and one nowhere.
async fn site(world: &World) {
    let (data_source, index) = (SOURCE.to_owned(), world.index());
    let group = Principal::SourceGroup { data_source: data_source.clone(), id: "g1".into() };
    let ben = Principal::SourceUser { data_source, id: "ben".into() };
    let nodes = [
        node("site", None, Some(Layer::only([group]))),
        node("open", Some("site"), None),
        node("closed", Some("site"), Some(Layer::only([ben]))),
    ];
    index.put_directory(SOURCE, &people(&["ada", "ben"])).await.unwrap();
    index.replace_nodes(SOURCE, "site", &nodes).await.unwrap();
    let documents = ["site", "open", "closed", "nowhere"].map(|id| anchored(id, id)).into();
    index.write(IndexBatch { documents, ..IndexBatch::default() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_membership_or_restriction_holds_for_the_next_question() {
    let world = World::new().await;
    site(&world).await;
    let found = async |name: &str| world.found(&ask("fox", as_user(Some(name)))).await;
    assert_eq!(found("ada@example.com").await, ["open", "site"]);
    assert_eq!(found("BEN").await, ["closed", "open", "site"]);
    assert_eq!(world.found(&ask("fox", as_group("eng", Some(SOURCE)))).await, ["open", "site"]);

    world.index().put_directory(SOURCE, &people(&["ada"])).await.unwrap();
    assert!(found("ben").await.is_empty());

    world.index().replace_nodes(SOURCE, "site", &[node("site", None, None), node("closed", None, None)]).await.unwrap();
    assert_eq!(found("ben").await, ["closed", "site"], "the open page lost its place");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_what_is_current_and_never_what_is_hidden() {
    let world = World::new().await;
    site(&world).await;
    world.put(&[page("public", "a fox"), only(&[], page("no one", "a fox"))]).await;
    let everything = SearchRequest { audience: Audience::Everything, ..ask("fox", as_user(None)) };
    assert_eq!(world.found(&everything).await, ["closed", "no one", "open", "public", "site"]);
    assert_eq!(world.found(&ask("fox", as_user(None))).await, ["public"]);

    world.store.insert_job("job", "index", SOURCE).await.unwrap();
    world.index().hide("job", &["open".into()]).await.unwrap();
    world.index().remove(&["public".into()]).await.unwrap();
    assert_eq!(world.found(&everything).await, ["closed", "no one", "site"]);
    assert!(!world.passages_of(&everything).await.contains(&"open".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_not_open_is_an_error_that_says_so() {
    let world = World::new().await;
    let request = SearchRequest { index_id: "nowhere".into(), ..ask("fox", as_user(None)) };
    let refused = world.searcher.query(&world.store, &request).await.unwrap_err();
    assert!(matches!(refused, SearchError::Index(_)) && refused.to_string().contains("`nowhere`"), "{refused}");
    assert!(world.searcher.retrieve(&world.store, &request).await.is_err());
    assert!(!format!("{request:?}").contains("fox"), "a question is never printed");
}
