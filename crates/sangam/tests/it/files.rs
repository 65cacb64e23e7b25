//! Files put by the API: found by their words whatever they are, failing with a reason if they cannot be read, and never taking the server along.

use std::path::Path;
use std::time::Duration;

use sangam_api::Blob;
use sangam_api::kendra::{
    BatchGetDocumentStatusRequest, BatchGetDocumentStatusResponse, BatchPutDocumentRequest, BatchPutDocumentResponse,
    ContentType, Document, DocumentInfo, DocumentStatus, KendraRequest, Status,
};

use crate::installation::{Installation, PATIENCE};

/// A word that stands in every file that can be read.
const WORD: &str = "bodyquartz";

fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sangam-extract/tests/data");
    std::fs::read(folder.join(name)).unwrap()
}

/// One file of each of the API's content types, named by it.
fn readable() -> Vec<Document> {
    let html = format!("<!DOCTYPE html><p>{WORD}</p>").into_bytes();
    let xslt =
        format!("<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><p>{WORD}</p></xsl:stylesheet>");
    let files = [
        (ContentType::Pdf, sample("sample.pdf")),
        (ContentType::MsWord, sample("sample.docx")),
        (ContentType::Ppt, sample("sample.pptx")),
        (ContentType::MsExcel, sample("sample.xls")),
        (ContentType::Rtf, sample("sample.rtf")),
        (ContentType::Html, html),
        (ContentType::Xml, format!("<a>{WORD}</a>").into_bytes()),
        (ContentType::Xslt, xslt.into_bytes()),
        (ContentType::Csv, format!("name,word\n1,{WORD}\n").into_bytes()),
        (ContentType::Json, format!("{{\"word\": \"{WORD}\"}}").into_bytes()),
        (ContentType::Md, format!("# {WORD}\n").into_bytes()),
        (ContentType::PlainText, format!("the {WORD}\n").into_bytes()),
    ];
    let document = |(content_type, bytes): (ContentType, Vec<u8>)| Document {
        id: content_type.as_str().to_owned(),
        blob: Some(Blob(bytes)),
        content_type: Some(content_type),
        ..Document::default()
    };
    files.into_iter().map(document).collect()
}

/// A PDF whose arrays nest deeper than any stack.
fn bottomless() -> Vec<u8> {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    format!(
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /Extra 3 0 R >>\nendobj\n\
         2 0 obj\n<< /Type /Pages /Kids [4 0 R] /Count 1 >>\nendobj\n3 0 obj\n{open}{close}\nendobj\n\
         4 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 3 0 R /Resources 3 0 R >>\nendobj\n\
         trailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n"
    )
    .into_bytes()
}

async fn put(installation: &Installation, index_id: &str, documents: &[Document]) {
    // As many as one call takes.
    for documents in documents.chunks(10) {
        let request = BatchPutDocumentRequest {
            index_id: index_id.into(),
            documents: documents.to_vec(),
            ..BatchPutDocumentRequest::default()
        };
        let request = KendraRequest::BatchPutDocument(Box::new(request));
        let answer: BatchPutDocumentResponse = installation.client.kendra(&request).await.unwrap();
        assert_eq!(answer.failed_documents.unwrap_or_default(), []);
    }
}

/// The document's status, once it is no longer being worked on.
async fn settled(installation: &Installation, index_id: &str, id: &str) -> Status {
    let request = BatchGetDocumentStatusRequest {
        index_id: index_id.into(),
        document_info_list: vec![DocumentInfo { document_id: id.into(), ..DocumentInfo::default() }],
    };
    let request = KendraRequest::BatchGetDocumentStatus(Box::new(request));
    let waiting = async {
        loop {
            let answer: BatchGetDocumentStatusResponse = installation.client.kendra(&request).await.unwrap();
            let status = answer.document_status_list.unwrap_or_default().into_iter().next().unwrap();
            if status.document_status != Some(DocumentStatus::Processing) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the document is read or refused")
}

#[tokio::test]
async fn every_content_type_is_found_by_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let installation = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let index_id = installation.create_index().await;
    let documents = readable();
    put(&installation, &index_id, &documents).await;
    for document in &documents {
        let status = settled(&installation, &index_id, &document.id).await;
        assert_eq!(status.document_status, Some(DocumentStatus::Indexed), "{status:?}");
    }
    let mut found = installation.found(&index_id, None, WORD).await;
    found.sort();
    let mut expected: Vec<String> = documents.into_iter().map(|document| document.id).collect();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_crafted_file_fails_with_a_reason_and_the_server_lives() {
    let folder = tempfile::tempdir().unwrap();
    let mut installation = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let index_id = installation.create_index().await;
    let file = |id: &str, bytes| Document { id: id.into(), blob: Some(Blob(bytes)), ..Document::default() };
    let documents = [
        file("bottomless", bottomless()),
        file("closed", sample("encrypted.pdf")),
        file("picture", b"\x89PNG\r\n\x1a\n".to_vec()),
        file("good", sample("sample.docx")),
    ];
    put(&installation, &index_id, &documents).await;
    for (id, reason) in [
        ("bottomless", "the file made the extractor run out of stack"),
        ("closed", "the file is encrypted: a password is needed to read it as `application/pdf`"),
        ("picture", "media type `image/png` is not supported"),
    ] {
        let status = settled(&installation, &index_id, id).await;
        assert_eq!(status.document_status, Some(DocumentStatus::Failed), "{id}");
        assert_eq!(status.failure_reason.as_deref(), Some(reason), "{id}");
    }
    let status = settled(&installation, &index_id, "good").await;
    assert_eq!(status.document_status, Some(DocumentStatus::Indexed), "{status:?}");
    assert_eq!(installation.found(&index_id, None, WORD).await, ["good"]);

    let workers = workers_of(installation.process());
    assert!(!workers.is_empty(), "a worker waits for the next file");
    installation.kill();
    let ended = async {
        while workers.iter().any(|worker| is_running(*worker)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("workers end with their server, however it ends");
}

/// The state and the parent of a process, from the fields behind its name; `None` if there is none.
fn state_and_parent(process: u32) -> Option<(String, u32)> {
    let line = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = line.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

fn workers_of(server: u32) -> Vec<u32> {
    let processes =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes.filter(|process| state_and_parent(*process).is_some_and(|(_, parent)| parent == server)).collect()
}

/// One that has ended may still wait for somebody to ask how.
fn is_running(process: u32) -> bool {
    state_and_parent(process).is_some_and(|(state, _)| state != "Z")
}
