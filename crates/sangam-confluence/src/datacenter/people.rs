//! Groups, their members and groups, and everybody else who is named: the directory, complete or not at all.
//!
//! Two calls for each group, a third to see whether groups in it count, and for each person one a day, for the e-mail address.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::{StreamExt, TryStreamExt, stream};
use sangam_sync::{Fact, SourceError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Run,
    capabilities::{Feature, encoded},
    directory::{People, ReadGroup, Users, n_contested, plain_email},
    memory,
    permissions::{Holders, group_id},
    site::SiteRights,
    wire::{MobileProfile, NamedGroup, Person},
};
use crate::{
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
};

/// People or groups of one call.
const PAGE_ROWS: &str = "200";

/// Where e-mail addresses are remembered.
const MEMORY: &str = "datacenter/profile/";

/// Reminders of one batch.
const MEMORIES_PER_FACT: usize = 500;

/// What a profile said.
#[derive(Debug, Serialize, Deserialize)]
struct RememberedProfile {
    email: Option<String>,
}

/// What reading found out that people should know.
#[derive(Debug, Default)]
struct Remarks {
    /// Groups whose members the server does not list because of their names.
    unreadable: Vec<String>,
}

impl Run<'_> {
    /// Reads the people and sends the directory. A half one is never sent: then the last complete one stays in force.
    pub(super) async fn people(
        &mut self,
        holders: &[Result<Holders, ClientError>],
        site: &SiteRights,
    ) -> Result<(), SourceError> {
        if !self.config.crawl_acl {
            return Ok(());
        }
        let named: Vec<&Holders> = holders.iter().flatten().chain([&site.holders]).collect();
        let mut read = self.read(&self.client, &named, site).await;
        if let (Err(ClientError::Forbidden { .. }), Some(second)) = (&read, self.client.with_second_token()) {
            // A token for reading access beside OAuth 2.0.
            read = self.read(&second.optional(), &named, site).await;
        }
        let (mut people, remarks) = match read {
            Ok(read) => read,
            Err(error) if error.ends_the_sync() => return Err(error.into()),
            Err(error) => {
                self.outbox.warn(format!(
                    "people and groups could not be read whole, so those of the last sync stay in force: {error}"
                ));
                return Ok(());
            }
        };
        self.emails(&mut people).await?;
        let mut directory = people.directory(self.config.user_id_field);
        for user in &mut directory.users {
            let names = user.aliases.iter().chain([&user.id]);
            let told: Vec<String> = names.flat_map(|name| self.user_map.emails_of(name)).map(str::to_owned).collect();
            user.aliases.extend(told);
        }
        self.warn_about(&people, &remarks, site, n_contested(&directory));
        self.names.extend(people.persons.values().map(|person| (person.user_key.clone(), person.display_name.clone())));
        self.people = Some(people);
        self.outbox.fact(Fact::Directory(directory)).await
    }

    async fn read(
        &self,
        client: &Client,
        named: &[&Holders],
        site: &SiteRights,
    ) -> Result<(People, Remarks), ClientError> {
        let groups: Vec<NamedGroup> = client.list("rest/api/group", &[("limit", PAGE_ROWS)]).all().await?;
        let mut people = People::default();
        let mut remarks = Remarks::default();
        let with_members = self.config.identity_crawler;
        if with_members && self.capabilities.has(Feature::UserList) {
            add_all(&mut people, all_people(client, "rest/api/user/list").await?);
        }
        let mut unreadable = Vec::new();
        if with_members {
            let calls: Vec<_> = groups.iter().map(|group| read_group(client, &group.name)).collect();
            let read: Vec<_> = stream::iter(calls).buffered(CONCURRENT_CALLS).try_collect().await?;
            for (group, read) in groups.into_iter().zip(read) {
                let Some((members, children)) = read else {
                    unreadable.push(group.name);
                    continue;
                };
                let keys = members.iter().map(|person| person.user_key.clone()).collect();
                add_all(&mut people, members);
                let child_groups = children.into_iter().map(|child| child.name).collect();
                people.groups.push(ReadGroup { name: group.name, members: keys, child_groups });
            }
        } else {
            people
                .groups
                .extend(groups.into_iter().map(|group| ReadGroup { name: group.name, ..ReadGroup::default() }));
        }
        self.add_named(client, &mut people, named).await?;
        self.complete_states(client, &mut people).await?;
        if with_members {
            let mut asked = Memberships::default();
            self.add_unreadable(client, &mut people, &mut asked, &unreadable).await?;
            remarks.unreadable = unreadable;
            self.verify_nesting(client, &mut people, &mut asked).await?;
            people.users = Some(self.users(client, &people, site).await?);
        }
        Ok((people, remarks))
    }

    /// Looks up whoever is named by a row and is in no group that was read.
    async fn add_named(&self, client: &Client, people: &mut People, named: &[&Holders]) -> Result<(), ClientError> {
        let keys: BTreeSet<&String> = named.iter().flat_map(|holders| &holders.user_keys).collect();
        let names: BTreeSet<&String> = named.iter().flat_map(|holders| &holders.user_names).collect();
        let keys = keys.into_iter().filter(|key| !people.persons.contains_key(*key)).map(|key| ("key", key));
        let names = names.into_iter().filter(|name| people.key_of(name).is_none()).map(|name| ("username", name));
        let calls: Vec<_> = keys.chain(names).map(|(by, who)| person(client, by, who)).collect();
        let found: Vec<Option<Person>> = stream::iter(calls).buffered(CONCURRENT_CALLS).try_collect().await?;
        add_all(people, found.into_iter().flatten());
        Ok(())
    }

    /// Asks singly for the state of accounts of which no listing told it.
    async fn complete_states(&self, client: &Client, people: &mut People) -> Result<(), ClientError> {
        let unknown = people.persons.values().filter(|person| person.status.is_none() && person.kind != "unknown");
        let keys: Vec<String> = unknown.map(|person| person.user_key.clone()).collect();
        let calls: Vec<_> = keys.iter().map(|key| person(client, "key", key)).collect();
        let found: Vec<Option<Person>> = stream::iter(calls).buffered(CONCURRENT_CALLS).try_collect().await?;
        add_all(people, found.into_iter().flatten());
        Ok(())
    }

    /// Fills groups that the server does not list, as it takes no slash in a path, from what it says of each person.
    async fn add_unreadable(
        &self,
        client: &Client,
        people: &mut People,
        asked: &mut Memberships,
        unreadable: &[String],
    ) -> Result<(), ClientError> {
        if unreadable.is_empty() {
            return Ok(());
        }
        let current = people.persons.values().filter(|person| person.is_current());
        let keys: Vec<String> = current.map(|person| person.user_key.clone()).collect();
        let calls: Vec<_> = keys.iter().map(|key| member_of(client, key)).collect();
        let found: Vec<BTreeSet<String>> = stream::iter(calls).buffered(CONCURRENT_CALLS).try_collect().await?;
        asked.of.extend(keys.into_iter().zip(found));
        for name in unreadable {
            let id = group_id(name);
            let members = asked.of.iter().filter(|(_, groups)| groups.contains(&id)).map(|(key, _)| key.clone());
            let group = ReadGroup { name: name.clone(), members: members.collect(), child_groups: BTreeSet::new() };
            people.groups.push(group);
        }
        Ok(())
    }

    /// Leaves out groups in groups where the directory does not count them: asks for somebody who is in one only through another.
    async fn verify_nesting(
        &self,
        client: &Client,
        people: &mut People,
        asked: &mut Memberships,
    ) -> Result<(), ClientError> {
        let members: HashMap<String, BTreeSet<String>> =
            people.groups.iter().map(|group| (group_id(&group.name), group.members.clone())).collect();
        let children: HashMap<String, Vec<String>> = people
            .groups
            .iter()
            .map(|group| (group_id(&group.name), group.child_groups.iter().map(|name| group_id(name)).collect()))
            .collect();
        for group in people.groups.iter_mut().filter(|group| !group.child_groups.is_empty()) {
            let id = group_id(&group.name);
            let through = members_through(&id, &members, &children);
            let only_through: Vec<&String> = through.iter().filter(|key| !group.members.contains(*key)).collect();
            let Some(witness) = only_through.iter().find(|key| asked.of.contains_key(**key)).or(only_through.first())
            else {
                continue;
            };
            if !asked.of.contains_key(*witness) {
                let groups = match member_of(client, witness).await {
                    Ok(groups) => groups,
                    Err(error) if error.ends_the_sync() => return Err(error),
                    // Not proven, so it does not count.
                    Err(_) => BTreeSet::new(),
                };
                asked.of.insert((*witness).clone(), groups);
            }
            if !asked.of.get(*witness).is_some_and(|groups| groups.contains(&id)) {
                group.child_groups.clear();
            }
        }
        Ok(())
    }

    /// Who may use the site. A server that does not tell may list those who count for its licence.
    async fn users(&self, client: &Client, people: &People, site: &SiteRights) -> Result<Users, ClientError> {
        let holders = &site.holders;
        let names = holders.user_names.iter().filter_map(|name| people.key_of(name));
        let mut users =
            Users { groups: holders.groups.clone(), keys: holders.user_keys.iter().cloned().chain(names).collect() };
        if !site.is_told && self.capabilities.has(Feature::ActiveUsers) {
            match all_people(client, "rest/api/admin/users/list/active").await {
                Ok(active) => users.keys.extend(active.into_iter().map(|person| person.user_key)),
                Err(error) if error.ends_the_sync() => return Err(error),
                Err(_) => {}
            }
        }
        Ok(users)
    }

    /// Learns the e-mail addresses that the site shows, of whoever was not asked about within a day.
    async fn emails(&mut self, people: &mut People) -> Result<(), SourceError> {
        if !self.capabilities.has(Feature::MobileProfile) {
            return Ok(());
        }
        let mut remembered = memory::recall::<RememberedProfile>(self.known, MEMORY).await?;
        let client = self.client.optional();
        let open: Vec<(String, String)> = people
            .persons
            .values()
            .filter(|person| !person.username.is_empty() && !remembered.contains_key(&person.user_key))
            .map(|person| (person.user_key.clone(), person.username.clone()))
            .collect();
        let calls: Vec<_> = open.iter().map(|(_, name)| email(&client, name)).collect();
        let mut answers = stream::iter(calls).buffered(CONCURRENT_CALLS);
        let (mut n, mut n_failed, mut new) = (0, 0, Vec::new());
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(email) => new.push((open[n].0.clone(), RememberedProfile { email })),
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(_) => n_failed += 1,
            }
            n += 1;
        }
        if n_failed > 0 {
            self.outbox
                .warn(format!("{n_failed} e-mail addresses could not be read; user names and keys find these people"));
        }
        let notes: Vec<_> = new.iter().map(|(key, profile)| (format!("{MEMORY}{key}"), json!(profile))).collect();
        for notes in notes.chunks(MEMORIES_PER_FACT) {
            self.outbox.fact(Fact::Memories(notes.to_vec())).await?;
        }
        remembered.extend(new);
        people.emails = remembered.into_iter().filter_map(|(key, profile)| Some((key, profile.email?))).collect();
        Ok(())
    }

    fn warn_about(&mut self, people: &People, remarks: &Remarks, site: &SiteRights, n_contested: usize) {
        let n_people = people.persons.values().filter(|person| person.is_current()).count();
        let n_hidden = people
            .persons
            .values()
            .filter(|person| person.is_current() && !people.emails.contains_key(&person.user_key))
            .count();
        if n_hidden > 0 {
            self.outbox.warn(format!(
                "the site shows no e-mail address of {n_hidden} of {n_people} people; a query finds them by user name and key only"
            ));
        }
        if n_contested > 0 {
            self.outbox.warn(format!(
                "{n_contested} names or e-mail addresses belong to several people and find none of them; their user keys do"
            ));
        }
        if !remarks.unreadable.is_empty() {
            self.outbox.warn(format!(
                "the server does not list the members of {} groups because of their names; their members were taken from what it says of each person",
                remarks.unreadable.len()
            ));
        }
        let users = people.users.as_ref();
        if users.is_some() && !site.is_told {
            self.outbox.warn(
                "the server does not tell who may use Confluence, so the members of `confluence-users` and \
                 `confluence-administrators` and whoever counts for the licence are taken for its users; others read what is public"
                    .into(),
            );
        }
        let nobody = users.is_some_and(|users| users.groups.is_empty() && users.keys.is_empty());
        if nobody && !self.is_open {
            self.outbox.warn("no group and nobody has the right to use Confluence, so nobody reads anything".into());
        }
    }
}

