//! A result, as it is read.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::attributes::Attributes;
use super::text::{Piece, cut, pieces};

/// Characters of a title: three lines on a phone.
const TITLE_CHARS_MAX: usize = 160;
/// Characters of an excerpt; the server sends about 300.
const EXCERPT_CHARS_MAX: usize = 600;
/// Characters of a name in a line of them.
const NAME_CHARS_MAX: usize = 60;
/// Titles of a breadcrumb: the space, and those closest to the document.
const CRUMBS_MAX: usize = 5;
/// Authors that are named.
const AUTHORS_MAX: usize = 3;
/// Characters of an address; browsers take no more of most servers.
const HREF_CHARS_MAX: usize = 2_048;

/// What documents of Confluence are.
const KINDS: &[&str] = &["page", "blog", "comment", "attachment", "space", "folder", "whiteboard", "database", "embed"];

/// A day, for machines and for people.
pub(crate) struct Day {
    /// RFC 3339.
    pub(crate) machine: String,
    /// The date.
    pub(crate) people: String,
}

/// A document that was found.
pub(crate) struct Hit {
    /// The document's id.
    pub(crate) id: String,
    /// Its title, or what stands for one.
    pub(crate) title: Vec<Piece>,
    /// Where it is; nothing that a browser would not open as a page.
    pub(crate) href: Option<String>,
    /// Part of it.
    pub(crate) excerpt: Vec<Piece>,
    /// The space, and the titles above it.
    pub(crate) crumbs: Vec<String>,
    /// Who wrote it.
    pub(crate) authors: String,
    /// What it is.
    pub(crate) kind: String,
    /// When it was changed.
    pub(crate) day: Option<Day>,
    /// Where it is explained why the reader sees it.
    pub(crate) why: Option<String>,
}

impl Hit {
    /// Reads an item of the answer.
    pub(crate) fn read(item: &Value) -> Self {
        let attributes = Attributes(&item["DocumentAttributes"]);
        let id = item["DocumentId"].as_str().unwrap_or_default();
        let mut title = pieces(&item["DocumentTitle"], TITLE_CHARS_MAX);
        if title.iter().all(|piece| piece.text.trim().is_empty()) {
            title = vec![Piece { text: "Untitled".to_owned(), is_marked: false }];
        }
        Self {
            title,
            href: web_address(item["DocumentURI"].as_str().unwrap_or_default()),
            excerpt: pieces(&item["DocumentExcerpt"], EXCERPT_CHARS_MAX),
            crumbs: crumbs(&attributes.crumbs()),
            authors: authors(&attributes.authors()),
            kind: cut(attributes.kind().or_else(|| kind_of(id)).unwrap_or_default(), NAME_CHARS_MAX),
            day: attributes.changed_at().and_then(day),
            why: None,
            id: id.to_owned(),
        }
    }
}

/// What the Confluence source calls a document in its id.
fn kind_of(id: &str) -> Option<&str> {
    let kind = id.strip_prefix("confluence/")?.split('/').nth(1)?;
    KINDS.contains(&kind).then_some(kind)
}

/// The address of a page on the web; anything else, such as `javascript:`, is none.
fn web_address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let is_plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    (is_web && is_plain && !rest.is_empty() && text.chars().count() <= HREF_CHARS_MAX).then(|| text.to_owned())
}

fn crumbs(titles: &[&str]) -> Vec<String> {
    let shown = |title: &&str| cut(title, NAME_CHARS_MAX);
    if titles.len() <= CRUMBS_MAX {
        return titles.iter().map(shown).collect();
    }
    let closest = &titles[titles.len() - (CRUMBS_MAX - 2)..];
    let mut crumbs = vec![shown(&titles[0]), "…".to_owned()];
    crumbs.extend(closest.iter().map(shown));
    crumbs
}

fn authors(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(AUTHORS_MAX).map(|name| cut(name, NAME_CHARS_MAX)).collect();
    let more = names.len().saturating_sub(AUTHORS_MAX);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

fn day(seconds: f64) -> Option<Day> {
    // To the second: a date is shown.
    let at = Timestamp::from_second(seconds.floor() as i64).ok()?;
    let people = at.to_zoned(TimeZone::UTC).strftime("%-d %b %Y").to_string();
    Some(Day { machine: at.to_string(), people })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_pages_of_the_web_are_linked() {
        for good in ["https://wiki.example/x?a=b#c", "HTTP://wiki.example/"] {
            assert_eq!(web_address(good).as_deref(), Some(good));
        }
        let long = format!("https://wiki.example/{}", "a".repeat(HREF_CHARS_MAX));
        for bad in [
            "",
            "javascript:alert(1)",
            "javascript://x%0Aalert(1)",
            "data:text/html,x",
            "//wiki.example",
            "ftp://a",
            "https://",
            "https://a b",
            "java\nscript://a",
            &long,
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_document_without_anything_is_shown_all_the_same() {
        let hit = Hit::read(&json!({}));
        assert_eq!(hit.title[0].text, "Untitled");
        let known = Hit::read(&json!({ "DocumentId": "confluence/s/page/7" }));
        assert_eq!((known.kind.as_str(), hit.kind.as_str()), ("page", ""));
        assert!(hit.href.is_none() && hit.crumbs.is_empty() && hit.day.is_none() && hit.authors.is_empty());
    }

    #[test]
    fn long_lists_are_shortened() {
        assert_eq!(crumbs(&["a", "b", "c", "d", "e", "f"]), ["a", "…", "d", "e", "f"]);
        assert_eq!(authors(&["a", "b", "c", "d"]), "a, b, c and 1 more");
        assert_eq!(day(0.9).unwrap().people, "1 Jan 1970");
        assert!(day(f64::NAN).is_some_and(|day| day.people == "1 Jan 1970") && day(1e300).is_none());
    }
}
