//! Random histories, compared with the [model](super::model) after every commit.

use std::ops::Bound;

use roaring::RoaringBitmap;

use super::model::Model;
use super::{COSINE_ERROR, DIMENSIONS, NewEngine, Subject};
use crate::document::{AttributeValue, DocumentVectors, EngineDocument, Passage, PassageVector, TITLE_PASSAGE};
use crate::engine::View;
use crate::filter::{FieldFilter, Filter, RangeKind};
use crate::query::LexicalQuery;

/// Words that documents and queries are made of.
const WORDS: [&str; 12] =
    ["alpha", "beta", "gamma", "delta", "running", "runs", "Zürich", "the", "how", "東京都", "e-mail", "x9"];

/// Ordinals are below this, so that replacing and deleting hit something.
const ORDINALS: u64 = 60;

pub(super) fn check(new_engine: NewEngine<'_>, seed: u64, n_commits: u64) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut subject = Subject::new(new_engine);
    let mut model = Model::default();
    for _ in 0..n_commits {
        for _ in 0..random.below(5) {
            change(&subject, &mut model, &mut random);
        }
        let view = subject.commit();
        assert_eq!(subject.engine.ordinals().expect("ordinals"), model.ordinals());
        for _ in 0..6 {
            let filter = random.filter();
            compare_words(&*view, &model, &mut random, &filter);
            compare_vectors(&*view, &model, &mut random, &filter);
        }
        compare_stored(&*view, &model);
    }
}

fn change(subject: &Subject, model: &mut Model, random: &mut Random) {
    match random.below(4) {
        0 => {
            let ordinals: RoaringBitmap = (0..random.below(8)).map(|_| random.ordinal()).collect();
            subject.engine.delete(&ordinals).expect("ordinals are deleted");
            model.delete(&ordinals);
        }
        1 | 2 => {
            let documents: Vec<EngineDocument> = (0..random.below(12)).map(|_| random.document()).collect();
            documents.iter().cloned().for_each(|document| model.add(document));
            subject.add(documents);
        }
        _ => {
            let vectors: Vec<DocumentVectors> = (0..random.below(12)).map(|_| random.vectors()).collect();
            vectors.iter().cloned().for_each(|vectors| model.add_vectors(vectors));
            subject.add_vectors(vectors);
        }
    }
}

fn compare_words(view: &dyn View, model: &Model, random: &mut Random, filter: &Filter) {
    let query = LexicalQuery::from_text(&random.words(3));
    let expected = model.lexical(&query, filter);
    let k = random.below(30) as usize;
    let answer = view.lexical(&query, filter, k).expect("hits");
    let context = format!("{query:?} under {filter:?}");
    assert_eq!(answer.n_matches, expected.len() as u64, "{context}");
    assert_eq!(answer.hits.len(), k.min(expected.len()));
    assert!(answer.hits.iter().all(|hit| hit.score > 0.0 && expected.contains(&hit.ordinal)));
    assert!(answer.hits.is_sorted_by(|left, right| {
        left.score > right.score || (left.score >= right.score && left.ordinal < right.ordinal)
    }));
    let all = view.lexical_scores(&query, &filter.readable).expect("scores");
    assert!(answer.hits.iter().all(|hit| all.contains(hit)), "a score does not depend on the filter");
    let best = all.iter().filter(|hit| expected.contains(&hit.ordinal)).map(|hit| hit.score);
    assert_eq!(answer.hits.first().map(|hit| hit.score), best.reduce(f32::max).filter(|_| k > 0));
}

fn compare_vectors(view: &dyn View, model: &Model, random: &mut Random, filter: &Filter) {
    let query = random.unit_vector();
    let k = random.below(30) as usize;
    let expected = model.semantic(&query, filter);
    let hits = view.semantic(&query, filter, k).expect("hits");
    let found = hits.iter().map(|hit| (hit.cosine, expected.get(&hit.ordinal).copied()));
    compare_ranking(found, expected.values().copied(), k);
    for hit in hits {
        let title = model.vectors.get(&(hit.ordinal, TITLE_PASSAGE));
        assert_eq!(hit.title_cosine.is_some(), title.is_some());
    }
    let expected = model.passages(&query, filter);
    let hits = view.passages(&query, filter, k).expect("passages");
    let found = hits.iter().map(|hit| {
        let known = expected.iter().find(|(key, _)| *key == (hit.ordinal, hit.passage));
        (hit.cosine, known.map(|(_, cosine)| *cosine))
    });
    compare_ranking(found, expected.iter().map(|(_, cosine)| *cosine), k);
}

/// Compares found cosines, each with the true one, with the `k` best there are.
fn compare_ranking(found: impl Iterator<Item = (f32, Option<f32>)>, expected: impl Iterator<Item = f32>, k: usize) {
    let mut expected: Vec<f32> = expected.collect();
    expected.sort_by(|left, right| right.total_cmp(left));
    expected.truncate(k);
    let found: Vec<(f32, f32)> =
        found.map(|(cosine, known)| (cosine, known.expect("only what passes is found"))).collect();
    assert_eq!(found.len(), expected.len());
    assert!(found.is_sorted_by(|left, right| left.0 >= right.0));
    for ((cosine, known), best) in found.into_iter().zip(expected) {
        assert!((cosine - known).abs() < COSINE_ERROR, "{cosine} is not {known}");
        assert!((cosine - best).abs() < COSINE_ERROR, "{cosine} is not the best, {best}");
    }
}

