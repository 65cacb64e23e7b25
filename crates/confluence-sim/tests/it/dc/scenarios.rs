//! The scenarios of the permission reference that are different in a Data Center. The rest of the
//! rule is run here too, over the same people: Ada and Ben are `E`, Cho is `H`.

use confluence_sim::{
    AccessClass, AccountStatus, ContentId, DcOptions, GroupAccess, Operation, Reader, Site, SpaceStatus, Subject,
};

const PEOPLE: [&str; 6] = ["ada", "ben", "cho", "dmitri", "root", "uma"];

struct World {
    site: Site,
    parent: ContentId,
    child: ContentId,
}

/// A space that `rows` open, with the child C below the parent P.
fn world(rows: &str) -> World {
    let seed = format!(
        r#"{{
        "users": [
            {{"handle": "ada", "name": "Ada"}}, {{"handle": "ben", "name": "Ben"}}, {{"handle": "cho", "name": "Cho"}},
            {{"handle": "dmitri", "name": "Dmitri", "status": "inactive"}},
            {{"handle": "root", "name": "Root"}}, {{"handle": "uma", "name": "Uma"}}
        ],
        "groups": [
            {{"name": "all", "access": "user", "members": ["ada", "ben", "cho", "dmitri"]}},
            {{"name": "confluence-administrators", "access": "site-admin", "members": ["root"]}},
            {{"name": "E", "members": ["ada", "ben", "dmitri", "uma"]}},
            {{"name": "H", "members": ["cho"]}},
            {{"name": "D"}}
        ],
        "spaces": [
            {{"key": "S", "name": "S", "permissions": [{rows}],
              "pages": [{{"title": "P", "children": [{{"title": "C", "body": "text"}}]}}]}},
            {{"key": "T", "name": "T", "permissions": [{{"group": "H"}}], "pages": [{{"title": "T home"}}]}}
        ]}}"#
    );
    let site = Site::from_json(&seed).unwrap().into_data_center(DcOptions::default());
    let id = |title: &str| site.find_titled(title).unwrap().id;
    let (parent, child) = (id("P"), id("C"));
    World { site, parent, child }
}

const ALL: &str = r#"{"group": "all"}, {"group": "confluence-administrators"}"#;

impl World {
    fn restrict(&mut self, id: ContentId, users: &[&str], groups: &[&str]) {
        self.site.restrict(id, Operation::Read, users, groups).unwrap();
    }

    #[track_caller]
    fn expect(&self, id: ContentId, readers: &[&str]) {
        let reads = |reader: Reader<'_>| self.site.can_read(reader, id);
        let account = |who: &str| self.site.find_user(who).unwrap().account_id.clone();
        let mut found: Vec<&str> = PEOPLE.into_iter().filter(|who| reads(Reader::User(&account(who)))).collect();
        found.extend(reads(Reader::Anonymous).then_some("anon"));
        assert_eq!(found, readers);
    }
}

