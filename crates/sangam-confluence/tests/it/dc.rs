//! A Data Center, crawled: who finds what is what the site itself shows.

mod access;
mod agreement;
mod faults;
mod first_generation;
mod oauth;
mod passes;
mod resume;
mod scenarios;
mod verify;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use confluence_sim::{
    Content, ContentId, DcOptions, DcVersion, Handle, Kind, Reader as SimReader, Site, SpaceStatus, Status, serve,
};
use sangam_confluence::{ConfluenceConnector, ConfluenceSettings};
use sangam_sync::{Connector, CrawlEnd, CrawlMode, CrawlRequest, OpenRequest, Presence, Progress, Source, SourceError};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::host::Host;
use crate::shelf::{SOURCE, Shelf, reader};
use crate::world::first_generation_template;

/// The groups that a server which does not tell is taken to let in.
const DEFAULT_USERS: [&str; 2] = ["confluence-users", "confluence-administrators"];

pub(crate) struct World {
    pub(crate) sim: Handle,
    pub(crate) shelf: Shelf,
    pub(crate) more: Value,
    pub(crate) auth: &'static str,
    pub(crate) secret: Value,
    pub(crate) mode: &'static str,
    pub(crate) settings: ConfluenceSettings,
    /// A `ConfluenceConfiguration` without address and secret, to be synced instead of the template.
    pub(crate) first_generation: Option<Value>,
}

/// The recorded world as a Data Center, with the group that every one has.
pub(crate) fn acme(version: DcVersion) -> Site {
    acme_with(DcOptions { version, ..DcOptions::default() })
}

pub(crate) fn acme_with(options: DcOptions) -> Site {
    let mut site = Site::acme();
    site.rename_group("confluence-users-acme", "confluence-users").unwrap();
    site.into_data_center(options)
}

