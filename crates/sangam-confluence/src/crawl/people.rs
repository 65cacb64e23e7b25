//! Groups, their members, and the accounts that spaces name: the directory, complete or not at all.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use sangam_access::AccountState;
use sangam_sync::{Fact, NodeAccess, SourceError};
use serde::{Deserialize, Serialize};

use super::{Run, USERS_PER_CALL, users_by_id};
use crate::{
    access::named_users,
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    identity::{self, People},
    walk::{now_minutes, spaces::CrawledSpace},
    wire::{FoundUser, Group, User},
};

/// Largest page of the first generation's listings of groups and members.
const PAGE_ROWS: &str = "200";

/// Under this key it is remembered who was found outside of groups.
const OUTSIDE_KEY: &str = "people/outside";

/// People outside of groups that are remembered; the search for people finds no more either.
const OUTSIDE_MAX: usize = 10_000;

/// People whom the search for people found, and whom the groups alone do not tell about. They are found anew once a day, and what they are
/// is read at every run.
#[derive(Serialize, Deserialize)]
struct Outside {
    /// The minute since 1970 at which they were found.
    at: u32,
    /// Account ids, and whether they are guests.
    people: Vec<(String, bool)>,
}

impl Run<'_> {
    /// Reads the people and sends the directory. A half one is never sent: then the last complete one stays in force.
    pub(super) async fn people(&mut self, spaces: &[CrawledSpace]) -> Result<(), SourceError> {
        if !self.config.crawl_acl {
            return Ok(());
        }
        let named: BTreeSet<String> = spaces
            .iter()
            .filter_map(|space| match &space.access {
                NodeAccess::Layer { layer } => Some(named_users(layer)),
                NodeAccess::Open | NodeAccess::Unknown { .. } => None,
            })
            .flatten()
            .map(str::to_owned)
            .collect();
        let remembered = self.known.memories(OUTSIDE_KEY).await?;
        let outside = remembered.get(OUTSIDE_KEY).and_then(|memory| Outside::deserialize(&memory.value).ok());
        let outside =
            outside.filter(|outside| now_minutes().saturating_sub(outside.at) < self.verification.recheck_minutes);
        let people = match read_people(&self.client, self.config.identity_crawler, named, outside).await {
            Ok((people, found)) => {
                if let Some(found) = found {
                    let value = serde_json::to_value(found).expect("it is made of strings and numbers");
                    self.outbox.remember(OUTSIDE_KEY.to_owned(), value);
                }
                people
            }
            Err(error) if error.ends_the_sync() => return Err(error.into()),
            Err(error) => {
                self.outbox.warn(format!(
                    "people and groups could not be read whole, so those of the last sync stay in force: {error}"
                ));
                return Ok(());
            }
        };
        let directory = identity::directory(&people, &self.user_map, self.config.user_id_field);
        self.principals.learn_groups(directory.groups.iter().map(|group| (group.id.as_str(), group.name.as_str())));
        self.learn_names(people.members.values().flatten().chain(&people.others));
        let guests = directory.users.iter().filter(|user| user.state == AccountState::Guest);
        self.guests = guests.map(|user| user.id.clone()).collect();
        self.warn_about(&directory);
        self.folders.set_directory(&directory);
        self.outbox.fact(Fact::Directory(directory)).await
    }

    fn warn_about(&mut self, directory: &sangam_access::SourceDirectory) {
        let (hidden, all) = identity::hidden_emails(directory);
        if hidden > 0 {
            self.outbox.warn(format!(
                "{hidden} of {all} people hide their e-mail address; a query finds them by account id only"
            ));
        }
        let contested = identity::contested(directory);
        if contested > 0 {
            self.outbox.warn(format!(
                "{contested} names or e-mail addresses are claimed by several people, and find none of them; their account ids do"
            ));
        }
        if self.user_map.n_unreadable > 0 {
            self.outbox.warn(format!(
                "{} lines of the file of `usersAclS3FilePath` name nobody and were left out",
                self.user_map.n_unreadable
            ));
        }
        if self.config.identity_crawler && !directory.groups.iter().any(|group| group.product_access) {
            self.outbox.warn("no group gives access to Confluence, so nobody may use the site".into());
        }
    }
}