/// The groups that count for people, by key, of whom was asked.
#[derive(Default)]
struct Memberships {
    of: BTreeMap<String, BTreeSet<String>>,
}

/// Everybody in the groups in a group, at any depth. Circles end.
fn members_through(
    id: &str,
    members: &HashMap<String, BTreeSet<String>>,
    children: &HashMap<String, Vec<String>>,
) -> BTreeSet<String> {
    let mut open: Vec<&String> = children.get(id).into_iter().flatten().collect();
    let mut closed = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(child) = open.pop() {
        if closed.insert(child) {
            found.extend(members.get(child).into_iter().flatten().cloned());
            open.extend(children.get(child).into_iter().flatten());
        }
    }
    found
}

/// Adds people. What a listing says of the state is kept if another does not say it.
fn add_all(people: &mut People, persons: impl IntoIterator<Item = Person>) {
    for person in persons.into_iter().filter(|person| !person.user_key.is_empty()) {
        let known = people.persons.entry(person.user_key.clone()).or_insert_with(|| person.clone());
        let is_worse = known.is_current() && person.status.is_some() && !person.is_current();
        if known.status.is_none() || is_worse {
            *known = person;
        }
    }
}

/// The members of a group and the groups in it; `None` if the server cannot be asked for it because of its name.
async fn read_group(client: &Client, name: &str) -> Result<Option<(Vec<Person>, Vec<NamedGroup>)>, ClientError> {
    let path = format!("rest/api/group/{}", encoded(name));
    let query = [("limit", PAGE_ROWS), ("expand", "status")];
    let members = client.list(&format!("{path}/member"), &query).all().await;
    let members = match members {
        Ok(members) => members,
        // What is gone since the groups were listed has no members; a slash is refused by most servers, in one way or another.
        Err(ClientError::NotFound { .. }) if !has_odd_name(name) => return Ok(Some((Vec::new(), Vec::new()))),
        Err(error) if error.ends_the_sync() || !has_odd_name(name) => return Err(error),
        Err(_) => return Ok(None),
    };
    match client.list(&format!("{path}/groupmember"), &[("limit", PAGE_ROWS)]).all().await {
        Ok(children) => Ok(Some((members, children))),
        Err(ClientError::NotFound { .. }) => Ok(Some((members, Vec::new()))),
        Err(error) => Err(error),
    }
}

