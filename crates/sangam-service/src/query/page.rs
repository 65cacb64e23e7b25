//! Which part of the results is wanted.

use crate::error::{Outcome, constraint};

/// Results on a page when the request does not say.
const PAGE_SIZE: i32 = 10;
/// Most results on a page.
const PAGE_SIZE_MAX: i32 = 100;

/// A part of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// How many to pass over.
    pub(super) offset: u32,
    /// How many to answer; 0 past the last result that is ranked.
    pub(super) limit: u32,
}

/// The part that `number` (from 1) and `size` mean, within the first `results_max` results.
///
/// # Errors
/// `ValidationException` for a page that cannot be.
pub(super) fn page(number: Option<i32>, size: Option<i32>, results_max: u32) -> Outcome<Page> {
    let (number, size) = (number.unwrap_or(1), size.unwrap_or(PAGE_SIZE));
    if number < 1 {
        return Err(constraint("pageNumber", number, "have value greater than or equal to 1"));
    }
    if size < 1 {
        return Err(constraint("pageSize", size, "have value greater than or equal to 1"));
    }
    if size > PAGE_SIZE_MAX {
        return Err(constraint("pageSize", size, &format!("have value less than or equal to {PAGE_SIZE_MAX}")));
    }
    let offset = (number.unsigned_abs() - 1).saturating_mul(size.unsigned_abs());
    Ok(Page { offset: offset.min(results_max), limit: size.unsigned_abs().min(results_max.saturating_sub(offset)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cut_at_the_last_ranked_result() {
        let at = |number, size| page(Some(number), Some(size), 100).unwrap();
        assert_eq!(page(None, None, 100).unwrap(), Page { offset: 0, limit: 10 });
        assert_eq!(at(2, 40), Page { offset: 40, limit: 40 });
        assert_eq!(at(3, 40), Page { offset: 80, limit: 20 });
        assert_eq!(at(4, 40), Page { offset: 100, limit: 0 });
        assert_eq!(at(i32::MAX, 100), Page { offset: 100, limit: 0 });
    }

    #[test]
    fn pages_that_cannot_be_are_refused() {
        for (number, size) in [(0, 10), (-1, 10), (1, 0), (1, -5), (1, 101)] {
            assert!(page(Some(number), Some(size), 100).is_err(), "{number} {size}");
        }
    }
}
