use super::*;

const DS: &str = "ds";

fn user(id: &str, aliases: &[&str], state: AccountState) -> DirectoryUser {
    DirectoryUser {
        id: id.into(),
        aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
        display_name: id.to_uppercase(),
        state,
    }
}

fn group(id: &str, members: &[&str]) -> DirectoryGroup {
    DirectoryGroup {
        id: id.into(),
        name: format!("{id}-name"),
        members: members.iter().map(|member| (*member).into()).collect(),
        member_groups: Vec::new(),
        product_access: false,
        administers: false,
    }
}

/// Ada and Ben are licensed, Dmitri deactivated, Gia a guest, Uma without product access; `outer` nests `eng`.
pub(super) fn people() -> SourceDirectory {
    SourceDirectory {
        users: vec![
            user("ada", &["Ada@acme.example"], AccountState::Active),
            user("ben", &["shared@acme.example"], AccountState::Active),
            user("cho", &["shared@acme.example"], AccountState::Active),
            user("dmitri", &[], AccountState::Inactive),
            user("gia", &[], AccountState::Guest),
            user("uma", &[], AccountState::Active),
            user("bot", &[], AccountState::App),
        ],
        groups: vec![
            DirectoryGroup { product_access: true, ..group("users", &["ada", "ben", "cho", "dmitri", "bot"]) },
            group("eng", &["ada", "dmitri"]),
            DirectoryGroup { member_groups: vec!["eng".into()], ..group("outer", &[]) },
            DirectoryGroup { administers: true, ..group("admins", &["ada"]) },
            group("strangers", &["uma"]),
        ],
    }
}

pub(super) fn directory() -> Directory {
    Directory::new([(DS.to_owned(), people())], &[])
}

pub(super) fn named(user: Option<&str>, groups: &[&str]) -> ReaderRequest {
    ReaderRequest {
        user: user.map(Into::into),
        groups: groups.iter().map(|group| (*group).into()).collect(),
        data_source_groups: Vec::new(),
    }
}

fn source_user(id: &str) -> Principal {
    Principal::SourceUser { data_source: DS.into(), id: id.into() }
}

fn source_group(id: &str) -> Principal {
    Principal::SourceGroup { data_source: DS.into(), id: id.into() }
}

fn class(class: AccessClass) -> Principal {
    Principal::Class { data_source: DS.into(), class }
}

#[test]
fn any_alias_in_any_case_finds_the_person_and_all_groups_that_hold_them() {
    for alias in ["ada", "ADA", " ada@ACME.example "] {
        let reader = directory().resolve(&named(Some(alias), &[]));
        for expected in [
            source_user("ada"),
            source_group("eng"),
            source_group("outer"),
            class(AccessClass::Licensed),
            class(AccessClass::SiteUser),
            class(AccessClass::ProductAdmin),
        ] {
            assert!(reader.is(&expected), "{alias}: {expected:?}");
        }
    }
}

#[test]
fn an_alias_claimed_by_two_finds_neither_and_each_is_found_by_the_id() {
    let reader = directory().resolve(&named(Some("shared@acme.example"), &[]));
    assert!(!reader.is(&source_user("ben")) && !reader.is(&source_user("cho")));
    assert!(!reader.is(&class(AccessClass::SiteUser)));
    assert!(directory().resolve(&named(Some("ben"), &[])).is(&source_user("ben")));
    assert_eq!(directory().contested_aliases(), [(DS, "shared@acme.example")]);
}

#[test]
fn the_deactivated_and_apps_get_nothing_even_with_groups() {
    for name in ["dmitri", "bot"] {
        let reader = directory().resolve(&named(Some(name), &["eng", "users"]));
        assert!(!reader.is(&source_group("eng")), "{name}");
        assert!(!reader.is(&class(AccessClass::Licensed)), "{name}");
        assert!(!reader.is(&source_user(name)), "{name}");
    }
}

