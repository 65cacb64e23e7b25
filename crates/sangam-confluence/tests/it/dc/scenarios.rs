//! The scenarios of who may read what, from the site through a crawl to the reader.

use confluence_sim::{
    AccessClass, AccountStatus, ContentId, DcOptions, DcVersion, GroupAccess, Operation, Site, SpaceStatus, Subject,
};
use sangam_sync::{CrawlMode, Presence};
use serde_json::json;

use super::World;

struct Scene {
    world: World,
    parent: ContentId,
    child: ContentId,
}

const ALL: &str = r#"{"group": "confluence-users"}, {"group": "confluence-administrators"}"#;

/// A space `S` that `rows` open, with the child C below the parent P, and a space `T` of H.
async fn scene(rows: &str, options: DcOptions) -> Scene {
    scene_of(&seed(rows), options).await
}

fn seed(rows: &str) -> String {
    format!(
        r#"{{
        "users": [
            {{"handle": "ada", "name": "Ada", "email": "ada@acme.example"}},
            {{"handle": "ben", "name": "Ben", "email": "ben@acme.example"}},
            {{"handle": "cho", "name": "Cho", "email": "cho@acme.example"}},
            {{"handle": "dmitri", "name": "Dmitri", "status": "inactive"}},
            {{"handle": "root", "name": "Root", "email": "root@acme.example"}}, {{"handle": "uma", "name": "Uma"}}
        ],
        "groups": [
            {{"name": "confluence-users", "access": "user", "members": ["ada", "ben", "cho", "dmitri"]}},
            {{"name": "confluence-administrators", "access": "site-admin", "members": ["root"]}},
            {{"name": "E", "members": ["ada", "ben", "dmitri", "uma"]}},
            {{"name": "H", "members": ["cho"]}},
            {{"name": "D"}}
        ],
        "credentials": [{{"user": "root", "token": "t0p"}}],
        "spaces": [
            {{"key": "S", "name": "S", "permissions": [{rows}],
              "pages": [{{"title": "P", "children": [{{"title": "C", "body": "text"}}]}}]}},
            {{"key": "T", "name": "T", "permissions": [{{"group": "H"}}], "pages": [{{"title": "T home"}}]}}
        ]}}"#
    )
}

async fn scene_of(seed: &str, options: DcOptions) -> Scene {
    let site = Site::from_json(seed).unwrap().into_data_center(options);
    let id = |title: &str| site.find_titled(title).unwrap().id;
    let (parent, child) = (id("P"), id("C"));
    Scene { world: World::new(site).await, parent, child }
}

async fn plain(rows: &str) -> Scene {
    scene(rows, DcOptions::default()).await
}

impl Scene {
    fn change(&self, change: impl FnOnce(&mut Site)) {
        change(&mut self.world.sim.site().write());
    }

    fn restrict(&self, id: ContentId, users: &[&str], groups: &[&str]) {
        self.change(|site| site.restrict(id, Operation::Read, users, groups).unwrap());
    }

    /// A sync, after which `document` is read by exactly these, and everything by whom the site says.
    #[track_caller]
    fn check(&self, document: &str, readers: &[&str]) {
        self.world.assert_agreement(document);
        assert_eq!(self.world.readers(document), readers, "{document}: {:?}", self.world.shelf.warnings);
    }

    async fn expect(&mut self, document: &str, readers: &[&str]) {
        self.world.sync().await;
        self.check(document, readers);
    }

    fn child(&self) -> String {
        format!("page/{}", self.child)
    }
}

