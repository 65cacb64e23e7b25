//! Files that take a worker along, and what the pool makes of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sangam_extract::{
    Death, ExtractError, ExtractPool, Extracted, Extractor, Limits, MediaType, PoolOptions, RawFile, WorkerCommand,
};

use crate::samples::{SAMPLES, mutants, sample};

fn worker() -> WorkerCommand {
    WorkerCommand { program: env!("CARGO_BIN_EXE_extract-worker").into(), args: Vec::new() }
}

fn shell(script: &str) -> WorkerCommand {
    WorkerCommand { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] }
}

fn extractor(options: PoolOptions) -> Extractor {
    Extractor::Pool(Arc::new(ExtractPool::new(worker(), options)))
}

fn file(bytes: &[u8]) -> RawFile {
    RawFile { bytes: bytes.to_vec(), media_type: None, name: None }
}

async fn ask(extractor: &Extractor, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    extractor.extract(file(bytes), Limits::default()).await
}

/// A PDF whose second object is `object`, and whose page refers to it.
fn pdf(object: &str) -> Vec<u8> {
    let head = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 3 0 R /Extra 2 0 R >>\nendobj\n";
    let pages = "3 0 obj\n<< /Type /Pages /Kids [4 0 R] /Count 1 >>\nendobj\n\
                 4 0 obj\n<< /Type /Page /Parent 3 0 R /Contents 2 0 R /Resources 2 0 R >>\nendobj\n";
    format!("{head}2 0 obj\n{object}\nendobj\n{pages}trailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n").into_bytes()
}

#[tokio::test]
async fn workers_read_what_this_process_reads() {
    let pooled = extractor(PoolOptions::default());
    for (name, _) in SAMPLES {
        let bytes = sample(name);
        let here = ask(&Extractor::InProcess, &bytes).await.unwrap();
        assert_eq!(ask(&pooled, &bytes).await.unwrap(), here, "{name}");
    }
    let closed = ask(&pooled, &sample("encrypted.pdf")).await.unwrap_err();
    assert_eq!(closed.to_string(), "the file is encrypted: a password is needed to read it as `application/pdf`");
    let odd = ask(&pooled, b"\x89PNG\r\n\x1a\n").await.unwrap_err();
    assert_eq!(odd, ExtractError::Unsupported { media_type: "image/png".into() });
}

#[tokio::test]
async fn a_file_that_ends_its_worker_fails_alone() {
    let pooled = extractor(PoolOptions { workers: 1, ..PoolOptions::default() });
    let deep = pdf(&("[".repeat(100_000) + &"]".repeat(100_000)));
    let error = ask(&pooled, &deep).await.unwrap_err();
    assert_eq!(error, ExtractError::Died { death: Death::Stack });
    assert!(!error.is_transient());
    assert!(ask(&pooled, &sample("sample.pdf")).await.unwrap().text.contains("bodyquartz"));
}

#[tokio::test]
async fn memory_is_limited() {
    let options = PoolOptions { memory_bytes: 96 << 20, ..PoolOptions::default() };
    let padded = [b"%PDF-1.4\n".to_vec(), vec![b' '; 48 << 20]].concat();
    let error = ask(&extractor(options), &padded).await.unwrap_err();
    assert_eq!(error, ExtractError::Died { death: Death::Memory });
    assert_eq!(error.to_string(), "the file made the extractor run out of memory");
}

#[tokio::test]
async fn time_is_limited() {
    let options = PoolOptions { wall: Duration::from_millis(300), workers: 1, ..PoolOptions::default() };
    // Reads as slowly as a file that never ends would be read.
    let pool = ExtractPool::new(shell("printf '\\001\\000nZ'; exec sleep 100"), options);
    let began = Instant::now();
    for _ in 0..2 {
        let error = pool.extract(b"%PDF-", MediaType::Pdf, Limits::default()).await.unwrap_err();
        assert_eq!(error, ExtractError::Died { death: Death::Time });
    }
    assert!(began.elapsed() < Duration::from_secs(20), "the turn was given back");
}

#[tokio::test]
async fn what_is_no_worker_says_nothing_about_the_document() {
    for script in ["exit 3", "echo Usage: something that is no worker; exec sleep 100"] {
        let pool = ExtractPool::new(shell(script), PoolOptions::default());
        let error = pool.extract(b"%PDF-", MediaType::Pdf, Limits::default()).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
        assert!(error.to_string().contains("is no worker"), "{error}");
    }
    let ended = ExtractPool::new(shell("printf '\\001\\000nZ'; kill -TERM $$"), PoolOptions::default());
    let error = ended.extract(b"%PDF-", MediaType::Pdf, Limits::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "the extractor is not available: a worker was ended by signal 15");
    let odd =
        ExtractPool::new(shell("printf '\\001\\000nZ'; echo odd words instead of an answer"), PoolOptions::default());
    let error = odd.extract(b"%PDF-", MediaType::Pdf, Limits::default()).await.unwrap_err();
    assert_eq!(error, ExtractError::Died { death: Death::Crash }, "a document that makes it so is not tried for ever");
    let lacking = WorkerCommand { program: "/nothing/here".into(), args: Vec::new() };
    let pool = ExtractPool::new(lacking, PoolOptions::default());
    assert!(pool.extract(b"%PDF-", MediaType::Pdf, Limits::default()).await.unwrap_err().is_transient());
}

#[tokio::test]
async fn a_worker_is_replaced_after_some_documents_and_when_it_was_killed() {
    let pooled = extractor(PoolOptions { workers: 1, documents_per_worker: 2, ..PoolOptions::default() });
    let bytes = sample("sample.rtf");
    for _ in 0..5 {
        ask(&pooled, &bytes).await.unwrap();
    }
    // Given up half-way: the worker goes, the next document gets another one.
    let slow = tokio::time::timeout(Duration::ZERO, ask(&pooled, &bytes)).await;
    assert!(slow.is_err());
    ask(&pooled, &bytes).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_files_never_stop_the_pool() {
    let pooled = extractor(PoolOptions { wall: Duration::from_secs(20), ..PoolOptions::default() });
    let (mut n_read, mut died) = (0, Vec::new());
    for (name, _) in SAMPLES {
        for (number, bytes) in mutants(&sample(name), 20).into_iter().enumerate() {
            match ask(&pooled, &bytes).await {
                Ok(_) => n_read += 1,
                Err(ExtractError::Died { death }) => died.push(format!("{name} {number}: {death}")),
                Err(error) => assert!(!error.is_transient(), "{name} {number}: {error}"),
            }
        }
    }
    assert!(n_read > 50, "{n_read} read; {died:?}");
    assert!(ask(&pooled, &sample("sample.pdf")).await.unwrap().text.contains("bodyquartz"));
}
