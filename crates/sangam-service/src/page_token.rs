//! `NextToken`: the place after the last row of a page.
//!
//! Form: base64 of `[creation time in ms]:[id]`. It holds no secret and may outlive a restart; a row that is created meanwhile comes later,
//! one that is deleted is passed over.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Outcome, invalid};

/// Rows on a page when the request does not say.
pub(crate) const PAGE_DEFAULT: u32 = 100;

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The time or number that the list is ordered by.
    pub(crate) order: i64,
    /// The id of the last row seen, or nothing.
    pub(crate) id: String,
}

impl Place {
    /// As a token.
    pub(crate) fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.order, self.id))
    }
}

/// The place that `token` means.
///
/// # Errors
/// `ValidationException` for a token that is not ours.
pub(crate) fn parse(token: Option<&str>) -> Outcome<Option<Place>> {
    let Some(token) = token else { return Ok(None) };
    let place = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (order, id) = text.split_once(':')?;
        Some(Place { order: order.parse().ok()?, id: id.to_owned() })
    };
    place().map(Some).ok_or_else(|| invalid("the value of NextToken is not a token of this operation"))
}

/// How many rows to answer.
pub(crate) fn limit(max_results: Option<i32>, default: u32) -> u32 {
    max_results.and_then(|max| u32::try_from(max).ok()).unwrap_or(default)
}

/// Splits off what was read beyond a page of `limit` rows: the page, and the token of the next one if there is one.
pub(crate) fn page<T>(mut rows: Vec<T>, limit: u32, place: impl Fn(&T) -> Place) -> (Vec<T>, Option<String>) {
    let is_last = rows.len() <= limit as usize;
    rows.truncate(limit as usize);
    let next = if is_last { None } else { rows.last().map(|row| place(row).token()) };
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_place() {
        let place = Place { order: 1_700_000_000_000, id: "a:b".into() };
        assert_eq!(parse(Some(&place.token())).unwrap(), Some(place));
        assert_eq!(parse(None).unwrap(), None);
    }

    #[test]
    fn a_foreign_token_is_refused() {
        for token in ["x", "", "eA", "AAAA"] {
            assert!(parse(Some(token)).is_err(), "{token}");
        }
    }

    #[test]
    fn only_a_page_with_something_behind_it_has_a_token() {
        let place = |row: &i64| Place { order: *row, id: String::new() };
        assert_eq!(page(vec![1, 2], 2, place), (vec![1, 2], None));
        let (rows, next) = page(vec![1, 2, 3], 2, place);
        assert_eq!((rows, next), (vec![1, 2], Some(place(&2).token())));
    }
}
