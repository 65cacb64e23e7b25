//! A space's content tree, as far as it carries access. Pure.
//!
//! Whatever cannot be connected to the space's root is hung there with an unknown access: it hides what is below it, and says why.

use std::collections::{HashMap, HashSet};

use sangam_access::LayerOrigin;
use sangam_sync::{Node, NodeAccess};

use crate::wire::Content;

/// What a node of the tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeKind {
    /// A page or blog post, whose own list can be read.
    Listed,
    /// A folder, whiteboard, database or embed: its own list cannot be read.
    Unlisted,
    /// It is above something and could not be found.
    Missing,
}

/// A node of the tree without its access.
#[derive(Debug, Clone)]
pub(crate) struct TreeNode {
    pub id: String,
    pub title: String,
    pub parent: Option<String>,
    pub kind: NodeKind,
}

/// The nodes of a space by id.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: HashMap<String, TreeNode>,
}

/// The kind of a parent by its `parentType`; pages are the rule.
pub(crate) fn kind_of(parent_type: &str) -> NodeKind {
    match parent_type {
        "" | "page" | "blogpost" => NodeKind::Listed,
        _ => NodeKind::Unlisted,
    }
}

impl Tree {
    /// Adds a page, blog post, folder or the like.
    pub(crate) fn add(&mut self, content: &Content, kind: NodeKind) {
        let node = TreeNode {
            id: content.id.clone(),
            title: content.title.clone(),
            parent: content.parent_id.clone().filter(|parent| !parent.is_empty()),
            kind,
        };
        self.nodes.insert(node.id.clone(), node);
    }

    /// Adds a node that something names as its parent and that could not be found.
    pub(crate) fn add_missing(&mut self, id: &str) {
        let node = TreeNode { id: id.to_owned(), title: String::new(), parent: None, kind: NodeKind::Missing };
        self.nodes.insert(node.id.clone(), node);
    }

    /// Titles of what is above each node, from the top down; of what is not connected to the top, as far as it goes.
    pub(crate) fn paths(&self) -> HashMap<String, Vec<String>> {
        let mut paths: HashMap<String, Vec<String>> = HashMap::with_capacity(self.nodes.len());
        for node in self.down() {
            let above = node.parent.as_ref().and_then(|parent| self.nodes.get(parent));
            let path = above.map_or_else(Vec::new, |above| {
                let mut path = paths.get(&above.id).cloned().unwrap_or_default();
                path.push(above.title.clone());
                path
            });
            paths.insert(node.id.clone(), path);
        }
        paths
    }

    /// True if something is below the node.
    pub(crate) fn has_children(&self) -> HashSet<&str> {
        self.nodes.values().filter_map(|node| node.parent.as_deref()).collect()
    }

    /// The id of what is above a node.
    pub(crate) fn parent(&self, id: &str) -> Option<String> {
        self.nodes.get(id)?.parent.clone()
    }

    /// The ids of the pages above a node, nearest first.
    pub(crate) fn listed_above(&self, id: &str) -> Vec<&str> {
        let mut above = Vec::new();
        let mut next = self.nodes.get(id).and_then(|node| node.parent.as_deref());
        while let Some(node) = next.and_then(|id| self.nodes.get(id)).filter(|_| above.len() < self.nodes.len()) {
            if node.kind == NodeKind::Listed {
                above.push(node.id.as_str());
            }
            next = node.parent.as_deref();
        }
        above
    }

