//! Content of apps, over HTTP and from a seed.

use confluence_sim::{ContentId, Site};
use serde_json::json;

use crate::client::{CRAWLER, call_as, encoded, get, ids, served, walk};

const CARD: &str = "ac:cards:card";

/// A space with custom content on everything that can hold it.
const SEED: &str = r#"{
  "users": [{"handle": "ada", "name": "Ada", "email": "ada@x.example"},
            {"handle": "ben", "name": "Ben", "email": "ben@x.example"}],
  "groups": [{"name": "all", "access": "user", "members": ["ada", "ben"]}],
  "credentials": [{"user": "ada", "token": "a"}, {"user": "ben", "token": "b"}],
  "spaces": [{
    "key": "S", "name": "Space", "permissions": [{"group": "all"}],
    "pages": [{
      "title": "Secret", "id": 10, "view": {"users": ["ada"]},
      "custom": [{
        "type": "ac:cards:card", "title": "On a page", "id": 11, "body": "A card.", "labels": ["red"],
        "comments": [{"by": "ada", "body": "Hm.", "id": 12, "replies": [{"by": "ada", "body": "Yes.", "id": 13}]}],
        "attachments": [{"name": "card.txt", "id": 14, "text": "in a card"}],
        "custom": [{"type": "ac:cards:card", "title": "On a card", "id": 15}]
      }]
    }],
    "blogs": [{"title": "News", "id": 20, "custom": [{"type": "ac:cards:card", "title": "On a blog", "id": 21}]}],
    "custom": [{"type": "ac:cards:card", "title": "In a space", "id": 30},
               {"type": "ac:cards:deck", "title": "A deck", "id": 31}]
  }]
}"#;

const ADA: Option<(&str, &str)> = Some(("ada@x.example", "a"));
const BEN: Option<(&str, &str)> = Some(("ben@x.example", "b"));

#[tokio::test]
async fn it_is_listed_by_type_and_trimmed_like_all_else() {
    let sim = served(Site::from_json(SEED).unwrap()).await;
    let space = sim.site().read().find_space("S").unwrap().id;
    for (path, of_ada, of_ben) in [
        (format!("custom-content?type={CARD}"), vec!["11", "15", "21", "30"], vec!["21", "30"]),
        (format!("custom-content?type={CARD}&id=11&id=30"), vec!["11", "30"], vec!["30"]),
        (format!("spaces/{space}/custom-content?type={CARD}"), vec!["11", "15", "21", "30"], vec!["21", "30"]),
        (format!("spaces/{space}/custom-content?type=ac:cards:deck"), vec!["31"], vec!["31"]),
        (format!("blogposts/20/custom-content?type={CARD}"), vec!["21"], vec!["21"]),
        (format!("custom-content?type={CARD}&sort=-id&limit=3"), vec!["30", "21", "15", "11"], vec!["30", "21"]),
    ] {
        let path = format!("/wiki/api/v2/{path}");
        assert_eq!(ids(&walk(&sim, ADA, &path).await.0), of_ada, "{path}");
        assert_eq!(ids(&walk(&sim, BEN, &path).await.0), of_ben, "{path}");
    }
    for (path, found) in [
        (format!("pages/10/custom-content?type={CARD}"), vec!["11"]),
        ("custom-content/11/children".to_owned(), vec!["15"]),
        ("custom-content/11/attachments".to_owned(), vec!["att14"]),
        ("custom-content/11/footer-comments".to_owned(), vec!["12"]),
    ] {
        let path = format!("/wiki/api/v2/{path}");
        assert_eq!(ids(&walk(&sim, ADA, &path).await.0), found, "{path}");
        assert_eq!(call_as(&sim, BEN, &path, None).await.status, 404, "{path}");
    }
    for missing in ["custom-content", "custom-content?type=", "pages/10/custom-content"] {
        assert_eq!(call_as(&sim, ADA, &format!("/wiki/api/v2/{missing}"), None).await.status, 400, "{missing}");
    }
}

