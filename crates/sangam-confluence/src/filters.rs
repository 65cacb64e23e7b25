//! Which spaces, titles, files and addresses are wanted. Exclusion wins over inclusion.
//!
//! A filter changes what is indexed, never who may read: ancestors outside the filter still restrict.

mod pattern;

use fancy_regex::{Error, Regex};

use crate::config::{Entity, Member, Violations};

use pattern::{compile, compile_glob};

/// Characters of which one makes an entry of a space filter a regular expression.
const REGEX_CHARACTERS: &[char] = &['*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\'];

/// Largest file that is crawled, in megabytes: the contract's limit and its default.
const FILE_MEGABYTES_MAX: f64 = 50.0;

/// Bytes of a megabyte as the setting counts it.
const MEGABYTE: f64 = 1024.0 * 1024.0;

/// The filters of a template.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    spaces_in: Vec<SpacePattern>,
    spaces_out: Vec<SpacePattern>,
    page_titles: Vec<Regex>,
    blog_titles: Vec<Regex>,
    comment_titles: Vec<Regex>,
    attachment_titles: Vec<Regex>,
    file_types_in: Vec<Regex>,
    file_types_out: Vec<Regex>,
    urls_in: Vec<Regex>,
    urls_out: Vec<Regex>,
    file_bytes_max: Option<u64>,
    /// Patterns of the first generation, each for titles and addresses of everything.
    any_in: Vec<Regex>,
    any_out: Vec<Regex>,
}

/// An entry of a space filter.
#[derive(Debug, Clone)]
enum SpacePattern {
    /// Equal, without case.
    Key(String),
    /// Matches the whole key.
    Whole(Regex),
}

impl Filters {
    /// Reads the filters of `additionalProperties`.
    pub(crate) fn parse(more: &Member<'_>, violations: &mut Violations) -> Self {
        Self {
            spaces_in: spaces(&more.get("inclusionSpaceKeyFilter"), violations),
            spaces_out: spaces(&more.get("exclusionSpaceKeyFilter"), violations),
            page_titles: titles(&more.get("pageTitleRegEX"), violations),
            blog_titles: titles(&more.get("blogTitleRegEX"), violations),
            comment_titles: titles(&more.get("commentTitleRegEX"), violations),
            attachment_titles: titles(&more.get("attachmentTitleRegEX"), violations),
            file_types_in: globs(&more.get("inclusionFileTypePatterns"), violations),
            file_types_out: globs(&more.get("exclusionFileTypePatterns"), violations),
            urls_in: globs(&more.get("inclusionUrlPatterns"), violations),
            urls_out: globs(&more.get("exclusionUrlPatterns"), violations),
            file_bytes_max: file_bytes_max(&more.get("maxFileSizeInMegaBytes"), violations),
            any_in: Vec::new(),
            any_out: Vec::new(),
        }
    }

    /// Reads the filters of a `ConfluenceConfiguration` and of its `SpaceConfiguration`.
    pub(crate) fn parse_v1(member: &Member<'_>, of_spaces: &Member<'_>, violations: &mut Violations) -> Self {
        Self {
            spaces_in: spaces(&of_spaces.get("IncludeSpaces"), violations),
            spaces_out: spaces(&of_spaces.get("ExcludeSpaces"), violations),
            any_in: titles(&member.get("InclusionPatterns"), violations),
            any_out: titles(&member.get("ExclusionPatterns"), violations),
            ..Self::default()
        }
    }

    /// True if a document of this kind with this title at this address is wanted, its kind's switch aside. An attachment or comment
    /// goes with its page: an inclusion by address asks for the page's.
    pub fn wants(&self, entity: Entity, title: &str, url: &str) -> bool {
        let is_wanted_url = match entity {
            Entity::Comment | Entity::Attachment => !self.excludes_url(url),
            _ => self.wants_url(url),
        };
        let either = |patterns: &[Regex], if_unsure| any(patterns, title, if_unsure) || any(patterns, url, if_unsure);
        is_wanted_url
            && self.wants_title(entity, title)
            && (self.any_in.is_empty() || either(&self.any_in, false))
            && !either(&self.any_out, true)
    }

