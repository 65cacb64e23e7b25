//! Pages of listings.
//!
//! A token says after which entry the next page begins, not how many came before: a secret created or deleted in between neither hides
//! nor repeats another. It is tied to its listing by a digest, and is not secret.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::SecretsError;

/// Entries of a page where no number is asked for, as in the model.
const DEFAULT_SIZE: usize = 100;

/// Where an entry stands in a listing: what it is sorted by, and its name.
pub(crate) type Position = (i64, String);

/// The order of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

impl Order {
    /// How two positions compare in this order.
    pub(crate) fn compare(self, a: &Position, b: &Position) -> Ordering {
        match self {
            Self::Ascending => a.cmp(b),
            Self::Descending => b.cmp(a),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Token {
    listing: String,
    after: Position,
}

/// One page of a listing.
#[derive(Debug)]
pub(crate) struct Page {
    listing: String,
    after: Option<Position>,
    size: usize,
}

impl Page {
    /// The page that a request asks for; `listing` names the operation and everything that decides what it lists and in which order.
    ///
    /// # Errors
    /// [`SecretsError::InvalidNextToken`]
    pub(crate) fn of_request(listing: &str, token: Option<&str>, size: Option<i32>) -> Result<Self, SecretsError> {
        let listing = URL_SAFE_NO_PAD.encode(&Sha256::digest(listing)[..9]);
        let after = match token {
            None => None,
            Some(text) => {
                let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SecretsError::InvalidNextToken)?;
                let token: Token = serde_json::from_slice(&bytes).map_err(|_| SecretsError::InvalidNextToken)?;
                if token.listing != listing {
                    return Err(SecretsError::InvalidNextToken);
                }
                Some(token.after)
            }
        };
        let size = size.map_or(DEFAULT_SIZE, |size| usize::try_from(size).unwrap_or_default().max(1));
        Ok(Self { listing, after, size })
    }

    /// This page's entries out of all of them, and the token of the next page if there is one.
    pub(crate) fn cut<T>(
        &self,
        mut entries: Vec<T>,
        order: Order,
        position: impl Fn(&T) -> Position,
    ) -> (Vec<T>, Option<String>) {
        entries.sort_by(|a, b| order.compare(&position(a), &position(b)));
        if let Some(after) = &self.after {
            entries.retain(|entry| order.compare(&position(entry), after) == Ordering::Greater);
        }
        let is_last = entries.len() <= self.size;
        entries.truncate(self.size);
        let token = entries.last().filter(|_| !is_last).map(|last| {
            let token = Token { listing: self.listing.clone(), after: position(last) };
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).expect("two strings and a number are JSON"))
        });
        (entries, token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(token: Option<&str>, size: i32) -> Page {
        Page::of_request("list", token, Some(size)).unwrap()
    }

    fn cut(page: &Page, names: &[&str], order: Order) -> (Vec<String>, Option<String>) {
        let entries = names.iter().map(|&name| name.to_owned()).collect();
        page.cut(entries, order, |name: &String| (0, name.clone()))
    }

    #[test]
    fn pages_join_without_gap_and_end() {
        for (order, expected) in [(Order::Ascending, ["a", "b", "c"]), (Order::Descending, ["c", "b", "a"])] {
            let (mut all, mut token) = cut(&page(None, 1), &["b", "a", "c"], order);
            while let Some(next) = token {
                let (more, after) = cut(&page(Some(&next), 1), &["b", "a", "c"], order);
                all.extend(more);
                token = after;
            }
            assert_eq!(all, expected);
        }
        assert_eq!(cut(&page(None, 3), &["b", "a", "c"], Order::Ascending).1, None);
    }

    #[test]
    fn an_entry_that_went_away_takes_nobody_along() {
        let (_, token) = cut(&page(None, 2), &["a", "b", "c"], Order::Ascending);
        assert_eq!(cut(&page(token.as_deref(), 2), &["c", "d"], Order::Ascending).0, ["c", "d"]);
    }

    #[test]
    fn a_token_is_for_its_own_listing() {
        let (_, token) = cut(&page(None, 1), &["a", "b"], Order::Ascending);
        for token in [token.as_deref(), Some("x"), Some("")] {
            assert!(matches!(Page::of_request("other", token, None), Err(SecretsError::InvalidNextToken)));
        }
    }
}
