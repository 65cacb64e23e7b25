//! Recorded answers to documents.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;
use crate::config::{ConfluenceConfig, FieldType};

const BASE: &str = "https://acme.atlassian.net/wiki";

/// The body of a recorded answer.
fn recorded(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/confluence").join(format!("{name}.json"));
    let exchange: Value =
        serde_json::from_slice(&std::fs::read(path).expect("the fixture is in the repository")).unwrap();
    exchange["response"]["body"].clone()
}

fn rows<T: serde::de::DeserializeOwned>(name: &str) -> Vec<T> {
    recorded(name)["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| serde_json::from_value(row.clone()).unwrap())
        .collect()
}

fn mappings() -> Mappings {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/confluence-examples/cloud-basic-all-entities.json");
    let template: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    ConfluenceConfig::parse(&template).unwrap().mappings
}

fn eng() -> Arc<SpaceFacts> {
    Arc::new(SpaceFacts {
        key: "ENG".into(),
        name: "Engineering".into(),
        kind: "global".into(),
        description: String::new(),
    })
}

fn attribute<'d>(document: &'d SourceDocument, name: &str) -> Option<&'d FieldValue> {
    document.attributes.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

fn string(text: &str) -> FieldValue {
    FieldValue::String(text.into())
}

#[test]
fn a_page_has_its_mapped_fields_and_always_its_address() {
    let rows: Vec<wire::Content> = rows("cloud-v2-space-pages-page1");
    let row = rows.iter().find(|row| row.id == "65802").unwrap();
    let mut item = Item::content(Entity::Page, row, &eng(), BASE, "65802".into());
    item.labels = vec!["runbook".into(), "sre".into()];
    let names = [("5b10ac8d82e05b22cc7d4ef5".to_owned(), "Ada Okafor".to_owned())].into();
    let document = item.document("v".into(), Content::None, &mappings(), &names);
    assert_eq!(document.id, "page/65802");
    assert_eq!(document.title, "Database failover");
    assert_eq!(document.uri, "https://acme.atlassian.net/wiki/spaces/ENG/pages/65802/Database+failover");
    assert_eq!(attribute(&document, "_source_uri"), Some(&string(&document.uri)));
    assert_eq!(attribute(&document, "_category"), Some(&string("page")));
    assert_eq!(attribute(&document, "_authors"), Some(&FieldValue::StringList(vec!["Ada Okafor".into()])));
    assert_eq!(attribute(&document, "_created_at"), Some(&FieldValue::Date(1_740_902_400_001)));
    assert_eq!(attribute(&document, "_last_updated_at"), Some(&FieldValue::Date(1_787_048_551_114)));
    assert_eq!(attribute(&document, "cf_labels"), Some(&FieldValue::StringList(vec!["runbook".into(), "sre".into()])));
    assert_eq!(attribute(&document, "cf_parent_id"), Some(&string("65801")));
    assert_eq!(attribute(&document, "_document_title"), None, "the title is the document's own");
    let unmapped = item.document("v".into(), Content::None, &Mappings::default(), &names);
    let fields: Vec<&str> = unmapped.attributes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        fields,
        ["_source_uri", "_category", "_authors", "_created_at", "_last_updated_at"],
        "without a mapping it has what every index has a field for"
    );
}

#[test]
fn every_recorded_listing_is_read() {
    assert_eq!(rows::<wire::Space>("cloud-v2-spaces-page1").len(), 2);
    assert!(!rows::<wire::Content>("cloud-v2-space-pages-page2-last").is_empty());
    let live: Vec<wire::Content> = rows("cloud-v2-page-live-subtype");
    assert!(Item::content(Entity::Page, &live[0], &eng(), BASE, "a".into()).is_live);
    let blogs: Vec<wire::Content> = rows("cloud-v2-blogposts");
    assert_eq!(blogs[0].parent_id, None);
    let folder: wire::Content = serde_json::from_value(recorded("cloud-v2-folder")).unwrap();
    assert_eq!(folder.parent_id.as_deref(), Some("65801"));
    let trashed: wire::Content = serde_json::from_value(recorded("cloud-v2-page-trashed-still-200")).unwrap();
    assert_eq!(trashed.status, "trashed");
    let replies: Vec<wire::Comment> = rows("cloud-v2-footer-comment-children");
    assert_eq!((replies[0].page_id.as_deref(), replies[0].parent_comment_id.as_deref()), (None, Some("66400")));
    assert!(!rows::<wire::Comment>("cloud-v2-inline-comments").is_empty());
    assert!(!rows::<wire::SpacePermission>("cloud-v2-space-permissions").is_empty());
    let users: wire::Users = serde_json::from_value(recorded("cloud-v2-users-bulk")).unwrap();
    assert_eq!(users.results.len(), 3);
    let people: Vec<wire::FoundUser> = rows("cloud-v1-search-user");
    assert!(people[1].user.is_guest);
    let found: Vec<wire::Found> = rows("cloud-v1-content-search-expanded");
    assert!(found[0].restrictions.read.is_some() && found[0].metadata.labels.is_some());
}

