//! The simulator's own rule against the scenarios of the permission reference that apply to Cloud.
//!
//! Ada and Ben are `E`, Cho is `H`, all three are licensed; Dmitri is deactivated and still in `E`,
//! Gia is a guest, Uma has an account without a licence, Root administers the site.

use confluence_sim::{AccessClass, AccountStatus, ContentId, GroupAccess, Kind, NewContent, Operation, Reader, Site};
use confluence_sim::{SpaceStatus, Subject};

const PEOPLE: [&str; 7] = ["ada", "ben", "cho", "dmitri", "gia", "root", "uma"];

struct World {
    site: Site,
    parent: ContentId,
    child: ContentId,
}

/// A space that `rows` open, with the child C below the parent P.
fn world(rows: &str, anonymous: bool) -> World {
    let seed = format!(
        r#"{{
        "site": {{"anonymousAccess": {anonymous}}},
        "users": [
            {{"handle": "ada", "name": "Ada"}}, {{"handle": "ben", "name": "Ben"}}, {{"handle": "cho", "name": "Cho"}},
            {{"handle": "dmitri", "name": "Dmitri", "status": "inactive"}},
            {{"handle": "gia", "name": "Gia", "guest": true}},
            {{"handle": "root", "name": "Root"}}, {{"handle": "uma", "name": "Uma"}},
            {{"handle": "bot", "name": "Bot", "type": "app"}}
        ],
        "groups": [
            {{"name": "all", "access": "user", "members": ["ada", "ben", "cho", "dmitri"]}},
            {{"name": "admins", "access": "site-admin", "members": ["root"]}},
            {{"name": "E", "members": ["ada", "ben", "dmitri", "bot"]}},
            {{"name": "H", "members": ["cho"]}}
        ],
        "spaces": [
            {{"key": "S", "name": "S", "permissions": [{rows}],
              "pages": [{{"title": "P", "children": [{{"title": "C", "body": "text"}}]}}]}},
            {{"key": "T", "name": "T", "permissions": [{{"group": "H"}}], "pages": [{{"title": "T home"}}]}}
        ]}}"#
    );
    let site = Site::from_json(&seed).unwrap();
    let id = |title: &str| site.find_titled(title).unwrap().id;
    let (parent, child) = (id("P"), id("C"));
    World { site, parent, child }
}

/// All licensed people and the administrators, by their groups.
const ALL: &str = r#"{"group": "all"}, {"group": "admins"}"#;

impl World {
    fn restrict(&mut self, id: ContentId, users: &[&str], groups: &[&str]) {
        self.site.restrict(id, Operation::Read, users, groups).unwrap();
    }

    fn readers(&self, id: ContentId) -> Vec<&'static str> {
        let mut readers: Vec<&'static str> = PEOPLE
            .into_iter()
            .filter(|who| {
                let account = &self.site.find_user(who).unwrap().account_id;
                self.site.can_read(Reader::User(account), id)
            })
            .collect();
        if self.site.can_read(Reader::Anonymous, id) {
            readers.push("anon");
        }
        readers
    }

    #[track_caller]
    fn expect(&self, id: ContentId, readers: &[&str]) {
        assert_eq!(self.readers(id), readers);
    }
}

#[test]
fn s01_an_empty_list_is_not_nobody() {
    let world = world(ALL, false);
    world.expect(world.child, &["ada", "ben", "cho", "root"]);
}

#[test]
fn s02_an_empty_list_inherits() {
    let mut world = world(ALL, false);
    world.restrict(world.parent, &[], &["E"]);
    world.expect(world.child, &["ada", "ben"]);
}

#[test]
fn s03_s04_layers_intersect() {
    let mut world = world(ALL, false);
    world.restrict(world.parent, &[], &["E"]);
    world.restrict(world.child, &["cho"], &[]);
    world.expect(world.child, &[]);
    world.restrict(world.child, &["ada", "cho"], &[]);
    world.expect(world.child, &["ada"]);
}

#[test]
fn s05_a_restriction_reaches_past_an_open_parent() {
    let mut world = world(ALL, false);
    let grandchild = world.site.add_page("S", Some(world.child), "G", "", "ada").unwrap();
    world.restrict(world.parent, &[], &["E"]);
    world.restrict(grandchild, &["ben"], &["H"]);
    world.expect(grandchild, &["ben"]);
}

