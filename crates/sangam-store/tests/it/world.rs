//! A store with one index and two data sources, and words for trees and documents that keep the tests short.

use std::sync::atomic::{AtomicU32, Ordering};

use sangam_access::{AccessId, Layer, LayerOrigin, LayerRecord, Principal};
use sangam_store::{
    AcceptedDocument, AccessChange, CatalogueChange, CatalogueCommit, CatalogueEntry, Creation, JobCommit,
    NewDataSource, NewIndex, NodeRecord, Revision, RevisionAccess, SeenDocument, Store,
};
use tempfile::TempDir;

pub(crate) const INDEX: &str = "index";
/// The data source that most tests fill.
pub(crate) const SOURCE: &str = "source";
/// Another one of the same index.
pub(crate) const OTHER: &str = "other";

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    ordinals: AtomicU32,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        add_index(&store, INDEX).await;
        add_source(&store, INDEX, SOURCE).await;
        add_source(&store, INDEX, OTHER).await;
        Self { folder, store, ordinals: AtomicU32::new(1) }
    }

    /// The same file, closed and opened again.
    pub(crate) async fn reopen(self) -> Self {
        self.store.close().await;
        let store = Store::open(&self.folder.path().join("sangam.db")).await.unwrap();
        Self { store, ..self }
    }

    /// A listing that begins at `root`; see [`nodes`] for how `tree` is written.
    pub(crate) async fn list(&self, root: &str, tree: &[&str]) -> AccessChange {
        let change = self.store.replace_nodes(INDEX, SOURCE, root, &nodes(tree)).await.unwrap();
        AccessChange { is_moved: false, layers: Vec::new(), ..change }
    }

    /// Indexes a first revision of each document, which is anchored at the node of the same name.
    pub(crate) async fn put(&self, documents: &[&str]) -> CatalogueChange {
        self.commit(documents.iter().map(|id| self.revision(id, "1")).collect()).await
    }

    /// The next revision of document `id`, anchored at the node of the same name; `text` is what is indexed of it.
    pub(crate) fn revision(&self, id: &str, text: &str) -> Revision {
        Revision {
            document_id: id.into(),
            data_source_id: Some(SOURCE.into()),
            anchor: Some(id.into()),
            version: text.into(),
            content_hash: text.as_bytes().to_vec(),
            ordinal: self.ordinals.fetch_add(1, Ordering::Relaxed),
            access: RevisionAccess::Anchored,
            text_bytes: text.len() as u64,
            failure: None,
            inbox_seq: None,
        }
    }

    pub(crate) async fn commit(&self, revisions: Vec<Revision>) -> CatalogueChange {
        let commit = CatalogueCommit { index_id: INDEX.into(), revisions, ..CatalogueCommit::default() };
        self.store.commit_catalogue(&commit).await.unwrap()
    }

    /// The same as a batch of job `job`.
    pub(crate) async fn commit_for(&self, job: &str, revisions: Vec<Revision>) -> CatalogueChange {
        let commit = CatalogueCommit {
            index_id: INDEX.into(),
            revisions,
            job: Some(job_commit(job)),
            ..CatalogueCommit::default()
        };
        self.store.commit_catalogue(&commit).await.unwrap()
    }

    /// A batch of job `job` that saw documents unchanged, each with the node at which it is now.
    pub(crate) async fn see(&self, job: &str, seen: &[(&str, &str)]) -> CatalogueChange {
        let seen = seen.iter().map(|(id, anchor)| SeenDocument {
            document_id: (*id).into(),
            anchor: (*anchor).into(),
            version: None,
        });
        let commit = CatalogueCommit {
            index_id: INDEX.into(),
            seen: seen.collect(),
            job: Some(job_commit(job)),
            ..CatalogueCommit::default()
        };
        self.store.commit_catalogue(&commit).await.unwrap()
    }

    pub(crate) async fn start_job(&self, id: &str) {
        self.store.insert_job(id, INDEX, SOURCE).await.unwrap();
    }

    /// Hides `documents` for job `job`, whose clean listing lacked them.
    pub(crate) async fn hide(&self, job: &str, documents: &[&str]) -> CatalogueChange {
        self.store.hide_documents(INDEX, job, &owned(documents)).await.unwrap()
    }

    pub(crate) async fn remove(&self, documents: &[&str]) -> CatalogueChange {
        self.store.remove_documents(INDEX, &owned(documents)).await.unwrap()
    }

    pub(crate) async fn find_entry(&self, id: &str) -> Option<CatalogueEntry> {
        self.store.entries(INDEX, &[id.into()]).await.unwrap().remove(id)
    }

    pub(crate) async fn entry(&self, id: &str) -> CatalogueEntry {
        self.find_entry(id).await.unwrap()
    }

    pub(crate) async fn ordinal(&self, id: &str) -> u32 {
        self.entry(id).await.ordinal.unwrap()
    }

    /// The nodes whose layers a reader of document `id` must pass, from the root down, e.g. `site eng`; `public` if there
    /// are none and `hidden` if nobody passes.
    pub(crate) async fn path(&self, id: &str) -> String {
        path_of(&self.store, INDEX, self.entry(id).await.access).await
    }

    /// [`Self::path`] of each document.
    pub(crate) async fn paths(&self, documents: &[&str]) -> Vec<String> {
        let mut paths = Vec::new();
        for id in documents {
            paths.push(self.path(id).await);
        }
        paths
    }
}

