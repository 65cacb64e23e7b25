//! The model that is compiled in.

use std::sync::LazyLock;

use sangam_embed::{Effort, Embedder, MiniLm, TEXT_TOKENS_MAX};

/// Loaded once: loading takes longer than all the tests.
pub(crate) static MODEL: LazyLock<MiniLm> = LazyLock::new(|| MiniLm::bundled().expect("the feature `model` is on"));

pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn embed_alone(text: &str) -> Vec<f32> {
    MODEL.embed(&[text]).expect("the model embeds any text").remove(0)
}

#[test]
fn near_meanings_are_nearer_than_shared_words() {
    let query = embed_alone("How do I change my password?");
    let same = embed_alone("Steps to reset the credentials of an account");
    let words = embed_alone("How do I change my winter tires?");
    let far = embed_alone("The cafeteria serves soup on Friday");
    assert!(cosine(&query, &same) > 0.4, "{}", cosine(&query, &same));
    assert!(cosine(&query, &same) > cosine(&query, &words));
    assert!(cosine(&query, &words) > cosine(&query, &far));
}

#[test]
fn vectors_have_unit_length_and_the_stated_dimensions() {
    let texts = ["", " ", "a", "日本語のテキスト", "\u{0}\u{FFFD}", &"x".repeat(100_000)];
    let vectors = MODEL.embed(&texts).unwrap();
    assert_eq!(vectors.len(), texts.len());
    assert_eq!(MODEL.dimensions(), 384);
    for vector in vectors {
        assert_eq!(vector.len(), MODEL.dimensions());
        assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-5);
    }
}

#[test]
fn no_texts_give_no_vectors() {
    assert!(MODEL.embed(&[]).unwrap().is_empty());
}

#[test]
fn same_texts_give_the_same_vectors_at_any_effort() {
    let texts = ["rotate the signing key", "the key is rotated every ninety days by a job", "lunch"];
    let first = MODEL.embed(&texts).unwrap();
    for effort in [Effort::Query, Effort::OneCore, Effort::AllCores] {
        assert_eq!(MODEL.embed_with(&texts, effort).unwrap(), first);
    }
}

/// In a batch the int8 network would give each text a vector that depends on its neighbours.
#[test]
fn a_text_among_others_has_the_vector_that_it_has_alone() {
    let texts: Vec<String> = (0..20).map(|i| words(1 + (i * 37) % 200, i)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let together = MODEL.embed(&texts).unwrap();
    for (text, vector) in texts.iter().zip(&together) {
        assert_eq!(&embed_alone(text), vector);
    }
}

#[test]
fn a_long_text_is_read_to_its_256th_token_and_no_further() {
    assert_eq!(MODEL.max_tokens(), TEXT_TOKENS_MAX);
    let read = "key ".repeat(TEXT_TOKENS_MAX - 2);
    let over = embed_alone(&format!("{read}volcano eruption in the afternoon"));
    assert_eq!(over, embed_alone(&read));
    // The published tokenizer would stop at 128 tokens.
    let inside = format!("{}volcano eruption {}", "key ".repeat(180), "key ".repeat(60));
    assert!(cosine(&embed_alone(&inside), &over) < 0.999);
}

#[test]
fn fingerprint_names_model_precision_and_bytes() {
    let expected = "all-MiniLM-L6-v2/int8/sha256:";
    assert!(MODEL.fingerprint().starts_with(expected), "{}", MODEL.fingerprint());
    // Changes only with the model or its tokenizer: then every index must be embedded again.
    assert_eq!(
        MODEL.fingerprint()[expected.len()..],
        *"e40896749401461d4387d6bf58185a35e9f10a93f4ffb650570b7cf6047f9c51"
    );
}

#[test]
fn a_folder_with_the_same_files_is_the_same_model() {
    let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let model = MiniLm::from_folder(&assets).unwrap();
    let hash = |fingerprint: &str| fingerprint.rsplit('/').next().map(str::to_owned);
    assert_eq!(hash(model.fingerprint()), hash(MODEL.fingerprint()));
    assert_eq!(model.embed(&["same"]).unwrap(), MODEL.embed(&["same"]).unwrap());
}

#[test]
fn a_folder_without_a_model_is_named() {
    let error = MiniLm::from_folder(std::path::Path::new("nowhere")).err().unwrap();
    assert_eq!(error.to_string(), "model folder `nowhere` has no `model.onnx`");
}

/// Sentences of everyday words, `n` of them in all, different for each `seed`.
pub(crate) fn words(n: usize, seed: usize) -> String {
    const WORDS: [&str; 24] = [
        "the", "server", "sends", "a", "page", "to", "every", "reader", "who", "may", "see", "it", "while", "keys",
        "rotate", "at", "night", "and", "logs", "grow", "under", "heavy", "load", "again.",
    ];
    let word = |i: usize| WORDS[(i * i * 7 + i * 13 + seed * 29) % WORDS.len()];
    (0..n).map(word).collect::<Vec<_>>().join(" ")
}
