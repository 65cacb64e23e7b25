//! The pages of a listing. Only the absence of `next` ends one; a short or empty page does not.

use std::collections::HashSet;

use reqwest::Url;
use serde::{Deserialize, de::DeserializeOwned};

use super::{ANSWER_BYTES_MAX, Client};
use crate::error::ClientError;

/// Pages that a listing may have: 25 million rows, more than any site; a listing that goes on runs in circles.
const PAGES_MAX: usize = 100_000;

/// A listing that is being read.
#[derive(Debug)]
pub(crate) struct Listing {
    client: Client,
    next: Option<Url>,
    visited: HashSet<String>,
    seen: HashSet<String>,
    limit_bytes: u64,
}

/// One page of a listing.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The rows, without those of earlier pages.
    pub rows: Vec<T>,
    /// The site's base for people, as the answer has it.
    pub base: Option<String>,
    /// Where this page was read.
    pub url: Url,
    /// Where the next one is.
    pub next: Option<Url>,
}

/// A row of a listing.
pub(crate) trait Row: DeserializeOwned {
    /// What tells the row from others.
    fn key(&self) -> String;
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Answer<T> {
    results: Vec<T>,
    #[serde(default, rename = "_links")]
    links: Links,
    /// Where a scan goes on, for answers that say so without a link.
    #[serde(default, rename = "nextCursor")]
    next_cursor: Option<String>,
}

#[derive(Deserialize, Default)]
struct Links {
    next: Option<String>,
    base: Option<String>,
}

impl Listing {
    pub(super) fn new(client: Client, first: Url) -> Self {
        Self { client, next: Some(first), visited: HashSet::new(), seen: HashSet::new(), limit_bytes: ANSWER_BYTES_MAX }
    }

    /// The same listing with pages of at most `limit_bytes`.
    pub(crate) fn bounded(self, limit_bytes: u64) -> Self {
        Self { limit_bytes, ..self }
    }

    /// The next page; `None` after the last one.
    pub(crate) async fn page<T: Row>(&mut self) -> Result<Option<Page<T>>, ClientError> {
        let Some(url) = self.next.take() else { return Ok(None) };
        let malformed = |what| ClientError::Malformed { path: url.path().to_owned(), what };
        if !self.visited.insert(url.as_str().to_owned()) || self.visited.len() > PAGES_MAX {
            return Err(malformed("the listing runs in circles"));
        }
        let answer: Answer<T> = self.client.get_url(&url, self.limit_bytes).await?;
        let n_rows = answer.results.len();
        let seen = &mut self.seen;
        let rows: Vec<T> = answer.results.into_iter().filter(|row| seen.insert(row.key())).collect();
        self.next = match (&answer.links.next, &answer.next_cursor) {
            (None, None) => None,
            _ if n_rows > 0 && rows.is_empty() => return Err(malformed("the listing repeats itself")),
            (Some(next), _) => {
                let url = self.client.shared.site.resolve(next);
                Some(url.ok_or_else(|| malformed("`next` leads to another host"))?)
            }
            (None, Some(cursor)) => Some(with_cursor(&url, cursor)),
        };
        Ok(Some(Page { rows, base: answer.links.base, url, next: self.next.clone() }))
    }

