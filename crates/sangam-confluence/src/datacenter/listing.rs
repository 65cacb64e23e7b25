//! Listings of content in bulk: by cursor where the server has that, else by offset; and by query where there is neither.
//!
//! Rows that the caller may not see are dropped after a page was cut, so that only the absence of `next` ends a listing.

use super::{
    capabilities::{Capabilities, Feature},
    wire::ContentRow,
};
use crate::{client::Client, error::ClientError};

/// Rows that are asked for at once, and again fewer where the server cannot give so many: a heavy page times out whole. The server caps
/// the first silently.
const ROWS: [&str; 3] = ["200", "50", "10"];

/// What is in a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Page,
    Blog,
    Comment,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Blog => "blogpost",
            Self::Comment => "comment",
        }
    }
}

/// All current content of a kind in a space.
pub(super) async fn of_space(
    client: &Client,
    capabilities: &Capabilities,
    key: &str,
    kind: Kind,
    expand: &str,
) -> Result<Vec<ContentRow>, ClientError> {
    let base = [("spaceKey", key), ("type", kind.as_str()), ("status", "current"), ("expand", expand)];
    let path = match (capabilities.has(Feature::Scan), kind) {
        (true, _) => "rest/api/content/scan",
        (false, Kind::Comment) => return by_query(client, key, "comment", expand).await,
        (false, _) => "rest/api/content",
    };
    whole(client, path, &base).await
}

/// All current content of a type in a space, by the search index: it may lag, so that what it lacks is looked up before it counts as gone.
pub(super) async fn by_query(
    client: &Client,
    key: &str,
    kind: &str,
    expand: &str,
) -> Result<Vec<ContentRow>, ClientError> {
    let cql = format!("space=\"{}\" and type={kind} order by created asc", quoted(key));
    whole(client, "rest/api/content/search", &query(&cql, expand)).await
}

/// The parameters of a query. What is in archived spaces is only found if it is asked for.
pub(super) fn query<'q>(cql: &'q str, expand: &'q str) -> [(&'q str, &'q str); 3] {
    [("cql", cql), ("expand", expand), ("includeArchivedSpaces", "true")]
}

/// Text inside the quotes of a query.
pub(super) fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A listing to its end, with smaller pages if the server cannot give large ones.
async fn whole(client: &Client, path: &str, base: &[(&str, &str)]) -> Result<Vec<ContentRow>, ClientError> {
    let mut failure = None;
    for rows in ROWS {
        let query: Vec<(&str, &str)> = base.iter().copied().chain([("limit", rows)]).collect();
        match client.list(path, &query).all().await {
            Ok(found) => return Ok(found),
            Err(error @ ClientError::Unavailable { .. }) if !error.ends_the_sync() => failure = Some(error),
            Err(error @ ClientError::TooLarge { .. }) => failure = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(failure.unwrap_or(ClientError::Stopped))
}
