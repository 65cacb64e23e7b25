//! The contract of [`Engine`] and [`View`] as code. Every engine runs it:
//!
//! ```no_run
//! fn conforms(new_engine: &dyn Fn() -> Box<dyn sangam_engine::Engine>) {
//!     sangam_engine::conformance::check_all(new_engine);
//! }
//! ```
//!
//! The functions panic where an engine breaks the contract, as tests do.

mod attributes;
mod commits;
mod conditions;
mod model;
mod random;
mod vectors;
mod words;

use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::document::{AttributeValue, DocumentVectors, EngineDocument, PassageVector};
use crate::engine::{Engine, View};
use crate::filter::Filter;
use crate::hits::LexicalHits;
use crate::query::LexicalQuery;

/// The dimensions that the engine under test must have been opened with.
pub const DIMENSIONS: usize = 8;

/// How far a cosine may be from the true one, for storage's sake.
const COSINE_ERROR: f32 = 2e-3;

/// No ordinals, to compare with.
const NONE: [u32; 0] = [];

/// Gives an empty engine with vectors of [`DIMENSIONS`] numbers.
pub type NewEngine<'a> = &'a dyn Fn() -> Box<dyn Engine>;

/// Runs the whole suite.
pub fn check_all(new_engine: NewEngine<'_>) {
    commits::check(new_engine);
    words::check(new_engine);
    conditions::check(new_engine);
    attributes::check(new_engine);
    vectors::check(new_engine);
    for seed in 0..8 {
        check_random(new_engine, seed, 12);
    }
}

/// Does `n_commits` batches of random additions, replacements and deletions, and compares every kind
/// of retrieval with a plain list after each.
pub fn check_random(new_engine: NewEngine<'_>, seed: u64, n_commits: u64) {
    random::check(new_engine, seed, n_commits);
}

/// An engine under test. Errors are panics: no operation of the suite may fail unless it says so.
struct Subject {
    engine: Box<dyn Engine>,
    n_commits: u64,
}

impl Subject {
    fn new(new_engine: NewEngine<'_>) -> Self {
        Self { engine: new_engine(), n_commits: 0 }
    }

    fn add(&self, documents: Vec<EngineDocument>) {
        self.engine.add(documents).expect("valid documents are added");
    }

    fn add_vectors(&self, vectors: Vec<DocumentVectors>) {
        self.engine.add_vectors(vectors).expect("valid vectors are added");
    }

    fn delete(&self, ordinals: &[u32]) {
        let ordinals = ordinals.iter().copied().collect();
        self.engine.delete(&ordinals).expect("ordinals are deleted");
    }

    fn commit(&mut self) -> Arc<dyn View> {
        self.n_commits += 1;
        self.engine.commit(self.n_commits).expect("a batch is committed");
        self.view()
    }

    fn view(&self) -> Arc<dyn View> {
        self.engine.view().expect("there is always a view")
    }
}

fn document(ordinal: u32, title: &str, body: &str) -> EngineDocument {
    EngineDocument {
        ordinal,
        title: title.to_owned(),
        body: body.to_owned(),
        language: "en".to_owned(),
        attributes: Vec::new(),
        passages: Vec::new(),
    }
}

fn with_attributes(ordinal: u32, attributes: Vec<(&str, AttributeValue)>) -> EngineDocument {
    let attributes = attributes.into_iter();
    EngineDocument {
        attributes: attributes.map(|(name, value)| (name.to_owned(), value)).collect(),
        ..document(ordinal, "attributed", "common text")
    }
}

fn string(value: &str) -> AttributeValue {
    AttributeValue::String(value.to_owned())
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// A unit vector at an angle, in degrees, in the plane of the first two dimensions.
fn at_angle(degrees: f32) -> Vec<f32> {
    let mut values = vec![0.0; DIMENSIONS];
    (values[1], values[0]) = degrees.to_radians().sin_cos();
    values
}

fn vectors(ordinal: u32, angles: &[(u16, f32)]) -> DocumentVectors {
    let vectors = angles.iter().map(|(passage, degrees)| PassageVector {
        passage: *passage,
        text_hash: u64::from(*passage) + 100,
        values: at_angle(*degrees),
    });
    DocumentVectors { ordinal, vectors: vectors.collect() }
}

fn readable(ordinals: impl IntoIterator<Item = u32>) -> Filter {
    Filter::readable(ordinals.into_iter().collect::<RoaringBitmap>())
}

/// Everything with an ordinal below 100.
fn everything() -> Filter {
    readable(0..100)
}

fn search(view: &dyn View, text: &str, filter: &Filter, k: usize) -> LexicalHits {
    view.lexical(&LexicalQuery::from_text(text), filter, k).expect("a query is answered")
}

/// Returns the ordinals that match, best first.
fn found(view: &dyn View, text: &str, filter: &Filter) -> Vec<u32> {
    let answer = search(view, text, filter, 100);
    assert_eq!(answer.n_matches, answer.hits.len() as u64, "the count is exact");
    answer.hits.iter().map(|hit| hit.ordinal).collect()
}
