//! Bodies in Atlassian's document format, the recorded one among them.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn text(content: impl Into<Value>) -> String {
    adf_to_text(&json!({ "type": "doc", "version": 1, "content": content.into() }).to_string(), 1 << 20).text
}

fn paragraph(text: &str) -> Value {
    json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] })
}

#[test]
fn the_recorded_page_is_what_a_reader_sees() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/confluence/cloud-v2-page-single-adf.json");
    let exchange: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let body = exchange.pointer("/response/body/body/atlas_doc_format/value").and_then(Value::as_str).unwrap();
    let read = adf_to_text(body, 1 << 20);
    let expected = "Steps\n\npg_ctl promote -D \"$PGDATA\" && echo \"done <ok>\"\n\nNever run it twice — see the post-mortem\n\n\
        by 2026-09-30 IN PROGRESS ⚠\u{fe0f}\n\nRotate credentials\n\nDetails\n\nHidden until opened\n\ntopology\n\nHost | db-1";
    assert_eq!(read.text, expected);
    assert_eq!(read.mentions, ["5b10ac8d82e05b22cc7d4ef5"]);
    assert!(!read.malformed && !read.truncated);
}

#[test]
fn cells_stay_in_their_rows_and_code_keeps_its_lines() {
    let cell = |kind: &str, text: &str| json!({ "type": kind, "content": [paragraph(text), paragraph("more")] });
    let row =
        |kind: &str, texts: [&str; 2]| json!({ "type": "tableRow", "content": texts.map(|text| cell(kind, text)) });
    let table = json!({ "type": "table", "content": [row("tableHeader", ["A", "B"]), row("tableCell", ["1", "2"])] });
    let code = json!({ "type": "codeBlock", "content": [{ "type": "text", "text": "if a {\n    b\n}" }] });
    assert_eq!(text(json!([table, code])), "A more | B more\n1 more | 2 more\n\nif a {\n    b\n}");
}

#[test]
fn macros_follow_the_rules_of_their_names() {
    let extension = |kind: &str, key: &str, parameters: Value, content: Value| {
        json!({ "type": kind, "attrs": { "extensionKey": key, "parameters": { "macroParams": parameters } },
            "content": content })
    };
    let value = |text: &str| json!({ "value": text });
    let content = json!([
        extension("extension", "children", json!({ "page": value("Secret plan") }), json!([])),
        extension("bodiedExtension", "include", json!({}), json!([paragraph("of another page")])),
        extension(
            "bodiedExtension",
            "fancy",
            json!({ "width": value("400"), "title": value("Box") }),
            json!([paragraph("kept")])
        ),
        extension("inlineExtension", "jira", json!({ "key": value("OPS-1"), "server": value("J") }), json!([])),
        extension("bodiedExtension", "details", json!({ "id": value("x") }), json!([paragraph("Owner: Ada")])),
    ]);
    assert_eq!(text(content), "Box\n\nkept\n\nOPS-1\n\nOwner: Ada");
}

#[test]
fn unknown_nodes_are_walked_and_instructions_left_out() {
    let content = json!([
        { "type": "comesLater", "content": [paragraph("kept")], "marks": [{ "type": "glow" }] },
        { "type": "paragraph", "content": [{ "type": "placeholder", "attrs": { "text": "Type here" } },
            { "type": "text", "text": "one" }, { "type": "hardBreak" }, { "type": "text", "text": "two" },
            { "type": "emoji", "attrs": { "shortName": ":x:", "text": ":x:" } },
            { "type": "inlineCard", "attrs": { "url": "https://a.example/1" } }] },
        { "type": "syncBlock", "content": [paragraph("synced")] }
    ]);
    assert_eq!(text(content), "kept\n\none\ntwo https://a.example/1\n\nsynced");
}

#[test]
fn what_is_broken_or_too_deep_keeps_its_strings() {
    let cut = adf_to_text(
        r#"{"type":"doc","content":[{"type":"text","text":"one \"1\""},{"type":"text", "text" : "two"#,
        1 << 20,
    );
    assert_eq!((cut.text.as_str(), cut.malformed), ("one \"1\"", true));
    let levels = 10_000;
    let deep = format!(
        "{}{}{}",
        r#"{"type":"panel","content":["#.repeat(levels),
        r#"{"type":"text","text":"kept"}"#,
        "]}".repeat(levels)
    );
    assert_eq!(adf_to_text(&deep, 1 << 20).text, "kept");
    for empty in ["", "  ", "null", "{}", "[]", "3"] {
        assert_eq!(adf_to_text(empty, 100).text, "");
    }
}

#[test]
fn the_text_is_bounded() {
    let many: Vec<Value> = (0..1000).map(|n| paragraph(&format!("number {n}"))).collect();
    let body = json!({ "type": "doc", "content": many }).to_string();
    let read = adf_to_text(&body, 500);
    assert!(read.truncated && read.text.len() <= 500);
}

proptest! {
    #[test]
    fn never_panics(body in ".{0,300}") {
        adf_to_text(&body, 1000);
    }

    #[test]
    fn never_panics_on_what_looks_like_a_document(parts in prop::collection::vec(prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"type\"", "\"text\"", "\"content\"", "\"attrs\"", "\"mention\"", "\"table\"", "\"x\\u00e4\"", "1", "\"",
    ]), 0..40)) {
        adf_to_text(&parts.concat(), 200);
    }
}