#[test]
fn s06_a_restriction_grants_nothing() {
    let mut world = world(r#"{"group": "E"}"#, false);
    world.restrict(world.child, &["cho"], &[]);
    world.expect(world.child, &[]);
}

#[test]
fn s07_an_edit_list_is_not_a_view_list() {
    let mut world = world(ALL, false);
    world.site.restrict(world.parent, Operation::Update, &["ada"], &[]).unwrap();
    world.expect(world.child, &["ada", "ben", "cho", "root"]);
}

#[test]
fn s08_s09_s40_comments_and_attachments_follow_what_they_are_on() {
    let mut world = world(ALL, false);
    let attachment = world.site.add_attachment(world.child, "a.txt", "text/plain", b"x", "ada").unwrap();
    let comment = world.site.add_comment(world.child, "<p>by Ben</p>", "ben").unwrap();
    let reply = world.site.add_comment(comment, "<p>by Cho</p>", "cho").unwrap();
    world.restrict(world.parent, &[], &["E"]);
    world.expect(attachment, &["ada", "ben"]);
    world.restrict(world.child, &["ada"], &[]);
    world.expect(comment, &["ada"]);
    world.expect(reply, &["ada"]);
}

#[test]
fn s10_a_blog_post_has_restrictions_and_no_ancestors() {
    let mut world = world(ALL, false);
    let new = NewContent { kind: Kind::BlogPost, space: "S", parent: None, title: "B", body: "", author: "ada" };
    let blog = world.site.add(new).unwrap();
    world.restrict(world.parent, &[], &["E"]);
    world.expect(blog, &["ada", "ben", "cho", "root"]);
    world.restrict(blog, &["cho"], &[]);
    world.expect(blog, &["cho"]);
}

#[test]
fn s11_a_folder_is_an_ancestor() {
    let mut world = world(ALL, false);
    let new =
        NewContent { kind: Kind::Folder, space: "S", parent: Some(world.parent), title: "F", body: "", author: "ada" };
    let folder = world.site.add(new).unwrap();
    world.restrict(folder, &[], &["E"]);
    world.site.move_under(world.child, folder).unwrap();
    world.expect(world.child, &["ada", "ben"]);
}

#[test]
fn s12_s31_a_move_changes_the_readers_and_not_the_version() {
    let mut world = world(ALL, false);
    world.restrict(world.parent, &[], &["E"]);
    let open = world.site.add_page("S", None, "Q", "", "ada").unwrap();
    let before = world.site.content(world.child).unwrap().version.clone();
    world.site.move_under(world.child, open).unwrap();
    world.expect(world.child, &["ada", "ben", "cho", "root"]);
    let elsewhere = world.site.find_titled("T home").unwrap().id;
    world.site.move_under(world.child, elsewhere).unwrap();
    world.expect(world.child, &["cho"]);
    let after = world.site.content(world.child).unwrap();
    assert_eq!((after.version.number, after.version.created_at), (before.number, before.created_at));
    assert_eq!(after.space, world.site.find_space("T").unwrap().id);
}

#[test]
fn s13_one_restriction_changes_a_whole_subtree() {
    let mut world = world(ALL, false);
    let mut below = vec![world.child];
    for n in 0..500 {
        let parent = below[n / 3];
        below.push(world.site.add_page("S", Some(parent), &format!("n{n}"), "", "ada").unwrap());
    }
    world.restrict(world.parent, &["cho"], &[]);
    for page in below {
        world.expect(page, &["cho"]);
    }
}

#[test]
fn s14_s15_membership_and_deactivation_act_at_once() {
    let mut world = world(ALL, false);
    world.restrict(world.parent, &["dmitri"], &["E"]);
    world.expect(world.child, &["ada", "ben"]);
    world.site.remove_member("E", "ben").unwrap();
    world.expect(world.child, &["ada"]);
    world.site.set_user_status("dmitri", AccountStatus::Active).unwrap();
    world.expect(world.child, &["ada", "dmitri"]);
}

#[test]
fn s16_a_list_of_the_dead_opens_nothing() {
    let mut world = world(ALL, false);
    world.restrict(world.parent, &[], &["H"]);
    world.site.delete_group("H").unwrap();
    world.expect(world.child, &[]);
    world.restrict(world.parent, &["cho"], &[]);
    world.site.delete_user("ada").unwrap();
    world.site.delete_user("cho").unwrap();
    assert!(!world.site.content(world.parent).unwrap().read.is_empty());
    assert!(!world.site.can_read(Reader::Anonymous, world.child));
}

#[test]
fn s17_a_renamed_group_is_the_same_group() {
    let mut world = world(ALL, false);
    world.restrict(world.parent, &[], &["E"]);
    world.site.rename_group("E", "Engineers").unwrap();
    world.expect(world.child, &["ada", "ben"]);
}

#[test]
fn s20_s21_s22_what_is_open_to_the_world() {
    let rows = format!(r#"{ALL}, {{"class": "anonymous-users"}}"#);
    let open = world(&rows, true);
    open.expect(open.child, &["ada", "ben", "cho", "dmitri", "gia", "root", "uma", "anon"]);
    let mut closed = world(&rows, false);
    closed.expect(closed.child, &["ada", "ben", "cho", "gia", "root", "uma"]);
    closed.site.settings.anonymous_access = true;
    closed.restrict(closed.parent, &[], &["E"]);
    closed.expect(closed.child, &["ada", "ben"]);
}

#[test]
fn s23_a_guest_is_not_everybody() {
    let guest = world(r#"{"user": "gia"}, {"class": "ALL_LICENSED_USERS"}"#, false);
    guest.expect(guest.child, &["ada", "ben", "cho", "gia", "root"]);
    let without = world(r#"{"class": "ALL_LICENSED_USERS"}"#, false);
    without.expect(without.child, &["ada", "ben", "cho", "root"]);
    let logged_in = world(r#"{"class": "AUTHENTICATED_USERS"}"#, false);
    logged_in.expect(logged_in.child, &["ada", "ben", "cho", "gia", "root", "uma"]);
}

#[test]
fn s24_s25_s26_states() {
    let mut world = world(ALL, false);
    let all = ["ada", "ben", "cho", "root"];
    world.site.set_space_status("S", SpaceStatus::Archived).unwrap();
    world.expect(world.child, &all);
    world.site.archive(world.child).unwrap();
    world.expect(world.child, &all);
    let comment = world.site.add_comment(world.child, "<p>x</p>", "ada").unwrap();
    world.site.trash(world.child).unwrap();
    world.expect(world.child, &[]);
    world.expect(comment, &[]);
    let old = world.site.content(world.child).unwrap().version.created_at;
    world.site.restore(world.child).unwrap();
    world.expect(comment, &all);
    assert_eq!(world.site.content(world.child).unwrap().version.created_at, old, "s38: with its old date");
    world.site.set_space_status("S", SpaceStatus::Trashed).unwrap();
    world.expect(world.child, &[]);
}

#[test]
fn s29_s30_administrators_are_no_readers() {
    let administers = world(r#"{"group": "all", "may": ["administer space", "create page"]}"#, false);
    administers.expect(administers.child, &[]);
    let mut restricted = world(ALL, false);
    restricted.restrict(restricted.parent, &[], &["E"]);
    restricted.expect(restricted.child, &["ada", "ben"]);
}

#[test]
fn s34_without_the_product_a_row_opens_nothing() {
    let unlicensed = world(r#"{"user": "uma"}, {"group": "E"}"#, false);
    unlicensed.expect(unlicensed.child, &["ada", "ben"]);
    let mut lost = world(ALL, false);
    lost.site.set_group_access("all", GroupAccess::None).unwrap();
    lost.expect(lost.child, &["root"]);
}

#[test]
fn apps_and_strangers_read_what_is_public() {
    let mut world = world(r#"{"group": "E"}"#, true);
    let bot = world.site.find_user("bot").unwrap().account_id.clone();
    assert!(!world.site.can_read(Reader::User(&bot), world.child));
    assert!(!world.site.can_read(Reader::User("nobody"), world.child));
    world.site.grant("S", Subject::Class(AccessClass::AnonymousUsers), "read", "space").unwrap();
    assert!(world.site.can_read(Reader::User(&bot), world.child));
    assert!(world.site.can_read(Reader::User("nobody"), world.child));
    world.site.revoke("S", &Subject::Class(AccessClass::AnonymousUsers)).unwrap();
    assert!(!world.site.can_read(Reader::Anonymous, world.child));
}