#[test]
fn s01_to_s06_layers_intersect() {
    let mut it = world(ALL);
    it.expect(it.child, &["ada", "ben", "cho", "root"]);
    it.restrict(it.parent, &[], &["E"]);
    it.expect(it.child, &["ada", "ben"]);
    it.restrict(it.child, &["cho"], &[]);
    it.expect(it.child, &[]);
    it.restrict(it.child, &["ada", "cho"], &[]);
    it.expect(it.child, &["ada"]);
    let mut it = world(r#"{"group": "E"}"#);
    it.restrict(it.child, &["cho"], &[]);
    it.expect(it.child, &[]);
}

#[test]
fn s07_to_s10_edit_lists_attachments_comments_and_blog_posts() {
    let mut it = world(ALL);
    it.site.restrict(it.parent, Operation::Update, &["ada"], &[]).unwrap();
    let file = it.site.add_attachment(it.child, "a.txt", "text/plain", b"x", "ada").unwrap();
    let comment = it.site.add_comment(it.child, "<p>by Ben</p>", "ben").unwrap();
    let reply = it.site.add_comment(comment, "<p>by Cho</p>", "cho").unwrap();
    it.expect(it.child, &["ada", "ben", "cho", "root"]);
    it.restrict(it.parent, &[], &["E"]);
    it.restrict(it.child, &["ada"], &[]);
    for id in [file, comment, reply] {
        it.expect(id, &["ada"]);
    }
}

#[test]
fn s12_s31_a_move_changes_the_readers() {
    let mut it = world(ALL);
    it.restrict(it.parent, &[], &["E"]);
    let elsewhere = it.site.find_titled("T home").unwrap().id;
    it.site.move_under(it.child, elsewhere).unwrap();
    it.expect(it.child, &["cho"]);
}

#[test]
fn s14_s15_members_who_leave_or_are_deactivated() {
    let mut it = world(ALL);
    it.restrict(it.parent, &["dmitri"], &["E"]);
    it.expect(it.child, &["ada", "ben"]);
    it.site.remove_member("E", "ben").unwrap();
    it.expect(it.child, &["ada"]);
    it.site.set_user_status("dmitri", AccountStatus::Active).unwrap();
    it.expect(it.child, &["ada", "dmitri"]);
}

#[test]
fn s16_s18_a_list_of_the_dead_is_closed() {
    let mut it = world(ALL);
    it.restrict(it.parent, &[], &["E"]);
    it.site.rename_group("E", "engineers").unwrap();
    it.expect(it.child, &[]);
    it.restrict(it.parent, &[], &["engineers"]);
    it.expect(it.child, &["ada", "ben"]);
    it.site.delete_group("engineers").unwrap();
    it.expect(it.child, &[]);
    it.site.add_group("engineers", GroupAccess::None);
    it.site.add_member("engineers", "cho").unwrap();
    it.expect(it.child, &["cho"]);
}

#[test]
fn s18_rows_of_a_space_name_the_dead_group_too() {
    let mut it = world(r#"{"group": "E"}"#);
    it.expect(it.child, &["ada", "ben"]);
    it.site.rename_group("E", "engineers").unwrap();
    it.expect(it.child, &[]);
}

#[test]
fn s19_members_of_a_group_in_the_group_count_while_nesting_does() {
    let mut it = world(r#"{"group": "D"}"#);
    it.expect(it.child, &[]);
    it.site.nest_group("D", "E").unwrap();
    it.site.nest_group("E", "D").unwrap();
    it.expect(it.child, &["ada", "ben"]);
    it.site.data_center_mut().unwrap().options.nested_groups = false;
    it.expect(it.child, &[]);
    it.site.data_center_mut().unwrap().options.nested_groups = true;
    it.restrict(it.parent, &[], &["D"]);
    it.site.nest_group("D", "H").unwrap();
    it.expect(it.child, &["ada", "ben", "cho"]);
    it.site.unnest_group("D", "H").unwrap();
    it.expect(it.child, &["ada", "ben"]);
}

#[test]
fn s19_a_licence_comes_through_a_group_in_the_group() {
    let mut it = world(r#"{"group": "E"}"#);
    it.expect(it.child, &["ada", "ben"]);
    it.site.add_group("licensed", GroupAccess::User);
    it.site.nest_group("licensed", "E").unwrap();
    it.expect(it.child, &["ada", "ben", "uma"]);
}

#[test]
fn s20_s21_a_row_for_everybody_needs_the_sites_switch() {
    let mut it = world(r#"{"class": "ANONYMOUS_USERS"}"#);
    it.expect(it.child, &[]);
    it.site.settings.anonymous_access = true;
    it.expect(it.child, &["ada", "ben", "cho", "dmitri", "root", "uma", "anon"]);
    it.restrict(it.parent, &[], &["E"]);
    it.expect(it.child, &["ada", "ben"]);
}

#[test]
fn s24_s26_archived_spaces_are_read_and_the_trash_is_not() {
    let mut it = world(ALL);
    it.site.set_space_status("S", SpaceStatus::Archived).unwrap();
    it.expect(it.child, &["ada", "ben", "cho", "root"]);
    it.site.trash(it.child).unwrap();
    it.expect(it.child, &[]);
    it.site.restore(it.child).unwrap();
    it.expect(it.child, &["ada", "ben", "cho", "root"]);
}

#[test]
fn s29_s30_administrators_read_by_the_ordinary_rule() {
    let mut it = world(r#"{"group": "E"}, {"user": "cho", "may": ["administer space"]}"#);
    it.expect(it.child, &["ada", "ben"]);
    let space = it.site.find_space("S").unwrap().id;
    let root = it.site.find_user("root").unwrap().account_id.clone();
    assert!(!it.site.can_view_space(Reader::User(&root), space));
    it.restrict(it.child, &["root"], &[]);
    it.expect(it.child, &[]);
}

#[test]
fn s34_a_row_or_list_that_names_somebody_without_a_licence() {
    let mut it = world(r#"{"user": "uma"}"#);
    it.expect(it.child, &[]);
    it.site.set_can_use("uma", true).unwrap();
    it.expect(it.child, &["uma"]);
    it.site.revoke("S", &Subject::User(it.site.find_user("uma").unwrap().account_id.clone())).unwrap();
    it.site.grant("S", Subject::Class(AccessClass::AnonymousUsers), "read", "space").unwrap();
    it.expect(it.child, &[]);
}
