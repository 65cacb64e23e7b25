use std::sync::Arc;

use proptest::prelude::*;
use roaring::RoaringBitmap;
use sangam_engine::{DocumentVectors, EmbeddedEngine, Engine, EngineDocument, EngineError, View, conformance};
use tempfile::TempDir;

use crate::support;

/// An engine that takes its folder with it.
struct Temporary {
    engine: EmbeddedEngine,
    _dir: TempDir,
}

fn new_engine() -> Box<dyn Engine> {
    let dir = tempfile::tempdir().unwrap();
    Box::new(Temporary { engine: support::open(dir.path()), _dir: dir })
}

impl Engine for Temporary {
    fn add(&self, documents: Vec<EngineDocument>) -> Result<(), EngineError> {
        self.engine.add(documents)
    }

    fn add_vectors(&self, vectors: Vec<DocumentVectors>) -> Result<(), EngineError> {
        self.engine.add_vectors(vectors)
    }

    fn delete(&self, ordinals: &RoaringBitmap) -> Result<(), EngineError> {
        self.engine.delete(ordinals)
    }

    fn commit(&self, batch_id: u64) -> Result<(), EngineError> {
        self.engine.commit(batch_id)
    }

    fn last_batch_id(&self) -> Option<u64> {
        self.engine.last_batch_id()
    }

    fn ordinals(&self) -> Result<RoaringBitmap, EngineError> {
        self.engine.ordinals()
    }

    fn view(&self) -> Result<Arc<dyn View>, EngineError> {
        self.engine.view()
    }
}

#[test]
fn the_embedded_engine_keeps_the_contract() {
    assert_eq!(conformance::DIMENSIONS, support::DIMENSIONS);
    conformance::check_all(&new_engine);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn random_histories_agree_with_a_plain_list(seed in any::<u64>(), n_commits in 1u64..20) {
        conformance::check_random(&new_engine, seed, n_commits);
    }
}
