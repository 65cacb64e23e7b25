//! The scenarios of the permissions reference that are decided by layers alone, from recorded answers to readers.

use sangam_access::{AccountState, Directory, DirectoryGroup, DirectoryUser, Reader, ReaderRequest, SourceDirectory};
use serde_json::{Value, json};

use super::*;
use crate::wire::Restriction;

const SOURCE: &str = "ds";

fn principals() -> Principals {
    Principals::new(SOURCE)
}

/// Ada and Ben are in E, Cho in H, all three in the group that gives access; Gia is a guest; Dmitri is deactivated.
fn directory() -> Directory {
    let user = |id: &str, state| DirectoryUser { id: id.into(), aliases: vec![], display_name: id.into(), state };
    let group = |id: &str, members: &[&str], product_access| DirectoryGroup {
        id: id.into(),
        name: id.into(),
        members: members.iter().map(|member| (*member).to_owned()).collect(),
        member_groups: vec![],
        product_access,
        administers: false,
    };
    let people = SourceDirectory {
        users: vec![
            user("ada", AccountState::Active),
            user("ben", AccountState::Active),
            user("cho", AccountState::Active),
            user("dmitri", AccountState::Inactive),
            user("gia", AccountState::Guest),
        ],
        groups: vec![
            group("E", &["ada", "ben", "dmitri"], false),
            group("H", &["cho"], false),
            group("all", &["ada", "ben", "cho", "dmitri"], true),
        ],
    };
    Directory::new([(SOURCE.to_owned(), people)], &[])
}

/// Who passes all of `layers`; `anon` is a request that names nobody.
fn readers(layers: &[Layer]) -> Vec<&'static str> {
    let directory = directory();
    let passes = |name: &str| {
        let request = ReaderRequest { user: (name != "anon").then(|| name.to_owned()), ..ReaderRequest::default() };
        let reader = if name == "anon" { Reader::Nobody } else { directory.resolve(&request) };
        layers.iter().all(|layer| layer.passes(&reader))
    };
    ["ada", "ben", "cho", "dmitri", "gia", "anon"].into_iter().filter(|name| passes(name)).collect()
}

fn row(kind: &str, id: &str, key: &str) -> Value {
    json!({ "id": format!("{kind}{id}{key}"), "principal": { "type": kind, "id": id }, "operation": { "key": key, "targetType": "space" } })
}

fn space(rows: &[Value]) -> Layer {
    let rows: Vec<SpacePermission> = rows.iter().map(|row| serde_json::from_value(row.clone()).unwrap()).collect();
    principals().space_layer(&rows).layer
}

/// The layer of the site: who may use it at all.
fn site() -> Layer {
    Layer::only([principals().class(AccessClass::SiteUser)])
}

fn all() -> Layer {
    space(&[row("access-class", "ALL_LICENSED_USERS", "read")])
}

/// A view list; no layer if it is empty.
fn view(users: &[&str], groups: &[&str]) -> Option<Layer> {
    let users: Vec<Value> = users.iter().map(|id| json!({ "type": "known", "accountId": id })).collect();
    let groups: Vec<Value> = groups.iter().map(|id| json!({ "type": "group", "name": id, "id": id })).collect();
    let lists = json!({ "restrictions": {
        "user": { "results": users, "start": 0, "limit": 100, "size": users.len() },
        "group": { "results": groups, "start": 0, "limit": 100, "size": groups.len() } } });
    let restriction: Restriction = serde_json::from_value(lists).unwrap();
    match principals().own_list(restriction.restrictions.as_ref()) {
        OwnList::Open => None,
        OwnList::Only(layer) => Some(layer),
        OwnList::Incomplete => panic!("the list is whole"),
    }
}

fn read(space: Layer, above: &[Option<Layer>]) -> Vec<&'static str> {
    let layers: Vec<Layer> = [site(), space].into_iter().chain(above.iter().flatten().cloned()).collect();
    readers(&layers)
}

#[test]
fn scenario_1_an_empty_list_is_not_nobody() {
    assert_eq!(read(all(), &[view(&[], &[]), view(&[], &[])]), ["ada", "ben", "cho"]);
}

#[test]
fn scenario_2_an_empty_list_inherits() {
    assert_eq!(read(all(), &[view(&[], &["E"]), view(&[], &[])]), ["ada", "ben"]);
}

#[test]
fn scenario_3_a_nearer_list_does_not_win() {
    assert!(read(all(), &[view(&[], &["E"]), view(&["cho"], &[])]).is_empty());
}

#[test]
fn scenario_4_lists_are_not_united() {
    assert_eq!(read(all(), &[view(&[], &["E"]), view(&["ada", "cho"], &[])]), ["ada"]);
}

#[test]
fn scenario_5_an_unrestricted_parent_does_not_stop_the_climb() {
    assert_eq!(read(all(), &[view(&[], &["E"]), view(&[], &[]), view(&["ben"], &["H"])]), ["ben"]);
}

#[test]
fn scenario_6_a_restriction_grants_nothing() {
    assert!(read(space(&[row("group", "E", "read")]), &[view(&[], &[]), view(&["cho"], &[])]).is_empty());
}

