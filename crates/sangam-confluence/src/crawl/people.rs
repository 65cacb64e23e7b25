//! Groups, their members, and the accounts that spaces name: the directory, complete or not at all.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use sangam_access::AccountState;
use sangam_sync::{Fact, NodeAccess, SourceError};

use super::{Run, USERS_PER_CALL, spaces::CrawledSpace, users_by_id};
use crate::{
    access::named_users,
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    identity::{self, People},
    wire::{FoundUser, Group, User},
};

/// Largest page of the first generation's listings of groups and members.
const PAGE_ROWS: &str = "200";

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
        let people = match read_people(&self.client, self.config.identity_crawler, named).await {
            Ok(people) => people,
            Err(error) if error.ends_the_sync() => return Err(error.into()),
            Err(error) => {
                self.outbox.warn(format!(
                    "people and groups could not be read whole, so those of the last sync stay in force: {error}"
                ));
                return Ok(());
            }
        };
        let directory = identity::directory(&people, self.config.user_id_field);
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
        if self.config.identity_crawler && !directory.groups.iter().any(|group| group.product_access) {
            self.outbox.warn("no group gives access to Confluence, so nobody may use the site".into());
        }
    }
}

async fn read_people(client: &Client, with_members: bool, named: BTreeSet<String>) -> Result<People, ClientError> {
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
    if with_members {
        people.others = in_no_group(client).await?;
    }
    let known: BTreeSet<&str> =
        people.members.values().flatten().chain(&people.others).filter_map(|user| user.account_id.as_deref()).collect();
    let others: Vec<String> = named.into_iter().filter(|id| !known.contains(id.as_str())).collect();
    for chunk in others.chunks(USERS_PER_CALL) {
        let found = users_by_id(client, chunk).await?;
        people.others.extend(found);
    }
    Ok(people)
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
