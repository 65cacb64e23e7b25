//! Who has which layers, kept in plain maps and worked out anew at every question: what the store is compared with.

use std::collections::{BTreeMap, BTreeSet};

/// A node as a listing has it: its name, the one above, and whether it adds a layer.
pub(crate) type ListedNode = (String, Option<String>, bool);

/// One thing that happens to a data source.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A listing that begins at `root`.
    List { root: String, nodes: Vec<ListedNode> },
    /// Revisions of one batch: each a document, the node where it is, and what is indexed of it.
    Put(Vec<(String, String, u8)>),
    /// A document is seen unchanged at a node.
    See(String, String),
    /// A clean listing lacked it.
    Hide(String),
    /// It is gone for good.
    Remove(String),
}

#[derive(Debug, Clone)]
struct ModelNode {
    parent: Option<String>,
    layered: bool,
    /// The listing that it vanishes with.
    listing: String,
}

#[derive(Debug, Clone)]
struct ModelDocument {
    anchor: String,
    missing: bool,
}

/// A data source's nodes and documents.
#[derive(Debug, Default)]
pub(crate) struct Model {
    nodes: BTreeMap<String, ModelNode>,
    documents: BTreeMap<String, ModelDocument>,
}

impl Model {
    pub(crate) fn apply(&mut self, step: &Step) {
        match step {
            Step::List { root, nodes } => self.list(root, nodes),
            Step::Put(revisions) => {
                for (id, anchor, _) in revisions {
                    self.documents.insert(id.clone(), ModelDocument { anchor: anchor.clone(), missing: false });
                }
            }
            Step::See(id, anchor) => {
                if let Some(document) = self.documents.get_mut(id) {
                    *document = ModelDocument { anchor: anchor.clone(), missing: false };
                }
            }
            Step::Hide(id) => {
                if let Some(document) = self.documents.get_mut(id) {
                    document.missing = true;
                }
            }
            Step::Remove(id) => {
                self.documents.remove(id);
            }
        }
    }

    fn list(&mut self, root: &str, nodes: &[ListedNode]) {
        let listed: BTreeSet<&str> = nodes.iter().map(|(id, ..)| id.as_str()).collect();
        self.nodes.retain(|id, node| node.listing != root || listed.contains(id.as_str()));
        for (id, parent, layered) in nodes {
            let above = self.nodes.get(id).map(|node| node.listing.clone()).or_else(|| parent.clone());
            let listing = if id == root { above.unwrap_or_else(|| root.into()) } else { root.into() };
            self.nodes.insert(id.clone(), ModelNode { parent: parent.clone(), layered: *layered, listing });
        }
    }

    /// Each document with its path as `World::path` writes it.
    pub(crate) fn paths(&self) -> BTreeMap<String, String> {
        self.documents.iter().map(|(id, document)| (id.clone(), self.path(document))).collect()
    }

    fn path(&self, document: &ModelDocument) -> String {
        let mut layers = Vec::new();
        let mut passed = BTreeSet::new();
        let mut at = document.anchor.as_str();
        loop {
            let Some(node) = self.nodes.get(at).filter(|_| passed.insert(at) && !document.missing) else {
                return "hidden".into();
            };
            if node.layered {
                layers.push(at);
            }
            let Some(parent) = &node.parent else { break };
            at = parent;
        }
        layers.reverse();
        if layers.is_empty() { "public".into() } else { layers.join(" ") }
    }
}
