use sangam_access::{AccessClass, Directory, Principal, ReaderRequest};
use serde_json::json;

use super::*;

fn person(key: &str, name: &str, status: &str) -> Person {
    serde_json::from_value(
        json!({ "type": "known", "userKey": key, "username": name, "displayName": name, "status": status }),
    )
    .unwrap()
}

fn group(name: &str, members: &[&str], children: &[&str]) -> ReadGroup {
    let set = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    ReadGroup { name: name.to_owned(), members: set(members), child_groups: set(children) }
}

fn people() -> People {
    let persons = [
        person("k-ada", "ada", "CURRENT"),
        person("k-ben", "Ben", "CURRENT"),
        person("k-cho", "cho", "CURRENT"),
        person("k-dmitri", "dmitri", "DEACTIVATED"),
    ];
    People {
        persons: persons.into_iter().map(|person| (person.user_key.clone(), person)).collect(),
        groups: vec![
            group("confluence-users", &["k-dmitri"], &["Staff"]),
            group("staff", &["k-ada"], &["confluence-users"]),
            group("others", &["k-cho"], &[]),
        ],
        users: Some(Users { groups: ["confluence-users".to_owned()].into(), keys: ["k-ben".to_owned()].into() }),
        emails: [("k-ada".to_owned(), "ada@acme.example".to_owned())].into(),
    }
}

fn principals(directory: &SourceDirectory, user: &str) -> HashSet<Principal> {
    let directory = Directory::new([("ds".to_owned(), directory.clone())], &[]);
    match directory.resolve(&ReaderRequest { user: Some(user.to_owned()), ..ReaderRequest::default() }) {
        sangam_access::Reader::Named(principals) => principals,
        sangam_access::Reader::Nobody => HashSet::new(),
    }
}

fn site_user() -> Principal {
    Principal::Class { data_source: "ds".into(), class: AccessClass::SiteUser }
}

#[test]
fn the_right_to_use_the_site_is_a_groups_or_ones_own() {
    let directory = people().directory(UserIdField::Email);
    let state = |key: &str| directory.users.iter().find(|user| user.id == key).unwrap().state;
    assert_eq!(state("k-ada"), AccountState::Active, "through a group in a group, which are in a circle");
    assert_eq!(state("k-ben"), AccountState::Active, "in his own right");
    assert_eq!(state("k-cho"), AccountState::Inactive, "without it, whatever names her");
    assert_eq!(state("k-dmitri"), AccountState::Inactive);
    for user in ["ADA", "ada@acme.example", "k-ada", "ben"] {
        assert!(principals(&directory, user).contains(&site_user()), "{user}");
    }
    let staff = Principal::SourceGroup { data_source: "ds".into(), id: "staff".into() };
    assert!(principals(&directory, "ada").contains(&staff));
}

#[test]
fn without_memberships_nobody_is_taken_for_a_stranger_to_the_site() {
    let people = People { users: None, groups: Vec::new(), ..people() };
    let states: Vec<_> = people.directory(UserIdField::Email).users.iter().map(|user| user.state).collect();
    assert_eq!(states.iter().filter(|state| **state == AccountState::Active).count(), 3);
}

#[test]
fn what_is_shown_is_chosen_and_everything_finds() {
    let people = people();
    let shown = |field| people.directory(field).users[0].aliases[0].clone();
    assert_eq!(shown(UserIdField::Email), "ada@acme.example");
    assert_eq!(shown(UserIdField::UserName), "ada");
    assert_eq!(shown(UserIdField::AccountId), "k-ada");
}

#[test]
fn a_name_of_two_people_finds_neither_and_is_counted() {
    let mut people = people();
    people.emails.insert("k-ben".into(), "ADA@acme.example".into());
    let directory = people.directory(UserIdField::Email);
    assert_eq!(n_contested(&directory), 1);
    assert!(!principals(&directory, "ada@acme.example").contains(&site_user()));
    assert!(principals(&directory, "ada").contains(&site_user()));
    people.persons.insert("k-ada2".into(), person("k-ada2", "ADA", "CURRENT"));
    assert_eq!(people.key_of("ada"), None);
    assert_eq!(people.key_of("BEN").as_deref(), Some("k-ben"));
}

#[test]
fn masked_addresses_are_none() {
    assert_eq!(plain_email(" Ben.Ruiz@acme.example ").as_deref(), Some("Ben.Ruiz@acme.example"));
    for masked in
        ["ben at acme dot example", "ben@", "@acme.example", "b***@acme.example", "ben@acme", "a@b@c.example", ""]
    {
        assert_eq!(plain_email(masked), None, "{masked}");
    }
}
