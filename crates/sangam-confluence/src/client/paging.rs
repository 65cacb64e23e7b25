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
        self.next = match &answer.links.next {
            None => None,
            Some(_) if n_rows > 0 && rows.is_empty() => return Err(malformed("the listing repeats itself")),
            Some(next) => {
                Some(self.client.resolve_next(next).ok_or_else(|| malformed("`next` leads to another host"))?)
            }
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
    /// The address that `next` means, if it is one of this site.
    ///
    /// The second generation's begins with the context path (`/wiki/api/v2/…`) and is relative to the host; the first
    /// generation's (`/rest/api/…`) is relative to the base. Nothing is encoded again: cursors hold `=` and must stay as they are.
    fn resolve_next(&self, next: &str) -> Option<Url> {
        let context = self.base.path();
        let url = if next.starts_with(context) || !next.starts_with('/') {
            self.base.join(next).ok()?
        } else {
            self.base.join(&format!("{context}{}", next.trim_start_matches('/'))).ok()?
        };
        self.is_own_host(&url).then_some(url)
    }

    /// A page that was read before, once more, with a further query parameter.
    pub(crate) async fn page_again<T: Row>(&self, url: &Url, name: &str, value: &str) -> Result<Vec<T>, ClientError> {
        let mut url = url.clone();
        let query = url.query().map_or_else(|| format!("{name}={value}"), |query| format!("{query}&{name}={value}"));
        url.set_query(Some(&query));
        let answer: Answer<T> = self.get_url(&url, ANSWER_BYTES_MAX).await?;
        Ok(answer.results)
    }
}

#[cfg(test)]
mod tests {
    use crate::client::tests::client_for;

    #[test]
    fn next_is_resolved_by_generation_and_never_leads_away() {
        let client = client_for("https://acme.atlassian.net", &[]);
        let next = |text: &str| client.resolve_next(text).map(|url| url.to_string());
        assert_eq!(
            next("/wiki/api/v2/spaces?limit=2&cursor=eyJ9==").as_deref(),
            Some("https://acme.atlassian.net/wiki/api/v2/spaces?limit=2&cursor=eyJ9==")
        );
        assert_eq!(
            next("/rest/api/content/search?next=true&cursor=_sa_x=").as_deref(),
            Some("https://acme.atlassian.net/wiki/rest/api/content/search?next=true&cursor=_sa_x=")
        );
        assert!(next("https://acme.atlassian.net/wiki/api/v2/x").is_some());
        for elsewhere in ["https://evil.example/wiki/x", "//evil.example/wiki/x", "http://acme.atlassian.net/wiki/x"] {
            assert_eq!(
                next(elsewhere).filter(|url| !url.starts_with("https://acme.atlassian.net/")),
                None,
                "{elsewhere}"
            );
        }
    }
}