#[test]
fn comments_and_attachments_hang_on_their_page() {
    let comments: Vec<wire::Comment> = rows("cloud-v2-footer-comments");
    let comment = Item::comment(&comments[0], "65802", &eng(), BASE, "65802".into());
    let document = comment.document("v".into(), Content::None, &mappings(), &Names::new());
    assert_eq!((document.id.as_str(), document.anchor.as_str()), ("comment/66400", "65802"));
    assert_eq!(document.title, "Re: Database failover");
    assert_eq!(attribute(&document, "cf_parent_id"), Some(&string("65802")));

    let attachments: Vec<wire::Attachment> = rows("cloud-v2-page-attachments");
    let file = Item::attachment(&attachments[0], "65802", &eng(), BASE, "65802".into());
    let mut mappings = Mappings::default();
    let mapping = |source: &str, index_type| FieldMapping {
        index_field: format!("cf_{source}"),
        index_type,
        source_field: source.into(),
        has_date_format: false,
    };
    mappings.set(
        Entity::Attachment,
        vec![
            mapping("fileSize", FieldType::Long),
            mapping("fileType", FieldType::String),
            mapping("contentType", FieldType::String),
            mapping("version", FieldType::String),
            mapping("unheardOf", FieldType::String),
            mapping("createdDate", FieldType::String),
        ],
    );
    let document = file.document("v".into(), Content::None, &mappings, &Names::new());
    assert_eq!((document.id.as_str(), document.title.as_str()), ("attachment/att66110", "fail over.pdf"));
    assert_eq!(attribute(&document, "cf_fileSize"), Some(&FieldValue::Long(482_133)));
    assert_eq!(attribute(&document, "cf_fileType"), Some(&string("pdf")));
    assert_eq!(attribute(&document, "cf_contentType"), Some(&string("application/pdf")));
    assert_eq!(attribute(&document, "cf_version"), Some(&string("1")));
    assert_eq!(attribute(&document, "cf_unheardOf"), None);
    assert_eq!(attribute(&document, "cf_createdDate"), Some(&string("2026-08-02T11:11:11.111Z")));
}

#[test]
fn the_fingerprint_moves_with_what_is_indexed_and_not_with_access() {
    let row: wire::Content = serde_json::from_value(json!({
        "id": "1", "title": "T", "status": "current", "spaceId": "2", "version": { "number": 3, "createdAt": "2026-01-01T00:00:00Z" },
        "_links": { "webui": "/spaces/ENG/pages/1/T" } }))
    .unwrap();
    let mappings = mappings();
    let unmapped = Mappings::default();
    let item = Item::content(Entity::Page, &row, &eng(), BASE, "1".into());
    let first = item.fingerprint(&mappings);
    assert!(first.starts_with("3-"));
    let moved = Item { anchor: "elsewhere".into(), ..item.clone() };
    assert_eq!(moved.fingerprint(&mappings), first);
    let below_another = Item { parent_id: Some("9".into()), ..item.clone() };
    assert_ne!(below_another.fingerprint(&mappings), first, "the parent is an attribute where it is mapped");
    assert_eq!(below_another.fingerprint(&unmapped), item.fingerprint(&unmapped));
    for changed in [
        Item { title: "U".into(), ..item.clone() },
        Item { labels: vec!["a".into()], ..item.clone() },
        Item { parent_id: Some("9".into()), ..item.clone() },
        Item { version: Version { number: 4, ..item.version.clone() }, ..item.clone() },
        Item { space: Arc::new(SpaceFacts { name: "Renamed".into(), ..(*eng()).clone() }), ..item.clone() },
    ] {
        assert_ne!(changed.fingerprint(&mappings), first, "{changed:?}");
    }
    assert_ne!(item.fingerprint(&Mappings::default()), first, "another mapping makes other attributes");
}

#[test]
fn paths_and_mentions_are_lists_and_texts_and_a_title_may_be_mapped() {
    let row: wire::Content =
        serde_json::from_value(json!({ "id": "1", "title": "T", "createdAt": "2026-01-02T03:04:05.678Z" })).unwrap();
    let mut item = Item::content(Entity::Page, &row, &eng(), BASE, "1".into());
    item.ancestors = vec!["Home".into(), "Runbooks".into()];
    item.mentions = vec!["a1".into(), "a2".into()];
    let mapping = |source: &str, index: &str, index_type| FieldMapping {
        index_field: index.into(),
        index_type,
        source_field: source.into(),
        has_date_format: true,
    };
    let mut mappings = Mappings::default();
    mappings.set(
        Entity::Page,
        vec![
            mapping("ancestors", "trail", FieldType::StringList),
            mapping("path", "place", FieldType::String),
            mapping("mentions", "people", FieldType::StringList),
            mapping("createdDate", "made", FieldType::String),
            mapping("spaceName", "_document_title", FieldType::String),
        ],
    );
    let names = [("a1".to_owned(), "Ada".to_owned())].into();
    let document = item.document("v".into(), Content::None, &mappings, &names);
    let list = |texts: [&str; 2]| FieldValue::StringList(texts.map(str::to_owned).to_vec());
    assert_eq!(attribute(&document, "trail"), Some(&list(["Home", "Runbooks"])));
    assert_eq!(attribute(&document, "place"), Some(&string("Home / Runbooks")));
    assert_eq!(attribute(&document, "people"), Some(&list(["Ada", "a2"])));
    assert_eq!(attribute(&document, "made"), Some(&string("2026-01-02T03:04:05Z")));
    assert_eq!(document.title, "Engineering");
    let before = Item { mentions: Vec::new(), ..item.clone() };
    assert_eq!(
        before.fingerprint(&mappings),
        item.fingerprint(&mappings),
        "mentions are of the text, whose version counts"
    );
}

#[test]
fn older_attachment_ids_are_the_same_document() {
    assert_eq!(attachment_id("66110"), attachment_id("att66110"));
}
