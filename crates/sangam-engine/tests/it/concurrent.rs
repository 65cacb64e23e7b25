//! Readers beside a writer.

use std::sync::atomic::{AtomicBool, Ordering};

use roaring::RoaringBitmap;
use sangam_engine::{Engine, Filter, LexicalQuery};

use crate::support::{document, open, vectors};

const N_BATCHES: u32 = 25;

#[test]
fn a_reader_sees_whole_batches_in_order_while_others_are_written() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2).map(|_| scope.spawn(|| read_until(&engine, &done))).collect();
        for batch in 0..N_BATCHES {
            let ordinals = 4 * batch..4 * batch + 4;
            engine.add(ordinals.clone().map(document).collect()).unwrap();
            engine.add_vectors(ordinals.map(vectors).collect()).unwrap();
            engine.commit(u64::from(batch)).unwrap();
        }
        done.store(true, Ordering::Release);
        for reader in readers {
            assert_eq!(reader.join().unwrap(), u64::from(4 * N_BATCHES));
        }
    });
}

/// Looks until the writer is done and once more; returns how many documents there were at last.
fn read_until(engine: &dyn Engine, done: &AtomicBool) -> u64 {
    let filter = Filter::readable((0..1000).collect::<RoaringBitmap>());
    let (query, mut last) = (LexicalQuery::from_text("shared"), 0);
    let mut vector = vec![0.0; crate::support::DIMENSIONS];
    vector[0] = 1.0;
    loop {
        let is_last = done.load(Ordering::Acquire);
        let view = engine.view().unwrap();
        let words = view.lexical(&query, &filter, 1000).unwrap();
        let meaning = view.semantic(&vector, &filter, 1000).unwrap();
        assert!(words.n_matches >= last && words.n_matches % 4 == 0);
        assert_eq!(words.n_matches, meaning.len() as u64);
        let ordinals: Vec<u32> = words.hits.iter().map(|hit| hit.ordinal).collect();
        assert_eq!(view.fetch(&ordinals).unwrap().len(), ordinals.len());
        last = words.n_matches;
        if is_last {
            return last;
        }
    }
}
