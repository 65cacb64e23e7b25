//! Accounts and groups to a directory. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sangam_access::{AccountState, DirectoryGroup, DirectoryUser, SourceDirectory};

use crate::{
    config::UserIdField,
    user_map::UserMap,
    wire::{Group, User},
};

/// What was read about people.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// All groups.
    pub groups: Vec<Group>,
    /// Ids of groups whose members may use the product.
    pub product_access: BTreeSet<String>,
    /// Ids of groups whose members administer the product.
    pub administers: BTreeSet<String>,
    /// Members by group id.
    pub members: BTreeMap<String, Vec<User>>,
    /// Accounts that are in no group that was read, but that a space names.
    pub others: Vec<User>,
}

/// What an account may do, by all that was read of it. Listings may disagree, and then the one that gives least is believed.
///
/// The product's customers read what is public and nothing more; so does an account of which no record says that it is active.
pub(crate) fn account_state<'u>(records: impl IntoIterator<Item = &'u User> + Clone) -> AccountState {
    if !records.clone().into_iter().any(|user| user.account_status == "active") {
        let is_app = records.into_iter().any(|user| user.account_type == "app");
        return if is_app { AccountState::App } else { AccountState::Inactive };
    }
    let rank = |state: &AccountState| match state {
        AccountState::Active => 0,
        AccountState::Guest => 1,
        AccountState::App => 2,
        AccountState::Inactive => 3,
    };
    records.into_iter().map(record_state).max_by_key(rank).unwrap_or(AccountState::Inactive)
}

/// What one record says of an account. An empty or unknown status says nothing.
fn record_state(user: &User) -> AccountState {
    match (user.account_type.as_str(), user.account_status.as_str()) {
        ("app", _) => AccountState::App,
        ("atlassian", "active" | "" | "unknown") if user.is_guest || user.is_external_collaborator => {
            AccountState::Guest
        }
        ("atlassian", "active" | "" | "unknown") => AccountState::Active,
        _ => AccountState::Inactive,
    }
}

/// The directory that `people` make.
///
/// An account without access to the product reads what is public and nothing more, whatever spaces and view lists name it: on a site
/// that is open to the public no layer above asks for a licence.
pub(crate) fn directory(people: &People, map: &UserMap, shown: UserIdField) -> SourceDirectory {
    let licensed: BTreeSet<&str> = people
        .product_access
        .iter()
        .filter_map(|group| people.members.get(group))
        .flatten()
        .filter_map(|user| user.account_id.as_deref())
        .collect();
    let mut records: BTreeMap<&str, Vec<&User>> = BTreeMap::new();
    for user in people.members.values().flatten().chain(&people.others) {
        if let Some(id) = user.account_id.as_deref().filter(|id| !id.is_empty()) {
            records.entry(id).or_default().push(user);
        }
    }
    let mut users: Vec<DirectoryUser> =
        records.into_iter().map(|(id, records)| directory_user(id, &records, map, shown)).collect();
    // Without memberships it cannot be told who has a licence.
    if !people.members.is_empty() {
        for user in users.iter_mut().filter(|user| user.state == AccountState::Active) {
            if !licensed.contains(user.id.as_str()) {
                user.state = AccountState::Inactive;
            }
        }
    }
    let groups = people.groups.iter().filter_map(|group| {
        let id = group.id.clone().filter(|id| !id.is_empty())?;
        let members = people.members.get(&id).into_iter().flatten();
        let members: BTreeSet<String> = members.filter_map(|user| user.account_id.clone()).collect();
        Some(DirectoryGroup {
            name: group.name.clone(),
            members: members.into_iter().collect(),
            member_groups: Vec::new(),
            product_access: people.product_access.contains(&id),
            administers: people.administers.contains(&id),
            id,
        })
    });
    SourceDirectory { groups: groups.collect(), users }
}

fn directory_user(id: &str, records: &[&User], map: &UserMap, shown: UserIdField) -> DirectoryUser {
    let visible = records.iter().map(|user| user.email.trim()).find(|email| !email.is_empty());
    let mut emails: Vec<String> = visible.into_iter().map(str::to_owned).collect();
    emails.extend(map.emails_of(id).filter(|email| Some(*email) != visible).map(str::to_owned));
    let display_name = records.iter().map(|user| &user.display_name).find(|name| !name.is_empty());
    // The first alias is the one that is shown; on Cloud there is no user name, and the id finds the person anyway.
    let aliases = match shown {
        UserIdField::Email | UserIdField::UserName => emails,
        UserIdField::AccountId => std::iter::once(id.to_owned()).chain(emails).collect(),
    };
    DirectoryUser {
        id: id.to_owned(),
        aliases,
        display_name: display_name.cloned().unwrap_or_default(),
        state: account_state(records.iter().copied()),
    }
}

/// How many names several people claim, so that they find none of them.
pub(crate) fn contested(directory: &SourceDirectory) -> usize {
    let mut owners: HashMap<String, Option<&str>> = HashMap::new();
    for user in &directory.users {
        for alias in std::iter::once(&user.id).chain(&user.aliases) {
            let owner = owners.entry(sangam_access::fold(alias)).or_insert(Some(&user.id));
            if *owner != Some(user.id.as_str()) {
                *owner = None;
            }
        }
    }
    owners.values().filter(|owner| owner.is_none()).count()
}

