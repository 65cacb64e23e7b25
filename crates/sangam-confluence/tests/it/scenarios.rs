//! The scenarios of the permission reference that apply to Cloud, by their numbers: who finds what after a sync; where something
//! changes, after an access refresh, which fetches nothing.
//!
//! Ada and Ben are `E`, Cho is `H`, all three are licensed; Dmitri is deactivated and still in `E`, Gia is a guest, Uma has an account
//! without a licence, Root administers the site. 18, 19 and 39 are about Data Center.

use confluence_sim::{AccessClass, AccountStatus, Kind, NewContent, Operation, Resolution, Site, SpaceStatus, Subject};
use sangam_sync::Content;
use serde_json::{Value, json};

use crate::{
    shelf::reader,
    world::{World, titled},
};

const PEOPLE: [&str; 7] = ["ada", "ben", "cho", "dmitri", "gia", "root", "uma"];

fn seed(rows: &Value) -> Value {
    json!({
        "users": [
            { "handle": "ada", "name": "Ada" }, { "handle": "ben", "name": "Ben" }, { "handle": "cho", "name": "Cho" },
            { "handle": "dmitri", "name": "Dmitri", "status": "inactive" },
            { "handle": "gia", "name": "Gia", "guest": true }, { "handle": "root", "name": "Root" },
            { "handle": "uma", "name": "Uma" }, { "handle": "bot", "name": "Bot", "type": "app" },
            { "handle": "crawler", "name": "Crawler", "email": "crawler@acme.example" },
        ],
        "groups": [
            { "name": "all", "access": "user", "members": ["ada", "ben", "cho", "dmitri"] },
            { "name": "admins", "access": "site-admin", "members": ["root", "crawler"] },
            { "name": "E", "members": ["ada", "ben", "dmitri", "bot"] },
            { "name": "H", "members": ["cho"] },
            { "name": "guests", "members": ["gia"] },
        ],
        "credentials": [{ "user": "crawler", "token": "t", "seesEverything": true }],
        "spaces": [
            { "key": "S", "name": "S", "permissions": rows, "pages": [
                { "title": "P", "children": [{ "title": "C", "body": "text" }] }, { "title": "Q" }] },
            { "key": "T", "name": "T", "permissions": [{ "group": "H" }], "pages": [{ "title": "T home" }] },
        ],
    })
}

/// A site with a space that `rows` open, with the child C below the parent P, not yet crawled.
async fn world_of(rows: Value) -> World {
    World::new(Site::from_json(&seed(&rows).to_string()).unwrap()).await
}

/// All licensed people and the administrators, by their groups.
fn all() -> Value {
    json!([{ "group": "all" }, { "group": "admins" }])
}

fn restrict(world: &World, title: &str, users: &[&str], groups: &[&str]) {
    let id = titled(world, title);
    world.sim.site().write().restrict(id, Operation::Read, users, groups).unwrap();
}

fn page(world: &World, title: &str) -> String {
    format!("page/{}", titled(world, title))
}

/// Asserts that exactly these people find a document, `anon` being somebody who is not signed in.
#[track_caller]
fn expect(world: &World, document: &str, expected: &[&str]) {
    let directory = world.shelf.directory();
    let finds = |who: &&str| {
        let account = world.sim.site().read().find_user(who).map(|user| user.account_id.clone());
        account.is_some_and(|account| world.shelf.readable(document, &reader(&directory, Some(&account))))
    };
    let mut found: Vec<&str> = PEOPLE.into_iter().filter(finds).collect();
    if world.shelf.readable(document, &reader(&directory, None)) {
        found.push("anon");
    }
    assert_eq!(found, expected, "who finds `{document}`");
}

const EVERYBODY: [&str; 4] = ["ada", "ben", "cho", "root"];

#[tokio::test]
async fn s01_an_empty_list_is_not_nobody() {
    let mut world = world_of(all()).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &EVERYBODY);
}

#[tokio::test]
async fn s02_an_empty_list_inherits() {
    let mut world = world_of(all()).await;
    world.sync().await;
    restrict(&world, "P", &[], &["E"]);
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
}

#[tokio::test]
async fn s03_s04_layers_intersect() {
    let mut world = world_of(all()).await;
    restrict(&world, "P", &[], &["E"]);
    restrict(&world, "C", &["cho"], &[]);
    world.sync().await;
    expect(&world, &page(&world, "C"), &[]);
    restrict(&world, "C", &["ada", "cho"], &[]);
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada"]);
}

