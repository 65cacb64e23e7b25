//! Random listings, documents and moves: every document has the layers of its path and no others, after every step.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use sangam_access::AccessId;
use sangam_store::{CatalogueCommit, JobCommit, NodeRecord, Revision, RevisionAccess, SeenDocument, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::model::{ListedNode, Model, Step};
use crate::world::{add_index, add_source, path_of, restriction};

const SPACES: [&str; 2] = ["eng", "ops"];
const PAGES: [&str; 5] = ["p1", "p2", "p3", "p4", "p5"];

fn page() -> impl Strategy<Value = String> {
    prop::sample::select(&PAGES[..]).prop_map(Into::into)
}

fn space() -> impl Strategy<Value = String> {
    prop::sample::select(&SPACES[..]).prop_map(Into::into)
}

/// Where a page can be: mostly where there is something.
fn place() -> impl Strategy<Value = String> {
    prop_oneof![4 => space(), 4 => page(), 1 => Just("nowhere".to_owned())]
}

fn site_listing() -> impl Strategy<Value = Step> {
    let spaces = prop::sample::subsequence(&SPACES[..], 0..=SPACES.len());
    (any::<bool>(), spaces, any::<[bool; 2]>(), 0..10_u8).prop_map(|(layered, spaces, layers, empty)| {
        let below = spaces.into_iter().zip(layers).map(|(id, layered)| (id.into(), Some("site".into()), layered));
        let mut nodes: Vec<ListedNode> = std::iter::once(("site".into(), None, layered)).chain(below).collect();
        if empty == 0 {
            nodes.clear();
        }
        Step::List { root: "site".into(), nodes }
    })
}

fn space_listing() -> impl Strategy<Value = Step> {
    let pages = prop::sample::subsequence(&PAGES[..], 0..=PAGES.len());
    let ways = prop::collection::vec((place(), any::<bool>()), PAGES.len());
    (space(), any::<bool>(), pages, ways).prop_map(|(root, layered, pages, ways)| {
        let below = pages.into_iter().zip(ways).map(|(id, (parent, layered))| (id.into(), Some(parent), layered));
        let nodes = std::iter::once((root.clone(), Some("site".into()), layered)).chain(below).collect();
        Step::List { root, nodes }
    })
}

fn document() -> impl Strategy<Value = String> {
    (0..6_u8).prop_map(|n| format!("document {n}"))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => site_listing(),
        4 => space_listing(),
        4 => prop::collection::vec((document(), place(), 0..3_u8), 1..4).prop_map(Step::Put),
        3 => (document(), place()).prop_map(|(id, anchor)| Step::See(id, anchor)),
        1 => document().prop_map(Step::Hide),
        1 => document().prop_map(Step::Remove),
    ]
}

/// One file for all cases, each of which has an index of its own.
fn shared() -> &'static (Runtime, Store, TempDir) {
    static SHARED: OnceLock<(Runtime, Store, TempDir)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = runtime.block_on(Store::open(&folder.path().join("sangam.db"))).unwrap();
        (runtime, store, folder)
    })
}

/// The store under test, and what a process that serves readers has been told so far.
struct Case<'a> {
    store: &'a Store,
    index: String,
    source: String,
    next_ordinal: u32,
    /// Ordinals that readers may be shown, with their access.
    served: BTreeMap<u32, AccessId>,
}

