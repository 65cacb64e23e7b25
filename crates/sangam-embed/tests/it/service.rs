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
            self.entered.send(()).unwrap();
            // A gate that is gone is open.
            let _ = self.gate.lock().unwrap().recv();
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
fn dropping_the_service_ends_what_waits() {
    let (gated, has_entered, open) = Gated::new();
    let service = EmbedService::start(gated.clone()).unwrap();
    let many: Vec<&str> = vec!["text"; 100];
    std::thread::scope(|scope| {
        let indexing = scope.spawn(|| service.embed_passages(&many));
        has_entered.recv().unwrap();
        drop(open);
        assert_eq!(indexing.join().unwrap().unwrap().len(), 100);
    });
    drop(service);
    // Both threads have let go of the embedder: nothing runs on.
    assert_eq!(Arc::strong_count(&gated), 1);
}
