//! Finds folders, whiteboards, databases and embeds, of which there is no listing.
//!
//! A call gives what is below a node, ten levels at a time; deeper ones are left out without a word, so that it is asked again from the
//! lowest level. Asked are the pages at the top of a space and archived ones, which such answers stop at, and the folders of pages that
//! none of these answers had. Pages that seem to have nothing below them are asked too, a share of them at every run. Places that were met
//! once, or that search knows of ([`super::place_search`]), and that nothing leads to, as those at the top of a space, are looked up by
//! their ids.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures::{StreamExt, TryStreamExt, stream};

use super::{
    place_memory::{LookedUp, PlaceMemory},
    places::{LearntPlaces, place_kind},
    spaces::PAGE_ROWS,
    tree_walk::fetch_node,
};
use crate::{
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    walk::{checkpoint::id_order, now_minutes},
    wire::{Content, TreeRow},
};

/// Nodes of a space that have something below them and are asked for it in one run. Most spaces have one such page at the top; with all
/// calls under way at once so many take seconds.
const WALKS_MAX: usize = 512;

/// Pages of a space that seem to have nothing below them and are asked all the same, in one run.
const LEAVES_PER_RUN: usize = 128;

/// Places of a space that are looked up by their ids in one run.
const LOOKUPS_PER_RUN: usize = 128;

/// Levels that one answer has at most, as documented.
const DEPTH_MAX: usize = 10;

/// A node, by its id and type.
type Node = (String, String);

/// The places of a space that were found.
#[derive(Debug, Default)]
pub(super) struct FoundPlaces {
    pub places: Vec<Content>,
    pub learnt: LearntPlaces,
    looked_up: Vec<(String, LookedUp)>,
}

impl FoundPlaces {
    /// Remembers all places of the space: those found here and those found on the way up from pages.
    pub(super) fn remember(&mut self, places: &[Content]) {
        let found: BTreeSet<String> = places.iter().filter_map(document_id).collect();
        let found: Vec<String> = found.into_iter().collect();
        self.learnt.memory.learn(&found, &self.looked_up, now_minutes());
    }
}

/// Finds the places of a space with these `pages`, archived ones included. `hints` are document ids of places that may be there too.
pub(super) async fn find_places(
    client: &Client,
    pages: &[Content],
    space_id: &str,
    memory: PlaceMemory,
    hints: Vec<String>,
) -> Result<FoundPlaces, ClientError> {
    let mut walk = Walk::new(client, pages);
    let roots = Roots::of(pages);
    walk.below(roots.with_children).await?;
    let not_met: Vec<Node> = roots.others.into_iter().filter(|(id, _)| !walk.kinds.contains_key(id)).collect();
    walk.below(not_met).await?;

    let mut found =
        FoundPlaces { learnt: LearntPlaces { memory, ..LearntPlaces::default() }, ..FoundPlaces::default() };
    for hint in &hints {
        let is_met = hint.split_once('/').is_some_and(|(_, id)| walk.kinds.contains_key(id));
        if !is_met {
            found.learnt.memory.add(hint);
        }
    }
    let alone = look_up(&walk, space_id, &mut found).await?;
    let nodes = alone.iter().map(|place| (place.id.clone(), place.kind.clone())).collect();
    walk.below(nodes).await?;

    let (leaves, n_left) = found.learnt.memory.next_leaves(&roots.leaves, LEAVES_PER_RUN);
    walk.walks_left += leaves.len();
    walk.below(leaves.into_iter().map(|id| (id, "page".to_owned())).collect()).await?;
    found.learnt.n_not_asked = walk.n_not_asked + n_left;
    let kinds = &walk.kinds;
    found.places = walk.found.into_iter().map(|row| row.into_content(space_id, kinds)).collect();
    let is_met: HashSet<String> = found.places.iter().map(|place| place.id.clone()).collect();
    found.places.extend(alone.into_iter().filter(|place| !is_met.contains(&place.id)));
    Ok(found)
}

/// Looks up places that are remembered and were not met. Returns those that are in the space.
async fn look_up(walk: &Walk<'_>, space_id: &str, found: &mut FoundPlaces) -> Result<Vec<Content>, ClientError> {
    let is_met = |id: &str| walk.kinds.contains_key(id);
    let remembered = found.learnt.memory.ids().filter_map(|document| document.split_once('/'));
    let mut missing: Vec<Node> =
        remembered.filter(|(_, id)| !is_met(id)).map(|(kind, id)| (id.to_owned(), kind.to_owned())).collect();
    let beyond = missing.split_off(missing.len().min(LOOKUPS_PER_RUN));
    found.learnt.n_not_looked_up = beyond.len();
    let mut calls = Vec::with_capacity(missing.len());
    for (id, kind) in missing {
        calls.push(async move {
            let answer = fetch_node(walk.client, &id, &kind).await;
            (id, kind, answer)
        });
    }
    let mut answers = stream::iter(calls).buffered(CONCURRENT_CALLS);
    let mut here = Vec::new();
    while let Some((id, kind, answer)) = answers.next().await {
        let document = format!("{kind}/{id}");
        let outcome = match answer {
            Ok(place) if !matches!(place.status.as_str(), "" | "current") => LookedUp::Gone,
            Ok(place) if place.space_id != space_id => {
                found.learnt.moved.push((place.space_id, document.clone()));
                LookedUp::Elsewhere
            }
            Ok(place) => {
                here.push(Content { kind, ..place });
                LookedUp::Here
            }
            Err(ClientError::NotFound { .. } | ClientError::Forbidden { .. }) => LookedUp::Gone,
            Err(error) => return Err(error),
        };
        found.looked_up.push((document, outcome));
    }
    Ok(here)
}

