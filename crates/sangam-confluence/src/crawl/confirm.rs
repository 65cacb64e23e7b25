//! Looks up what a clean listing lacked, each by its own id: in bulk first, then singly what did not answer.

use std::collections::{HashMap, HashSet};

use futures::{StreamExt, stream};
use sangam_sync::{Presence, SourceError};

use super::{
    holder::{On, comment_by_id, holder, is_current},
    tree_walk::wants_content,
};
use crate::{
    client::{CONCURRENT_CALLS, Client},
    config::{ConfluenceConfig, Entity},
    error::ClientError,
    map::{space_uri, uri},
    walk::spaces::wants_space,
    wire::{Attachment, Content, Space},
};

/// Ids of one call without bodies.
const IDS_PER_CALL: usize = 100;

/// Answers whether documents are still there.
///
/// A document that answers and that the configuration no longer asks for is as good as trashed: otherwise it would be kept for ever.
pub(crate) struct Confirmation<'a> {
    config: &'a ConfluenceConfig,
    client: Client,
    /// What is known by now, by document id.
    known: HashMap<String, Presence>,
    spaces: HashMap<String, Presence>,
    /// Spaces that are crawled, and whose own document the filters leave out.
    unwanted_spaces: HashSet<String>,
}

impl<'a> Confirmation<'a> {
    pub(crate) fn new(config: &'a ConfluenceConfig, client: Client) -> Self {
        Self { config, client, known: HashMap::new(), spaces: HashMap::new(), unwanted_spaces: HashSet::new() }
    }

    /// One answer an id, in order.
    pub(crate) async fn presences(mut self, ids: &[String]) -> Result<Vec<Presence>, SourceError> {
        let of = |entity: Entity| -> Vec<String> {
            let prefix = format!("{}/", entity.as_str());
            ids.iter().filter_map(|id| id.strip_prefix(&prefix)).map(str::to_owned).collect()
        };
        for id in of(Entity::Space) {
            let mut presence = self.space(&id).await?;
            if presence == Presence::Present && self.unwanted_spaces.contains(&id) {
                presence = Presence::Excluded;
            }
            self.known.insert(document_id(Entity::Space, &id), presence);
        }
        self.contents(Entity::Page, of(Entity::Page)).await?;
        self.contents(Entity::Blog, of(Entity::Blog)).await?;
        self.comments(of(Entity::Comment)).await?;
        self.attachments(of(Entity::Attachment)).await?;
        for entity in Entity::PLACES {
            self.places(entity, of(entity)).await?;
        }
        Ok(ids.iter().map(|id| self.known.get(id).copied().unwrap_or(Presence::Unseen)).collect())
    }

    async fn space(&mut self, id: &str) -> Result<Presence, SourceError> {
        if let Some(presence) = self.spaces.get(id) {
            return Ok(*presence);
        }
        let found = seen(self.client.get::<Space>(&format!("api/v2/spaces/{id}"), &[]).await)?;
        let presence = match found {
            None => Presence::Unseen,
            Some(space) if wants_space(self.config, &space) => {
                let uri = space_uri(&space, &self.client.site_base());
                if !self.config.filters.wants(Entity::Space, &space.name, &uri) {
                    self.unwanted_spaces.insert(id.to_owned());
                }
                Presence::Present
            }
            Some(space) => left_out(&space.status),
        };
        self.spaces.insert(id.to_owned(), presence);
        Ok(presence)
    }

    /// Pages or blog posts.
    async fn contents(&mut self, entity: Entity, ids: Vec<String>) -> Result<(), SourceError> {
        let is_on = if entity == Entity::Blog { self.config.switches.blogs } else { self.config.switches.pages };
        let collection = if entity == Entity::Blog { "blogposts" } else { "pages" };
        let open: Vec<String> =
            ids.into_iter().filter(|id| !self.known.contains_key(&document_id(entity, id))).collect();
        if !is_on {
            self.known.extend(open.iter().map(|id| (document_id(entity, id), Presence::Excluded)));
            return Ok(());
        }
        let mut found: HashMap<String, Content> = HashMap::new();
        for chunk in open.chunks(IDS_PER_CALL) {
            found.extend(self.in_bulk(entity, collection, chunk).await?.into_iter().map(|row| (row.id.clone(), row)));
        }
        let missing = open.iter().filter(|id| !found.contains_key(*id)).cloned();
        let singly: Vec<_> = self
            .each(missing, |client, id| async move {
                client.get::<Content>(&format!("api/v2/{collection}/{id}"), &[]).await
            })
            .await?;
        found.extend(singly.into_iter().map(|row| (row.id.clone(), row)));
        let base = self.client.site_base();
        for id in open {
            let presence = match found.get(&id) {
                None => Presence::Unseen,
                Some(row) if !wants_content(self.config, entity, row, &base) => left_out(&row.status),
                Some(row) => self.space(&row.space_id.clone()).await?,
            };
            self.known.insert(document_id(entity, &id), presence);
        }
        Ok(())
    }

    async fn in_bulk(&self, entity: Entity, collection: &str, ids: &[String]) -> Result<Vec<Content>, SourceError> {
        let joined = ids.join(",");
        let mut query = vec![("id", joined.as_str()), ("limit", "250"), ("status", "current"), ("status", "trashed")];
        if entity == Entity::Page {
            query.push(("status", "archived"));
        }
        Ok(self.client.list(&format!("api/v2/{collection}"), &query).all().await?)
    }