    /// True if the node is in the tree.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.nodes.contains_key(id)
    }

    /// Nodes from the root down: parents before their children, in the order of ids. Nodes in a circle come last.
    pub(crate) fn down(&self) -> Vec<&TreeNode> {
        let mut children: HashMap<Option<&str>, Vec<&TreeNode>> = HashMap::new();
        for node in self.nodes.values() {
            let parent = node.parent.as_deref().filter(|parent| self.nodes.contains_key(*parent));
            children.entry(parent).or_default().push(node);
        }
        let by_id = |node: &&TreeNode| (node.id.len(), node.id.clone());
        for siblings in children.values_mut() {
            siblings.sort_by_key(by_id);
        }
        let mut ordered: Vec<&TreeNode> = children.remove(&None).unwrap_or_default();
        let mut next = 0;
        while next < ordered.len() {
            ordered.extend(children.remove(&Some(ordered[next].id.as_str())).unwrap_or_default());
            next += 1;
        }
        let mut circles: Vec<&TreeNode> = children.into_values().flatten().collect();
        circles.sort_by_key(by_id);
        ordered.extend(circles);
        ordered
    }

    /// The children of a node that are pages.
    pub(crate) fn child_pages(&self, id: &str) -> Vec<&TreeNode> {
        let is_child = |node: &&TreeNode| node.kind == NodeKind::Listed && node.parent.as_deref() == Some(id);
        let mut pages: Vec<&TreeNode> = self.nodes.values().filter(is_child).collect();
        pages.sort_by_key(|node| (node.id.len(), node.id.clone()));
        pages
    }

    /// The nodes with their accesses, `root` first. A node without an access in `accesses` is unknown.
    pub(crate) fn into_nodes(self, root: Node, mut accesses: HashMap<String, NodeAccess>) -> Vec<Node> {
        let root_id = root.id.clone();
        let mut placed: HashSet<String> = HashSet::new();
        let mut nodes = vec![root];
        for node in self.down() {
            let above = node.parent.clone().filter(|parent| placed.contains(parent));
            let mut access = accesses.remove(&node.id).unwrap_or_else(|| unknown("its view list was not read"));
            if node.parent.is_some() && above.is_none() {
                access = unknown("what is above it could not be found");
            }
            placed.insert(node.id.clone());
            nodes.push(Node {
                id: node.id.clone(),
                parent: Some(above.unwrap_or_else(|| root_id.clone())),
                access,
                origin: LayerOrigin::Restriction { id: node.id.clone(), title: node.title.clone() },
            });
        }
        nodes
    }
}

/// An access that nobody passes, and why.
pub(crate) fn unknown(reason: &str) -> NodeAccess {
    NodeAccess::Unknown { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree(edges: &[(&str, Option<&str>)]) -> Tree {
        let mut tree = Tree::default();
        for (id, parent) in edges {
            let content = serde_json::from_value(json!({ "id": id, "parentId": parent, "title": id })).unwrap();
            tree.add(&content, NodeKind::Listed);
        }
        tree
    }

    fn root() -> Node {
        let origin = LayerOrigin::Space { key: "ENG".into() };
        Node { id: "space/1".into(), parent: Some("site".into()), access: NodeAccess::Open, origin }
    }

    fn all_open(tree: &Tree) -> HashMap<String, NodeAccess> {
        tree.nodes.keys().map(|id| (id.clone(), NodeAccess::Open)).collect()
    }

    fn edges(nodes: &[Node]) -> Vec<(&str, &str, bool)> {
        let edge = |node: &Node| matches!(node.access, NodeAccess::Open);
        nodes[1..].iter().map(|node| (node.id.as_str(), node.parent.as_deref().unwrap(), edge(node))).collect()
    }

    #[test]
    fn parents_come_first_and_top_nodes_hang_on_the_space() {
        let tree = tree(&[("3", Some("20")), ("20", Some("100")), ("100", None)]);
        let accesses = all_open(&tree);
        let nodes = tree.into_nodes(root(), accesses);
        assert_eq!(nodes[0].id, "space/1");
        assert_eq!(edges(&nodes), [("100", "space/1", true), ("20", "100", true), ("3", "20", true)]);
    }

    #[test]
    fn what_cannot_be_connected_or_was_not_read_is_hidden() {
        let tree = tree(&[("1", Some("gone")), ("2", Some("1")), ("3", None)]);
        let mut accesses = all_open(&tree);
        accesses.remove("3");
        let nodes = tree.into_nodes(root(), accesses);
        assert_eq!(edges(&nodes), [("1", "space/1", false), ("3", "space/1", false), ("2", "1", true)]);
    }

    #[test]
    fn a_circle_is_hidden_and_ends() {
        let tree = tree(&[("1", Some("2")), ("2", Some("1")), ("3", Some("2"))]);
        let accesses = all_open(&tree);
        let nodes = tree.into_nodes(root(), accesses);
        assert_eq!(nodes.len(), 4);
        assert!(nodes[1..].iter().any(|node| matches!(node.access, NodeAccess::Unknown { .. })));
        let hidden = |id: &str| {
            let mut id = id.to_owned();
            for _ in 0..10 {
                let Some(node) = nodes.iter().find(|node| node.id == id) else { return false };
                if matches!(node.access, NodeAccess::Unknown { .. }) {
                    return true;
                }
                id = node.parent.clone().unwrap();
            }
            false
        };
        assert!(["1", "2", "3"].into_iter().all(hidden));
    }
}