#[tokio::test]
async fn s05_a_restriction_reaches_past_an_open_parent() {
    let mut world = world_of(all()).await;
    let child = titled(&world, "C");
    world.sim.site().write().add_page("S", Some(child), "G", "", "ada").unwrap();
    restrict(&world, "G", &["ben"], &["H"]);
    world.sync().await;
    expect(&world, &page(&world, "G"), &["ben", "cho"]);
    restrict(&world, "P", &[], &["E"]);
    world.refresh().await;
    expect(&world, &page(&world, "G"), &["ben"]);
}

#[tokio::test]
async fn s06_a_restriction_grants_nothing() {
    let mut world = world_of(json!([{ "group": "E" }])).await;
    restrict(&world, "C", &["cho"], &[]);
    world.sync().await;
    expect(&world, &page(&world, "C"), &[]);
}

#[tokio::test]
async fn s07_an_edit_list_is_not_a_view_list() {
    let mut world = world_of(all()).await;
    world.sync().await;
    let parent = titled(&world, "P");
    world.sim.site().write().restrict(parent, Operation::Update, &["ada"], &[]).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "P"), &EVERYBODY);
    expect(&world, &page(&world, "C"), &EVERYBODY);
}

#[tokio::test]
async fn s08_a_file_is_as_its_page_and_all_above() {
    let mut world = world_of(all()).await;
    let child = titled(&world, "C");
    let file = world.sim.site().write().add_attachment(child, "a.txt", "text/plain", b"a", "cho").unwrap();
    world.sync().await;
    expect(&world, &format!("attachment/att{file}"), &EVERYBODY);
    restrict(&world, "P", &[], &["E"]);
    world.refresh().await;
    expect(&world, &format!("attachment/att{file}"), &["ada", "ben"]);
}

#[tokio::test]
async fn s09_whoever_wrote_a_comment_has_no_right_of_their_own() {
    let mut world = world_of(all()).await;
    let child = titled(&world, "C");
    let comment = world.sim.site().write().add_comment(child, "<p>mine</p>", "ben").unwrap();
    let reply = world.sim.site().write().add_comment(comment, "<p>no, mine</p>", "ben").unwrap();
    restrict(&world, "C", &["ada"], &[]);
    world.sync().await;
    expect(&world, &format!("comment/{comment}"), &["ada"]);
    expect(&world, &format!("comment/{reply}"), &["ada"]);
}

#[tokio::test]
async fn s10_blog_posts_have_lists_and_nothing_above() {
    let mut world = world_of(all()).await;
    let new =
        NewContent { kind: Kind::BlogPost, space: "S", parent: None, title: "B", body: "<p>b</p>", author: "ada" };
    let blog = world.sim.site().write().add(new).unwrap();
    world.sync().await;
    expect(&world, &format!("blog/{blog}"), &EVERYBODY);
    restrict(&world, "B", &["cho"], &[]);
    world.refresh().await;
    expect(&world, &format!("blog/{blog}"), &["cho"]);
}

#[tokio::test]
async fn s11_a_folder_restricts_though_its_list_is_shown_nowhere() {
    let mut world = world_of(all()).await;
    let new = NewContent { kind: Kind::Folder, space: "S", parent: None, title: "F", body: "", author: "ada" };
    let folder = world.sim.site().write().add(new).unwrap();
    world.sim.site().write().add_page("S", Some(folder), "In F", "<p>x</p>", "ada").unwrap();
    restrict(&world, "F", &[], &["E"]);
    world.sync().await;
    expect(&world, &page(&world, "In F"), &["ada", "ben"]);
}

#[tokio::test]
async fn s12_a_move_opens_without_touching_the_page() {
    let mut world = world_of(all()).await;
    restrict(&world, "P", &[], &["E"]);
    world.sync().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
    let (child, open) = (titled(&world, "C"), titled(&world, "Q"));
    world.sim.site().write().move_under(child, open).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &EVERYBODY);
}

