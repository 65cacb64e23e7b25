//! A served site, a configured source for it, and the comparison of both about who may read what.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use confluence_sim::{Content, ContentId, GroupAccess, Handle, Kind, Reader as SimReader, Site, Status, serve};
use sangam_confluence::{ConfluenceConnector, ConfluenceSettings};
use sangam_sync::{Connector, CrawlEnd, CrawlMode, CrawlRequest, OpenRequest, Presence, Progress, Source, SourceError};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::host::Host;
use crate::shelf::{SOURCE, Shelf, reader};

pub(crate) struct World {
    pub(crate) sim: Handle,
    pub(crate) shelf: Shelf,
    pub(crate) more: Value,
    pub(crate) mappings: Value,
    pub(crate) settings: ConfluenceSettings,
    pub(crate) password: Option<String>,
    pub(crate) identity_crawler: bool,
    /// A `ConfluenceConfiguration` without address and secret, to be synced instead of the template.
    pub(crate) first_generation: Option<Value>,
    /// Files in S3, by `bucket/key`.
    pub(crate) files: HashMap<String, Vec<u8>>,
    /// What the last crawl said.
    pub(crate) progress: Progress,
}

/// The recorded world, with its guest in a group for guests, as every site puts them.
pub(crate) fn acme() -> Site {
    let mut site = Site::acme();
    site.add_group("confluence-guests-acme", GroupAccess::None);
    site.add_member("confluence-guests-acme", "gia").unwrap();
    site
}

/// A configuration of the first generation as the job's host hands it over, with the types of the index's fields.
pub(crate) fn first_generation_template(url: &str, version: &str, more: &Value) -> Value {
    let mut configuration = json!({ "ServerUrl": url, "Version": version,
        "SecretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x" });
    configuration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let fields = json!({ "_authors": "STRING_LIST_VALUE", "_last_updated_at": "DATE_VALUE", "_category": "STRING_VALUE",
        "space_name": "STRING_VALUE", "labels": "STRING_LIST_VALUE", "file_type": "STRING_VALUE" });
    json!({ "ConfluenceConfiguration": configuration, "IndexFields": fields })
}

