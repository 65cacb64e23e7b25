//! What moves a version and what does not, and what a listing shows after a change.

use confluence_sim::{ContentId, Operation, Site};

use crate::client::{CRAWLER, get, ids, served, walk};

fn version(site: &Site, id: ContentId) -> (u32, String) {
    let version = &site.content(id).unwrap().version;
    (version.number, version.created_at.to_string())
}

#[test]
fn only_an_edit_makes_a_version() {
    let mut site = Site::acme();
    let page = ContentId(65802);
    let before = version(&site, page);
    site.restrict(page, Operation::Read, &["ada"], &[]).unwrap();
    site.restrict(page, Operation::Update, &[], &["engineering"]).unwrap();
    site.move_under(page, ContentId(65700)).unwrap();
    site.add_label(page, "new").unwrap();
    site.add_comment(page, "<p>hello</p>", "ben").unwrap();
    let attachment = site.add_attachment(page, "b.txt", "text/plain", b"one", "ben").unwrap();
    site.replace_attachment(attachment, b"two").unwrap();
    assert_eq!(version(&site, page), before);
    assert_eq!(version(&site, attachment).0, 2);
    site.edit(page, "<p>new</p>", "ben").unwrap();
    let after = version(&site, page);
    assert_eq!(after.0, before.0 + 1);
    assert_ne!(after.1, before.1);
    let live = ContentId(66300);
    let before = version(&site, live);
    site.edit(live, "<p>more typing</p>", "ada").unwrap();
    assert_eq!(version(&site, live), before, "a live doc's version lags");
    assert_eq!(site.content(live).unwrap().body, "<p>more typing</p>");
}

#[tokio::test]
async fn the_trash_is_out_of_listings_and_answers_by_id_until_it_is_emptied() {
    let sim = served(Site::acme()).await;
    let listed = async || ids(&walk(&sim, Some(CRAWLER), "/wiki/api/v2/spaces/65538/pages?limit=250").await.0);
    assert!(listed().await.contains(&"65802".to_owned()));
    sim.site().write().trash(ContentId(65801)).unwrap();
    assert!(!listed().await.contains(&"65801".to_owned()));
    let trashed = get(&sim, "/wiki/api/v2/pages/65801?body-format=storage").await.json();
    assert_eq!((&trashed["status"], &trashed["body"]), (&"trashed".into(), &serde_json::json!({})));
    let child = get(&sim, "/wiki/api/v2/pages/65802").await.json();
    assert_eq!(child["parentId"], "65700", "children move up");
    sim.site().write().purge(ContentId(65802)).unwrap();
    for path in ["pages/65802", "attachments/att66113", "footer-comments/66400", "footer-comments/66401"] {
        assert_eq!(get(&sim, &format!("/wiki/api/v2/{path}")).await.status, 404, "{path}");
    }
    sim.site().write().restore(ContentId(65801)).unwrap();
    assert!(listed().await.contains(&"65801".to_owned()));
}

#[tokio::test]
async fn a_draft_is_its_authors_alone() {
    let sim = served(Site::acme()).await;
    assert_eq!(get(&sim, "/wiki/api/v2/pages/65840?get-draft=true").await.status, 404);
    let ada = Some(("ada@acme.example", "ada-token"));
    let draft = crate::client::call_as(&sim, ada, "/wiki/api/v2/pages/65840?get-draft=true", None).await;
    assert_eq!(draft.json()["status"], "draft");
}

#[tokio::test]
async fn site_wide_comments_include_replies_by_their_parent() {
    let sim = served(Site::acme()).await;
    let (comments, _) = walk(&sim, Some(CRAWLER), "/wiki/api/v2/footer-comments?limit=1").await;
    assert_eq!(ids(&comments), ["66400", "66401"]);
    assert_eq!((&comments[0]["pageId"], comments[0].get("parentCommentId")), (&"65802".into(), None));
    assert_eq!((comments[1].get("pageId"), &comments[1]["parentCommentId"]), (None, &"66400".into()));
    let (roots, _) = walk(&sim, Some(CRAWLER), "/wiki/api/v2/pages/65802/footer-comments").await;
    assert_eq!(ids(&roots), ["66400"]);
}

#[test]
fn a_tree_never_becomes_a_ring() {
    let mut site = Site::acme();
    assert!(site.move_under(ContentId(65801), ContentId(65830)).is_err());
    assert!(site.move_under(ContentId(65801), ContentId(65801)).is_err());
}

#[test]
fn changes_to_what_is_not_there_are_refused() {
    let mut site = Site::acme();
    assert_eq!(site.edit(ContentId(1), "", "ada").unwrap_err().to_string(), "content `1` not found");
    assert_eq!(site.add_member("ghosts", "ada").unwrap_err().to_string(), "group `ghosts` not found");
    assert_eq!(site.remove_member("engineering", "zoe").unwrap_err().to_string(), "user `zoe` not found");
    assert!(site.add_page("NOPE", None, "x", "", "ada").is_err());
    assert!(site.replace_attachment(ContentId(65802), b"").is_err());
}