#[tokio::test]
async fn s13_a_list_on_a_parent_changes_all_500_below() {
    let mut world = world_of(all()).await;
    let parent = titled(&world, "P");
    for n in 0..500 {
        world.sim.site().write().add_page("S", Some(parent), &format!("D{n}"), "<p>d</p>", "ada").unwrap();
    }
    world.sync().await;
    restrict(&world, "P", &["cho"], &[]);
    world.refresh().await;
    for title in ["P", "C", "D0", "D250", "D499"] {
        expect(&world, &page(&world, title), &["cho"]);
    }
    world.assert_agreement();
}

#[tokio::test]
async fn s14_leaving_a_group_counts_at_once() {
    let mut world = world_of(all()).await;
    restrict(&world, "P", &[], &["E"]);
    world.sync().await;
    world.sim.site().write().remove_member("E", "ben").unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada"]);
}

#[tokio::test]
async fn s15_whoever_is_deactivated_and_still_listed_sees_nothing() {
    let mut world = world_of(all()).await;
    restrict(&world, "P", &["dmitri"], &["E"]);
    world.sync().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
    world.sim.site().write().set_user_status("ben", AccountStatus::Closed).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada"]);
}

#[tokio::test]
async fn s16_a_list_of_a_deleted_group_is_for_nobody() {
    let mut world = world_of(all()).await;
    restrict(&world, "P", &[], &["H"]);
    world.sync().await;
    expect(&world, &page(&world, "C"), &["cho"]);
    world.sim.site().write().delete_group("H").unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &[]);
}

#[tokio::test]
async fn s17_a_renamed_group_is_the_same() {
    let mut world = world_of(all()).await;
    restrict(&world, "P", &[], &["E"]);
    world.sync().await;
    world.sim.site().write().rename_group("E", "Everybody's favourite").unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
}

#[tokio::test]
async fn s20_s21_what_is_open_to_the_public_and_the_sites_switch() {
    let mut world = world_of(json!([{ "group": "E" }, { "class": "ANONYMOUS_USERS" }])).await;
    world.sim.site().write().settings.anonymous_access = true;
    world.sync().await;
    expect(&world, &page(&world, "C"), &["ada", "ben", "cho", "dmitri", "gia", "root", "uma", "anon"]);
    world.sim.site().write().settings.anonymous_access = false;
    world.refresh().await;
    // Uma, without a licence, is no user of a search over the site.
    expect(&world, &page(&world, "C"), &["ada", "ben", "gia"]);
}

#[tokio::test]
async fn s22_a_list_in_a_public_space_is_a_list() {
    let mut world = world_of(json!([{ "group": "all" }, { "class": "ANONYMOUS_USERS" }])).await;
    world.sim.site().write().settings.anonymous_access = true;
    world.sync().await;
    restrict(&world, "P", &[], &["E"]);
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
}

#[tokio::test]
async fn s23_a_guest_sees_one_space_and_is_not_among_all() {
    let mut world = world_of(json!([{ "class": "ALL_LICENSED_USERS" }])).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &EVERYBODY);
    let gia = world.sim.site().read().find_user("gia").unwrap().account_id.clone();
    world.sim.site().write().grant("S", Subject::User(gia), "read", "space").unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben", "cho", "gia", "root"]);
    expect(&world, &page(&world, "T home"), &["cho"]);
}

#[tokio::test]
async fn s24_an_archived_space_keeps_its_readers_if_it_is_asked_for() {
    let mut world = world_of(all()).await;
    world.more = json!({ "isCrawlArchivedSpace": true });
    world.sync().await;
    restrict(&world, "P", &[], &["E"]);
    world.sim.site().write().set_space_status("S", SpaceStatus::Archived).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
    world.more = json!({});
    world.refresh().await;
    expect(&world, &page(&world, "C"), &[]);
}

#[tokio::test]
async fn s25_an_archived_page_keeps_its_readers_if_it_is_asked_for() {
    let mut world = world_of(all()).await;
    world.more = json!({ "isCrawlArchivedPage": true });
    restrict(&world, "P", &[], &["E"]);
    world.sync().await;
    let child = titled(&world, "C");
    world.sim.site().write().archive(child).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
    world.more = json!({});
    world.refresh().await;
    expect(&world, &page(&world, "C"), &[]);
}