impl World {
    pub(crate) async fn new(site: Site) -> Self {
        let sim = serve(site, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let settings = ConfluenceSettings { backoff_base: Duration::from_millis(1), ..ConfluenceSettings::default() };
        let mapping = |source: &str, index: &str, kind: &str| json!({ "dataSourceFieldName": source, "indexFieldName": index, "indexFieldType": kind });
        let mappings = json!([
            mapping("itemType", "_category", "STRING"),
            mapping("author", "_authors", "STRING_LIST"),
            mapping("createdDate", "_created_at", "DATE"),
            mapping("modifiedDate", "_last_updated_at", "DATE"),
        ]);
        Self {
            sim,
            shelf: Shelf::default(),
            more: json!({}),
            mappings,
            settings,
            password: None,
            identity_crawler: true,
            files: HashMap::new(),
            progress: Progress::default(),
            first_generation: None,
        }
    }

    pub(crate) fn template(&self) -> Value {
        if let Some(first_generation) = &self.first_generation {
            return first_generation_template(self.sim.base_url(), "CLOUD", first_generation);
        }
        let entity = json!({ "fieldMappings": self.mappings });
        json!({
            "type": "CONFLUENCEV2",
            "syncMode": "FULL_CRAWL",
            "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
            "enableIdentityCrawler": self.identity_crawler,
            "connectionConfiguration": { "repositoryEndpointMetadata": {
                "hostUrl": self.sim.base_url(), "type": "SAAS", "authType": "Basic" } },
            "repositoryConfigurations": { "space": entity, "page": entity, "blog": entity, "comment": entity, "attachment": entity },
            "additionalProperties": self.more,
        })
    }

    pub(crate) async fn source(&self) -> Box<dyn Source> {
        self.try_source().await.unwrap_or_else(|error| panic!("the source opens: {error}"))
    }

    pub(crate) async fn try_source(&self) -> Result<Box<dyn Source>, SourceError> {
        let crawler = self.sim.site().read().credentials()[0].clone();
        let password = self.password.clone().unwrap_or(crawler.token);
        let secret = json!({ "username": crawler.email, "password": password }).to_string();
        let connector = ConfluenceConnector::new(self.settings.clone());
        let request = OpenRequest {
            data_source_id: SOURCE.into(),
            configuration: self.template(),
            secret: secret.clone().into(),
            host: Arc::new(Host { secret: Arc::new(tokio::sync::Mutex::new(secret)), files: self.files.clone() }),
        };
        connector.open(request).await
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
        self.progress = Progress::default();
        let source = self.source().await;
        let request = CrawlRequest { mode, checkpoint, stop, progress: self.progress.clone() };
        source.crawl(&request, &known, &mut self.shelf).await
    }

    /// A sync that has to end cleanly, after which what the listings lacked is looked up and removed.
    pub(crate) async fn sync(&mut self) {
        let end = self.crawl(CrawlMode::Changes).await.unwrap();
        assert_eq!(end.incomplete, Vec::<String>::new());
        let missing: Vec<String> =
            self.shelf.documents.keys().filter(|id| !self.shelf.seen.contains(*id)).cloned().collect();
        let presences = self.source().await.confirm(&missing).await.unwrap();
        for (id, presence) in missing.iter().zip(presences) {
            assert_ne!(presence, Presence::Present, "{id} is there and was not listed");
            self.shelf.documents.remove(id);
        }
    }

    /// An access refresh with all listings: nothing is fetched or sent, and what the listings lack is hidden if a look-up does not find it.
    pub(crate) async fn refresh(&mut self) {
        let fetched = self.watch_fetching();
        let end = self.crawl(CrawlMode::Access { reconcile: true }).await.unwrap();
        assert_eq!(end.incomplete, Vec::<String>::new());
        let missing: Vec<String> =
            self.shelf.documents.keys().filter(|id| !self.shelf.seen.contains(*id)).cloned().collect();
        let presences = self.source().await.confirm(&missing).await.unwrap();
        let gone = missing.into_iter().zip(presences).filter(|(_, presence)| *presence != Presence::Present);
        self.shelf.hidden.extend(gone.map(|(id, _)| id));
        assert!(!fetched.load(Ordering::Relaxed), "a body or a file was fetched");
        assert!(self.shelf.sent.is_empty(), "{:?}", self.shelf.sent);
        self.sim.clear_faults();
    }

    /// Tells from now on whether a body or a file was asked for.
    pub(crate) fn watch_fetching(&self) -> Arc<AtomicBool> {
        let fetched = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&fetched);
        self.sim.set_faults(move |request| {
            if request.query.contains("body-format") || request.endpoint.contains("download") {
                flag.store(true, Ordering::Relaxed);
            }
            None
        });
        fetched
    }

    /// The calls that a sync makes whatever the site holds, and those for single people, left out.
    pub(crate) fn content_calls(&self) -> u64 {
        let is_apart = |endpoint: &str| {
            endpoint.contains("/group")
                || endpoint.contains("/user")
                || endpoint.contains("permission/check")
                || endpoint.contains("/download")
                || endpoint.starts_with("/media")
        };
        self.sim.calls().iter().filter(|(endpoint, _)| !is_apart(endpoint)).map(|(_, n)| n).sum()
    }

    /// Asserts that every indexed document is found by exactly those whom the site lets see it, and that everything the site has is indexed.
    pub(crate) fn assert_agreement(&self) {
        self.assert_agreement_after("");
    }

