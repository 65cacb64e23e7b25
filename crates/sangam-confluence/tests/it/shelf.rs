//! What a sync job keeps of a crawl, as simply as can be said: the contract of the batches, and who may read a document.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use sangam_access::{Allow, Directory, Layer, LayerOrigin, Principal, Reader, ReaderRequest, SourceDirectory};
use sangam_sync::{Batch, BatchSink, Fact, KnownDocuments, Memory, Node, NodeAccess, SourceDocument, SourceError};
use serde_json::Value;

pub(crate) const SOURCE: &str = "ds-1";

/// Everything that was handed over.
#[derive(Default, Clone)]
pub(crate) struct Shelf {
    pub(crate) documents: BTreeMap<String, SourceDocument>,
    pub(crate) nodes: BTreeMap<String, Node>,
    pub(crate) directory: Option<SourceDirectory>,
    pub(crate) warnings: Vec<String>,
    pub(crate) checkpoint: Option<Value>,
    /// Documents of this run, new or changed.
    pub(crate) sent: Vec<String>,
    /// All documents of this run.
    pub(crate) seen: BTreeSet<String>,
    pub(crate) n_batches: usize,
    /// Documents that are kept and shown to nobody, as their listings lacked them.
    pub(crate) hidden: BTreeSet<String>,
    /// What the source asked to be reminded of.
    pub(crate) memories: HashMap<String, Memory>,
    /// The time at which it asks, in milliseconds since 1970 UTC.
    pub(crate) now_ms: i64,
    /// The run is refused from this batch on.
    pub(crate) batches_max: Option<usize>,
}

impl Shelf {
    /// Forgets what belongs to a run and not to the store.
    pub(crate) fn begin_run(&mut self) {
        self.checkpoint = None;
        self.sent.clear();
        self.seen.clear();
        self.warnings.clear();
        self.n_batches = 0;
        self.batches_max = None;
    }

    pub(crate) fn known(&self) -> Known {
        let versions = self.documents.iter().map(|(id, document)| (id.clone(), document.version.clone())).collect();
        let restricted = self.nodes.values().filter_map(|node| match &node.access {
            NodeAccess::Layer { layer: Layer { allow: Allow::Only(allowed), .. } } => {
                Some((node.id.clone(), allowed.clone()))
            }
            NodeAccess::Unknown { .. } => Some((node.id.clone(), BTreeSet::new())),
            NodeAccess::Open | NodeAccess::Layer { .. } => None,
        });
        Known { versions, restricted: restricted.collect(), memories: self.memories.clone() }
    }

    pub(crate) fn directory(&self) -> Directory {
        Directory::new([(SOURCE.to_owned(), self.directory.clone().unwrap_or_default())], &[])
    }

    /// Whether a reader passes every layer from the root to the document's node; what leads nowhere is hidden.
    pub(crate) fn readable(&self, document: &str, reader: &Reader) -> bool {
        let Some(document) = self.documents.get(document).filter(|_| !self.hidden.contains(document)) else {
            return false;
        };
        let mut next = Some(document.anchor.as_str());
        let mut steps = 0;
        while let Some(id) = next {
            steps += 1;
            let Some(node) = self.nodes.get(id).filter(|_| steps < 10_000) else { return false };
            let passed = match &node.access {
                NodeAccess::Open => true,
                NodeAccess::Layer { layer } => layer.passes(reader),
                NodeAccess::Unknown { .. } => false,
            };
            if !passed {
                return false;
            }
            next = node.parent.as_deref();
        }
        true
    }

    pub(crate) fn node(&self, id: &str) -> &Node {
        self.nodes.get(id).unwrap_or_else(|| panic!("node `{id}` was handed over"))
    }

