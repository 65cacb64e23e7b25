//! Semantic retrieval.

use roaring::RoaringBitmap;

use super::{COSINE_ERROR, NewEngine, Subject, at_angle, document, everything, readable, vectors};
use crate::document::{DocumentVectors, PassageVector, TITLE_PASSAGE};
use crate::error::EngineError;
use crate::hits::{PassageHit, SemanticHit};

pub(super) fn check(new_engine: NewEngine<'_>) {
    a_document_is_as_close_as_its_best_passage(new_engine);
    a_title_counts_where_there_is_no_passage(new_engine);
    passages_come_without_titles(new_engine);
    vectors_need_no_text_and_are_replaced_one_by_one(new_engine);
    stored_vectors_can_be_carried_over(new_engine);
    wrong_vectors_are_refused(new_engine);
}

fn close(found: f32, degrees: f32) -> bool {
    (found - degrees.to_radians().cos()).abs() < COSINE_ERROR
}

fn hit(found: &SemanticHit, ordinal: u32, passage: u16, degrees: f32, title_degrees: Option<f32>) {
    assert_eq!((found.ordinal, found.passage), (ordinal, passage));
    assert!(close(found.cosine, degrees), "{found:?} at {degrees}°");
    assert_eq!(found.title_cosine.is_some(), title_degrees.is_some(), "{found:?}");
    if let (Some(found), Some(degrees)) = (found.title_cosine, title_degrees) {
        assert!(close(found, degrees), "title at {degrees}°: {found}");
    }
}

fn a_document_is_as_close_as_its_best_passage(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add_vectors(vec![
        vectors(1, &[(0, 80.0), (1, 20.0), (2, 50.0), (TITLE_PASSAGE, 5.0)]),
        vectors(2, &[(0, 40.0), (1, 170.0)]),
        vectors(3, &[(0, 0.0)]),
    ]);
    let view = subject.commit();
    let hits = view.semantic(&at_angle(0.0), &readable([1, 2, 9]), 5).expect("hits");
    assert_eq!(hits.len(), 2);
    hit(&hits[0], 1, 1, 20.0, Some(5.0));
    hit(&hits[1], 2, 0, 40.0, None);
    let longer: Vec<f32> = at_angle(0.0).iter().map(|value| value * 7.0).collect();
    assert_eq!(view.semantic(&longer, &readable([1, 2]), 5).expect("hits"), hits, "the length means nothing");
    assert_eq!(view.semantic(&at_angle(0.0), &everything(), 1).expect("a hit")[0].ordinal, 3);
    assert_eq!(view.semantic(&at_angle(0.0), &everything(), 0).expect("no hits"), []);
    let scores = view.semantic_scores(&at_angle(0.0), &RoaringBitmap::from([1, 2, 9]));
    assert_eq!(scores.expect("scores"), hits);
}

fn a_title_counts_where_there_is_no_passage(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add_vectors(vec![vectors(1, &[(0, 60.0)]), vectors(2, &[(TITLE_PASSAGE, 30.0)])]);
    subject.commit();
    // The title of the first document comes later, in another segment.
    subject.add_vectors(vec![vectors(1, &[(TITLE_PASSAGE, 10.0)])]);
    let view = subject.commit();
    let hits = view.semantic(&at_angle(0.0), &everything(), 5).expect("hits");
    assert_eq!(hits.len(), 2);
    hit(&hits[0], 2, TITLE_PASSAGE, 30.0, Some(30.0));
    hit(&hits[1], 1, 0, 60.0, Some(10.0));
}

fn passages_come_without_titles(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add_vectors(vec![
        vectors(1, &[(0, 80.0), (1, 20.0), (2, 10.0), (TITLE_PASSAGE, 0.0)]),
        vectors(2, &[(4, 15.0)]),
        vectors(3, &[(0, 0.0)]),
    ]);
    let view = subject.commit();
    let hits = view.passages(&at_angle(0.0), &readable([1, 2]), 3).expect("passages");
    let places = |hits: &[PassageHit]| hits.iter().map(|hit| (hit.ordinal, hit.passage)).collect::<Vec<_>>();
    assert_eq!(places(&hits), [(1, 2), (2, 4), (1, 1)]);
    assert!(close(hits[0].cosine, 10.0));
    let all = view.passages(&at_angle(0.0), &everything(), 50).expect("passages");
    assert_eq!(all.len(), 5);
}

fn vectors_need_no_text_and_are_replaced_one_by_one(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add(vec![document(1, "late", "vectors")]);
    subject.commit();
    subject.add_vectors(vec![vectors(1, &[(0, 90.0), (1, 60.0)])]);
    subject.commit();
    subject.add_vectors(vec![vectors(1, &[(0, 20.0)])]);
    subject.add_vectors(vec![vectors(1, &[(0, 30.0)])]);
    let view = subject.commit();
    let hits = view.semantic(&at_angle(0.0), &everything(), 5).expect("hits");
    hit(&hits[0], 1, 0, 30.0, None);
    let stored = view.vectors_of(1).expect("vectors");
    assert_eq!(stored.iter().map(|vector| vector.passage).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(view.stats().n_vectors, 2);
}

fn stored_vectors_can_be_carried_over(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add_vectors(vec![vectors(1, &[(3, 12.3), (TITLE_PASSAGE, 45.6)])]);
    let stored = subject.commit().vectors_of(1).expect("vectors");
    assert_eq!(stored.iter().map(|vector| vector.text_hash).collect::<Vec<_>>(), [103, 65635]);
    for (found, given) in stored[0].values.iter().zip(at_angle(12.3)) {
        assert!((found - given).abs() < COSINE_ERROR);
    }
    subject.add_vectors(vec![DocumentVectors { ordinal: 2, vectors: stored.clone() }]);
    subject.delete(&[1]);
    let view = subject.commit();
    assert_eq!(view.vectors_of(2).expect("vectors"), stored);
    assert_eq!(view.vectors_of(1).expect("no vectors"), []);
}

fn wrong_vectors_are_refused(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    let of = |values| DocumentVectors { ordinal: 1, vectors: vec![PassageVector { passage: 0, text_hash: 0, values }] };
    let good = || of(at_angle(0.0));
    let short = subject.engine.add_vectors(vec![good(), of(vec![1.0])]);
    assert!(matches!(short, Err(EngineError::Dimensions { found: 1, .. })));
    let mut values = at_angle(0.0);
    values[3] = f32::NAN;
    let broken = subject.engine.add_vectors(vec![good(), of(values)]);
    assert!(matches!(broken, Err(EngineError::InvalidDocument { ordinal: 1, .. })));
    let view = subject.commit();
    assert_eq!(view.stats().n_vectors, 0, "nothing of a refused call is added");
    let asked = view.semantic(&[1.0], &everything(), 1);
    assert!(matches!(asked, Err(EngineError::Dimensions { found: 1, .. })));
    let nowhere = view.semantic(&[0.0; super::DIMENSIONS], &everything(), 1);
    assert_eq!(nowhere.expect("a query without direction finds nothing"), []);
}
