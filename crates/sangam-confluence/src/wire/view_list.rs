//! View lists, one by one and in bulk; a list of a page may be cut.

use serde::Deserialize;

use super::{Group, User, or_default, text};

/// A list inside a restriction; it may be cut.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound = "T: serde::de::DeserializeOwned")]
pub(crate) struct CutList<T> {
    pub results: Vec<T>,
    pub size: Option<u64>,
    pub limit: Option<u64>,
}

impl<T> CutList<T> {
    /// True if there may be more.
    pub(crate) fn is_cut(&self) -> bool {
        let size = self.size.unwrap_or(self.results.len() as u64);
        self.limit.is_some_and(|limit| size >= limit) || size > self.results.len() as u64
    }

    /// The same list with other entries, one for each.
    pub(crate) fn map<U>(self, entry: impl Fn(T) -> U) -> CutList<U> {
        let Self { results, size, limit } = self;
        CutList { results: results.into_iter().map(entry).collect(), size, limit }
    }
}

/// Users and groups of one operation's restriction.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RestrictionLists {
    pub user: Option<CutList<User>>,
    pub group: Option<CutList<Group>>,
}

/// One operation's restriction.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Restriction {
    #[serde(default, deserialize_with = "text")]
    pub operation: String,
    pub restrictions: Option<RestrictionLists>,
}

/// Both operations' restrictions, and what changes with either.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RestrictionState {
    #[serde(default, deserialize_with = "or_default")]
    pub results: Vec<Restriction>,
    #[serde(default, deserialize_with = "text")]
    pub restrictions_hash: String,
}

/// `restrictions` of a search result.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Restrictions {
    pub read: Option<Restriction>,
}
