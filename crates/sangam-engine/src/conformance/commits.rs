//! What is visible when, and what comes back.

use roaring::RoaringBitmap;

use super::{NONE, NewEngine, Subject, at_angle, document, everything, found, readable, string, vectors};
use crate::document::{AttributeValue, EngineDocument, Passage};
use crate::error::EngineError;

pub(super) fn check(new_engine: NewEngine<'_>) {
    an_empty_engine_finds_nothing(new_engine);
    a_commit_makes_visible_and_a_view_stays_as_it_is(new_engine);
    batches_and_ordinals_are_reported(new_engine);
    what_was_added_comes_back(new_engine);
    adding_again_replaces(new_engine);
    deleting_takes_text_and_vectors(new_engine);
    a_broken_document_adds_nothing(new_engine);
}

fn an_empty_engine_finds_nothing(new_engine: NewEngine<'_>) {
    let subject = Subject::new(new_engine);
    let view = subject.view();
    assert_eq!(found(&*view, "anything", &everything()), NONE);
    assert_eq!(view.semantic(&at_angle(0.0), &everything(), 5).expect("an empty answer"), []);
    assert_eq!(view.passages(&at_angle(0.0), &everything(), 5).expect("an empty answer"), []);
    assert_eq!(view.fetch(&[1, 2]).expect("an empty answer"), []);
    assert_eq!(view.vectors_of(1).expect("an empty answer"), []);
    assert_eq!(subject.engine.last_batch_id(), None);
    assert!(subject.engine.ordinals().expect("no ordinals").is_empty());
}

fn a_commit_makes_visible_and_a_view_stays_as_it_is(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add(vec![document(1, "Alpha", "first")]);
    assert_eq!(found(&*subject.view(), "alpha", &everything()), NONE);
    let before = subject.commit();
    subject.add(vec![document(2, "Alpha", "second")]);
    subject.delete(&[1]);
    assert_eq!(found(&*subject.view(), "alpha", &everything()), [1]);
    let after = subject.commit();
    assert_eq!(found(&*before, "alpha", &everything()), [1]);
    assert_eq!(before.fetch(&[1, 2]).expect("a document").len(), 1);
    assert_eq!(found(&*after, "alpha", &everything()), [2]);
    assert_eq!((before.stats().n_documents, after.stats().n_documents), (1, 1));
}

fn batches_and_ordinals_are_reported(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add(vec![document(7, "t", "b")]);
    subject.add_vectors(vec![vectors(9, &[(0, 0.0)])]);
    assert_eq!(subject.engine.last_batch_id(), None);
    subject.commit();
    assert_eq!(subject.engine.last_batch_id(), Some(1));
    let ordinals = subject.engine.ordinals().expect("ordinals");
    assert_eq!(ordinals, RoaringBitmap::from([7, 9]));
    subject.delete(&[9]);
    subject.commit();
    assert_eq!(subject.engine.last_batch_id(), Some(2));
    assert_eq!(subject.engine.ordinals().expect("ordinals"), RoaringBitmap::from([7]));
    subject.commit();
    assert_eq!(subject.engine.last_batch_id(), Some(3), "an empty batch counts");
}

fn what_was_added_comes_back(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    let body = "Zwölf Boxkämpfer.\0 Tab\t, 東京 and 🦀 done";
    let document = EngineDocument {
        ordinal: 5,
        title: "Title with \"quotes\"".to_owned(),
        body: body.to_owned(),
        language: "de".to_owned(),
        attributes: vec![
            ("_category".to_owned(), string("")),
            ("list".to_owned(), AttributeValue::StringList(vec!["b".to_owned(), "a".to_owned(), "b".to_owned()])),
            ("none".to_owned(), AttributeValue::StringList(Vec::new())),
            ("long".to_owned(), AttributeValue::Long(i64::MIN)),
            ("_created_at".to_owned(), AttributeValue::Date(-1)),
        ],
        passages: vec![Passage { start: 0, end: 18 }, Passage { start: 18, end: body.len() as u32 }],
    };
    let empty = super::document(4, "", "");
    subject.add(vec![document.clone(), empty.clone()]);
    let view = subject.commit();
    let fetched = view.fetch(&[9, 5, 4, 5]).expect("stored documents");
    assert!(fetched == [document.clone(), empty, document], "stored documents are what was added");
}

fn adding_again_replaces(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add(vec![document(1, "first", "")]);
    subject.add(vec![document(1, "second", "")]);
    let view = subject.commit();
    assert_eq!(found(&*view, "first second", &everything()), [1]);
    subject.add(vec![document(1, "third", "")]);
    let view = subject.commit();
    assert_eq!(found(&*view, "second", &everything()), NONE);
    assert_eq!(found(&*view, "third", &everything()), [1]);
    assert_eq!(view.fetch(&[1]).expect("the document")[0].title, "third");
    assert_eq!(view.stats().n_documents, 1);
}

fn deleting_takes_text_and_vectors(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add(vec![document(1, "one", ""), document(2, "two", "")]);
    subject.add_vectors(vec![vectors(1, &[(0, 0.0)]), vectors(2, &[(0, 90.0)])]);
    subject.commit();
    subject.delete(&[1, 50]);
    // What is added after a deletion, in the same batch, stays.
    subject.add(vec![document(3, "three", "")]);
    subject.delete(&[3]);
    subject.add(vec![document(3, "three", "")]);
    subject.add_vectors(vec![vectors(3, &[(0, 45.0)])]);
    let view = subject.commit();
    assert_eq!(found(&*view, "one two three", &everything()).len(), 2);
    let hits = view.semantic(&at_angle(0.0), &everything(), 5).expect("hits");
    assert_eq!(hits.iter().map(|hit| hit.ordinal).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(view.vectors_of(1).expect("no vectors"), []);
    assert_eq!(view.stats().n_vectors, 2);
    assert_eq!(found(&*view, "one", &readable([1])), NONE);
}

fn a_broken_document_adds_nothing(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    let mut cut = document(2, "cut", "ä");
    cut.passages = vec![Passage { start: 0, end: 1 }];
    let mut twice = document(3, "twice", "");
    twice.attributes = vec![("a".to_owned(), string("x")), ("a".to_owned(), string("y"))];
    for broken in [cut, twice] {
        let ordinal = broken.ordinal;
        let added = subject.engine.add(vec![document(1, "whole", ""), broken]);
        assert!(matches!(added, Err(EngineError::InvalidDocument { ordinal: found, .. }) if found == ordinal));
    }
    assert_eq!(subject.commit().stats().n_documents, 0);
}
