//! A source that says what a test wrote down.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use sangam_access::{AccountState, DirectoryUser, Layer, LayerOrigin, Principal, SourceDirectory};
use sangam_sync::{
    Batch, BatchSink, Connector, Content, CrawlEnd, CrawlMode, CrawlRequest, Fact, KnownDocuments, Node, NodeAccess,
    OpenRequest, Presence, Probe, Source, SourceDocument, SourceError, Unchanged,
};
use serde_json::{Value, json};

/// One page of the scripted site.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) version: u32,
    /// Who may read it; everybody if empty.
    pub(crate) readers: Vec<String>,
}

/// What the source says, changed by tests between jobs.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) pages: BTreeMap<String, Page>,
    /// Pages that the listing leaves out although they answer by id.
    pub(crate) unlisted: HashSet<String>,
    pub(crate) trashed: HashSet<String>,
    /// Pages whose nodes are gone and that are not listed: their place was lost from sight.
    pub(crate) lost: HashSet<String>,
    /// After this many batches the listing fails.
    pub(crate) fails_after: Option<usize>,
    pub(crate) incomplete: bool,
    /// The source shows a place that pages could be in.
    pub(crate) sees_places: bool,
    pub(crate) threshold: Option<u8>,
    /// After this many batches the source waits until it is stopped.
    pub(crate) hangs_after: Option<usize>,
    /// The site refuses the credentials.
    pub(crate) refuses: bool,
    /// The site says after how many batches that it is welcome again at this second.
    pub(crate) sends_away: Option<(usize, i64)>,
    /// Modes that crawls had.
    pub(crate) modes: Vec<CrawlMode>,
    /// What a crawl says of itself.
    pub(crate) note: Option<String>,
    /// Checkpoints that crawls began with.
    pub(crate) began_with: Vec<Option<Value>>,
    /// Pages whose text was handed over, in order.
    pub(crate) fetched: Vec<String>,
}

/// The script, and its connector and source at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scripted(pub(crate) Arc<Mutex<Script>>);

impl Scripted {
    pub(crate) fn page(&self, id: &str, text: &str, readers: &[&str]) {
        let readers = readers.iter().map(|reader| (*reader).to_owned()).collect();
        let mut script = self.0.lock();
        let version = script.pages.get(id).map_or(1, |page| page.version + 1);
        script.pages.insert(id.to_owned(), Page { text: text.to_owned(), version, readers });
    }

    fn facts(&self, data_source_id: &str) -> Vec<Fact> {
        let user = |id: &str| Principal::SourceUser { data_source: data_source_id.to_owned(), id: id.to_owned() };
        let origin = |id: &str| LayerOrigin::Restriction { id: id.to_owned(), title: id.to_owned() };
        let script = self.0.lock();
        let people: HashSet<&String> = script.pages.values().flat_map(|page| &page.readers).collect();
        let users = people.into_iter().map(|id| DirectoryUser {
            id: id.clone(),
            aliases: vec![format!("{id}@example.org")],
            display_name: id.clone(),
            state: AccountState::Active,
        });
        let root = Node { id: "site".into(), parent: None, access: NodeAccess::Open, origin: origin("site") };
        let nodes = script.pages.iter().filter(|(id, _)| !script.lost.contains(*id)).map(|(id, page)| Node {
            id: id.clone(),
            parent: Some("site".into()),
            access: if page.readers.is_empty() {
                NodeAccess::Open
            } else {
                NodeAccess::Layer { layer: Layer::only(page.readers.iter().map(|reader| user(reader))) }
            },
            origin: origin(id),
        });
        let nodes = std::iter::once(root).chain(nodes).collect();
        vec![
            Fact::Directory(SourceDirectory { users: users.collect(), groups: Vec::new() }),
            Fact::Nodes { root: "site".into(), nodes },
        ]
    }

    fn listed(&self) -> Vec<(String, Page)> {
        let script = self.0.lock();
        let listed = script.pages.iter().filter(|(id, _)| !script.unlisted.contains(*id) && !script.lost.contains(*id));
        listed.map(|(id, page)| (id.clone(), page.clone())).collect()
    }
}

#[async_trait]
impl Connector for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn crawls_access(&self, _configuration: &Value) -> bool {
        true
    }

    fn handles(&self, configuration: &Value) -> bool {
        configuration["type"] == "SCRIPTED"
    }

    fn validate(&self, _configuration: &Value) -> Vec<String> {
        Vec::new()
    }

    fn secret_id(&self, _configuration: &Value) -> Option<String> {
        Some("secret".into())
    }

    fn crawl_mode(&self, _configuration: &Value) -> CrawlMode {
        CrawlMode::Changes
    }

    fn deletion_threshold_percent(&self, _configuration: &Value) -> Option<u8> {
        self.0.lock().threshold
    }

    async fn open(&self, request: OpenRequest) -> Result<Box<dyn Source>, SourceError> {
        Ok(Box::new(Opened { scripted: self.clone(), data_source_id: request.data_source_id }))
    }
}