impl Case<'_> {
    async fn apply(&mut self, step: &Step) {
        match step {
            Step::List { root, nodes } => self.list(root, nodes).await,
            Step::Put(revisions) => {
                let revisions = revisions.iter().map(|revision| self.revision(revision)).collect();
                self.commit(revisions, Vec::new()).await;
            }
            Step::See(id, anchor) => {
                let seen = SeenDocument { document_id: id.clone(), anchor: anchor.clone(), version: None };
                self.commit(Vec::new(), vec![seen]).await;
            }
            Step::Hide(id) => {
                let change =
                    self.store.hide_documents(&self.index, &self.source, std::slice::from_ref(id)).await.unwrap();
                self.serve(&change.ordinals, &change.retired);
            }
            Step::Remove(id) => {
                let change = self.store.remove_documents(&self.index, std::slice::from_ref(id)).await.unwrap();
                self.serve(&change.ordinals, &change.retired);
            }
        }
    }

    async fn list(&mut self, root: &str, nodes: &[ListedNode]) {
        let nodes: Vec<NodeRecord> = nodes
            .iter()
            .map(|(id, parent, layered)| NodeRecord {
                id: id.clone(),
                parent: parent.clone(),
                layer: layered.then(|| restriction(id, &["ada"])),
            })
            .collect();
        let change = self.store.replace_nodes(&self.index, &self.source, root, &nodes).await.unwrap();
        for (ordinal, access) in &change.ordinals {
            assert_ne!(self.served[ordinal], *access, "an unchanged ordinal was reported");
        }
        self.serve(&change.ordinals, &[]);
    }

    fn revision(&mut self, (id, anchor, text): &(String, String, u8)) -> Revision {
        self.next_ordinal += 1;
        Revision {
            document_id: id.clone(),
            data_source_id: Some(self.source.clone()),
            anchor: Some(anchor.clone()),
            version: String::new(),
            content_hash: vec![*text],
            ordinal: self.next_ordinal,
            access: RevisionAccess::Anchored,
            text_bytes: 1,
            failure: None,
            inbox_seq: None,
        }
    }

    async fn commit(&mut self, revisions: Vec<Revision>, seen: Vec<SeenDocument>) {
        let job = JobCommit { job_id: self.source.clone(), data_source_id: self.source.clone(), checkpoint: None };
        let commit = CatalogueCommit {
            index_id: self.index.clone(),
            revisions,
            seen,
            job: Some(job),
            ..CatalogueCommit::default()
        };
        let change = self.store.commit_catalogue(&commit).await.unwrap();
        assert!(change.ordinals.iter().all(|(ordinal, _)| !change.retired.contains(ordinal)), "shown and retired");
        self.serve(&change.ordinals, &change.retired);
    }

    fn serve(&mut self, ordinals: &[(u32, AccessId)], retired: &[u32]) {
        self.served.retain(|ordinal, _| !retired.contains(ordinal));
        self.served.extend(ordinals.iter().copied());
    }

    /// What the store says of every document, and that readers have been told just that.
    async fn paths(&self) -> BTreeMap<String, String> {
        let current: BTreeMap<u32, AccessId> = self.store.ordinals(&self.index).await.unwrap().into_iter().collect();
        assert_eq!(self.served, current, "what readers were told is not what the catalogue holds");
        let ordinals: Vec<u32> = current.keys().copied().collect();
        let ids: HashMap<u32, String> = self.store.document_ids(&self.index, &ordinals).await.unwrap();
        let mut paths = BTreeMap::new();
        for (ordinal, id) in ids {
            paths.insert(id, path_of(self.store, &self.index, current[&ordinal]).await);
        }
        paths
    }
}

async fn play(store: &Store, steps: &[Step]) {
    static CASES: AtomicU32 = AtomicU32::new(0);
    let number = CASES.fetch_add(1, Ordering::Relaxed);
    let (index, source) = (format!("index {number}"), format!("source {number}"));
    add_index(store, &index).await;
    add_source(store, &index, &source).await;
    // The one job goes by the data source's name.
    store.insert_job(&source, &index, &source).await.unwrap();
    let mut case = Case { store, index, source, next_ordinal: 0, served: BTreeMap::new() };
    let mut model = Model::default();
    for (number, step) in steps.iter().enumerate() {
        case.apply(step).await;
        model.apply(step);
        assert_eq!(case.paths().await, model.paths(), "after step {number}: {step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_document_has_the_layers_of_its_path_and_readers_are_told_all_that_changed(
        steps in prop::collection::vec(step(), 1..24),
    ) {
        let (runtime, store, _) = shared();
        runtime.block_on(play(store, &steps));
    }
}