    /// All rows.
    pub(crate) async fn all<T: Row>(mut self) -> Result<Vec<T>, ClientError> {
        let mut rows = Vec::new();
        while let Some(page) = self.page().await? {
            rows.extend(page.rows);
        }
        Ok(rows)
    }
}

impl Client {
    /// A page that was read before, once more, with a further query parameter.
    pub(crate) async fn page_again<T: Row>(&self, url: &Url, name: &str, value: &str) -> Result<Vec<T>, ClientError> {
        let mut url = url.clone();
        let query = url.query().map_or_else(|| format!("{name}={value}"), |query| format!("{query}&{name}={value}"));
        url.set_query(Some(&query));
        let answer: Answer<T> = self.get_url(&url, ANSWER_BYTES_MAX).await?;
        Ok(answer.results)
    }
}

/// The same page with another cursor; the rest of the query stays as it is.
fn with_cursor(url: &Url, cursor: &str) -> Url {
    let mut encoded = url.clone();
    encoded.query_pairs_mut().clear().append_pair("cursor", cursor);
    let cursor = encoded.query().unwrap_or_default().to_owned();
    let others = url.query().unwrap_or_default().split('&');
    let mut query: Vec<&str> = others.filter(|part| !part.is_empty() && !part.starts_with("cursor=")).collect();
    query.push(&cursor);
    let query = query.join("&");
    let mut url = url.clone();
    url.set_query(Some(&query));
    url
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::with_cursor;
    use crate::client::tests::{client_for, data_center_at};

    #[test]
    fn next_is_joined_by_generation_and_never_leads_away() {
        let client = client_for("https://acme.atlassian.net", &[]);
        let next = |text: &str| client.shared.site.resolve(text).map(|url| url.to_string());
        assert_eq!(
            next("/wiki/api/v2/spaces?limit=2&cursor=eyJ9==").as_deref(),
            Some("https://acme.atlassian.net/wiki/api/v2/spaces?limit=2&cursor=eyJ9==")
        );
        assert_eq!(
            next("/rest/api/content/search?next=true&cursor=_sa_x=").as_deref(),
            Some("https://acme.atlassian.net/wiki/rest/api/content/search?next=true&cursor=_sa_x=")
        );
        assert_eq!(
            next("/ex/confluence/1f2e/wiki/api/v2/spaces?cursor=a").as_deref(),
            Some("https://acme.atlassian.net/wiki/api/v2/spaces?cursor=a")
        );
        assert!(next("https://acme.atlassian.net/wiki/api/v2/x").is_some());
        for elsewhere in ["https://evil.example/wiki/x", "http://acme.atlassian.net/wiki/x", "x", ""] {
            assert_eq!(next(elsewhere), None, "{elsewhere}");
        }
        assert_eq!(
            next("//evil.example/wiki/x").as_deref(),
            Some("https://acme.atlassian.net/wiki/evil.example/wiki/x")
        );
    }

    #[test]
    fn data_centers_links_are_relative_to_its_base_with_and_without_a_context_path() {
        let scan = "/rest/api/content/scan?limit=2&cursor=content:false:98500";
        let next = |base: &str, link: &str| data_center_at(base).shared.site.resolve(link).map(|url| url.to_string());
        for (base, expected) in [
            (
                "https://wiki.example.com/confluence",
                "https://wiki.example.com/confluence/rest/api/content/scan?limit=2&cursor=content:false:98500",
            ),
            (
                "https://wiki.example.com",
                "https://wiki.example.com/rest/api/content/scan?limit=2&cursor=content:false:98500",
            ),
            (
                "http://127.0.0.1:8090/wiki/",
                "http://127.0.0.1:8090/wiki/rest/api/content/scan?limit=2&cursor=content:false:98500",
            ),
        ] {
            assert_eq!(next(base, scan).as_deref(), Some(expected));
        }
        let repeated = next("https://wiki.example.com/confluence", "/confluence/rest/api/space?start=5");
        assert_eq!(repeated.as_deref(), Some("https://wiki.example.com/confluence/rest/api/space?start=5"));
    }

    #[test]
    fn a_scan_goes_on_at_its_cursor() {
        let at = |url: &str, cursor: &str| with_cursor(&Url::parse(url).unwrap(), cursor).to_string();
        assert_eq!(
            at("https://x.example/s?a=b,c&limit=2", "content:false:7"),
            "https://x.example/s?a=b,c&limit=2&cursor=content%3Afalse%3A7"
        );
        assert_eq!(at("https://x.example/s?cursor=old&a=1", "n=1&b"), "https://x.example/s?a=1&cursor=n%3D1%26b");
        assert_eq!(at("https://x.example/s", "c"), "https://x.example/s?cursor=c");
    }
}