/// All people and groups. `outside` is who was found outside of groups within the day; if that is not known it is found out, and returned.
async fn read_people(
    client: &Client,
    with_members: bool,
    named: BTreeSet<String>,
    outside: Option<Outside>,
) -> Result<(People, Option<Outside>), ClientError> {
    let (groups, users, admins, site_admins) = futures::try_join!(
        groups(client, None),
        groups(client, Some("user")),
        groups(client, Some("admin")),
        groups(client, Some("site-admin")),
    )?;
    let ids = |groups: Vec<Group>| groups.into_iter().filter_map(|group| group.id);
    let mut people = People {
        product_access: ids(users).collect(),
        administers: ids(admins).chain(ids(site_admins)).collect(),
        groups,
        ..People::default()
    };
    if with_members {
        let group_ids = people.groups.iter().filter_map(|group| group.id.clone());
        let calls: Vec<_> = group_ids.map(|id| members(client, id)).collect();
        people.members = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS).try_collect().await?;
    }
    let mut found = None;
    if with_members {
        if let Some(outside) = outside {
            people.others = outside.read_again(client).await?;
        } else {
            people.others = in_no_group(client).await?;
            found = Some(Outside::of(&people));
        }
    }
    let known: BTreeSet<&str> =
        people.members.values().flatten().chain(&people.others).filter_map(|user| user.account_id.as_deref()).collect();
    let others: Vec<String> = named.into_iter().filter(|id| !known.contains(id.as_str())).collect();
    for chunk in others.chunks(USERS_PER_CALL) {
        let found = users_by_id(client, chunk).await?;
        people.others.extend(found);
    }
    Ok((people, found))
}

impl Outside {
    /// Those of `people` whom their groups do not tell all about.
    fn of(people: &People) -> Self {
        let in_groups: BTreeSet<&str> =
            people.members.values().flatten().filter_map(|user| user.account_id.as_deref()).collect();
        let is_guest = |user: &User| user.is_guest || user.is_external_collaborator;
        let told = |user: &User, id: &str| in_groups.contains(id) && !is_guest(user) && user.account_status == "active";
        let others = people.others.iter().filter(|user| user.account_type != "customer" && user.account_type != "app");
        let outside = others.filter_map(|user| {
            let id = user.account_id.clone()?;
            (!told(user, &id)).then(|| (id, is_guest(user)))
        });
        Self { at: now_minutes(), people: outside.take(OUTSIDE_MAX).collect() }
    }

    /// What they are now. A guest stays one until they are all found anew.
    async fn read_again(&self, client: &Client) -> Result<Vec<User>, ClientError> {
        let guests: BTreeSet<&str> =
            self.people.iter().filter(|(_, is_guest)| *is_guest).map(|(id, _)| id.as_str()).collect();
        let ids: Vec<String> = self.people.iter().map(|(id, _)| id.clone()).collect();
        let mut users = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(USERS_PER_CALL) {
            users.extend(users_by_id(client, chunk).await?);
        }
        for user in &mut users {
            user.is_guest |= user.account_id.as_deref().is_some_and(|id| guests.contains(id));
        }
        Ok(users)
    }
}

/// Everybody whom the search for people finds: it has guests who are in no group and whom no space names. It stops near 10,000 people and
/// is not offered everywhere, so that it only adds to what the groups say.
async fn in_no_group(client: &Client) -> Result<Vec<User>, ClientError> {
    let found =
        client.list("rest/api/search/user", &[("cql", "type=user"), ("limit", PAGE_ROWS)]).all::<FoundUser>().await;
    match found {
        Ok(found) => Ok(found.into_iter().map(|found| found.user).collect()),
        Err(error) if error.ends_the_sync() || error.is_transient() => Err(error),
        Err(_) => Ok(Vec::new()),
    }
}

/// All groups, or those whose members have this access to the product.
pub(super) async fn groups(client: &Client, access: Option<&str>) -> Result<Vec<Group>, ClientError> {
    let access = access.map(|access| ("accessType", access));
    let query: Vec<(&str, &str)> = [("limit", PAGE_ROWS)].into_iter().chain(access).collect();
    client.list("rest/api/group", &query).all().await
}

async fn members(client: &Client, group_id: String) -> Result<(String, Vec<User>), ClientError> {
    let listing = client.list(&format!("rest/api/group/{group_id}/membersByGroupId"), &[("limit", PAGE_ROWS)]);
    Ok((group_id, listing.all().await?))
}