pub(crate) async fn path_of(store: &Store, index_id: &str, access: AccessId) -> String {
    let table = store.access_table(index_id).await.unwrap();
    let Some(layers) = table.layers_of(access) else { return "hidden".into() };
    let name = |layer| match &table.layer(layer).expect("stored accesses name stored layers").origin {
        LayerOrigin::Restriction { id, .. } => id.clone(),
        other => format!("{other:?}"),
    };
    let names: Vec<String> = layers.iter().map(|layer| name(*layer)).collect();
    if names.is_empty() { "public".into() } else { names.join(" ") }
}

pub(crate) async fn add_index(store: &Store, id: &str) {
    let document = serde_json::json!({});
    let index = NewIndex { id, name: id, document: &document, tags: &[], limit: None };
    assert_eq!(store.create_index(&index, None).await.unwrap(), Creation::New);
}

pub(crate) async fn add_source(store: &Store, index_id: &str, id: &str) {
    let document = serde_json::json!({});
    let source =
        NewDataSource { id, index_id, name: id, kind: "TEMPLATE", document: &document, tags: &[], limit: None };
    assert_eq!(store.create_data_source(&source, None).await.unwrap(), Creation::New);
}

/// Nodes, each written `name`, `name < parent`, or with a `!` after the name if it adds a layer.
pub(crate) fn nodes(tree: &[&str]) -> Vec<NodeRecord> {
    tree.iter()
        .map(|text| {
            let (name, parent) = text.split_once(" < ").map_or((*text, None), |(name, parent)| (name, Some(parent)));
            let id = name.trim_end_matches('!');
            let layer = name.ends_with('!').then(|| restriction(id, &["ada"]));
            NodeRecord { id: id.into(), parent: parent.map(Into::into), layer }
        })
        .collect()
}

/// The layer of node `id`, which lets `users` pass.
pub(crate) fn restriction(id: &str, users: &[&str]) -> LayerRecord {
    let origin = LayerOrigin::Restriction { id: id.into(), title: id.into() };
    LayerRecord::known(Layer::only(users.iter().map(|name| Principal::User { name: (*name).into() })), origin)
}

pub(crate) fn job_commit(job: &str) -> JobCommit {
    JobCommit { job_id: job.into(), data_source_id: SOURCE.into(), checkpoint: None }
}

/// A document as the API accepts it: public, of no data source.
pub(crate) fn accepted(id: &str, content: &str) -> AcceptedDocument {
    AcceptedDocument {
        document_id: id.into(),
        document: "{}".into(),
        content: content.as_bytes().to_vec(),
        lists: Vec::new(),
        data_source_id: None,
        job_id: None,
    }
}

pub(crate) fn owned(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}