impl World {
    pub(crate) async fn new(site: Site) -> Self {
        let sim = serve(site, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let token = sim.site().read().credentials()[0].token.clone();
        let shelf = Shelf { now_ms: jiff::Timestamp::now().as_millisecond(), ..Shelf::default() };
        Self {
            sim,
            shelf,
            more: json!({}),
            auth: "Personal-token",
            secret: json!({ "patToken": token }),
            mode: "FULL_CRAWL",
            settings: ConfluenceSettings { backoff_base: Duration::from_millis(1), ..ConfluenceSettings::default() },
            first_generation: None,
        }
    }

    pub(crate) fn template(&self) -> Value {
        if let Some(first_generation) = &self.first_generation {
            return first_generation_template(self.sim.base_url(), "SERVER", first_generation);
        }
        let mapping = |source: &str, index: &str, kind: &str| json!({ "dataSourceFieldName": source, "indexFieldName": index, "indexFieldType": kind });
        let entity = json!({ "fieldMappings": [
            mapping("itemType", "_category", "STRING"),
            mapping("author", "_authors", "STRING_LIST"),
            mapping("createdDate", "_created_at", "DATE"),
            mapping("modifiedDate", "_last_updated_at", "DATE"),
        ] });
        json!({
            "type": "CONFLUENCEV2",
            "syncMode": self.mode,
            "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
            "connectionConfiguration": { "repositoryEndpointMetadata": {
                "hostUrl": self.sim.base_url(), "type": "ON_PREM", "authType": self.auth } },
            "repositoryConfigurations": { "space": entity, "page": entity, "blog": entity, "comment": entity, "attachment": entity },
            "additionalProperties": self.more,
        })
    }

    pub(crate) async fn source(&self) -> Box<dyn Source> {
        let secret = self.secret.to_string();
        let request = OpenRequest {
            data_source_id: SOURCE.into(),
            configuration: self.template(),
            secret: secret.clone().into(),
            host: Arc::new(Host { secret: Arc::new(tokio::sync::Mutex::new(secret)), files: HashMap::new() }),
        };
        let source = ConfluenceConnector::new(self.settings.clone()).open(request).await;
        source.unwrap_or_else(|error| panic!("the source opens: {error}"))
    }

    /// One whole sync.
    pub(crate) async fn crawl(&mut self, mode: CrawlMode) -> Result<CrawlEnd, SourceError> {
        self.shelf.begin_run();
        self.go_on(mode, None, CancellationToken::new()).await
    }

    /// A sync from a checkpoint on.
    pub(crate) async fn go_on(
        &mut self,
        mode: CrawlMode,
        checkpoint: Option<Value>,
        stop: CancellationToken,
    ) -> Result<CrawlEnd, SourceError> {
        let known = self.shelf.known();
        let source = self.source().await;
        let request = CrawlRequest { mode, checkpoint, stop, progress: Progress::default() };
        source.crawl(&request, &known, &mut self.shelf).await
    }

    /// A sync that has to end cleanly, after which what the listings lacked is looked up and removed.
    pub(crate) async fn sync(&mut self) {
        let end = self.crawl(CrawlMode::Changes).await.unwrap();
        assert_eq!(end.incomplete, Vec::<String>::new(), "{:?}", self.shelf.warnings);
        for (id, presence) in self.missing().await {
            assert_ne!(presence, Presence::Present, "{id} is there and was not listed");
            self.shelf.documents.remove(&id);
        }
    }

    /// What the last listing lacked, with what its own lookup says.
    pub(crate) async fn missing(&self) -> Vec<(String, Presence)> {
        let lacked = self.shelf.documents.keys().filter(|id| !self.shelf.seen.contains(*id));
        let missing: Vec<String> = lacked.cloned().collect();
        if missing.is_empty() {
            return Vec::new();
        }
        let presences = self.source().await.confirm(&missing).await.unwrap();
        missing.into_iter().zip(presences).collect()
    }

    /// Asserts that every indexed document is found by exactly those whom the site lets see it, and that everything is indexed.
    #[track_caller]
    pub(crate) fn assert_agreement(&self, story: &str) {
        let site = self.sim.site().read();
        let directory = self.shelf.directory();
        let expected: Vec<(String, &Content)> =
            site.contents().filter_map(|content| Some((self.document_id(&site, content)?, content))).collect();
        for (document, content) in &expected {
            assert!(self.shelf.documents.contains_key(document), "`{document}` ({}) is indexed {story}", content.title);
            for user in site.everyone() {
                let expected = site.can_read(SimReader::User(&user.account_id), content.id);
                let found = self.shelf.readable(document, &reader(&directory, Some(&user.user_key())));
                assert!(
                    found == expected || (!found && is_unproven(&site, &user.account_id)),
                    "`{document}` ({}) for {}: found {found}, expected {expected} {story}",
                    content.title,
                    user.handle
                );
            }
            let expected = site.can_read(SimReader::Anonymous, content.id);
            let found = self.shelf.readable(document, &reader(&directory, None));
            assert_eq!(found, expected, "`{document}` ({}) for nobody {story}", content.title);
        }
        let known: BTreeSet<&str> = expected.iter().map(|(id, _)| id.as_str()).collect();
        for document in self.shelf.documents.keys() {
            match document.strip_prefix("space/") {
                Some(id) => self.assert_space(&site, id.parse().unwrap(), story),
                None => assert!(known.contains(document.as_str()), "`{document}` is on the site and asked for {story}"),
            }
        }
    }

    #[track_caller]
    fn assert_space(&self, site: &Site, id: u64, story: &str) {
        let directory = self.shelf.directory();
        for user in site.everyone() {
            let expected = site.can_view_space(SimReader::User(&user.account_id), confluence_sim::SpaceId(id));
            let found = self.shelf.readable(&format!("space/{id}"), &reader(&directory, Some(&user.user_key())));
            let is_right = found == expected || (!found && is_unproven(site, &user.account_id));
            assert!(is_right, "space {id} for {}: found {found}, expected {expected} {story}", user.handle);
        }
    }

    /// Who of the site's people finds a document, and `anon` if nobody in particular does.
    pub(crate) fn readers(&self, document: &str) -> Vec<String> {
        assert!(self.shelf.documents.contains_key(document), "`{document}` is indexed");
        let directory = self.shelf.directory();
        let site = self.sim.site().read();
        let finds = |id: Option<&str>| self.shelf.readable(document, &reader(&directory, id));
        let people = site.everyone().filter(|user| finds(Some(&user.user_key()))).map(|user| user.handle.clone());
        let mut readers: Vec<String> = people.collect();
        readers.sort_unstable();
        readers.extend(finds(None).then(|| "anon".to_owned()));
        readers
    }

    /// True if somebody finds a document who goes by this name.
    pub(crate) fn finds(&self, name: &str, document: &str) -> bool {
        self.shelf.readable(document, &reader(&self.shelf.directory(), Some(name)))
    }

    /// The calls of an endpoint.
    pub(crate) fn calls(&self, endpoint: &str) -> u64 {
        self.sim.calls().iter().filter(|(name, _)| name.contains(endpoint)).map(|(_, n)| n).sum()
    }

    /// The calls that the content takes: those about people, for bytes, and what a run asks once are left out.
    pub(crate) fn content_calls(&self) -> u64 {
        let is_apart =
            |endpoint: &str| ["/group", "/user", "/mobile", "/download"].iter().any(|part| endpoint.contains(part));
        self.sim.calls().iter().filter(|(endpoint, _)| !is_apart(endpoint)).map(|(_, n)| n).sum()
    }

    /// The document that content becomes; `None` if it becomes none.
    fn document_id(&self, site: &Site, content: &Content) -> Option<String> {
        let anchor = site.anchor(content)?;
        let space = site.space(content.space)?;
        let is_on = |name: &str| self.more[name] == json!(true);
        let is_crawled = match space.status {
            SpaceStatus::Current => true,
            SpaceStatus::Archived => is_on("isCrawlArchivedSpace"),
            SpaceStatus::Trashed => false,
        };
        let is_wanted = is_crawled && (space.kind != "personal" || is_on("isCrawlPersonalSpace"));
        if !is_wanted || content.status != Status::Current || anchor.status != Status::Current {
            return None;
        }
        let entity = match &content.kind {
            Kind::Page { .. } => "page",
            Kind::BlogPost => "blog",
            Kind::FooterComment | Kind::InlineComment { .. } => "comment",
            Kind::Attachment(_) => return Some(format!("attachment/att{}", content.id)),
            Kind::Folder | Kind::Whiteboard | Kind::Database | Kind::Embed { .. } | Kind::Custom { .. } => return None,
        };
        Some(format!("{entity}/{}", content.id))
    }
}

/// True for people of whom an older server does not prove that they may use it: they may have to stay outside.
fn is_unproven(site: &Site, account_id: &str) -> bool {
    let version = site.data_center().unwrap().options.version;
    let is_default = site.groups_of(account_id).any(|group| DEFAULT_USERS.contains(&group.name.as_str()));
    version < DcVersion::V9_2 && !is_default
}

/// The id of the page or blog post with this title.
pub(crate) fn titled(world: &World, title: &str) -> ContentId {
    world.sim.site().read().find_titled(title).unwrap_or_else(|| panic!("`{title}` is on the site")).id
}