#[test]
fn scenario_7_an_edit_list_is_not_a_view_list() {
    // Only `read` is ever asked for and parsed, so the edit list does not come this far.
    let answer = json!({ "read": { "operation": "read", "restrictions": {
        "user": { "results": [], "limit": 100, "size": 0 }, "group": { "results": [], "limit": 100, "size": 0 } } },
        "update": { "operation": "update", "restrictions": { "user": { "results": [{ "accountId": "ada" }], "limit": 100, "size": 1 } } } });
    let restrictions: crate::wire::Restrictions = serde_json::from_value(answer).unwrap();
    let own = principals().own_list(restrictions.read.unwrap().restrictions.as_ref());
    assert_eq!(own, OwnList::Open);
}

#[test]
fn scenarios_8_and_10_attachments_have_their_containers_list_and_blogs_have_no_ancestors() {
    assert_eq!(read(all(), &[view(&[], &["E"]), None, None]), ["ada", "ben"]);
    assert_eq!(read(all(), &[view(&["cho"], &[])]), ["cho"]);
}

#[test]
fn scenario_15_a_deactivated_person_stays_listed_and_reads_nothing() {
    assert_eq!(read(all(), &[view(&["dmitri"], &["E"])]), ["ada", "ben"]);
}

#[test]
fn scenario_16_a_list_of_strangers_lets_nobody_pass() {
    assert!(read(all(), &[view(&[], &["deleted-group"])]).is_empty());
    let unknown_account: User =
        serde_json::from_value(json!({ "type": "unknown", "accountId": null, "displayName": "Former user" })).unwrap();
    assert_eq!(principals().whole_list(&[unknown_account], &[]), OwnList::Only(Layer::nobody()));
}

#[test]
fn scenarios_20_to_22_anonymous_passes_an_open_space_and_no_list() {
    let rows: Vec<SpacePermission> = [row("access-class", "ANONYMOUS_USERS", "read"), row("group", "E", "read")]
        .into_iter()
        .map(|row| serde_json::from_value(row).unwrap())
        .collect();
    let found = principals().space_layer(&rows);
    assert!(found.is_anonymous);
    let guests = || [principals().user("gia")];
    let anybody = [Layer::everyone(), with_anonymous(found.layer.clone(), true, guests())];
    assert_eq!(readers(&anybody), ["ada", "ben", "cho", "dmitri", "gia", "anon"]);
    let restricted: Vec<Layer> = anybody.into_iter().chain(view(&[], &["E"])).collect();
    assert_eq!(readers(&restricted), ["ada", "ben"]);
    // Scenario 21: the site's own switch is off. Licensed people need another row; guests get in all the same.
    assert_eq!(read(with_anonymous(found.layer, false, guests()), &[]), ["ada", "ben", "gia"]);
}

#[test]
fn scenario_23_all_licensed_users_are_not_guests() {
    assert_eq!(read(space(&[row("user", "gia", "read")]), &[]), ["gia"]);
    assert_eq!(read(all(), &[]), ["ada", "ben", "cho"]);
}

#[test]
fn scenario_29_administering_is_not_reading() {
    assert!(read(space(&[row("user", "ada", "administer"), row("group", "E", "create")]), &[]).is_empty());
}

#[test]
fn scenario_34_a_permission_does_not_let_into_the_site() {
    let stranger = space(&[row("user", "nobody-of-the-directory", "read"), row("user", "dmitri", "read")]);
    assert!(read(stranger, &[]).is_empty());
}

#[test]
fn what_is_not_understood_opens_nothing_and_is_told() {
    let rows: Vec<SpacePermission> =
        [row("access-class", "jsm-project-admins", "read"), row("role", "r1", "read"), row("user", "ada", "read")]
            .into_iter()
            .map(|row| serde_json::from_value(row).unwrap())
            .collect();
    let found = principals().space_layer(&rows);
    assert_eq!(found.layer, Layer::only([principals().user("ada")]));
    assert_eq!(found.not_understood.len(), 2);
}

#[test]
fn a_list_that_is_cut_or_absent_is_incomplete() {
    let lists = |value: Value| serde_json::from_value::<RestrictionLists>(value).unwrap();
    let cut = lists(
        json!({ "user": { "results": [{ "accountId": "a" }], "limit": 1, "size": 1 }, "group": { "results": [], "limit": 1, "size": 0 } }),
    );
    assert_eq!(principals().own_list(Some(&cut)), OwnList::Incomplete);
    assert_eq!(principals().own_list(None), OwnList::Incomplete);
    let without_groups = lists(json!({ "user": { "results": [], "limit": 100, "size": 0 } }));
    assert_eq!(principals().own_list(Some(&without_groups)), OwnList::Incomplete);
}

#[test]
fn a_group_without_an_id_is_found_by_its_name() {
    let mut principals = principals();
    principals.learn_groups([("c4d9", "Engineering")]);
    let group: Group = serde_json::from_value(json!({ "name": "engineering" })).unwrap();
    assert_eq!(principals.whole_list(&[], &[group]), OwnList::Only(Layer::only([principals.group("c4d9")])));
}
