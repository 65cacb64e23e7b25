use roaring::RoaringBitmap;
use sangam_engine::{EmbeddedEngine, Engine, EngineError, EngineOptions};

use crate::support::{document, found, open, options, ordinals, vectors};

#[test]
fn what_was_committed_is_there_again_and_the_rest_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path());
    engine.add((1..5).map(document).collect()).unwrap();
    engine.add_vectors((1..5).map(vectors).collect()).unwrap();
    engine.commit(7).unwrap();
    engine.add(vec![document(9)]).unwrap();
    engine.add_vectors(vec![vectors(9)]).unwrap();
    engine.delete(&RoaringBitmap::from([1])).unwrap();
    drop(engine);
    let engine = open(dir.path());
    assert_eq!(engine.last_batch_id(), Some(7));
    assert_eq!(found(&engine), (ordinals(1..5), ordinals(1..5)));
    engine.delete(&RoaringBitmap::from([1])).unwrap();
    engine.commit(8).unwrap();
    drop(engine);
    let engine = open(dir.path());
    assert_eq!(engine.last_batch_id(), Some(8));
    assert_eq!(found(&engine), (ordinals(2..5), ordinals(2..5)));
}

#[test]
fn many_small_commits_keep_few_files_and_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path());
    for ordinal in 0..40 {
        engine.add_vectors(vec![vectors(ordinal)]).unwrap();
        if ordinal % 3 == 0 {
            engine.delete(&RoaringBitmap::from([ordinal / 2])).unwrap();
        }
        engine.commit(u64::from(ordinal)).unwrap();
    }
    let expected = found(&engine).1;
    assert_eq!(expected, engine.ordinals().unwrap());
    let files = std::fs::read_dir(dir.path().join("vectors")).unwrap().count();
    assert!(files <= 10, "{files} files");
    drop(engine);
    assert_eq!(found(&open(dir.path())).1, expected);
}

#[test]
fn vectors_alone_leave_the_text_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path());
    engine.add(vec![document(1)]).unwrap();
    engine.commit(1).unwrap();
    let meta = || std::fs::read(dir.path().join("text/meta.json")).unwrap();
    let before = meta();
    engine.add_vectors(vec![vectors(1)]).unwrap();
    engine.commit(2).unwrap();
    assert_eq!(meta(), before);
    assert_eq!(engine.last_batch_id(), Some(2));
    assert_eq!(found(&engine), (ordinals([1]), ordinals([1])));
}

#[test]
fn a_folder_has_one_engine_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path());
    assert!(matches!(EmbeddedEngine::open(dir.path(), options()), Err(EngineError::Locked { .. })));
    assert!(matches!(EmbeddedEngine::reset_vectors(dir.path()), Err(EngineError::Locked { .. })));
    drop(engine);
    open(dir.path());
}

#[test]
fn vectors_of_two_models_never_meet() {
    let dir = tempfile::tempdir().unwrap();
    let other = || EngineOptions { model_fingerprint: "other-model".to_owned(), ..options() };
    drop(open(dir.path()));
    drop(EmbeddedEngine::open(dir.path(), other()).expect("an empty folder takes any model"));
    let engine = open(dir.path());
    engine.add(vec![document(1)]).unwrap();
    engine.add_vectors(vec![vectors(1)]).unwrap();
    engine.commit(3).unwrap();
    drop(engine);
    let refused = EmbeddedEngine::open(dir.path(), other()).unwrap_err();
    assert!(matches!(&refused, EngineError::FingerprintMismatch { stored, .. } if stored == "test-model"), "{refused}");
    EmbeddedEngine::reset_vectors(dir.path()).unwrap();
    let engine = EmbeddedEngine::open(dir.path(), other()).unwrap();
    assert_eq!(engine.last_batch_id(), Some(3));
    assert_eq!(found(&engine), (ordinals([1]), ordinals([])));
    engine.add_vectors(vec![vectors(1)]).unwrap();
    engine.commit(4).unwrap();
    assert_eq!(found(&engine).1, ordinals([1]));
}

#[test]
fn without_a_model_words_are_found_and_vectors_wait() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path());
    engine.add((1..4).map(document).collect()).unwrap();
    engine.add_vectors((1..4).map(vectors).collect()).unwrap();
    engine.commit(1).unwrap();
    drop(engine);
    let engine = EmbeddedEngine::open(dir.path(), EngineOptions::without_model()).unwrap();
    assert_eq!(found(&engine), (ordinals(1..4), ordinals([])));
    assert!(matches!(engine.add_vectors(vec![vectors(1)]), Err(EngineError::Dimensions { expected: 0, .. })));
    engine.delete(&RoaringBitmap::from([2])).unwrap();
    engine.commit(2).unwrap();
    drop(engine);
    assert_eq!(found(&open(dir.path())), (ordinals([1, 3]), ordinals([1, 3])));
}

#[test]
fn a_view_outlives_merges_of_what_it_shows() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path());
    engine.add_vectors(vec![vectors(1)]).unwrap();
    engine.commit(0).unwrap();
    let old = engine.view().unwrap();
    for ordinal in 2..20 {
        engine.add_vectors(vec![vectors(ordinal)]).unwrap();
        engine.commit(u64::from(ordinal)).unwrap();
    }
    assert_eq!(old.vectors_of(1).unwrap(), engine.view().unwrap().vectors_of(1).unwrap());
    assert_eq!(old.stats().n_vectors, 1);
}