#[test]
fn a_guest_uses_the_site_but_is_not_among_all_licensed_users() {
    let reader = directory().resolve(&named(Some("gia"), &[]));
    assert!(reader.is(&class(AccessClass::SiteUser)));
    assert!(!reader.is(&class(AccessClass::Licensed)));
}

#[test]
fn an_account_without_product_access_may_not_use_the_site() {
    let reader = directory().resolve(&named(Some("uma"), &[]));
    assert!(reader.is(&source_group("strangers")));
    assert!(!reader.is(&class(AccessClass::SiteUser)));
}

#[test]
fn groups_alone_pass_the_site_if_one_has_an_active_licensed_member() {
    let reader = directory().resolve(&named(None, &["ENG-name"]));
    assert!(reader.is(&source_group("eng")) && reader.is(&source_group("outer")));
    assert!(reader.is(&class(AccessClass::SiteUser)));
    assert!(!reader.is(&class(AccessClass::Licensed)), "naming a group without product access is not being licensed");
    assert!(directory().resolve(&named(None, &["users"])).is(&class(AccessClass::Licensed)));
    assert!(!directory().resolve(&named(None, &["strangers"])).is(&class(AccessClass::SiteUser)));
}

#[test]
fn an_unknown_user_with_groups_is_judged_by_the_groups() {
    let reader = directory().resolve(&named(Some("nobody@else.example"), &["eng"]));
    assert!(reader.is(&source_group("eng")) && reader.is(&class(AccessClass::SiteUser)));
}

#[test]
fn a_group_of_another_data_source_does_not_count_here() {
    let request = ReaderRequest {
        data_source_groups: vec![ScopedGroup { name: "eng".into(), data_source: Some("other".into()) }],
        ..ReaderRequest::default()
    };
    assert!(!directory().resolve(&request).is(&source_group("eng")));
}

#[test]
fn mapped_groups_nest_and_open_the_source_groups_of_their_scope() {
    let scoped = |name: &str| ScopedGroup { name: name.into(), data_source: Some(DS.into()) };
    let mappings = [
        GroupMapping { group: scoped("team"), members: vec![MappedMember::User { name: "Zoe".into() }] },
        GroupMapping { group: scoped("eng"), members: vec![MappedMember::Group { group: scoped("team") }] },
        GroupMapping { group: scoped("team"), members: vec![MappedMember::Group { group: scoped("eng") }] },
    ];
    let directory = Directory::new([(DS.to_owned(), people())], &mappings);
    let reader = directory.resolve(&named(Some("zoe"), &[]));
    assert!(reader.is(&Principal::Group { name: "team".into(), data_source: Some(DS.into()) }));
    assert!(reader.is(&source_group("eng")));
    assert!(!reader.is(&Principal::Group { name: "eng".into(), data_source: None }));
}

#[test]
fn nested_groups_that_hold_each_other_end() {
    let mut people = people();
    people.groups[1].member_groups = vec!["outer".into()];
    let directory = Directory::new([(DS.to_owned(), people)], &[]);
    assert!(directory.resolve(&named(Some("ada"), &[])).is(&source_group("outer")));
}

#[test]
fn a_request_that_names_nobody_is_nobody() {
    assert_eq!(directory().resolve(&ReaderRequest::default()), Reader::Nobody);
}

#[test]
fn accounts_and_groups_have_names_and_strangers_have_none() {
    assert_eq!(directory().name_of(&source_user("ada")), Some("ADA"));
    assert_eq!(directory().name_of(&source_group("eng")), Some("eng-name"));
    assert_eq!(directory().name_of(&source_user("nobody")), None);
    assert_eq!(directory().name_of(&class(AccessClass::Licensed)), None);
}

#[test]
fn an_access_list_may_name_a_group_of_a_data_source() {
    let of = |name: &str, source: &str| Principal::Group { name: name.into(), data_source: Some(source.into()) };
    let reader = directory().resolve(&named(Some("ada"), &[]));
    assert!(reader.is(&of("eng-name", DS)) && !reader.is(&of("eng-name", "other")));
    assert!(!directory().resolve(&named(Some("dmitri"), &[])).is(&of("eng-name", DS)));
}