fn compare_stored(view: &dyn View, model: &Model) {
    let ordinals: Vec<u32> = (0..ORDINALS as u32).collect();
    let stored = view.fetch(&ordinals).expect("documents");
    assert!(stored.iter().eq(model.documents.values()), "stored documents are what was added");
    assert_eq!(view.stats().n_documents, model.documents.len() as u64);
    assert_eq!(view.stats().n_vectors, model.vectors.len() as u64);
    for ordinal in ordinals {
        let expected = model.vectors.range((ordinal, 0)..=(ordinal, TITLE_PASSAGE));
        let stored = view.vectors_of(ordinal).expect("vectors");
        let keys = stored.iter().map(|vector| ((ordinal, vector.passage), vector.text_hash));
        assert!(keys.eq(expected.map(|(key, vector)| (*key, vector.text_hash))));
    }
}

/// Numbers that depend on the seed alone: xorshift, 64 bits (Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 16) % end
    }

    fn ordinal(&mut self) -> u32 {
        self.below(ORDINALS) as u32
    }

    fn words(&mut self, n_max: u64) -> String {
        let n_words = self.below(n_max + 1);
        let words: Vec<&str> = (0..n_words).map(|_| WORDS[self.below(WORDS.len() as u64) as usize]).collect();
        words.join(" ")
    }

    fn string(&mut self) -> String {
        WORDS[self.below(4) as usize].to_owned()
    }

    fn value(&mut self) -> AttributeValue {
        match self.below(4) {
            0 => AttributeValue::String(self.string()),
            1 => AttributeValue::StringList((0..self.below(4)).map(|_| self.string()).collect()),
            2 => AttributeValue::Long(self.below(5) as i64 - 2),
            _ => AttributeValue::Date(self.below(5) as i64 - 2),
        }
    }

    fn name(&mut self) -> String {
        ["_category", "cf-x", "a.b"][self.below(3) as usize].to_owned()
    }

    fn document(&mut self) -> EngineDocument {
        let body = self.words(30);
        let middle = body.char_indices().nth(4).map_or(body.len(), |(at, _)| at) as u32;
        let end = body.len() as u32;
        let mut attributes: Vec<(String, AttributeValue)> = Vec::new();
        for _ in 0..self.below(4) {
            let name = self.name();
            if attributes.iter().all(|(other, _)| *other != name) {
                attributes.push((name, self.value()));
            }
        }
        EngineDocument {
            ordinal: self.ordinal(),
            title: self.words(4),
            language: "en".to_owned(),
            attributes,
            passages: vec![Passage { start: 0, end: middle }, Passage { start: middle, end }],
            body,
        }
    }

    fn unit_vector(&mut self) -> Vec<f32> {
        let values: Vec<f32> = (0..DIMENSIONS).map(|_| self.below(2001) as f32 - 1000.0).collect();
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt().max(1.0);
        values.iter().map(|value| value / norm).collect()
    }

    fn vectors(&mut self) -> DocumentVectors {
        let ordinal = self.ordinal();
        let vectors = (0..=self.below(4)).map(|_| PassageVector {
            passage: [0, 1, 2, 700, TITLE_PASSAGE][self.below(5) as usize],
            text_hash: self.next(),
            values: self.unit_vector(),
        });
        DocumentVectors { ordinal, vectors: vectors.collect() }
    }

    fn filter(&mut self) -> Filter {
        let density = 1 + self.below(4);
        let readable = (0..ORDINALS as u32).filter(|_| self.below(density) == 0);
        let filter = Filter::readable(readable.collect::<RoaringBitmap>());
        if self.below(2) == 0 { filter } else { filter.with_fields(self.condition(2)) }
    }

    fn condition(&mut self, depth: u64) -> FieldFilter {
        let field = self.name();
        match self.below(if depth == 0 { 5 } else { 8 }) {
            0 | 1 => FieldFilter::Equals(field, self.value()),
            2 => FieldFilter::ContainsAll(field, (0..self.below(3)).map(|_| self.string()).collect()),
            3 => FieldFilter::ContainsAny(field, (0..self.below(3)).map(|_| self.string()).collect()),
            4 => FieldFilter::Range {
                field,
                lower: self.bound(),
                upper: self.bound(),
                kind: if self.below(2) == 0 { RangeKind::Long } else { RangeKind::Date },
            },
            5 => FieldFilter::And((0..self.below(3)).map(|_| self.condition(depth - 1)).collect()),
            6 => FieldFilter::Or((0..self.below(3)).map(|_| self.condition(depth - 1)).collect()),
            _ => FieldFilter::Not(Box::new(self.condition(depth - 1))),
        }
    }

    fn bound(&mut self) -> Bound<i64> {
        let number = self.below(5) as i64 - 2;
        match self.below(3) {
            0 => Bound::Unbounded,
            1 => Bound::Included(number),
            _ => Bound::Excluded(number),
        }
    }
}