    /// As [`World::assert_agreement`], with what happened before for the message.
    pub(crate) fn assert_agreement_after(&self, story: &str) {
        let handle = self.sim.site();
        let site = handle.read();
        let directory = self.shelf.directory();
        let expected: Vec<(String, &Content)> =
            site.contents().filter_map(|content| Some((document_id(&site, content)?, content))).collect();
        for (document, content) in &expected {
            assert!(self.shelf.documents.contains_key(document), "`{document}` ({}) is indexed", content.title);
            for user in site.everyone() {
                let expected = site.can_read(SimReader::User(&user.account_id), content.id);
                let found = self.shelf.readable(document, &reader(&directory, Some(&user.account_id)));
                let is_right =
                    found == expected || (!found && (is_hidden_from(&site, user) || is_below_unasked(&site, content)));
                assert!(
                    is_right,
                    "`{document}` ({}) for {}: found {found}, expected {expected} {story}",
                    content.title, user.handle
                );
            }
            let expected = site.can_read(SimReader::Anonymous, content.id);
            assert_eq!(self.shelf.readable(document, &reader(&directory, None)), expected, "`{document}` for nobody");
        }
        for space in site.spaces() {
            let document = format!("space/{}", space.id);
            if !self.shelf.documents.contains_key(&document) {
                continue;
            }
            for user in site.everyone() {
                let expected = site.can_view_space(SimReader::User(&user.account_id), space.id);
                let found = self.shelf.readable(&document, &reader(&directory, Some(&user.account_id)));
                let is_right = found == expected || (!found && is_hidden_from(&site, user));
                assert!(is_right, "`{document}` for {}: found {found}, expected {expected} {story}", user.handle);
            }
        }
        let known: std::collections::BTreeSet<&str> = expected.iter().map(|(id, _)| id.as_str()).collect();
        for document in self.shelf.documents.keys().filter(|id| !id.starts_with("space/")) {
            assert!(known.contains(document.as_str()), "`{document}` is on the site and asked for");
        }
    }

    /// Who of the site's people finds a document.
    pub(crate) fn readers(&self, document: &str) -> Vec<String> {
        let directory = self.shelf.directory();
        let site = self.sim.site().read();
        let finds = |id: &str| self.shelf.readable(document, &reader(&directory, Some(id)));
        site.everyone().filter(|user| finds(&user.account_id)).map(|user| user.handle.clone()).collect()
    }
}

/// People without access to the product see spaces that are open to the public even where the site is not. They are no users of a search
/// over the site, and what they might see there is hidden from them.
fn is_hidden_from(site: &Site, user: &confluence_sim::User) -> bool {
    let is_licensed = site.groups_of(&user.account_id).any(|group| group.access != GroupAccess::None);
    !site.settings.anonymous_access && !user.guest && !is_licensed
}

/// What is below a folder on a site that does not answer questions about folders may have to stay hidden.
fn is_below_unasked(site: &Site, content: &Content) -> bool {
    let above = site.anchor(content).and_then(|anchor| site.ancestors(anchor)).unwrap_or_default();
    let is_unasked = |node: &Content| node.kind.is_tree_node() && !matches!(node.kind, Kind::Page { .. });
    !site.settings.checks_folders && (is_unasked(content) || above.iter().any(|node| is_unasked(node)))
}

/// The document that content becomes with the default configuration; `None` if it becomes none.
fn document_id(site: &Site, content: &Content) -> Option<String> {
    let anchor = site.anchor(content)?;
    let space = site.space(content.space)?;
    let is_crawled = space.status == confluence_sim::SpaceStatus::Current && space.kind != "personal";
    if !is_crawled || content.status != Status::Current || anchor.status != Status::Current {
        return None;
    }
    let entity = match &content.kind {
        Kind::Page { .. } => "page",
        Kind::BlogPost => "blog",
        Kind::FooterComment | Kind::InlineComment { .. } => "comment",
        Kind::Attachment(_) => return Some(format!("attachment/att{}", content.id)),
        Kind::Folder | Kind::Whiteboard | Kind::Database | Kind::Embed { .. } => content.kind.as_str(),
        Kind::Custom { .. } => return None,
    };
    Some(format!("{entity}/{}", content.id))
}

/// The id of the page, blog post or node with this title.
pub(crate) fn titled(world: &World, title: &str) -> ContentId {
    world.sim.site().read().find_titled(title).unwrap_or_else(|| panic!("`{title}` is on the site")).id
}