/// How many people hide their e-mail address, of how many; they are found by their account id only.
pub(crate) fn hidden_emails(directory: &SourceDirectory) -> (usize, usize) {
    let people = directory.users.iter().filter(|user| matches!(user.state, AccountState::Active | AccountState::Guest));
    let hidden = people.clone().filter(|user| !user.aliases.iter().any(|alias| alias.contains('@')));
    (hidden.count(), people.count())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn user(value: Value) -> User {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn states_fail_closed() {
        let state = |kind: &str, status: &str, guest: bool| {
            account_state([&user(json!({ "accountType": kind, "accountStatus": status, "isGuest": guest }))])
        };
        assert_eq!(state("atlassian", "active", false), AccountState::Active);
        assert_eq!(state("atlassian", "active", true), AccountState::Guest);
        assert_eq!(state("atlassian", "inactive", false), AccountState::Inactive);
        assert_eq!(state("atlassian", "closed", true), AccountState::Inactive);
        assert_eq!(state("app", "active", false), AccountState::App);
        assert_eq!(state("customer", "active", false), AccountState::Inactive);
        assert_eq!(state("", "", false), AccountState::Inactive);
        assert_eq!(state("atlassian", "", false), AccountState::Inactive);
        assert_eq!(state("atlassian", "unknown", true), AccountState::Inactive);
        assert_eq!(state("app", "", false), AccountState::App);
    }

    #[test]
    fn of_records_that_disagree_the_one_that_gives_least_is_believed() {
        let record = |kind: &str, status: &str, guest: bool| {
            user(json!({ "accountId": "a", "accountType": kind, "accountStatus": status, "isGuest": guest }))
        };
        let active = record("atlassian", "active", false);
        for (other, state) in [
            (record("atlassian", "active", true), AccountState::Guest),
            (record("atlassian", "", true), AccountState::Guest),
            (record("atlassian", "", false), AccountState::Active),
            (record("atlassian", "inactive", false), AccountState::Inactive),
            (record("app", "active", false), AccountState::App),
            (record("customer", "active", false), AccountState::Inactive),
        ] {
            assert_eq!(account_state([&active, &other]), state, "{other:?}");
            assert_eq!(account_state([&other, &active]), state, "{other:?}");
        }
    }

    #[test]
    fn a_guest_whom_a_later_listing_knows_as_one_is_one() {
        let record = |guest: bool| {
            user(json!({ "accountId": "a", "accountType": "atlassian", "accountStatus": "active", "isGuest": guest }))
        };
        let group = serde_json::from_value(json!({ "id": "users", "name": "users" })).unwrap();
        let people = People {
            groups: vec![group],
            product_access: ["users".to_owned()].into(),
            members: [("users".to_owned(), vec![record(false)])].into(),
            others: vec![record(true)],
            ..People::default()
        };
        assert_eq!(directory(&people, &UserMap::default(), UserIdField::Email).users[0].state, AccountState::Guest);
    }

    #[test]
    fn a_directory_has_each_account_once_and_visible_emails_as_aliases() {
        let ada = json!({ "accountId": "a1", "accountType": "atlassian", "accountStatus": "active", "email": "", "displayName": "Ada" });
        let ben = json!({ "accountId": "b1", "accountType": "atlassian", "accountStatus": "active", "email": "ben@acme.example", "displayName": "Ben" });
        let group = |id: &str| serde_json::from_value(json!({ "id": id, "name": format!("{id}-name") })).unwrap();
        let people = People {
            groups: vec![group("g1"), group("g2")],
            product_access: ["g1".to_owned()].into(),
            administers: BTreeSet::new(),
            members: [("g1".to_owned(), vec![user(ada.clone()), user(ben)]), ("g2".to_owned(), vec![user(ada)])].into(),
            others: vec![],
        };
        let directory = directory(&people, &UserMap::default(), UserIdField::Email);
        assert_eq!(directory.users.len(), 2);
        assert_eq!(directory.users[1].aliases, ["ben@acme.example"]);
        assert_eq!(directory.groups[1].members, ["a1"]);
        assert!(directory.groups[0].product_access && !directory.groups[1].product_access);
        assert_eq!(hidden_emails(&directory), (1, 2));
    }

    #[test]
    fn without_access_to_the_product_an_account_reads_what_is_public() {
        let person = |id: &str, guest: bool| {
            user(json!({ "accountId": id, "accountType": "atlassian", "accountStatus": "active", "isGuest": guest }))
        };
        let group = serde_json::from_value(json!({ "id": "users", "name": "users" })).unwrap();
        let mut people = People {
            groups: vec![group],
            product_access: ["users".to_owned()].into(),
            members: [("users".to_owned(), vec![person("a", false)])].into(),
            others: vec![person("b", false), person("g", true)],
            ..People::default()
        };
        let states = |people: &People| {
            directory(people, &UserMap::default(), UserIdField::Email)
                .users
                .iter()
                .map(|user| user.state)
                .collect::<Vec<_>>()
        };
        assert_eq!(states(&people), [AccountState::Active, AccountState::Inactive, AccountState::Guest]);
        people.members.clear();
        assert_eq!(states(&people), [AccountState::Active, AccountState::Guest], "memberships were not read");
    }
    #[test]
    fn hidden_addresses_come_from_the_map_and_one_that_two_people_claim_is_counted() {
        let person = |id: &str, email: &str| {
            user(json!({ "accountId": id, "accountType": "atlassian", "accountStatus": "active", "email": email }))
        };
        let people = People { others: vec![person("a", ""), person("b", "ben@acme.example")], ..People::default() };
        let map = |lines: &str| UserMap::parse(lines.as_bytes());
        let found = directory(&people, &map(r#"{"accountId":"a","email":"ada@acme.example"}"#), UserIdField::Email);
        assert_eq!(found.users[0].aliases, ["ada@acme.example"]);
        assert_eq!((hidden_emails(&found), contested(&found)), ((0, 2), 0));
        let found = directory(&people, &map(r#"{"accountId":"a","email":"Ben@acme.example"}"#), UserIdField::Email);
        assert_eq!(contested(&found), 1);
    }
}
