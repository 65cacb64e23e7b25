//! Every format gives up what is in its sample; see `tests/data/README.md`.

use sangam_extract::{ExtractError, Extracted, Limits, MediaType, extract, sniff};

use crate::samples::{SAMPLES, sample};

const UMLAUTS: &str = "Übergrößenträger façade Zürich";
const JAPANESE: &str = "日本語の文章";

fn read(name: &str) -> Extracted {
    let bytes = sample(name);
    let media_type = sniff(&bytes, None, None);
    extract(&bytes, media_type, &Limits::default()).unwrap_or_else(|error| panic!("{name} as {media_type:?}: {error}"))
}

#[track_caller]
fn has(name: &str, title: Option<&str>, words: &[&str]) {
    let found = read(name);
    let missing: Vec<_> = words.iter().filter(|word| !found.text.contains(**word)).collect();
    assert!(missing.is_empty(), "{name} lacks {missing:?}:\n{}", found.text);
    assert_eq!(found.title.as_deref(), title, "{name}");
    assert!(!found.truncated);
}

#[test]
fn word() {
    let common = [
        "Headingquartz",
        "The bodyquartz stands in a splitquartz run.",
        "listquartz",
        "cellquartz\t42.5",
        UMLAUTS,
        JAPANESE,
        "headerquartz",
        "footerquartz",
        "commentquartz",
    ];
    has("sample.docx", Some("Titlequartz handbook"), &common);
    has("sample.doc", Some("Titlequartz handbook"), &common);
    has("sample.rtf", Some("Titlequartz handbook"), &common);
    has("sample.odt", Some("Titlequartz handbook"), &common);
}

#[test]
fn powerpoint() {
    let common = ["Headingquartz", "bodyquartz", UMLAUTS, JAPANESE, "cellquartz", "groupquartz"];
    has("sample.pptx", Some("Titlequartz slides"), &[&common[..], &["notequartz"]].concat());
    // Of the older format the notes are not read.
    has("sample.ppt", Some("Titlequartz slides"), &common);
    has("sample.odp", Some("Titlequartz slides"), &[&common[..], &["notequartz"]].concat());
}

#[test]
fn excel() {
    let common = ["Sheetquartz", "Headingquartz", "cellquartz", "bodyquartz", "1234.5", UMLAUTS, JAPANESE, "farquartz"];
    has("sample.xlsx", Some("Titlequartz numbers"), &[&common[..], &["commentquartz"]].concat());
    has("sample.xls", Some("Titlequartz numbers"), &[&common[..], &["commentquartz"]].concat());
    has("sample.ods", Some("Titlequartz numbers"), &[&common[..], &["commentquartz"]].concat());
}

#[test]
fn pdf() {
    let words = ["Headingquartz", "bodyquartz", UMLAUTS, JAPANESE, "cellquartz", "42.5", "footerquartz 1"];
    has("sample.pdf", Some("Titlequartz report"), &words);
    let text = read("sample.pdf").text;
    let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word} in {text}"));
    assert!(at("on and ends there") < at("rightquartz"), "columns are read one after the other:\n{text}");
    assert!(read("owner.pdf").text.contains("ownerquartz may be read"), "an empty password opens it");
}

#[test]
fn books_and_mails() {
    let words = ["Headingquartz", "bodyquartz", JAPANESE, "Secondquartz", UMLAUTS, "cellquartz\t42.5"];
    has("sample.epub", Some("Titlequartz novel"), &words);
    let text = read("sample.epub").text;
    assert!(text.find("Headingquartz") < text.find("Secondquartz"), "{text}");
    let words = [
        "From: Ann Lee <ann@example.com>\nTo: Bob <bob@example.com>, Team <team@example.com>\nDate: 2026-08-03T10:15:00+02:00",
        "bodyquartz",
        UMLAUTS,
        "attachedquartz.pdf",
        "innerquartz",
        "forwardquartz",
    ];
    has("sample.eml", Some("Titlequartz – Grüße"), &words);
    assert_eq!(read("sample.eml").text.matches("bodyquartz").count(), 1, "of alternatives one is read");
    has("html-only.eml", Some("Only HTML"), &["Headingquartz\n\nbodyquartz"]);
}

#[test]
fn what_a_password_closes_is_said_to_be_encrypted() {
    for (name, media_type) in [("encrypted.pdf", MediaType::Pdf), ("encrypted.xlsx", MediaType::Xlsx)] {
        let bytes = sample(name);
        let found = sniff(&bytes, None, Some(name));
        assert_eq!(found, media_type);
        let error = extract(&bytes, found, &Limits::default()).unwrap_err();
        assert!(matches!(error, ExtractError::Encrypted { .. }), "{name}: {error}");
    }
}

#[test]
fn types_are_known_by_what_is_in_the_file() {
    for (name, media_type) in SAMPLES {
        let bytes = sample(name);
        assert_eq!(sniff(&bytes, None, None), media_type, "{name}");
        if media_type == MediaType::Email {
            // Nothing but its looks tells a mail from a text about mails.
            continue;
        }
        assert_eq!(sniff(&bytes, Some("text/plain"), Some("a.txt")), media_type, "{name} called a text");
        assert_eq!(sniff(&bytes, Some("application/pdf"), Some("a.docx")), media_type, "{name} called a PDF");
        let claims = ["MS_WORD", "MS_EXCEL", "PPT", "PDF", "RTF", "HTML", "PLAIN_TEXT", "XSLT"];
        assert!(claims.iter().all(|claim| sniff(&bytes, Some(claim), None) == media_type), "{name}");
    }
}

#[test]
fn a_file_taken_for_another_type_fails_with_a_reason() {
    for (name, media_type) in [
        ("sample.pdf", MediaType::Docx),
        ("sample.docx", MediaType::Epub),
        ("sample.epub", MediaType::Odt),
        ("sample.rtf", MediaType::Pdf),
    ] {
        let error = extract(&sample(name), media_type, &Limits::default()).unwrap_err();
        assert!(matches!(error, ExtractError::Corrupt { .. }), "{name}: {error}");
    }
}

#[test]
fn text_over_the_limit_is_cut() {
    for (name, media_type) in SAMPLES {
        let limits = Limits { text_bytes_max: 30, ..Limits::default() };
        let found = extract(&sample(name), media_type, &limits).unwrap();
        assert!(found.truncated && found.text.len() <= 30, "{name}: {found:?}");
    }
}

#[test]
fn a_stream_that_unpacks_to_too_much_is_refused() {
    let bomb = crate::samples::bomb("word/document.xml", 64 << 20);
    assert!(bomb.len() < 1 << 20);
    for media_type in [MediaType::Docx, MediaType::Odt, MediaType::Epub] {
        let error = extract(&bomb, media_type, &Limits::default()).unwrap_err();
        assert!(matches!(error, ExtractError::Expands { .. }), "{error}");
    }
}
