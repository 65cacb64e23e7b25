//! A result, as it is read.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::attributes::Attributes;
use super::text::{Piece, cut, is_blank, pieces};

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
/// Characters of an address: Confluence writes titles into them, percent-encoded.
const HREF_CHARS_MAX: usize = 16_384;

/// Characters of what a file name ends in.
const ENDING_CHARS_MAX: usize = 5;
/// What a file is called that hangs on a page.
const ATTACHMENT: &str = "attachment";

/// What documents of Confluence are.
const KINDS: &[&str] = &["page", "blog", "comment", ATTACHMENT, "space", "folder", "whiteboard", "database", "embed"];

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
    pub(crate) authors: Vec<String>,
    /// How many more did.
    pub(crate) n_more_authors: usize,
    /// What it is.
    pub(crate) kind: String,
    /// When it was changed.
    pub(crate) day: Option<Day>,
    /// The id of the data source that it came from, if the index shows that.
    pub(crate) source_id: Option<String>,
    /// The name of that source, where there is more than one.
    pub(crate) source: Option<String>,
    /// Where it is explained why the reader sees it.
    pub(crate) why: Option<String>,
}

impl Hit {
    /// Reads an item of the answer.
    pub(crate) fn read(item: &Value) -> Self {
        let attributes = Attributes(&item["DocumentAttributes"]);
        let id = item["DocumentId"].as_str().unwrap_or_default();
        let mut title = pieces(&item["DocumentTitle"], TITLE_CHARS_MAX);
        if title.iter().all(|piece| is_blank(&piece.text)) {
            title = vec![Piece { text: "Untitled".to_owned(), is_marked: false }];
        }
        let authors: Vec<&str> = attributes.authors().into_iter().filter(|name| !is_blank(name)).collect();
        let kind = attributes.kind().or_else(|| kind_of(id)).unwrap_or_default();
        let ending = file_ending(item["DocumentTitle"]["Text"].as_str().unwrap_or_default());
        Self {
            title,
            href: web_address(item["DocumentURI"].as_str().unwrap_or_default()),
            excerpt: pieces(&item["DocumentExcerpt"], EXCERPT_CHARS_MAX),
            crumbs: crumbs(&attributes.crumbs()),
            authors: authors.iter().take(AUTHORS_MAX).map(|name| cut(name, NAME_CHARS_MAX)).collect(),
            n_more_authors: authors.len().saturating_sub(AUTHORS_MAX),
            kind: ending.filter(|_| kind == ATTACHMENT).unwrap_or_else(|| cut(kind, NAME_CHARS_MAX)),
            day: attributes.changed_at().and_then(day),
            source_id: attributes.source().map(str::to_owned),
            source: None,
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

/// What a file's name ends in: `csv`.
fn file_ending(name: &str) -> Option<String> {
    let (stem, ending) = name.trim_end().rsplit_once('.')?;
    let is_ending = (1..=ENDING_CHARS_MAX).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric());
    let is_word = ending.chars().any(|c| c.is_ascii_alphabetic());
    (!stem.is_empty() && is_ending && is_word).then(|| ending.to_ascii_lowercase())
}

/// The address of a page on the web; anything else, such as `javascript:`, is none, and neither is one with a password in it.
pub(crate) fn web_address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if rest.split(['/', '?', '#', '\\']).next().is_some_and(|host| host.contains('@')) {
        return None;
    }
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let is_plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    (is_web && is_plain && !rest.is_empty() && text.chars().count() <= HREF_CHARS_MAX).then(|| text.to_owned())
}

fn crumbs(titles: &[&str]) -> Vec<String> {
    let titles: Vec<&str> = titles.iter().copied().filter(|title| !is_blank(title)).collect();
    let shown = |title: &&str| cut(title, NAME_CHARS_MAX);
    if titles.len() <= CRUMBS_MAX {
        return titles.iter().map(shown).collect();
    }
    let closest = &titles[titles.len() - (CRUMBS_MAX - 2)..];
    let mut crumbs = vec![shown(&titles[0]), "…".to_owned()];
    crumbs.extend(closest.iter().map(shown));
    crumbs
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
        for good in ["https://wiki.example/x?a=b#c", "HTTP://wiki.example/", "https://wiki.example/~ada@x"] {
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
            "https://ada:secret@wiki.example/",
            "https://wiki.example@elsewhere.example",
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
    fn a_title_that_nobody_sees_is_none() {
        let title = |text: &str| Hit::read(&json!({ "DocumentTitle": { "Text": text } })).title[0].text.clone();
        assert_eq!(title("\u{200b}\u{200d}\u{feff} "), "Untitled");
        assert_eq!(title("\u{202e}gnp.exe"), "gnp.exe");
    }

    #[test]
    fn a_file_is_called_by_what_its_name_ends_in() {
        let kind =
            |id: &str, title: &str| Hit::read(&json!({ "DocumentId": id, "DocumentTitle": { "Text": title } })).kind;
        assert_eq!(kind("confluence/s/attachment/7", "Findings.CSV"), "csv");
        for name in ["findings", "v1.25", ".profile", "a.long-ending", "a."] {
            assert_eq!(kind("confluence/s/attachment/7", name), "attachment", "{name}");
        }
        assert_eq!(kind("confluence/s/page/7", "Notes on data.csv"), "page");
    }

    #[test]
    fn long_lists_are_shortened() {
        assert_eq!(crumbs(&["a", "b", "c", "d", "e", "f"]), ["a", "…", "d", "e", "f"]);
        let many = json!([{ "Key": "_authors", "Value": { "StringListValue": ["a", "b", "\u{200b}", "c", "d"] } }]);
        let hit = Hit::read(&json!({ "DocumentAttributes": many }));
        assert_eq!((hit.authors.join(", ").as_str(), hit.n_more_authors), ("a, b, c", 1));
        assert_eq!(day(0.9).unwrap().people, "1 Jan 1970");
        assert!(day(f64::NAN).is_some_and(|day| day.people == "1 Jan 1970") && day(1e300).is_none());
    }
}