#[tokio::test]
async fn s01_to_s06_and_s12_to_s13_layers_intersect_and_moves_count_at_once() {
    let mut it = plain(ALL).await;
    let child = it.child();
    it.expect(&child, &["ada", "ben", "cho", "root"]).await;
    it.restrict(it.parent, &[], &["E"]);
    it.expect(&child, &["ada", "ben"]).await;
    assert!(it.world.shelf.sent.is_empty(), "a restriction fetches nothing: {:?}", it.world.shelf.sent);
    it.restrict(it.child, &["cho"], &[]);
    it.expect(&child, &[]).await;
    it.restrict(it.child, &["ada", "cho"], &[]);
    it.expect(&child, &["ada"]).await;
    // 5: past a parent without a list of its own.
    let mut grandchild = ContentId(0);
    it.restrict(it.child, &[], &[]);
    it.change(|site| grandchild = site.add_page("S", Some(it.child), "G", "<p>g</p>", "ada").unwrap());
    it.restrict(grandchild, &["ben"], &["H"]);
    it.expect(&format!("page/{grandchild}"), &["ben"]).await;
    // 12: moved from under the restriction.
    it.change(|site| {
        let open = site.add_page("S", None, "Q", "<p>q</p>", "ada").unwrap();
        site.move_under(it.child, open).unwrap();
    });
    it.expect(&child, &["ada", "ben", "cho", "root"]).await;
    // 6: a restriction grants nothing.
    let mut it = plain(r#"{"group": "E"}"#).await;
    let child = it.child();
    it.restrict(it.child, &["cho"], &[]);
    it.expect(&child, &[]).await;
}

#[tokio::test]
async fn s07_to_s10_and_s40_edit_lists_attachments_comments_replies_and_blog_posts() {
    let mut it = plain(ALL).await;
    it.change(|site| site.restrict(it.parent, Operation::Update, &["ada"], &[]).unwrap());
    let (mut file, mut comment, mut reply, mut on_comment) = (ContentId(0), ContentId(0), ContentId(0), ContentId(0));
    it.change(|site| {
        file = site.add_attachment(it.child, "a.txt", "text/plain", b"x", "ada").unwrap();
        comment = site.add_comment(it.child, "<p>c</p>", "ben").unwrap();
        reply = site.add_comment(comment, "<p>r</p>", "ben").unwrap();
        on_comment = site.add_attachment(comment, "b.txt", "text/plain", b"x", "ada").unwrap();
    });
    let child = it.child();
    it.expect(&child, &["ada", "ben", "cho", "root"]).await;
    it.restrict(it.parent, &[], &["E"]);
    it.expect(&format!("attachment/att{file}"), &["ada", "ben"]).await;
    it.check(&format!("attachment/att{on_comment}"), &["ada", "ben"]);
    it.restrict(it.child, &["ada"], &[]);
    it.expect(&format!("comment/{comment}"), &["ada"]).await;
    it.check(&format!("comment/{reply}"), &["ada"]);
    let mut blog = ContentId(0);
    it.change(|site| {
        let new = confluence_sim::NewContent {
            space: "S",
            parent: None,
            kind: confluence_sim::Kind::BlogPost,
            title: "News?",
            body: "<p>n</p>",
            author: "ada",
        };
        blog = site.add(new).unwrap();
    });
    it.restrict(blog, &["cho"], &[]);
    it.expect(&format!("blog/{blog}"), &["cho"]).await;
}

#[tokio::test]
async fn s14_to_s16_s18_and_s19_groups_and_people_change_without_the_page() {
    let mut it = plain(ALL).await;
    let child = it.child();
    it.restrict(it.parent, &["dmitri"], &["E"]);
    it.expect(&child, &["ada", "ben"]).await;
    it.change(|site| site.remove_member("E", "ben").unwrap());
    it.expect(&child, &["ada"]).await;
    it.change(|site| site.set_user_status("ada", AccountStatus::Inactive).unwrap());
    it.expect(&child, &[]).await;
    it.change(|site| site.set_user_status("ada", AccountStatus::Active).unwrap());
    it.expect(&child, &["ada"]).await;
    // 18: renamed at the directory, the list keeps the dead name.
    it.change(|site| site.rename_group("E", "Engineers").unwrap());
    it.expect(&child, &[]).await;
    // 16: deleted.
    it.restrict(it.parent, &[], &["H"]);
    it.expect(&child, &["cho"]).await;
    it.change(|site| site.delete_group("H").unwrap());
    it.expect(&child, &[]).await;
    // 19: nested, where the directory counts that.
    for (nested_groups, readers) in [(true, vec!["ada", "ben"]), (false, vec![])] {
        for members_flattened in [false, true] {
            let options = DcOptions { nested_groups, members_flattened, ..DcOptions::default() };
            let mut it = scene(r#"{"group": "D"}"#, options).await;
            it.change(|site| {
                site.nest_group("D", "E").unwrap();
                site.nest_group("E", "D").unwrap();
            });
            let child = it.child();
            it.expect(&child, &readers).await;
        }
    }
}

#[tokio::test]
async fn s20_and_s22_everybody_where_both_switches_are_on_and_no_list_is_above() {
    for version in DcVersion::ALL {
        let mut it = scene(r#"{"group": "E"}"#, DcOptions { version, ..DcOptions::default() }).await;
        let child = it.child();
        it.change(|site| site.grant("S", Subject::Class(AccessClass::AnonymousUsers), "read", "space").unwrap());
        it.expect(&child, &["ada", "ben"]).await;
        it.change(|site| site.settings.anonymous_access = true);
        it.expect(&child, &["ada", "ben", "cho", "dmitri", "root", "uma", "anon"]).await;
        it.restrict(it.parent, &[], &["E"]);
        it.expect(&child, &["ada", "ben"]).await;
    }
}

#[tokio::test]
async fn s24_s26_to_s29_and_s31_states_spaces_and_rows() {
    let mut it = plain(ALL).await;
    it.world.more = json!({ "isCrawlArchivedSpace": true });
    let child = it.child();
    it.change(|site| site.set_space_status("S", SpaceStatus::Archived).unwrap());
    it.expect(&child, &["ada", "ben", "cho", "root"]).await;
    it.change(|site| site.set_space_status("S", SpaceStatus::Current).unwrap());
    // 31: into another space, the id stays, the old space's rights go.
    it.world.sync().await;
    it.change(|site| {
        let home = site.find_titled("T home").unwrap().id;
        site.move_under(it.child, home).unwrap();
    });
    it.expect(&child, &["cho"]).await;
    // 26: in the trash it is nobody's, and the site says where it is.
    it.change(|site| site.trash(it.child).unwrap());
    it.world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(it.world.missing().await, [(child.clone(), Presence::Trashed)]);
    // 38: restored with its old date it is there again.
    it.world.sync().await;
    assert!(!it.world.shelf.documents.contains_key(&child));
    it.change(|site| site.restore(it.child).unwrap());
    it.expect(&child, &["cho"]).await;
    // 29: administering a space is not viewing it.
    let mut it = plain(r#"{"group": "H"}"#).await;
    let child = it.child();
    it.change(|site| {
        let ada = site.find_user("ada").unwrap().account_id.clone();
        site.grant("S", Subject::User(ada), "administer", "space").unwrap();
    });
    it.expect(&child, &["cho"]).await;
}

#[tokio::test]
async fn s30_the_super_group_opens_nothing_in_search() {
    let mut it = plain(ALL).await;
    let child = it.child();
    it.restrict(it.parent, &[], &["E"]);
    it.expect(&child, &["ada", "ben"]).await;
    assert!(!it.world.finds("root", &child));
}

#[tokio::test]
async fn s32_and_s33_nothing_of_another_page_is_taken_by_the_crawlers_rights() {
    let mut it = plain(ALL).await;
    it.change(|site| {
        let secret = site.add_page("S", None, "Secret plan", "<p>layoffs</p>", "ada").unwrap();
        site.restrict(secret, Operation::Read, &["ada"], &[]).unwrap();
        let include = r#"<p>own</p><ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="Secret plan" /></ac:link></ac:parameter></ac:structured-macro>"#;
        site.edit(it.child, include, "ada").unwrap();
    });
    it.world.sync().await;
    let document = &it.world.shelf.documents[&it.child()];
    let sangam_sync::Content::Text(text) = &document.content else { panic!("it has text: {document:?}") };
    assert!(text.contains("own") && !text.contains("layoffs"), "{text}");
}

#[tokio::test]
async fn s34_without_the_right_to_use_the_site_no_row_opens_anything() {
    let mut it = plain(ALL).await;
    let child = it.child();
    it.change(|site| {
        let uma = site.find_user("uma").unwrap().account_id.clone();
        site.grant("S", Subject::User(uma), "read", "space").unwrap();
    });
    it.expect(&child, &["ada", "ben", "cho", "root"]).await;
    it.change(|site| site.set_can_use("uma", true).unwrap());
    it.expect(&child, &["ada", "ben", "cho", "root", "uma"]).await;
    // A group that lost the right opens nothing any more.
    it.change(|site| site.set_group_access("confluence-users", GroupAccess::None).unwrap());
    it.expect(&child, &["root", "uma"]).await;
}

#[tokio::test]
async fn s35_a_list_of_more_people_than_one_answer_shows_is_read_to_its_end() {
    let people: Vec<String> = (0..250).map(|n| format!(r#"{{"handle": "p{n}", "name": "P{n}"}}"#)).collect();
    let names: Vec<String> = (0..250).map(|n| format!("p{n}")).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let seed = format!(
        r#"{{
        "users": [{{"handle": "root", "name": "Root", "email": "root@acme.example"}}, {}],
        "groups": [
            {{"name": "confluence-users", "access": "user", "members": [{}]}},
            {{"name": "confluence-administrators", "access": "site-admin", "members": ["root"]}}
        ],
        "credentials": [{{"user": "root", "token": "t0p"}}],
        "spaces": [{{"key": "S", "name": "S", "permissions": [{{"group": "confluence-users"}}], "pages": [{{"title": "P"}}]}}]
        }}"#,
        people.join(","),
        quoted.join(",")
    );
    let site = Site::from_json(&seed).unwrap().into_data_center(DcOptions::default());
    let page = site.find_titled("P").unwrap().id;
    let mut world = World::new(site).await;
    let who: Vec<&str> = names.iter().map(String::as_str).collect();
    world.sim.site().write().restrict(page, Operation::Read, &who, &[]).unwrap();
    world.sync().await;
    world.assert_agreement("250 people");
    assert_eq!(world.readers(&format!("page/{page}")).len(), 250);
}

#[tokio::test]
async fn s37_what_the_crawler_does_not_see_any_more_is_not_gone() {
    let mut it = plain(ALL).await;
    it.change(|site| {
        site.add_member("confluence-users", "root").unwrap();
        site.add_group("admins", GroupAccess::SiteAdmin);
        site.add_member("admins", "root").unwrap();
        site.grant("T", Subject::Group("confluence-users".into()), "read", "space").unwrap();
        site.remove_member("confluence-administrators", "root").unwrap();
    });
    it.world.sync().await;
    let child = it.child();
    it.restrict(it.child, &["cho"], &[]);
    it.world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(it.world.missing().await, [(child.clone(), Presence::Unseen)]);
    assert!(it.world.readers(&child).is_empty(), "hidden until the crawler sees it again");
    it.restrict(it.child, &["cho", "root"], &[]);
    it.expect(&child, &["cho", "root"]).await;
}

#[tokio::test]
async fn s39_an_address_of_two_people_finds_neither_and_everything_else_finds_each() {
    let shared = "ada@acme.example";
    let mut it = scene_of(&seed(ALL).replace("ben@acme.example", shared), DcOptions::default()).await;
    it.world.sync().await;
    let child = it.child();
    assert!(!it.world.finds(shared, &child));
    let keys: Vec<String> = {
        let site = it.world.sim.site().read();
        ["ada", "ben"].map(|who| site.find_user(who).unwrap().user_key()).into()
    };
    for name in ["ada", "BEN", "cho@acme.example", &keys[0], &keys[1]] {
        assert!(it.world.finds(name, &child), "{name}");
    }
    assert!(it.world.shelf.warnings.iter().any(|warning| warning.contains("belong to several people")));
}
