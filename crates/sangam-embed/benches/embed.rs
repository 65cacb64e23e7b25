//! How fast text becomes vectors: passages and queries through the crate, and the same passages through the bare
//! runtime, one thread and all, so that what the crate adds can be read from one run.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use divan::Bencher;
use divan::counter::ItemsCount;
use rten::{Model, ModelOptions, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use sangam_embed::{Effort, EmbedService, Embedder, MiniLm};
use tokenizers::Tokenizer;

fn main() {
    divan::main();
}

/// Passages of one run.
const N_PASSAGES: usize = 64;

/// Passages that the bare runtime takes together, as when its rate was measured first.
const RAW_BATCH: usize = 16;

static MODEL: LazyLock<Arc<MiniLm>> = LazyLock::new(|| Arc::new(MiniLm::bundled().expect("the feature `model` is on")));

/// Texts of about 126 tokens.
static PASSAGES: LazyLock<Vec<String>> = LazyLock::new(|| (0..N_PASSAGES).map(|i| words(105 + i % 20, i)).collect());

fn words(n: usize, seed: usize) -> String {
    const WORDS: [&str; 16] = [
        "server",
        "permission",
        "the",
        "rotates",
        "every",
        "key",
        "and",
        "readers",
        "wait",
        "for",
        "an",
        "indexed",
        "page.",
        "Nobody",
        "of",
        "configuration",
    ];
    let word = |i: usize| WORDS[(i * i * 7 + i * 13 + seed * 29) % WORDS.len()];
    (0..n).map(word).collect::<Vec<_>>().join(" ")
}

fn texts() -> Vec<&'static str> {
    PASSAGES.iter().map(String::as_str).collect()
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn passages_one_core(bencher: Bencher) {
    let texts = texts();
    bencher.counter(ItemsCount::new(texts.len())).bench(|| MODEL.embed_with(&texts, Effort::OneCore));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn passages_all_cores(bencher: Bencher) {
    let texts = texts();
    bencher.counter(ItemsCount::new(texts.len())).bench(|| MODEL.embed_with(&texts, Effort::AllCores));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn passages_through_service(bencher: Bencher) {
    let service = EmbedService::start(MODEL.clone()).expect("threads");
    let texts = texts();
    bencher.counter(ItemsCount::new(texts.len())).bench(|| service.embed_passages(&texts));
}

/// The runtime alone, on tokens that were cut before the clock starts.
struct Raw {
    model: Model,
    batches: Vec<Vec<Vec<u32>>>,
}

impl Raw {
    fn load() -> Self {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options.load_file(assets.join("int8.onnx")).expect("the asset is a model");
        let mut tokenizer = Tokenizer::from_file(assets.join("tokenizer.json")).expect("the asset is a tokenizer");
        tokenizer.with_padding(None).with_truncation(None).expect("no truncation is valid");
        let tokens = texts().into_iter().map(|text| {
            let encoding = tokenizer.encode_fast(text, true).expect("the tokenizer takes any text");
            encoding.get_ids().to_vec()
        });
        let tokens: Vec<Vec<u32>> = tokens.collect();
        Self { model, batches: tokens.chunks(RAW_BATCH).map(<[Vec<u32>]>::to_vec).collect() }
    }

    fn run(&self, pool: &Arc<ThreadPool>) {
        for batch in &self.batches {
            let width = batch.iter().map(Vec::len).max().unwrap_or_default();
            let shape = [batch.len(), width];
            let token = |[row, column]: [usize; 2]| batch[row].get(column).copied();
            let ids = NdTensor::from_fn(shape, |at| token(at).unwrap_or_default() as i32);
            let mask = NdTensor::from_fn(shape, |at| i32::from(token(at).is_some()));
            let types = NdTensor::<i32, 2>::zeros(shape);
            let node = |name| self.model.node_id(name).expect("the asset has this node");
            let inputs = vec![
                (node("input_ids"), ids.into()),
                (node("attention_mask"), mask.into()),
                (node("token_type_ids"), types.into()),
            ];
            let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
            let states = self.model.run_n(inputs, [node("last_hidden_state")], Some(options));
            divan::black_box(states.expect("the model takes these inputs"));
        }
    }
}

#[divan::bench(args = [1, 2], sample_count = 5, sample_size = 1)]
fn raw_runtime_in_batches(bencher: Bencher, n_threads: usize) {
    let raw = Raw::load();
    let pool = Arc::new(ThreadPool::with_num_threads(n_threads));
    bencher.counter(ItemsCount::new(N_PASSAGES)).bench(|| raw.run(&pool));
}

#[divan::bench(args = [6, 15, 30], sample_count = 200, sample_size = 1)]
fn query(bencher: Bencher, n_words: usize) {
    let text = words(n_words, 1);
    bencher.bench(|| MODEL.embed_with(&[&text], Effort::Query));
}

/// Distinct queries through the service while another thread brings passages without end.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn query_while_indexing(bencher: Bencher) {
    let service = EmbedService::start(MODEL.clone()).expect("threads");
    let is_done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let indexing = scope.spawn(|| {
            while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                service.embed_passages(&texts()).expect("the model embeds any text");
            }
        });
        let mut n = 0;
        bencher
            .with_inputs(|| {
                n += 1;
                words(15, n) + &n.to_string()
            })
            .bench_local_values(|text| service.embed_query(&text));
        is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        indexing.join().expect("indexing ends");
    });
}