    /// True if the space with this key is wanted.
    pub fn wants_space(&self, key: &str) -> bool {
        let is_in = self.spaces_in.is_empty() || self.spaces_in.iter().any(|pattern| pattern.matches(key, false));
        is_in && !self.spaces_out.iter().any(|pattern| pattern.matches(key, true))
    }

    /// True if a document of this kind with this title is wanted; for attachments the title is the file's name.
    pub fn wants_title(&self, entity: Entity, title: &str) -> bool {
        let patterns = match entity {
            Entity::Space => return true,
            Entity::Page | Entity::Folder | Entity::Whiteboard | Entity::Database | Entity::Embed => &self.page_titles,
            Entity::Blog => &self.blog_titles,
            Entity::Comment => &self.comment_titles,
            Entity::Attachment => &self.attachment_titles,
        };
        patterns.is_empty() || any(patterns, title, false)
    }

    /// True if a space, page or blog post at this address is wanted.
    pub fn wants_url(&self, url: &str) -> bool {
        (self.urls_in.is_empty() || any(&self.urls_in, url, false)) && !self.excludes_url(url)
    }

    /// True if this address is excluded. All that asks of a comment or attachment, since those go with their page.
    pub fn excludes_url(&self, url: &str) -> bool {
        any(&self.urls_out, url, true)
    }

    /// True if a file of this name and size, in bytes, is wanted.
    pub fn wants_file(&self, name: &str, bytes: u64) -> bool {
        let is_in = self.file_types_in.is_empty() || any(&self.file_types_in, name, false);
        is_in && !any(&self.file_types_out, name, true) && bytes <= self.file_bytes_max()
    }

    /// Bytes of the largest file that is crawled.
    pub fn file_bytes_max(&self) -> u64 {
        self.file_bytes_max.unwrap_or((FILE_MEGABYTES_MAX * MEGABYTE) as u64)
    }
}

impl SpacePattern {
    fn matches(&self, key: &str, if_unsure: bool) -> bool {
        match self {
            Self::Key(wanted) => wanted.to_lowercase() == key.to_lowercase(),
            Self::Whole(regex) => regex.is_match(key).unwrap_or(if_unsure),
        }
    }
}

/// True if one of `patterns` is found in `text`; `if_unsure` for one that gives up.
fn any(patterns: &[Regex], text: &str, if_unsure: bool) -> bool {
    patterns.iter().any(|pattern| pattern.is_match(text).unwrap_or(if_unsure))
}

fn spaces(list: &Member<'_>, violations: &mut Violations) -> Vec<SpacePattern> {
    each(list, violations, |entry| {
        if !entry.contains(REGEX_CHARACTERS) {
            return Ok(SpacePattern::Key(entry.to_owned()));
        }
        // By itself first: places in the message are then those of the entry.
        compile(entry)?;
        compile(&format!("^(?:{entry})$")).map(SpacePattern::Whole)
    })
}

fn titles(list: &Member<'_>, violations: &mut Violations) -> Vec<Regex> {
    each(list, violations, compile)
}

/// Regular expressions, or globs where an entry begins with `*` or is no regular expression.
fn globs(list: &Member<'_>, violations: &mut Violations) -> Vec<Regex> {
    each(list, violations, |entry| {
        if entry.starts_with('*') {
            return compile_glob(entry);
        }
        compile(entry).or_else(|_| compile_glob(entry))
    })
}

fn each<T>(list: &Member<'_>, violations: &mut Violations, parse: impl Fn(&str) -> Result<T, Error>) -> Vec<T> {
    let mut parsed = Vec::new();
    for item in list.items(violations) {
        let Some(entry) = item.filled_string(violations) else { continue };
        match parse(&entry) {
            Ok(pattern) => parsed.push(pattern),
            Err(error) => {
                item.must(&format!("be a valid regular expression: {}", pattern::reason(&entry, &error)), violations);
            }
        }
    }
    parsed
}