/// Where to begin.
#[derive(Debug, Default, PartialEq, Eq)]
struct Roots {
    /// Pages at the top and archived ones, with pages below them.
    with_children: Vec<Node>,
    /// Nodes other than pages of the listing that pages are right below of.
    others: Vec<Node>,
    /// Pages at the top and archived ones without pages below them, in the order of their ids.
    leaves: Vec<String>,
}

impl Roots {
    fn of(pages: &[Content]) -> Self {
        let parent = |page: &Content| page.parent_id.clone().filter(|id| !id.is_empty());
        let parents: HashSet<String> = pages.iter().filter_map(parent).collect();
        let listed: HashSet<&str> = pages.iter().map(|page| page.id.as_str()).collect();
        let mut roots = Self::default();
        let mut others = BTreeSet::new();
        for page in pages {
            let above = parent(page);
            if above.is_none() || page.status != "current" {
                if parents.contains(&page.id) {
                    roots.with_children.push((page.id.clone(), "page".to_owned()));
                } else {
                    roots.leaves.push(page.id.clone());
                }
            }
            if let Some(above) = above.filter(|above| !listed.contains(above.as_str())) {
                others.insert((above, page.parent_type.clone().unwrap_or_default()));
            }
        }
        roots.leaves.sort_by(|left, right| id_order(left).cmp(&id_order(right)));
        roots.others = others.into_iter().collect();
        roots
    }
}

/// A walk through what is below nodes.
struct Walk<'c> {
    client: &'c Client,
    /// The types of all nodes met so far and of the pages of the space.
    kinds: HashMap<String, String>,
    found: Vec<TreeRow>,
    met: HashSet<String>,
    walks_left: usize,
    n_not_asked: usize,
}

impl<'c> Walk<'c> {
    fn new(client: &'c Client, pages: &[Content]) -> Self {
        let kinds = pages.iter().map(|page| (page.id.clone(), "page".to_owned())).collect();
        Self { client, kinds, found: Vec::new(), met: HashSet::new(), walks_left: WALKS_MAX, n_not_asked: 0 }
    }

    /// Walks through everything below `nodes`, a level of ten after the other.
    async fn below(&mut self, mut nodes: Vec<Node>) -> Result<(), ClientError> {
        while !nodes.is_empty() {
            let beyond = nodes.split_off(nodes.len().min(self.walks_left));
            self.n_not_asked += beyond.len();
            self.walks_left -= nodes.len();
            self.kinds.extend(nodes.iter().cloned());
            let mut calls = Vec::with_capacity(nodes.len());
            for (id, kind) in nodes {
                calls.push(descendants(self.client, id, kind));
            }
            let mut answers = stream::iter(calls).buffered(CONCURRENT_CALLS);
            let mut deeper = Vec::new();
            while let Some(rows) = answers.try_next().await? {
                for row in rows.into_iter().filter(|row| self.met.insert(row.id.clone())) {
                    self.kinds.insert(row.id.clone(), row.kind.clone());
                    if row.depth >= DEPTH_MAX as u64 {
                        deeper.push((row.id.clone(), row.kind.clone()));
                    }
                    if place_kind(&row.kind).is_some() {
                        self.found.push(row);
                    }
                }
            }
            nodes = deeper;
        }
        Ok(())
    }
}

/// What is below a node, ten levels of it.
async fn descendants(client: &Client, id: String, kind: String) -> Result<Vec<TreeRow>, ClientError> {
    let Some(collection) = collection_of(&kind) else { return Ok(Vec::new()) };
    let depth = DEPTH_MAX.to_string();
    let path = format!("api/v2/{collection}/{id}/descendants");
    match client.list(&path, &[("depth", &depth), ("limit", PAGE_ROWS)]).all().await {
        // It was moved or removed since the pages were listed.
        Err(ClientError::NotFound { .. }) => Ok(Vec::new()),
        answer => answer,
    }
}

/// The collection in whose paths a node of this type is.
pub(super) fn collection_of(kind: &str) -> Option<&'static str> {
    match kind {
        "" | "page" => Some("pages"),
        "folder" => Some("folders"),
        "whiteboard" => Some("whiteboards"),
        "database" => Some("databases"),
        "embed" => Some("embeds"),
        _ => None,
    }
}

fn document_id(place: &Content) -> Option<String> {
    Some(format!("{}/{}", place_kind(&place.kind)?.as_str(), place.id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_walk_begins_at_the_top_at_archived_pages_and_at_what_no_listing_has() {
        let page = |id: &str, status: &str, parent: Option<&str>, kind: &str| -> Content {
            let row = json!({ "id": id, "status": status, "parentId": parent, "parentType": kind });
            serde_json::from_value(row).unwrap()
        };
        let pages = [
            page("20", "current", None, ""),
            page("9", "current", None, ""),
            page("3", "current", Some("20"), "page"),
            page("100", "archived", Some("3"), "page"),
            page("7", "current", Some("100"), "page"),
            page("8", "current", Some("50"), "folder"),
            page("101", "archived", Some("3"), "page"),
        ];
        let node = |id: &str, kind: &str| (id.to_owned(), kind.to_owned());
        let expected = Roots {
            with_children: vec![node("20", "page"), node("100", "page")],
            others: vec![node("50", "folder")],
            leaves: vec!["9".into(), "101".into()],
        };
        assert_eq!(Roots::of(&pages), expected);
    }
}
