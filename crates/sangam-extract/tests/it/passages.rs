//! Passages cover their text, and an edit leaves those that it does not touch alone.

use std::ops::Range;

use proptest::prelude::*;
use sangam_extract::{passages, passages_after};

fn check(text: &str, found: &[Range<usize>]) -> Result<(), TestCaseError> {
    let mut end = 0;
    for range in found {
        prop_assert_eq!(range.start, end);
        prop_assert!(text.is_char_boundary(range.end));
        prop_assert!(!text[range.clone()].trim().is_empty());
        end = range.end;
    }
    prop_assert!(end == text.len() || text.trim().is_empty());
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_covered_in_order(text in "(\\PC|[ \n\t.。a-z日]){0,2000}") {
        let found = passages(&text);
        check(&text, &found)?;
        prop_assert_eq!(passages(&text), found);
    }

    #[test]
    fn any_text_is_covered_in_order_whatever_it_was_before(
        head in "(\\PC|[ \n\t.。a-z日]){0,1500}",
        old in "(\\PC|[ \n\t.。a-z日]){0,500}",
        new in "(\\PC|[ \n\t.。a-z日]){0,500}",
        tail in "(\\PC|[ \n\t.。a-z日]){0,1500}",
        mut ends in prop::collection::vec(0..4_000_usize, 0..40),
    ) {
        let (before, after) = (format!("{head}{old}{tail}"), format!("{head}{new}{tail}"));
        let found = passages_after(&after, &before, &passages(&before));
        check(&after, &found)?;
        prop_assert_eq!(passages_after(&after, &before, &passages(&before)), found);
        // Ranges that somebody else made, or that are of another text.
        ends.sort_unstable();
        let ranges: Vec<Range<usize>> = ends.windows(2).map(|pair| pair[0]..pair[1]).collect();
        check(&after, &passages_after(&after, &before, &ranges))?;
    }
}
