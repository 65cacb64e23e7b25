//! The int8 scan and its rescoring against exact arithmetic.

use roaring::RoaringBitmap;
use sangam_engine::{DocumentVectors, EmbeddedEngine, Engine, EngineOptions, Filter, PassageVector};

const DIMENSIONS: usize = 384;
const N_DOCUMENTS: u32 = 3000;

/// Directions without structure, whose cosines lie as close together as any.
struct Random(u64);

impl Random {
    fn unit_vector(&mut self) -> Vec<f32> {
        let values: Vec<f32> = (0..DIMENSIONS).map(|_| self.number()).collect();
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        values.iter().map(|value| value / norm).collect()
    }

    fn number(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    }
}

#[test]
fn the_best_documents_are_the_exactly_best_ones_under_any_filter() {
    let dir = tempfile::tempdir().unwrap();
    let engine = EmbeddedEngine::open(dir.path(), EngineOptions::new(DIMENSIONS, "random")).unwrap();
    let mut random = Random(1);
    let vectors: Vec<Vec<f32>> = (0..N_DOCUMENTS).map(|_| random.unit_vector()).collect();
    let documents = vectors.iter().zip(0..).map(|(values, ordinal)| DocumentVectors {
        ordinal,
        vectors: vec![PassageVector { passage: 0, text_hash: 0, values: values.clone() }],
    });
    engine.add_vectors(documents.collect()).unwrap();
    engine.commit(1).unwrap();
    let view = engine.view().unwrap();
    for (selectivity, k) in [(1, 10), (1, 150), (2, 10), (10, 10), (100, 10)] {
        let readable: RoaringBitmap = (0..N_DOCUMENTS).filter(|ordinal| ordinal % selectivity == 0).collect();
        let filter = Filter::readable(readable.clone());
        let (mut n_right, n_queries) = (0, 10);
        for _ in 0..n_queries {
            let query = random.unit_vector();
            let cosine = |ordinal: u32| vectors[ordinal as usize].iter().zip(&query).map(|(a, b)| a * b).sum::<f32>();
            let mut expected: Vec<(f32, u32)> = readable.iter().map(|ordinal| (cosine(ordinal), ordinal)).collect();
            expected.sort_by(|left, right| right.0.total_cmp(&left.0));
            let hits = view.semantic(&query, &filter, k).unwrap();
            assert_eq!(hits.len(), k);
            assert!(hits.iter().all(|hit| (hit.cosine - cosine(hit.ordinal)).abs() < 5e-4));
            n_right +=
                hits.iter().filter(|hit| expected[..k].iter().any(|(_, ordinal)| *ordinal == hit.ordinal)).count();
        }
        let recall = n_right as f64 / (n_queries * k) as f64;
        assert!(recall >= 0.995, "{recall} at 1 in {selectivity}, k = {k}");
    }
}