#[tokio::test]
async fn it_tells_what_it_is_on_and_so_does_what_is_on_it() {
    let sim = served(Site::from_json(SEED).unwrap()).await;
    let one = async |path: &str| call_as(&sim, ADA, &format!("/wiki/api/v2/{path}"), None).await.json();
    let card = one("custom-content/11?body-format=storage&include-labels=true").await;
    assert_eq!((&card["type"], &card["pageId"]), (&json!(CARD), &json!("10")));
    assert_eq!(card["body"]["storage"]["value"], "<p>A card.</p>");
    assert_eq!(card["labels"]["results"][0]["name"], "red");
    assert_eq!(one("custom-content/11?body-format=raw").await["body"]["raw"]["value"], "<p>A card.</p>");
    assert_eq!(one("custom-content/15").await["customContentId"], "11");
    assert_eq!(one("custom-content/21").await["blogPostId"], "20");
    let of_space = one("custom-content/30").await;
    assert!(["pageId", "blogPostId", "customContentId"].iter().all(|name| of_space.get(name).is_none()));
    let file = one("attachments/att14").await;
    assert_eq!((&file["customContentId"], file.get("pageId")), (&json!("11"), None));
    let comment = one("footer-comments/12").await;
    assert_eq!((&comment["customContentId"], comment.get("pageId")), (&json!("11"), None));
    assert_eq!(one("footer-comments/13").await["parentCommentId"], "12");
    let bytes = "/wiki/rest/api/content/11/child/attachment/att14/download";
    assert_eq!(
        (call_as(&sim, ADA, bytes, None).await.status, call_as(&sim, BEN, bytes, None).await.status),
        (302, 404)
    );
    let types = call_as(&sim, ADA, "/wiki/api/v2/content/convert-ids-to-types", Some(json!({"contentIds": ["11"]})));
    assert_eq!(types.await.json()["results"]["11"], CARD);
}

#[tokio::test]
async fn it_comes_and_goes_with_what_it_is_on() {
    let sim = served(Site::from_json(SEED).unwrap()).await;
    let status = async |who, path: &str| call_as(&sim, who, &format!("/wiki/api/v2/{path}"), None).await.status;
    let listed = async || {
        let path = format!("/wiki/api/v2/custom-content?type={CARD}");
        ids(&walk(&sim, BEN, &path).await.0)
    };
    sim.site().write().move_under(ContentId(11), ContentId(20)).unwrap();
    assert_eq!(listed().await, ["11", "15", "21", "30"]);
    assert_eq!(status(BEN, "attachments/att14").await, 200);
    sim.site().write().trash(ContentId(11)).unwrap();
    assert_eq!(listed().await, ["21", "30"]);
    let trashed = call_as(&sim, BEN, "/wiki/api/v2/custom-content/11?body-format=storage", None).await.json();
    assert_eq!((&trashed["status"], &trashed["body"]), (&json!("trashed"), &json!({})));
    assert_eq!(status(BEN, "attachments/att14").await, 404);
    sim.site().write().purge(ContentId(11)).unwrap();
    assert_eq!((status(ADA, "custom-content/11").await, status(ADA, "attachments/att14").await), (404, 404));
    let added = sim.site().write().add_custom_content(ContentId(20), CARD, "New", "<p>n</p>", "ben").unwrap();
    assert!(listed().await.contains(&added.to_string()));
    let cql = encoded(&format!("type = \"{CARD}\" and container = 20"));
    let found = walk(&sim, BEN, &format!("/wiki/rest/api/content/search?cql={cql}")).await.0;
    assert_eq!(ids(&found), ["21".to_owned(), added.to_string()]);
}

#[tokio::test]
async fn nodes_of_every_kind_have_descendants() {
    let seed = r#"{
      "users": [{"handle": "ada", "name": "Ada", "email": "ada@x.example"}],
      "groups": [{"name": "all", "access": "user", "members": ["ada"]}],
      "credentials": [{"user": "ada", "token": "a"}],
      "spaces": [{"key": "S", "name": "S", "permissions": [{"group": "all"}], "pages": [{"title": "H", "id": 1, "children": [
        {"title": "W", "id": 2, "type": "whiteboard", "children": [{"title": "D", "id": 3, "type": "database", "children": [
          {"title": "E", "id": 4, "type": "embed", "children": [{"title": "P", "id": 5}]}]}]}]}]}]
    }"#;
    let sim = served(Site::from_json(seed).unwrap()).await;
    for (node, below) in
        [("whiteboards/2", vec!["3", "4", "5"]), ("databases/3", vec!["4", "5"]), ("embeds/4", vec!["5"])]
    {
        let path = format!("/wiki/api/v2/{node}/descendants?depth=10");
        assert_eq!(ids(&walk(&sim, ADA, &path).await.0), below, "{node}");
    }
    assert_eq!(call_as(&sim, ADA, "/wiki/api/v2/embeds/3/descendants", None).await.status, 404);
}

#[tokio::test]
async fn labels_of_a_search_end_at_two_hundred() {
    let sim = served(Site::acme()).await;
    for nth in 0..230 {
        sim.site().write().add_label(ContentId(65802), &format!("label{nth:03}")).unwrap();
    }
    let found = get(&sim, "/wiki/rest/api/content/search?cql=id%3D65802&expand=metadata.labels").await.json();
    let labels = &found["results"][0]["metadata"]["labels"];
    assert_eq!((labels["results"].as_array().unwrap().len(), &labels["size"]), (200, &json!(200)));
    let all = walk(&sim, Some(CRAWLER), "/wiki/api/v2/pages/65802/labels?limit=250").await.0;
    assert!(all.len() >= 230);
}