fn has_odd_name(name: &str) -> bool {
    name.contains(['/', '\\', '%', ';', '+'])
}

async fn all_people(client: &Client, path: &str) -> Result<Vec<Person>, ClientError> {
    client.list(path, &[("limit", PAGE_ROWS), ("expand", "status")]).all().await
}

/// One person; `None` if there is nobody.
pub(super) async fn person(client: &Client, by: &str, who: &str) -> Result<Option<Person>, ClientError> {
    match client.get("rest/api/user", &[(by, who), ("expand", "status")]).await {
        Ok(person) => Ok(Some(person)),
        Err(ClientError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The ids of the groups that count for a person.
async fn member_of(client: &Client, key: &str) -> Result<BTreeSet<String>, ClientError> {
    match client.list("rest/api/user/memberof", &[("key", key), ("limit", PAGE_ROWS)]).all::<NamedGroup>().await {
        Ok(groups) => Ok(groups.iter().map(|group| group_id(&group.name)).collect()),
        Err(ClientError::NotFound { .. }) => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// The e-mail address that a profile shows, if it is one.
async fn email(client: &Client, username: &str) -> Result<Option<String>, ClientError> {
    let path = format!("rest/mobile/1.0/profile/{}", encoded(username));
    match client.get::<MobileProfile>(&path, &[]).await {
        Ok(profile) => Ok(plain_email(&profile.email)),
        Err(ClientError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_through_groups_are_found_at_any_depth_and_circles_end() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
        let members =
            [("a".to_owned(), set(&["1"])), ("b".to_owned(), set(&["2"])), ("c".to_owned(), set(&["3"]))].into();
        let children = [
            ("a".to_owned(), vec!["b".to_owned()]),
            ("b".to_owned(), vec!["c".to_owned()]),
            ("c".to_owned(), vec!["a".to_owned(), "gone".to_owned()]),
        ];
        assert_eq!(members_through("a", &members, &children.into()), set(&["1", "2", "3"]));
        assert!(members_through("x", &members, &HashMap::new()).is_empty());
    }

    #[test]
    fn of_records_that_disagree_the_one_that_gives_least_is_believed() {
        let record = |status: Option<&str>| Person {
            user_key: "k".into(),
            status: status.map(str::to_owned),
            ..Person::default()
        };
        let mut people = People::default();
        add_all(&mut people, [record(None), record(Some("CURRENT")), record(None)]);
        assert!(people.persons["k"].is_current());
        add_all(&mut people, [record(Some("DEACTIVATED")), record(Some("CURRENT"))]);
        assert!(!people.persons["k"].is_current());
    }
}
