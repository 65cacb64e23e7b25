//! Answers that lack something, and what is shown of them.

use serde_json::json;

use super::*;

#[test]
fn what_is_shown_for_debugging_holds_neither_text_nor_title() {
    let page = json!({ "id": "7", "title": "Layoffs", "body": { "storage": { "value": "<p>in May</p>" } },
        "_links": { "webui": "/x/7/Layoffs" } });
    let page: Content = serde_json::from_value(page).unwrap();
    let shown = format!("{page:?}");
    assert!(shown.contains("13 bytes") && shown.contains("\"7\""), "{shown}");
    assert!(!shown.contains("May") && !shown.contains("Layoffs"), "{shown}");
}