    async fn comments(&mut self, ids: Vec<String>) -> Result<(), SourceError> {
        let found = self.each(ids.into_iter(), |client, id| async move {
            let comment = comment_by_id(&client, &id).await?;
            let container = above(&client, comment.on()).await?;
            Ok((comment, container))
        });
        let found = found.await?;
        let containers: Vec<_> = found.iter().filter_map(|(_, container)| container.clone()).collect();
        self.containers(&containers).await?;
        let base = self.client.site_base();
        for (comment, container) in found {
            let presence = match container {
                Some(container) if is_current(&comment.status) => self.of_container(&container, |config, entity| {
                    let switches = config.switches;
                    let is_on = if entity == Entity::Blog { switches.blog_comments } else { switches.page_comments };
                    let uri = uri(&base, &comment.links.webui, &container.1);
                    is_on && config.filters.wants(Entity::Comment, &comment.title, &uri)
                }),
                _ => Presence::Trashed,
            };
            self.known.insert(document_id(Entity::Comment, &comment.id), presence);
        }
        Ok(())
    }

    async fn attachments(&mut self, ids: Vec<String>) -> Result<(), SourceError> {
        let found = self.each(ids.into_iter(), |client, id| async move {
            let file = client.get::<Attachment>(&format!("api/v2/attachments/{id}"), &[]).await?;
            let container = above(&client, file.on()).await?;
            Ok((file, container))
        });
        let found = found.await?;
        let containers: Vec<_> = found.iter().filter_map(|(_, container)| container.clone()).collect();
        self.containers(&containers).await?;
        let base = self.client.site_base();
        for (row, container) in found {
            let presence = match container {
                Some(container) if is_current(&row.status) => self.of_container(&container, |config, entity| {
                    let switches = config.switches;
                    let is_on =
                        if entity == Entity::Blog { switches.blog_attachments } else { switches.page_attachments };
                    let (filters, uri) = (&config.filters, uri(&base, row.webui(), &container.1));
                    is_on
                        && filters.wants(Entity::Attachment, &row.title, &uri)
                        && filters.wants_file(&row.title, row.file_size)
                }),
                _ => Presence::Trashed,
            };
            self.known.insert(document_id(Entity::Attachment, &row.id), presence);
        }
        Ok(())
    }

    /// Folders, whiteboards, databases or embeds.
    async fn places(&mut self, entity: Entity, ids: Vec<String>) -> Result<(), SourceError> {
        let found = self.each(ids.into_iter(), |client, id| async move {
            client.get::<Content>(&format!("api/v2/{}s/{id}", entity.as_str()), &[]).await
        });
        let base = self.client.site_base();
        for row in found.await? {
            let uri = uri(&base, &row.links.webui, &row.id);
            let is_wanted = self.config.switches.pages && self.config.filters.wants(entity, &row.title, &uri);
            let presence = match row.status.as_str() {
                "" | "current" if is_wanted => self.space(&row.space_id.clone()).await?,
                status => left_out(status),
            };
            self.known.insert(document_id(entity, &row.id), presence);
        }
        Ok(())
    }

    async fn containers(&mut self, containers: &[(Entity, String)]) -> Result<(), SourceError> {
        for entity in [Entity::Page, Entity::Blog] {
            let ids = containers.iter().filter(|(kind, _)| *kind == entity).map(|(_, id)| id.clone());
            let ids: std::collections::BTreeSet<String> = ids.collect();
            self.contents(entity, ids.into_iter().collect()).await?;
        }
        Ok(())
    }

    /// What answered is there as long as its page is, and as long as it is asked for.
    fn of_container(
        &self,
        container: &(Entity, String),
        is_wanted: impl Fn(&ConfluenceConfig, Entity) -> bool,
    ) -> Presence {
        let presence = self.known.get(&document_id(container.0, &container.1)).copied();
        match presence.unwrap_or(Presence::Unseen) {
            Presence::Present if !is_wanted(self.config, container.0) => Presence::Excluded,
            presence => presence,
        }
    }

    /// Asks for each id by itself; what is not found is left out.
    async fn each<T, F>(
        &self,
        ids: impl Iterator<Item = String>,
        get: impl Fn(Client, String) -> F,
    ) -> Result<Vec<T>, SourceError>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        let calls: Vec<F> = ids.map(|id| get(self.client.clone(), id)).collect();
        let mut answers = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
        let mut found = Vec::new();
        while let Some(answer) = answers.next().await {
            found.extend(seen(answer)?);
        }
        Ok(found)
    }
}

fn document_id(entity: Entity, id: &str) -> String {
    format!("{}/{id}", entity.as_str())
}

/// The answer; `None` for "not found", which may as well mean "not visible".
fn seen<T>(answer: Result<T, ClientError>) -> Result<Option<T>, SourceError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(ClientError::NotFound { .. } | ClientError::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The page or blog post above something, if it is on anything.
async fn above(client: &Client, on: Option<On>) -> Result<Option<(Entity, String)>, ClientError> {
    match on {
        Some(on) => holder(client, on).await,
        None => Ok(None),
    }
}

/// Why something that answered is no document of ours: it is gone for its readers too, or the configuration leaves it out.
fn left_out(status: &str) -> Presence {
    match status {
        "" | "current" | "archived" => Presence::Excluded,
        _ => Presence::Trashed,
    }
}
