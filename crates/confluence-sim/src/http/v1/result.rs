//! One result of a search: an envelope around content or a person, with the words marked.

use serde_json::{Value, json};

use super::json;
use crate::content::Content;
use crate::documents::without_tags;
use crate::http::browser::escape;
use crate::http::call::{Call, wire_time};
use crate::http::v2::json as v2;
use crate::people::User;

/// What stands before a word that was looked for, and after it.
const MARKS: (&str, &str) = ("@@@hl@@@", "@@@endhl@@@");

/// How much of a text is shown.
const EXCERPT_CHARS: usize = 200;

pub(crate) fn envelope(call: &Call<'_>, content: &Content, expand: &[&str], words: &[String]) -> Value {
    let excerpt: String = match call.query.get("excerpt") {
        Some("none") => String::new(),
        other => {
            let text = without_tags(&content.storage());
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let start: String = text.chars().take(EXCERPT_CHARS).collect();
            if other == Some("indexed") { start } else { marked(&start, words) }
        }
    };
    let space = call.site.space(content.space);
    let at = content.version.created_at;
    let mut inner = json::content(call, content, expand);
    if let Some(object) = inner.as_object_mut() {
        // Not expanded here, whatever the bare search shows.
        let closed = ["childTypes", "schedulePublishInfo", "schedulePublishDate", "operations", "restrictions"];
        object.remove("extensions");
        object.insert("childTypes".to_owned(), json!({}));
        object.entry("restrictions").or_insert_with(|| json!({}));
        if let Some(names) = object.get_mut("_expandable").and_then(Value::as_object_mut) {
            closed.iter().filter(|name| **name != "operations").for_each(|name| _ = names.remove(*name));
            names.insert("extensions".to_owned(), json!(""));
        }
        if let Some(links) = object.get_mut("_links").and_then(Value::as_object_mut) {
            links.remove("editui");
            links.remove("edituiv2");
        }
    }
    json!({
        "content": inner,
        "title": marked(&content.title, words),
        "excerpt": excerpt,
        "url": v2::webui(call, content),
        "resultGlobalContainer": {
            "title": space.map(|space| space.name.as_str()),
            "displayUrl": space.map(|space| format!("/spaces/{}", space.key)),
        },
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": format!("aui-icon content-type-{}", content.kind.as_str()),
        // To the second, as real ones have it.
        "lastModified": wire_time(at.round(jiff::Unit::Second).unwrap_or(at)),
        "friendlyLastModified": at.strftime("%b %d, %Y").to_string(),
        "score": 0.0,
    })
}

pub(crate) fn person(call: &Call<'_>, user: &User) -> Value {
    let now = call.site.now();
    json!({
        "user": json::user(call, user),
        "title": user.shown_name(),
        "excerpt": "",
        "url": format!("/people/{}", user.account_id),
        "breadcrumbs": [],
        "entityType": "user",
        "iconCssClass": "aui-icon content-type-profile",
        "lastModified": wire_time(now),
        "friendlyLastModified": "just a moment ago",
        "score": 0.0,
    })
}

/// Text with entities, and with marks around the words that were looked for.
fn marked(text: &str, words: &[String]) -> String {
    let hit = |piece: &str| words.iter().any(|word| piece.to_lowercase().contains(word.as_str()));
    let piece = |piece: &str| {
        let plain = escape(piece);
        if hit(piece) { format!("{}{plain}{}", MARKS.0, MARKS.1) } else { plain }
    };
    text.split(' ').map(piece).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_and_the_rest_is_escaped() {
        let words = ["failover".to_owned()];
        assert_eq!(marked("Database Failover <x>", &words), "Database @@@hl@@@Failover@@@endhl@@@ &lt;x&gt;");
    }
}
