use std::time::Duration;

use sangam_access::{Layer, LayerOrigin, LayerRecord, Principal};
use sangam_engine::{DocumentVectors, EngineDocument, PassageVector, TITLE_PASSAGE};
use sangam_store::{AcceptedDocument, NewIndex};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::{InboxRecord, IndexRegistry, RegistryOptions};

async fn store(folder: &TempDir) -> Store {
    let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
    let index = NewIndex { id: "i", name: "n", document: &json!({}), tags: &[], limit: None };
    store.create_index(&index, None).await.unwrap();
    store
}

fn accepted(id: &str, lists: Vec<LayerRecord>) -> AcceptedDocument {
    let record = InboxRecord { title: None, content_type: None, attributes: vec![] };
    AcceptedDocument {
        document_id: id.into(),
        document: serde_json::to_string(&record).unwrap(),
        content: b"a fox".to_vec(),
        lists,
        data_source_id: None,
        job_id: None,
    }
}

fn n_readable(index: &Index, user: &str) -> u64 {
    let request = ReaderRequest { user: Some(user.into()), ..ReaderRequest::default() };
    index.reader_view(&request).unwrap().readable.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_change_leaves_unloaded_is_closed_until_it_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let options = RegistryOptions {
        folder: folder.path().join("index"),
        store: store(&folder).await,
        embed: None,
        extractor: Extractor::InProcess,
    };
    let (store, registry) = (options.store.clone(), IndexRegistry::new(options));
    let index = registry.open("i").await.unwrap();
    let only_ada = Layer::only([Principal::User { name: "ada".into() }]);
    let list = LayerRecord::known(only_ada, LayerOrigin::AccessControlList { level: 0 });
    store.accept("i", &[accepted("closed", vec![list]), accepted("public", vec![])]).await.unwrap();
    index.wake();
    let becomes = async |n: u64| {
        while n_readable(&index, "ada") != n {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), becomes(2)).await.expect("both are indexed");

    let guard = index.lock().await;
    let failed = index.show_under(&index.catalogue(), Err(IngestError::CutOff));
    assert!(failed.is_err());
    assert_eq!(n_readable(&index, "ada"), 1, "what is public");
    drop(guard);
    tokio::time::timeout(Duration::from_secs(20), becomes(2)).await.expect("it is loaded again without being asked");
    registry.close_all().await;
}

fn write_vectors(dir: &Path, model: &str) {
    let engine = EmbeddedEngine::open(dir, EngineOptions::new(1, model)).unwrap();
    let document = EngineDocument {
        ordinal: 1,
        title: "t".into(),
        body: String::new(),
        language: "en".into(),
        attributes: Vec::new(),
        passages: Vec::new(),
    };
    engine.add(vec![document]).unwrap();
    let vector = PassageVector { passage: TITLE_PASSAGE, text_hash: 1, values: vec![1.0] };
    engine.add_vectors(vec![DocumentVectors { ordinal: 1, vectors: vec![vector] }]).unwrap();
    engine.commit(7).unwrap();
}

/// All of the folder's record goes with a folder that is removed: its last batch, and that there must be text.
#[tokio::test(flavor = "multi_thread")]
async fn another_model_drops_the_vectors_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("index");
    write_vectors(&dir, "another model");
    let store = store(&folder).await;
    let embed = sangam_embed::EmbedService::start(Arc::new(sangam_embed::HashEmbedder)).unwrap();
    let index = Index::open("i", &dir, store, Some(Arc::new(embed)), Extractor::InProcess).await.unwrap();
    assert_eq!(index.engine.last_batch_id(), Some(7));
    assert_eq!(index.engine.view().unwrap().vectors_of(1).unwrap(), []);
}