#[tokio::test]
async fn s26_s38_what_is_in_the_trash_is_for_nobody_and_comes_back_as_it_was() {
    let mut world = world_of(all()).await;
    restrict(&world, "P", &[], &["E"]);
    world.sync().await;
    let child = titled(&world, "C");
    world.sim.site().write().trash(child).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &[]);
    world.sim.site().write().restore(child).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
}

#[tokio::test]
async fn s27_a_draft_is_not_indexed() {
    let mut rows = seed(&all());
    rows["spaces"][0]["pages"][0]["children"][0]["status"] = json!("draft");
    let mut world = World::new(Site::from_json(&rows.to_string()).unwrap()).await;
    world.sync().await;
    assert!(!world.shelf.documents.contains_key(&page(&world, "C")));
}

#[tokio::test]
async fn s28_a_personal_space_is_as_its_rows_say() {
    let mut rows = seed(&all());
    let own = json!({ "key": "~cho", "name": "Cho", "type": "personal", "permissions": [{ "user": "cho" }],
        "pages": [{ "title": "Notes" }] });
    rows["spaces"].as_array_mut().unwrap().push(own);
    let mut world = World::new(Site::from_json(&rows.to_string()).unwrap()).await;
    world.more = json!({ "isCrawlPersonalSpace": true });
    world.sync().await;
    expect(&world, &page(&world, "Notes"), &["cho"]);
}

#[tokio::test]
async fn s29_s30_administering_lets_nobody_read() {
    let mut world = world_of(json!([{ "user": "ada", "may": ["administer space"] }])).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &[]);
    let mut world = world_of(all()).await;
    restrict(&world, "P", &[], &["E"]);
    world.sync().await;
    expect(&world, &page(&world, "P"), &["ada", "ben"]);
}

#[tokio::test]
async fn s31_a_move_to_another_space_takes_and_gives_rights_at_once() {
    let mut world = world_of(json!([{ "group": "E" }])).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
    let (child, home) = (titled(&world, "C"), titled(&world, "T home"));
    world.sim.site().write().move_under(child, home).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["cho"]);
}

#[tokio::test]
async fn s32_s33_nothing_of_a_restricted_page_is_in_one_that_includes_it() {
    let mut world = world_of(all()).await;
    let body = r#"<p>Own words.</p>
        <ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="R" /></ac:link></ac:parameter></ac:structured-macro>
        <ac:structured-macro ac:name="children" />
        <ac:structured-macro ac:name="excerpt-include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="R" /></ac:link></ac:parameter></ac:structured-macro>"#;
    let child = titled(&world, "C");
    {
        let mut site = world.sim.site().write();
        site.edit(child, body, "ada").unwrap();
        let hidden = site.add_page("S", Some(child), "Layoffs", "<p>in May</p>", "cho").unwrap();
        site.restrict(hidden, Operation::Read, &["cho"], &[]).unwrap();
    }
    world.sync().await;
    let Content::Text(text) = &world.shelf.documents[&page(&world, "C")].content else { panic!("it has text") };
    assert!(text.contains("Own words") && !text.contains("May") && !text.contains("Layoffs"), "{text}");
    expect(&world, &page(&world, "Layoffs"), &["cho"]);
}

#[tokio::test]
async fn s34_a_row_for_somebody_without_the_product_lets_nobody_in() {
    let mut world = world_of(json!([{ "user": "uma" }])).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &[]);
    let mut world = world_of(all()).await;
    world.sync().await;
    world.sim.site().write().set_group_access("all", confluence_sim::GroupAccess::None).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["root"]);
}

#[tokio::test]
async fn s35_a_list_of_250_is_read_to_its_end() {
    let mut rows = seed(&all());
    let names: Vec<String> = (0..250).map(|n| format!("person-{n}")).collect();
    rows["users"].as_array_mut().unwrap().extend(names.iter().map(|name| json!({ "handle": name, "name": name })));
    rows["groups"][0]["members"].as_array_mut().unwrap().extend(names.iter().map(|name| json!(name)));
    let mut world = World::new(Site::from_json(&rows.to_string()).unwrap()).await;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    world.sync().await;
    restrict(&world, "P", &names, &[]);
    world.refresh().await;
    expect(&world, &page(&world, "C"), &[]);
    assert_eq!(world.readers(&page(&world, "C")).len(), 250);
}

