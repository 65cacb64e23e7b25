//! Small engines in temporary folders.

use std::path::Path;

use roaring::RoaringBitmap;
use sangam_engine::{
    DocumentVectors, EmbeddedEngine, Engine, EngineDocument, EngineOptions, Filter, LexicalQuery, PassageVector,
};

pub(crate) const DIMENSIONS: usize = 8;

/// The least that tantivy accepts, so that tests are quick.
pub(crate) fn options() -> EngineOptions {
    EngineOptions { writer_memory_bytes: 15_000_000, ..EngineOptions::new(DIMENSIONS, "test-model") }
}

pub(crate) fn open(dir: &Path) -> EmbeddedEngine {
    EmbeddedEngine::open(dir, options()).unwrap()
}

pub(crate) fn document(ordinal: u32) -> EngineDocument {
    EngineDocument {
        ordinal,
        title: format!("Document {ordinal}"),
        body: "some shared text".to_owned(),
        language: "en".to_owned(),
        attributes: Vec::new(),
        passages: Vec::new(),
    }
}

pub(crate) fn vectors(ordinal: u32) -> DocumentVectors {
    let mut values = vec![0.0; DIMENSIONS];
    (values[1], values[0]) = (ordinal as f32 / 100.0).sin_cos();
    DocumentVectors { ordinal, vectors: vec![PassageVector { passage: 0, text_hash: u64::from(ordinal), values }] }
}

/// Returns the ordinals that are found by words, and those found by meaning.
pub(crate) fn found(engine: &dyn Engine) -> (RoaringBitmap, RoaringBitmap) {
    let view = engine.view().unwrap();
    let filter = Filter::readable((0..1000).collect::<RoaringBitmap>());
    let words = view.lexical(&LexicalQuery::from_text("shared"), &filter, 1000).unwrap();
    let mut query = vec![0.0; DIMENSIONS];
    query[0] = 1.0;
    let meaning = view.semantic(&query, &filter, 1000).unwrap();
    (words.hits.iter().map(|hit| hit.ordinal).collect(), meaning.iter().map(|hit| hit.ordinal).collect())
}

pub(crate) fn ordinals(range: impl IntoIterator<Item = u32>) -> RoaringBitmap {
    range.into_iter().collect()
}