    fn replace_nodes(&mut self, root: &str, nodes: Vec<Node>) {
        let is_replaced = |shelf: &Self, node: &Node| {
            if root == "site" {
                return matches!(node.origin, LayerOrigin::Site { .. } | LayerOrigin::Space { .. });
            }
            let mut next = Some(node.id.clone());
            for _ in 0..10_000 {
                match next {
                    Some(id) if id == root => return true,
                    Some(id) => next = shelf.nodes.get(&id).and_then(|node| node.parent.clone()),
                    None => return false,
                }
            }
            false
        };
        let gone: Vec<String> =
            self.nodes.values().filter(|node| is_replaced(self, node)).map(|node| node.id.clone()).collect();
        for id in &gone {
            self.nodes.remove(id);
        }
        let ids: BTreeSet<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
        assert_eq!(ids.len(), nodes.len(), "each node once");
        assert!(ids.contains(root) || (root == "everybody" && ids.is_empty()), "the root is among its nodes");
        for node in &nodes {
            let is_inside = node.parent.as_deref().is_none_or(|parent| ids.contains(parent) || node.id == root);
            assert!(is_inside, "the parent of `{}` is among the nodes", node.id);
        }
        self.nodes.extend(nodes.into_iter().map(|node| (node.id.clone(), node)));
    }
}

#[async_trait]
impl BatchSink for Shelf {
    async fn send(&mut self, batch: Batch) -> Result<(), SourceError> {
        if self.batches_max.is_some_and(|most| self.n_batches >= most) {
            return Err(SourceError::SinkClosed);
        }
        self.n_batches += 1;
        assert!(batch.documents.len() <= 100, "a batch is bounded");
        for fact in batch.facts {
            match fact {
                Fact::Directory(directory) => self.directory = Some(directory),
                Fact::Nodes { root, nodes } => self.replace_nodes(&root, nodes),
                Fact::Warning(message) => self.warnings.push(message),
                Fact::Memories(memories) => {
                    let kept = memories.into_iter().map(|(key, value)| (key, Memory { value, stored_at: self.now_ms }));
                    self.memories.extend(kept);
                    self.memories.retain(|_, memory| !memory.value.is_null());
                }
            }
        }
        for document in batch.documents {
            assert!(self.nodes.contains_key(&document.anchor), "the access of `{}` came before it", document.id);
            self.sent.push(document.id.clone());
            self.seen.insert(document.id.clone());
            self.hidden.remove(&document.id);
            self.documents.insert(document.id.clone(), document);
        }
        for unchanged in batch.unchanged {
            self.seen.insert(unchanged.id.clone());
            self.hidden.remove(&unchanged.id);
            let document = self.documents.get_mut(&unchanged.id).expect("only what is known is unchanged");
            document.anchor = unchanged.anchor;
        }
        self.checkpoint = Some(batch.checkpoint);
        Ok(())
    }
}

/// What the catalogue knows.
pub(crate) struct Known {
    versions: HashMap<String, String>,
    restricted: HashMap<String, BTreeSet<Principal>>,
    memories: HashMap<String, Memory>,
}

#[async_trait]
impl KnownDocuments for Known {
    async fn versions(&self, ids: &[String]) -> Result<HashMap<String, String>, SourceError> {
        assert!(ids.len() <= 250);
        Ok(ids.iter().filter_map(|id| Some((id.clone(), self.versions.get(id)?.clone()))).collect())
    }

    async fn restricted_nodes(&self) -> Result<HashMap<String, BTreeSet<Principal>>, SourceError> {
        Ok(self.restricted.clone())
    }

    async fn memories(&self, prefix: &str) -> Result<HashMap<String, Memory>, SourceError> {
        let own = self.memories.iter().filter(|(key, _)| key.starts_with(prefix));
        Ok(own.map(|(key, memory)| (key.clone(), memory.clone())).collect())
    }
}

/// The reader that a query in this person's name has.
pub(crate) fn reader(directory: &Directory, user: Option<&str>) -> Reader {
    match user {
        None => Reader::Nobody,
        Some(user) => directory.resolve(&ReaderRequest { user: Some(user.to_owned()), ..ReaderRequest::default() }),
    }
}