/// Space S with these rows and roles, on a site of this mode.
async fn world_with_roles(mode: &str, rows: Value, roles: Value) -> World {
    let mut seed = seed(&rows);
    seed["site"] = json!({ "roleMode": mode });
    seed["roles"] = json!([{ "name": "Janitor", "may": ["delete page"] }]);
    seed["spaces"][0]["roles"] = roles;
    World::new(Site::from_json(&seed.to_string()).unwrap()).await
}

#[tokio::test]
async fn s36_roles_are_the_space_layer_only() {
    let rows = json!([{ "class": "ALL_LICENSED_USERS" }, { "group": "E" }]);
    let roles = json!([{ "class": "all-licensed-users", "role": "Viewer" }, { "group": "E", "role": "Collaborator" }]);
    let mut world = world_with_roles("ROLES", rows, roles).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &EVERYBODY);
    restrict(&world, "P", &[], &["H"]);
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["cho"]);
}

#[tokio::test]
async fn on_the_way_to_roles_both_systems_count_and_a_role_counts_by_what_it_includes() {
    let roles = json!([{ "group": "H", "role": "Viewer" }, { "user": "root", "role": "Janitor" }]);
    let mut world = world_with_roles("ROLES_TRANSITION", json!([{ "group": "E" }]), roles).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &["ada", "ben", "cho"]);
    world.assert_agreement();
    world.sim.site().write().set_role_permissions("Janitor", &["read/space"]).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben", "cho", "root"]);
}

#[tokio::test]
async fn roles_and_rows_that_disagree_let_in_whom_both_name_and_somebody_is_told() {
    let roles = json!([{ "group": "E", "role": "Viewer" }]);
    let mut world = world_with_roles("ROLES", json!([{ "group": "E" }, { "group": "H" }]), roles).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
    let told = world.shelf.warnings.iter().any(|warning| warning.contains("space `S`: its roles"));
    assert!(told, "{:?}", world.shelf.warnings);
}

#[tokio::test]
async fn s37_what_the_crawler_sees_no_more_is_hidden_and_kept_until_it_does() {
    let mut rows = seed(&all());
    rows["credentials"][0]["seesEverything"] = json!(false);
    let mut world = World::new(Site::from_json(&rows.to_string()).unwrap()).await;
    restrict(&world, "P", &["ada", "crawler"], &[]);
    world.sync().await;
    expect(&world, &page(&world, "C"), &["ada"]);
    restrict(&world, "P", &["ada"], &[]);
    world.refresh().await;
    expect(&world, &page(&world, "C"), &[]);
    assert!(world.shelf.documents.contains_key(&page(&world, "C")), "kept");
    restrict(&world, "P", &["ada", "crawler"], &[]);
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada"]);
}

#[tokio::test]
async fn s40_a_reply_to_an_inline_comment_moves_with_its_page() {
    let mut world = world_of(all()).await;
    let (parent, child) = (titled(&world, "P"), titled(&world, "C"));
    let (comment, reply) = {
        let mut site = world.sim.site().write();
        let kind = Kind::InlineComment { selection: "text".into(), resolution: Resolution::Open };
        let new = NewContent { kind, space: "S", parent: Some(child), title: "", body: "<p>?</p>", author: "cho" };
        let comment = site.add(new.clone()).unwrap();
        (comment, site.add(NewContent { parent: Some(comment), ..new }).unwrap())
    };
    let open = titled(&world, "Q");
    world.sim.site().write().move_under(child, open).unwrap();
    world.sync().await;
    expect(&world, &format!("comment/{reply}"), &EVERYBODY);
    restrict(&world, "P", &[], &["E"]);
    world.sim.site().write().move_under(child, parent).unwrap();
    world.refresh().await;
    expect(&world, &format!("comment/{comment}"), &["ada", "ben"]);
    expect(&world, &format!("comment/{reply}"), &["ada", "ben"]);
}

#[tokio::test]
async fn rights_that_a_space_gives_to_a_class_end_with_the_row() {
    let mut world = world_of(json!([{ "class": "ALL_PRODUCT_ADMINS" }, { "group": "E" }])).await;
    world.sync().await;
    expect(&world, &page(&world, "C"), &["ada", "ben", "root"]);
    world.sim.site().write().revoke("S", &Subject::Class(AccessClass::AllProductAdmins)).unwrap();
    world.refresh().await;
    expect(&world, &page(&world, "C"), &["ada", "ben"]);
}
