//! What a filter costs, on 100,000 synthetic documents with two passages each.
//!
//! `cargo bench -p sangam-engine`. Compare the rows with each other, not with another machine's.

#![expect(clippy::unwrap_used, reason = "a bench stops where something fails")]

use std::sync::LazyLock;

use roaring::RoaringBitmap;
use sangam_engine::{
    DocumentVectors, EmbeddedEngine, Engine, EngineDocument, EngineOptions, Filter, LexicalQuery, PassageVector, View,
};
use tempfile::TempDir;

const N_DOCUMENTS: u32 = 100_000;
const N_WORDS: u64 = 120;
const DIMENSIONS: usize = 384;

/// One document in this many passes the filter.
const SELECTIVITIES: [u32; 5] = [1, 2, 10, 100, 1000];

fn main() {
    divan::main();
}

static ENGINE: LazyLock<(TempDir, EmbeddedEngine)> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let engine = EmbeddedEngine::open(dir.path(), EngineOptions::new(DIMENSIONS, "bench")).unwrap();
    let mut random = Random(42);
    let started = std::time::Instant::now();
    for batch in 0..N_DOCUMENTS / 10_000 {
        let ordinals = batch * 10_000..(batch + 1) * 10_000;
        engine.add(ordinals.map(|ordinal| random.document(ordinal)).collect()).unwrap();
        engine.commit(u64::from(batch)).unwrap();
    }
    eprintln!("text: {:.0} documents/s", f64::from(N_DOCUMENTS) / started.elapsed().as_secs_f64());
    let started = std::time::Instant::now();
    for batch in 0..N_DOCUMENTS / 10_000 {
        let ordinals = batch * 10_000..(batch + 1) * 10_000;
        engine.add_vectors(ordinals.map(|ordinal| random.vectors(ordinal)).collect()).unwrap();
        engine.commit(u64::from(1000 + batch)).unwrap();
    }
    eprintln!("vectors: {:.0}/s", f64::from(2 * N_DOCUMENTS) / started.elapsed().as_secs_f64());
    (dir, engine)
});

fn view() -> std::sync::Arc<dyn View> {
    ENGINE.1.view().unwrap()
}

/// Documents in blocks of eight, as spaces give them: clustered, and all over the index.
fn filter(selectivity: u32) -> Filter {
    let readable = (0..N_DOCUMENTS).filter(|ordinal| (ordinal / 8).is_multiple_of(selectivity));
    Filter::readable(readable.collect::<RoaringBitmap>())
}

fn queries() -> Vec<LexicalQuery> {
    let mut random = Random(7);
    (0..50).map(|_| LexicalQuery::from_text(&random.words(3))).collect()
}

/// Fifty queries of three words, with exact counts.
#[divan::bench(args = SELECTIVITIES)]
fn lexical(bencher: divan::Bencher<'_, '_>, selectivity: u32) {
    let (view, filter, queries) = (view(), filter(selectivity), queries());
    bencher.bench(|| {
        let matches = queries.iter().map(|query| view.lexical(query, &filter, 150).unwrap().n_matches);
        matches.sum::<u64>()
    });
}

#[divan::bench(args = SELECTIVITIES)]
fn semantic(bencher: divan::Bencher<'_, '_>, selectivity: u32) {
    let (view, filter) = (view(), filter(selectivity));
    let query = Random(9).unit_vector();
    bencher.bench(|| view.semantic(&query, &filter, 150).unwrap());
}

#[divan::bench(args = SELECTIVITIES)]
fn passages(bencher: divan::Bencher<'_, '_>, selectivity: u32) {
    let (view, filter) = (view(), filter(selectivity));
    let query = Random(9).unit_vector();
    bencher.bench(|| view.passages(&query, &filter, 100).unwrap());
}

/// What a reader's first query pays for the translation of the filter.
#[divan::bench(args = SELECTIVITIES)]
fn first_query_of_a_reader(bencher: divan::Bencher<'_, '_>, selectivity: u32) {
    let (view, query) = (view(), LexicalQuery::from_text("wabc"));
    let bench = bencher.with_inputs(|| filter(selectivity));
    bench.bench_values(|filter| view.lexical(&query, &filter, 150).unwrap().n_matches);
}

/// What a query pays for the scores of candidates that the other retrieval found.
#[divan::bench]
fn scores_of_150_candidates(bencher: divan::Bencher<'_, '_>) {
    let (view, query) = (view(), queries().remove(0));
    let vector = Random(9).unit_vector();
    let ordinals: RoaringBitmap = (0..150).map(|index| index * 601).collect();
    bencher.bench(|| {
        let lexical = view.lexical_scores(&query, &ordinals).unwrap();
        (lexical, view.semantic_scores(&vector, &ordinals).unwrap())
    });
}

#[divan::bench]
fn fetch_10(bencher: divan::Bencher<'_, '_>) {
    let view = view();
    let ordinals: Vec<u32> = (0..10).map(|index| index * 9001).collect();
    bencher.bench(|| view.fetch(&ordinals).unwrap());
}

/// Opening verifies every checksum.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn open(bencher: divan::Bencher<'_, '_>) {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["text", "vectors"] {
        std::fs::create_dir(dir.path().join(folder)).unwrap();
        for entry in std::fs::read_dir(ENGINE.0.path().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, dir.path().join(folder).join(path.file_name().unwrap())).unwrap();
        }
    }
    bencher.bench(|| drop(EmbeddedEngine::open(dir.path(), EngineOptions::new(DIMENSIONS, "bench")).unwrap()));
}

/// Numbers that depend on the seed alone: splitmix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A word of a vocabulary of 50,000, frequent ones more often: the rank's logarithm is uniform.
    fn word(&mut self) -> String {
        let rank = 50_000f64.powf(self.unit()) as u32;
        format!("w{rank:x}")
    }

    fn words(&mut self, n: u64) -> String {
        (0..n).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn document(&mut self, ordinal: u32) -> EngineDocument {
        EngineDocument {
            ordinal,
            title: self.words(5),
            body: self.words(N_WORDS),
            language: "en".to_owned(),
            attributes: Vec::new(),
            passages: Vec::new(),
        }
    }

    fn unit_vector(&mut self) -> Vec<f32> {
        let values: Vec<f32> = (0..DIMENSIONS).map(|_| (self.unit() - 0.5) as f32).collect();
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        values.iter().map(|value| value / norm).collect()
    }

    fn vectors(&mut self, ordinal: u32) -> DocumentVectors {
        let vectors = (0..2).map(|passage| PassageVector { passage, text_hash: 0, values: self.unit_vector() });
        DocumentVectors { ordinal, vectors: vectors.collect() }
    }
}
