//! The two threads in front of an embedder.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use sangam_embed::{Effort, EmbedError, EmbedService, Embedder, HashEmbedder};

/// Embeds like [`HashEmbedder`], but passages wait at a gate, and texts can make it fail or panic.
struct Gated {
    entered: SyncSender<()>,
    gate: Mutex<Receiver<()>>,
    n_queries: AtomicUsize,
}

impl Gated {
    /// The embedder, what tells that passages have reached the gate, and what opens it once.
    fn new() -> (Arc<Self>, Receiver<()>, SyncSender<()>) {
        let (entered, has_entered) = sync_channel(16);
        let (open, gate) = sync_channel(16);
        let gated = Self { entered, gate: Mutex::new(gate), n_queries: AtomicUsize::new(0) };
        (Arc::new(gated), has_entered, open)
    }
}

impl Embedder for Gated {
    fn dimensions(&self) -> usize {
        HashEmbedder.dimensions()
    }

    fn fingerprint(&self) -> &'static str {
        "gated"
    }

    fn max_tokens(&self) -> usize {
        HashEmbedder.max_tokens()
    }

    fn embed_with(&self, texts: &[&str], effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError> {
        if effort == Effort::Query {
            self.n_queries.fetch_add(1, Ordering::SeqCst);
        } else {
            self.entered.send(()).expect("the test holds the receiver");
            // A gate that is gone is open.
            let _ = self.gate.lock().expect("no test panics while it holds the gate").recv();
        }
        assert!(!texts.contains(&"panic"), "asked to panic");
        HashEmbedder.embed_with(texts, effort)
    }
}

#[test]
fn a_query_is_answered_while_passages_are_embedding() {
    let (gated, has_entered, open) = Gated::new();
    let service = Arc::new(EmbedService::start(gated).unwrap());
    let indexing = std::thread::spawn({
        let service = Arc::clone(&service);
        move || service.embed_passages(&["one", "two"])
    });
    has_entered.recv().unwrap();
    let query = service.embed_query("rotate the key").unwrap();
    assert_eq!(query, HashEmbedder.embed(&["rotate the key"]).unwrap()[0]);
    assert!(!indexing.is_finished());
    open.send(()).unwrap();
    assert_eq!(indexing.join().unwrap().unwrap(), HashEmbedder.embed(&["one", "two"]).unwrap());
}

#[test]
fn passages_come_back_in_their_order() {
    let service = EmbedService::start(Arc::new(HashEmbedder)).unwrap();
    let texts: Vec<String> = (0..1000).map(|i| "word ".repeat(1 + i * 37 % 50) + &i.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(service.embed_passages(&texts).unwrap(), HashEmbedder.embed(&texts).unwrap());
    assert!(service.embed_passages(&[]).unwrap().is_empty());
}

#[test]
fn a_query_asked_again_is_not_embedded_again() {
    let (gated, _has_entered, _open) = Gated::new();
    let service = EmbedService::start(gated.clone()).unwrap();
    let first = service.embed_query("the same").unwrap();
    assert_eq!(service.embed_query("the same").unwrap(), first);
    assert_eq!(gated.n_queries.load(Ordering::SeqCst), 1);
}

#[test]
fn a_panic_in_the_embedder_fails_one_call_only() {
    let (gated, _has_entered, open) = Gated::new();
    let service = EmbedService::start(gated).unwrap();
    assert!(matches!(service.embed_query("panic"), Err(EmbedError::Run { .. })));
    assert!(service.embed_query("fine").is_ok());
    open.send(()).unwrap();
    assert!(matches!(service.embed_passages(&["panic"]), Err(EmbedError::Run { .. })));
    open.send(()).unwrap();
    assert!(service.embed_passages(&["fine"]).is_ok());
}

#[test]
fn dropping_the_service_joins_its_threads() {
    let (gated, _has_entered, _open) = Gated::new();
    let service = EmbedService::start(gated.clone()).unwrap();
    service.embed_query("text").unwrap();
    drop(service);
    // Both threads have let go of the embedder: nothing runs on.
    assert_eq!(Arc::strong_count(&gated), 1);
}

/// The bundled model, with passages embedding all the while.
#[cfg(feature = "model")]
#[test]
fn a_query_does_not_wait_for_a_batch_of_passages() {
    use std::sync::atomic::AtomicBool;
    use std::time::{Duration, Instant};

    use crate::model::{MODEL, words};

    struct Shared;
    impl Embedder for Shared {
        fn dimensions(&self) -> usize {
            MODEL.dimensions()
        }
        fn fingerprint(&self) -> &str {
            MODEL.fingerprint()
        }
        fn max_tokens(&self) -> usize {
            MODEL.max_tokens()
        }
        fn embed_with(&self, texts: &[&str], effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError> {
            MODEL.embed_with(texts, effort)
        }
    }

    let service = EmbedService::start(Arc::new(Shared)).unwrap();
    let passages: Vec<String> = (0..64).map(|i| words(150, i)).collect();
    let passages: Vec<&str> = passages.iter().map(String::as_str).collect();
    let is_done = AtomicBool::new(false);
    let started = Instant::now();
    let mut took: Vec<Duration> = std::thread::scope(|scope| {
        let indexing = scope.spawn(|| {
            service.embed_passages(&passages).unwrap();
            is_done.store(true, Ordering::SeqCst);
        });
        let mut took = Vec::new();
        while !is_done.load(Ordering::SeqCst) {
            let text = format!("{} {}", words(12, took.len()), took.len());
            let started = Instant::now();
            service.embed_query(&text).unwrap();
            took.push(started.elapsed());
        }
        indexing.join().unwrap();
        took
    });
    took.sort_unstable();
    let (n, median) = (took.len(), took[took.len() / 2]);
    // Behind the passages, the first query would take as long as all of them and be the only one.
    assert!(n > 10 && median * 10 < started.elapsed(), "{n} queries, median {median:?}");
}