fn file_bytes_max(member: &Member<'_>, violations: &mut Violations) -> Option<u64> {
    let what = "be a number above 0 and up to 50";
    let megabytes = member.number(what, violations)?;
    if megabytes <= 0.0 || megabytes > FILE_MEGABYTES_MAX {
        member.must(what, violations);
        return None;
    }
    Some((megabytes * MEGABYTE) as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn filters(more: &Value) -> Filters {
        let mut violations = Vec::new();
        let filters = Filters::parse(&Member::root(more), &mut violations);
        assert!(violations.is_empty(), "{violations:?}");
        filters
    }

    #[test]
    fn a_space_entry_is_an_exact_key_or_a_regex_over_the_whole_key() {
        let filters = filters(
            &json!({ "inclusionSpaceKeyFilter": ["eng", "^HR.*", "~712020a.b"], "exclusionSpaceKeyFilter": ["HRX"] }),
        );
        assert!(filters.wants_space("ENG"));
        assert!(!filters.wants_space("ENGINE"));
        assert!(filters.wants_space("HR2"));
        assert!(!filters.wants_space("hr2"));
        assert!(!filters.wants_space("HRX"), "exclusion wins");
        assert!(filters.wants_space("~712020a.b"));
        assert!(!filters.wants_space("~712020axb"), "a dot is no regex character");
    }

    #[test]
    fn titles_are_found_anywhere_and_only_for_their_kind() {
        let filters = filters(&json!({ "pageTitleRegEX": ["Runbook", "^How"] }));
        assert!(filters.wants_title(Entity::Page, "The Runbook of all"));
        assert!(filters.wants_title(Entity::Page, "How to"));
        assert!(!filters.wants_title(Entity::Page, "Show how"));
        assert!(filters.wants_title(Entity::Blog, "anything"));
    }

    #[test]
    fn file_types_are_regexes_or_globs_and_have_a_size() {
        let filters = filters(&json!({
            "inclusionFileTypePatterns": ["*.pdf", ".*\\.docx", "note?.(txt"],
            "exclusionFileTypePatterns": ["*.tmp.pdf"],
            "maxFileSizeInMegaBytes": "1",
        }));
        assert!(filters.wants_file("A.PDF", 10));
        assert!(filters.wants_file("a.docx", 1 << 20));
        assert!(!filters.wants_file("a.docx", (1 << 20) + 1));
        assert!(!filters.wants_file("a.tmp.pdf", 10));
        assert!(filters.wants_file("note1.(txt", 10), "what is no regex is a glob");
        assert!(!filters.wants_file("a.png", 10));
    }

    #[test]
    fn addresses_are_included_by_their_page_and_excluded_by_their_own() {
        let filters =
            filters(&json!({ "inclusionUrlPatterns": [".*/ENG/"], "exclusionUrlPatterns": ["*.tmp", "/archive/"] }));
        assert!(filters.wants_url("https://a/wiki/spaces/ENG/pages/1"));
        assert!(!filters.wants_url("https://a/wiki/spaces/HR/pages/1"));
        assert!(!filters.wants_url("https://a/wiki/spaces/ENG/archive/1"));
        assert!(filters.excludes_url("https://a/x.tmp"));
        assert!(!filters.excludes_url("https://a/x.tmp/y"));
    }

    #[test]
    fn a_bad_regex_and_a_bad_size_are_named() {
        let mut violations = Vec::new();
        let more =
            json!({ "pageTitleRegEX": ["ok", "(("], "inclusionSpaceKeyFilter": ["(("], "maxFileSizeInMegaBytes": 51 });
        Filters::parse(&Member::root(&more), &mut violations);
        assert_eq!(violations.len(), 3);
        assert!(violations[0].starts_with("`inclusionSpaceKeyFilter[0]` must"), "{violations:?}");
        assert!(violations[1].starts_with("`pageTitleRegEX[1]` must"));
        assert!(violations[2].starts_with("`maxFileSizeInMegaBytes` must"));
    }

    #[test]
    fn a_pattern_that_explodes_gives_up() {
        let filters =
            filters(&json!({ "pageTitleRegEX": ["(a|a|b)*(?=c)d"], "exclusionUrlPatterns": ["(a|a|b)*(?=c)d"] }));
        let text = "a".repeat(200);
        assert!(!filters.wants_title(Entity::Page, &text));
        assert!(filters.excludes_url(&text));
    }
}