struct Opened {
    scripted: Scripted,
    data_source_id: String,
}

#[async_trait]
impl Source for Opened {
    async fn crawl(
        &self,
        request: &CrawlRequest,
        known: &dyn KnownDocuments,
        sink: &mut dyn BatchSink,
    ) -> Result<CrawlEnd, SourceError> {
        {
            let mut script = self.scripted.0.lock();
            script.began_with.push(request.checkpoint.clone());
            script.modes.push(request.mode);
            request.progress.note(script.note.clone());
            request.progress.expect(script.pages.len() as u64);
            request.progress.count_call();
            if script.refuses {
                let message = "the scripted site refuses the secret".to_owned();
                return Err(SourceError::Unauthorized { message, code: Some("S-2".into()) });
            }
        }
        let after = request.checkpoint.as_ref().and_then(|checkpoint| checkpoint["after"].as_str().map(str::to_owned));
        let facts = Batch {
            facts: self.scripted.facts(&self.data_source_id),
            checkpoint: json!({ "after": after }),
            ..Batch::default()
        };
        sink.send(facts).await?;
        if request.mode == (CrawlMode::Access { reconcile: false }) && self.scripted.0.lock().hangs_after.is_none() {
            return Ok(CrawlEnd::default());
        }
        let pages = self.scripted.listed();
        let rest = pages.into_iter().filter(|(id, _)| after.as_ref().is_none_or(|after| id > after));
        for (n_sent, (id, page)) in rest.enumerate() {
            let (fails_after, hangs_after) = {
                let script = self.scripted.0.lock();
                (script.fails_after, script.hangs_after)
            };
            if fails_after == Some(n_sent) {
                let message = "the scripted site does not answer".to_owned();
                return Err(SourceError::Unavailable { message, code: Some("S-1".into()), retry_at: None });
            }
            let sends_away = self.scripted.0.lock().sends_away;
            if let Some((_, at)) = sends_away.filter(|(after, _)| *after == n_sent) {
                let message = "the scripted site wants a rest".to_owned();
                return Err(SourceError::Unavailable { message, code: None, retry_at: Some(at) });
            }
            if hangs_after == Some(n_sent) {
                request.stop.cancelled().await;
                return Err(SourceError::Stopped);
            }
            sink.send(self.batch(&id, page, known).await?).await?;
        }
        let script = self.scripted.0.lock();
        let incomplete = if script.incomplete { vec!["site".into()] } else { Vec::new() };
        Ok(CrawlEnd { incomplete, sees_places: script.sees_places })
    }

    async fn confirm(&self, ids: &[String]) -> Result<Vec<Presence>, SourceError> {
        let script = self.scripted.0.lock();
        let presence = |id: &String| {
            if script.trashed.contains(id) {
                Presence::Trashed
            } else if script.pages.contains_key(id) {
                Presence::Present
            } else {
                Presence::Unseen
            }
        };
        Ok(ids.iter().map(presence).collect())
    }

    async fn probe(&self) -> Result<Probe, SourceError> {
        let n_spaces = self.scripted.0.lock().pages.len() as u64;
        Ok(Probe { product: "Scripted".into(), account: self.data_source_id.clone(), n_spaces, ..Probe::default() })
    }
}

impl Opened {
    async fn batch(&self, id: &str, page: Page, known: &dyn KnownDocuments) -> Result<Batch, SourceError> {
        let version = page.version.to_string();
        let checkpoint = json!({ "after": id });
        let versions = known.versions(&[id.to_owned()]).await?;
        if versions.get(id) == Some(&version) {
            let unchanged = vec![Unchanged { id: id.to_owned(), anchor: id.to_owned() }];
            return Ok(Batch { unchanged, checkpoint, ..Batch::default() });
        }
        self.scripted.0.lock().fetched.push(id.to_owned());
        let document = SourceDocument {
            id: id.to_owned(),
            anchor: id.to_owned(),
            version,
            title: format!("Title of {id}"),
            uri: String::new(),
            content: content(id, page.text),
            attributes: Vec::new(),
        };
        Ok(Batch { documents: vec![document], checkpoint, ..Batch::default() })
    }
}

/// What has an extension is a file.
fn content(id: &str, text: String) -> Content {
    if id.contains('.') {
        Content::File { bytes: text.into_bytes(), media_type: None, name: id.to_owned() }
    } else {
        Content::Text(text)
    }
}
